"""Systems Manager: SecureString parameters and shared documents."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from guardrails.model.control import Context, Findings, References, Severity, Violation, control
from guardrails.model.documents import with_texts
from guardrails.model.references import CUSTOMER_KEY
from guardrails.model.resource import Resource, values_at
from guardrails.model.values import UNKNOWN, UndeterminedError, at, last_name
from guardrails.shapes.credentials import is_credential
from guardrails.shapes.properties import require_customer_key

_PARAMETER = "aws:ssm/parameter:Parameter"
_SETTING = "aws:ssm/serviceSetting:ServiceSetting"
_PUBLIC_SHARING = "/ssm/documents/console/public-sharing-permission"
_NAMES = (
    r"(?i)((passwor|passw)ds?|passphrases?|(^|[-_.])(pass|pwd|dsn)|secrets?|tokens?|credentials?"
    r"|(api|access|private|secret|signing|encryption|ssh)[-_.]?keys?|connection[-_.]?strings?)$"
)
_ABOUT_SECRETS = re.compile(
    r"(?i)(arn|name|id|url|uri|path|ttl|length|policy|days|expiry|rotation|enabled|endpoint|host|port|user|version"
    r"|alias)$"
)
"""How a name ends that says something of a secret, but isn't one: ``db-password-arn``."""


def _is_secure(parameter: Resource) -> bool:
    return parameter.get("type") == "SecureString"


@control(
    id="ENC-SSM-001",
    title="Parameters that hold secrets are SecureString parameters",
    why="Any other parameter can be read by whoever may list them, and stands in logs and inventories.",
    fix="Set type to SecureString, or better keep the secret in Secrets Manager.",
    severity=Severity.HIGH,
    types=(_PARAMETER,),
    parameters={
        "secretNames": {
            "type": "string",
            "default": _NAMES,
            "description": "A regular expression for the parts of a parameter's name, between slashes, of a secret.",
        }
    },
    references=References(
        checkov=("CKV2_AWS_34",), soc2=("CC6.1",), iso27001=("A.5.17", "A.8.24"), indonesia=("UU PDP 35",)
    ),
)
def secret_parameter_is_secure(parameter: Resource, context: Context) -> Findings:
    leaves = [leaf for path in ("value", "insecureValue") for leaf in with_texts(parameter.raw(path), path)]
    if any(isinstance(value, str) and _is_credential(path, value) for path, value in leaves):
        why = "its value is a credential"
    elif _names_a_secret(parameter, context.parameters["secretNames"]):
        why = "its name says that it holds a secret"
    else:
        return
    if not _is_secure(parameter):
        yield Violation(why, "type")


def _is_credential(path: str, value: str) -> bool:
    """By its look; by its name as well inside a JSON text."""
    return is_credential("" if path in ("value", "insecureValue") else last_name(path), value)


def _names_a_secret(parameter: Resource, pattern: str) -> bool:
    """By its name in AWS; the logical one where AWS's is not known."""
    name = parameter.raw("name")
    parts = str(parameter.name if name is UNKNOWN or not name else name).split("/")
    return not _ABOUT_SECRETS.search(parts[-1]) and any(re.search(pattern, part) for part in parts)


require_customer_key(
    "keyId",
    when=_is_secure,
    id="ENC-SSM-002",
    title="SecureString parameters are encrypted with a customer managed key",
    why=CUSTOMER_KEY,
    fix="Set keyId to an aws:kms/key:Key.",
    severity=Severity.HIGH,
    types=(_PARAMETER,),
    references=References(checkov=("CKV_AWS_337",), soc2=("CC6.1",), iso27001=("A.8.24",), indonesia=("UU PDP 35",)),
)


@control(
    id="LP-SSM-001",
    title="SSM documents are not public",
    why="A document shows how the platform is run, to everybody who has an account of AWS.",
    fix="Set permissions.accountIds to the accounts that may use it, or leave permissions out; set the service setting "
    "/ssm/documents/console/public-sharing-permission to Disable.",
    severity=Severity.HIGH,
    types=("aws:ssm/document:Document", _SETTING),
    references=References(
        checkov=("CKV_AWS_303",), security_hub=("SSM.4", "SSM.7"), soc2=("CC6.1", "CC6.3"), iso27001=("A.5.15", "A.8.3")
    ),
)
def document_is_not_public(document: Resource, _: Context) -> Findings:
    if document.type == _SETTING:
        is_about_sharing = str(document.get("settingId")).endswith(_PUBLIC_SHARING)
        if is_about_sharing and str(document.get("settingValue")).lower() == "enable":
            yield Violation("documents of the account may be made public", "settingValue")
        return
    for path in ("permissions.accountIds", "permissions.account_ids"):
        accounts = str(document.get(path, "")).split(",")
        if any(account.strip().lower() == "all" for account in accounts):
            yield Violation("everybody may use it", path)


_BASELINE = "aws:ssm/patchBaseline:PatchBaseline"
_WINDOW = "aws:ssm/maintenanceWindow:MaintenanceWindow"
_TASK = "aws:ssm/maintenanceWindowTask:MaintenanceWindowTask"
_ASSOCIATION = "aws:ssm/association:Association"
_INSTALL = re.compile(
    r"(?:^|[:/])AWS-(?:RunPatchBaseline(?:Association|WithHooks)?|ApplyPatchBaseline|InstallWindowsUpdates)$"
)
"""AWS's documents that install patches, by name or ARN."""


@control(
    id="RSL-SSM-001",
    title="Patch baselines approve security patches within days",
    why="A hole that everybody reads of stays open until its patch is approved.",
    fix="Give approvalRules a rule for security patches, by their CLASSIFICATION or with the complianceLevel CRITICAL, "
    "and approveAfterDays of at most maximumDays.",
    severity=Severity.MEDIUM,
    types=(_BASELINE,),
    parameters={
        "maximumDays": {
            "type": "integer",
            "default": 7,
            "minimum": 0,
            "description": "How long after its publication a critical patch may wait.",
        }
    },
    references=References(security_hub=("SSM.2",), soc2=("CC7.1",), iso27001=("A.8.8",)),
)
def baseline_approves_soon(baseline: Resource, context: Context) -> Findings:
    """Rules of the compliance level CRITICAL; where there is none, those whose filters take security patches."""
    longest = context.parameters["maximumDays"]
    rules = [f"approvalRules[{index}]" for index in range(len(baseline.items("approvalRules")))]
    critical = [rule for rule in rules if baseline.get(f"{rule}.complianceLevel") == "CRITICAL"]
    judged = critical or [rule for rule in rules if _takes_security_patches(baseline, rule)]
    if not judged:
        yield Violation("no rule for what is critical", "approvalRules")
    for path in judged:
        days = baseline.number(f"{path}.approveAfterDays", -1)
        if not 0 <= days <= longest:
            after = "no known number of" if days < 0 else f"{days:g}"
            yield Violation(f"approved after {after} days", f"{path}.approveAfterDays")


def _takes_security_patches(baseline: Resource, rule: str) -> bool:
    """Whether a filter by classification names security patches, or every patch."""
    path = f"{rule}.patchFilters"
    filters = baseline.items(path)
    paths = [f"{path}[{index}]" for index, each in enumerate(filters) if at(each, ("key",)) == "CLASSIFICATION"]
    named = [value for each in paths for value in values_at(baseline, f"{each}.values[*]")]
    if UNKNOWN in named:
        raise UndeterminedError(path)
    return not _SECURITY.isdisjoint(map(str, named))


_SECURITY = frozenset({"*", "Security", "SecurityUpdates", "CriticalUpdates"})
"""Classifications of the operating systems that patch baselines know."""


@control(
    id="RSL-SSM-002",
    title="Maintenance windows are enabled and leave time to end",
    why="A window that is off patches nothing; without a cutoff, work begins in its last minute.",
    fix="Leave enabled out or set it to true, and set cutoff to one hour or more, less than duration.",
    severity=Severity.MEDIUM,
    types=(_WINDOW,),
    references=References(soc2=("CC7.1", "CC8.1"), iso27001=("A.8.8", "A.8.32")),
)
def window_is_usable(window: Resource, _: Context) -> Findings:
    if not window.get("enabled", True):
        yield Violation("it is off", "enabled")
    if not 1 <= window.number("cutoff", 0) < window.number("duration", 0):
        yield Violation("no hour is left to end in", "cutoff")


@control(
    id="RSL-SSM-003",
    title="Patches are installed on a few hosts at a time, and not after a failure",
    why="A patch that breaks a host breaks all of them at once otherwise.",
    fix="Set maxConcurrency to a number or a share below 100%, and maxErrors to a number or a share below 100%.",
    severity=Severity.MEDIUM,
    types=(_TASK, _ASSOCIATION),
    references=References(soc2=("CC8.1", "A1.2"), iso27001=("A.8.32",)),
)
def patches_have_rate_control(task: Resource, _: Context) -> Findings:
    document = task.get("taskArn" if task.type == _TASK else "name")
    if not _INSTALL.search(str(document)) or "Scan" in _operations(task):
        return
    for limit in ("maxConcurrency", "maxErrors"):
        if str(task.get(limit, "100%")).strip() == "100%":
            yield Violation("no limit", limit)


def _operations(task: Resource) -> Iterator[Any]:
    """What the document is told to do: Install, or Scan, which changes nothing."""
    yield task.raw("parameters.Operation")
    path = "taskInvocationParameters.runCommandParameters.parameters"
    for index, each in enumerate(task.items(path)):
        if isinstance(each, dict) and each.get("name") == "Operation":
            yield from values_at(task, f"{path}[{index}].values[*]")


@control(
    id="LP-SSM-002",
    title="Run Command tasks have a role of their own",
    why="Without one they run with Systems Manager's own role, which may run any document on any host.",
    fix="Set serviceRoleArn to a role that may send this document to these hosts.",
    severity=Severity.MEDIUM,
    types=(_TASK,),
    references=References(soc2=("CC6.3",), iso27001=("A.8.2",)),
)
def task_has_role(task: Resource, _: Context) -> Findings:
    if task.get("taskType") in ("RUN_COMMAND", "AUTOMATION") and not task.raw("serviceRoleArn"):
        yield Violation("no role", "serviceRoleArn")
