"""AWS Backup: vaults, plans, copies and locks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from functools import partial

from guardrails.iam.denials import denies, is_for_everyone, spares_principals
from guardrails.iam.document import Document, Statement
from guardrails.iam.patterns import is_any_arn
from guardrails.iam.sharing import not_public, not_shared
from guardrails.iam.sources import ask_documents, policy_sources
from guardrails.model.control import Context, Findings, Level, Scope, Severity, Violation, control
from guardrails.model.logic import all_hold, first_that
from guardrails.model.references import at_rest, recovery
from guardrails.model.relations import named_by
from guardrails.model.resource import Resource, Stack
from guardrails.model.schedules import longest_gap
from guardrails.model.values import UndeterminedError
from guardrails.services.backup_plans import is_selected
from guardrails.shapes.destinations import LAW, keep
from guardrails.shapes.properties import encrypt_with_customer_key, require_value

PLAN = "aws:backup/plan:Plan"
VAULT = "aws:backup/vault:Vault"
LOCK = "aws:backup/vaultLockConfiguration:VaultLockConfiguration"
_DAILY = "cron(0 5 ? * * *)"
"""When a rule without a schedule runs."""


@control(
    id="LP-BACKUP-001",
    title="Vault access policies deny deletion and grant no access from outside",
    why="Ransomware deletes backups first.",
    fix='Add a statement with Effect Deny, Principal "*" and Action backup:DeleteRecoveryPoint, which may spare '
    "certain principals; allow accounts of allowedAccounts only.",
    severity=Severity.HIGH,
    types=("aws:backup/vaultPolicy:VaultPolicy",),
    references=recovery(indonesia=("UU PDP 35", "UU PDP 39")),
)
def vault_is_guarded(policy: Resource, context: Context) -> Findings:
    def question(document: Document) -> Findings:
        try:
            if not denies(document, ("backup:DeleteRecoveryPoint",), _is_for_nearly_all):
                yield Violation("no statement denies everybody to delete recovery points")
        except UndeterminedError as unknown:
            yield unknown

    yield from ask_documents(policy_sources(policy), question)
    yield from not_public(policy, context)
    yield from not_shared(policy, context)


def _is_for_nearly_all(statement: Statement) -> bool:
    """Whether it's for every recovery point, and everybody but those that it names as exceptions."""
    everyone = is_for_everyone(statement) or bool(statement.not_principals)
    everything = any(is_any_arn(arn) or arn.endswith(":recovery-point:*") for arn in statement.resources)
    return everyone and everything and all(map(spares_principals, statement.conditions))


@control(
    id="RSL-BACKUP-001",
    title="Backup plans have the required frequency and retention",
    why="What was entered since the last backup is lost; and damage is often noticed weeks later.",
    fix="Add a rule with a schedule at least every maximumHours (or enableContinuousBackup) and "
    "lifecycle.deleteAfter of minimumDays or more.",
    severity=Severity.MEDIUM,
    level=Level.ADVISORY,
    types=(PLAN,),
    scope=Scope.STACK,
    parameters={
        "maximumHours": {
            "type": "integer",
            "minimum": 1,
            "default": 24,
            "description": "The longest time between two backups, in hours.",
        },
        "minimumDays": {
            "type": "integer",
            "minimum": 1,
            "default": 7,
            "description": "How long backups are kept at least, in days.",
        },
    },
    references=recovery(),
)
def plan_meets_profile(plan: Resource, context: Context) -> Findings:
    """A plan that runs less often is an archive, where another plan of the stack runs often enough."""
    profile = _Profile(timedelta(hours=context.parameters["maximumHours"]), context.parameters["minimumDays"])
    if profile.is_met_by(plan):
        return
    if first_that(_rules(plan), partial(profile.runs_often, plan)):
        yield Violation(f"what runs often enough is not kept for {profile.least_days} days", "rules")
    elif not profile.is_archive(plan, context.everything):
        yield Violation(f"no rule runs every {context.parameters['maximumHours']} hours", "rules")


@dataclass(frozen=True)
class _Profile:
    """How often a backup has to be made, and how long it has to be kept."""

    most: timedelta
    least_days: int

    def runs_often(self, plan: Resource, rule: str) -> bool:
        gap = longest_gap(plan.text(f"{rule}.schedule", _DAILY))
        return bool(plan.get(f"{rule}.enableContinuousBackup")) or (gap is not None and gap <= self.most)

    def keeps_long(self, plan: Resource, rule: str) -> bool:
        return plan.number(f"{rule}.lifecycle.deleteAfter", self.least_days) >= self.least_days

    def is_met_by(self, plan: Resource) -> bool:
        def meets(rule: str) -> bool:
            return all_hold(lambda: self.runs_often(plan, rule), lambda: self.keeps_long(plan, rule))

        return first_that(_rules(plan), meets) is not None

    def is_archive(self, plan: Resource, stack: Stack) -> bool:
        keeps_all = all(self.keeps_long(plan, rule) for rule in _rules(plan))
        return keeps_all and first_that(stack.of_type(PLAN), self.is_met_by) is not None


def _rules(plan: Resource) -> list[str]:
    return [f"rules[{index}]" for index in range(len(plan.items("rules")))]


@control(
    id="RSL-BACKUP-002",
    title="Backup vaults have Vault Lock",
    why="In a locked vault nobody can delete a backup before its time, or shorten it.",
    fix="Add an aws:backup/vaultLockConfiguration:VaultLockConfiguration for the vault (mode compliance: with "
    "changeableForDays, after which nobody can undo it).",
    severity=Severity.MEDIUM,
    level=Level.ADVISORY,
    types=(VAULT,),
    scope=Scope.STACK,
    parameters={
        "mode": {
            "type": "string",
            "enum": ["governance", "compliance"],
            "default": "governance",
            "description": "governance: whoever has the permission may lift the lock; compliance: nobody.",
        }
    },
    references=recovery(),
)
def vault_is_locked(vault: Resource, context: Context) -> Findings:
    """Logically air-gapped vaults are locked by themselves."""
    locks = named_by(vault, context.everything, (LOCK,), "backupVaultName", (VAULT,))
    if not locks:
        yield Violation("nothing locks it")
    elif context.parameters["mode"] == "compliance" and not any(lock.has("changeableForDays") for lock in locks):
        yield Violation("its lock can be lifted: it has no changeableForDays")


@control(
    id="RSL-BACKUP-003",
    title="EBS volumes are in a backup plan",
    why="A volume that fails or is deleted takes its data with it.",
    fix="Select the volume in an aws:backup/selection:Selection, by ARN or tag.",
    severity=Severity.MEDIUM,
    level=Level.ADVISORY,
    types=("aws:ebs/volume:Volume",),
    scope=Scope.STACK,
    references=recovery(checkov=("CKV2_AWS_9",), security_hub=("EC2.28",)),
)
def volume_is_backed_up(volume: Resource, context: Context) -> Findings:
    if not is_selected(volume, context.everything, service="ec2", kind="volume/", name="id"):
        yield Violation("no plan of the stack selects it")


require_value(
    "forceDestroy",
    (False,),
    default=False,
    id="RSL-BACKUP-004",
    title="Backup vaults have forceDestroy off",
    why="One pulumi destroy, or one changed name, would delete every recovery point with the vault.",
    fix="Remove forceDestroy, and delete the recovery points by hand when that is meant.",
    severity=Severity.HIGH,
    types=(VAULT,),
    references=recovery(),
)
encrypt_with_customer_key(
    "ENC-BACKUP-001", "Backup vaults", "aws:backup/vault:Vault", "kmsKeyArn", at_rest(("CKV_AWS_166",), ("Backup.1",))
)
keep(
    "RES-BACKUP-001",
    "Backups are copied to vaults in allowed regions and accounts",
    "aws:backup/plan:Plan",
    "rules[*].copyActions[*].destinationVaultArn",
)
require_value(
    "globalSettings.isCrossAccountBackupEnabled",
    (False,),
    default=False,
    id="RES-BACKUP-002",
    title="Backups are not copied across accounts",
    why="A copy in another account is out of the control of whoever answers for the data.",
    fix="Set globalSettings.isCrossAccountBackupEnabled to false, or grant an exemption naming the vaults.",
    severity=Severity.MEDIUM,
    types=("aws:backup/globalSettings:GlobalSettings",),
    references=LAW,
)
