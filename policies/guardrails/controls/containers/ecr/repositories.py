"""ECR repositories: encryption, policies, scanning, tag immutability and lifecycle."""

from __future__ import annotations

from dataclasses import replace

from guardrails.iam.patterns import matches
from guardrails.iam.sharing import not_public, not_shared
from guardrails.model.control import Context, Findings, Level, References, Scope, Severity, Violation, control
from guardrails.model.logic import first_that
from guardrails.model.references import CUSTOMER_KEY, Criteria, resource_access
from guardrails.model.relations import named_by
from guardrails.model.resource import Resource, paths_at
from guardrails.model.values import UndeterminedError
from guardrails.shapes.properties import customer_key, require_value

REPOSITORY = "aws:ecr/repository:Repository"
_TEMPLATE = "aws:ecr/repositoryCreationTemplate:RepositoryCreationTemplate"
_LIFECYCLE = "aws:ecr/lifecyclePolicy:LifecyclePolicy"
_SCANNING = "aws:ecr/registryScanningConfiguration:RegistryScanningConfiguration"
_POLICIES = ("aws:ecr/repositoryPolicy:RepositoryPolicy", "aws:ecr/registryPolicy:RegistryPolicy", _TEMPLATE)


_BY_KMS = ("KMS", "KMS_DSSE")


def _has_own_key(resource: Resource, context: Context) -> Findings:
    """A key that is named counts with a type of encryption that uses it only; AES256 is the provider's default."""
    yield from customer_key(resource, "encryptionConfigurations[*].kmsKey", context)
    for path in paths_at(resource, "encryptionConfigurations[*]"):
        kind = resource.get(f"{path}.encryptionType", "AES256")
        if resource.has(f"{path}.kmsKey") and kind not in _BY_KMS:
            yield Violation(f"{kind} uses no key of one's own, expected KMS", f"{path}.encryptionType")


def _encrypted(id_: str, what: str, type_: str, **public_ids: tuple[str, ...]) -> None:
    control(
        id=id_,
        title=f"{what} are encrypted with a customer managed key",
        why=CUSTOMER_KEY,
        fix="Set encryptionType to KMS and kmsKey to an aws:kms/key:Key; changing it replaces the repository.",
        severity=Severity.HIGH,
        types=(type_,),
        references=References(soc2=("CC6.1",), iso27001=("A.8.24",), indonesia=("UU PDP 35",), **public_ids),
    )(_has_own_key)


_encrypted("ENC-ECR-001", "Repositories", REPOSITORY, checkov=("CKV_AWS_136",), security_hub=("ECR.5",))
_encrypted("ENC-ECR-002", "Repositories made by a creation template", _TEMPLATE)


def within_registry(resource: Resource, context: Context) -> Findings:
    """Only accounts that share the registry are let in."""
    accounts = [*context.parameters["allowedAccounts"], *context.parameters["pullAccounts"]]
    yield from not_shared(resource, replace(context, parameters={**context.parameters, "allowedAccounts": accounts}))


control(
    id="LP-ECR-001",
    title="Repository policies are not public",
    why="Anyone could read the platform's programs, or replace them.",
    fix="Name principals in each Allow statement, or tie it to aws:PrincipalOrgID.",
    severity=Severity.CRITICAL,
    types=_POLICIES,
    references=resource_access(checkov=("CKV_AWS_32",)),
)(not_public)
control(
    id="LP-ECR-002",
    title="Repository policies grant access within the organisation only",
    why="Whoever may push decides what runs; another account's administrators decide who uses its access.",
    fix="Remove the principal, list its account in allowedAccounts or pullAccounts, or tie it to aws:PrincipalOrgID.",
    severity=Severity.HIGH,
    types=_POLICIES,
    parameters={
        "pullAccounts": {
            "laxer": "more",
            "type": "array",
            "items": {"type": "string", "pattern": r"^\d{12}$"},
            "default": [],
            "description": "The AWS accounts that share the registry, besides allowedAccounts: those of other stacks.",
        }
    },
    references=resource_access(),
)(within_registry)

_integrity = Criteria(("CC7.1", "CC8.1"), ("A.8.8", "A.8.32"))


@control(
    id="RSL-ECR-001",
    title="Image tags are immutable",
    why="A tag that can be moved runs another image after a restart than before, and a rollback finds neither.",
    fix="Set imageTagMutability to IMMUTABLE.",
    severity=Severity.MEDIUM,
    types=(REPOSITORY, _TEMPLATE),
    references=_integrity(checkov=("CKV_AWS_51",), security_hub=("ECR.2",)),
)
def tags_are_immutable(resource: Resource, _: Context) -> Findings:
    """A template for pull-through caches alone isn't concerned: ECR must move a tag when the registry upstream does."""
    if resource.type == _TEMPLATE and resource.known("appliedFors") == ["PULL_THROUGH_CACHE"]:
        return
    mutability = resource.get("imageTagMutability", "MUTABLE")
    if mutability == "IMMUTABLE_WITH_EXCLUSION":
        for path in paths_at(resource, "imageTagMutabilityExclusionFilters[*].filter"):
            if not resource.get(path, "*").strip("*"):
                yield Violation("every tag is excluded", path)
    elif mutability != "IMMUTABLE":
        yield Violation("tags can be moved to other images", "imageTagMutability")


@control(
    id="RSL-ECR-002",
    title="Images are scanned on push",
    why="Known vulnerabilities should be found before an image runs.",
    fix="Set imageScanningConfiguration.scanOnPush to true, or cover the repository by a rule of an "
    "aws:ecr/registryScanningConfiguration:RegistryScanningConfiguration.",
    severity=Severity.HIGH,
    types=(REPOSITORY,),
    references=_integrity(checkov=("CKV_AWS_163",), security_hub=("ECR.1",)),
)
def images_are_scanned(repository: Resource, context: Context) -> Findings:
    """By the repository's own setting, or by a rule of the registry's configuration in this stack."""
    path = "imageScanningConfiguration.scanOnPush"
    if repository.get(path):
        return
    if context.stack is None:  # another resource may cover it
        raise UndeterminedError(path)
    scans = [
        (configuration, rule)
        for configuration in context.stack.of_type(_SCANNING)
        for rule in paths_at(configuration, "rules[*]")
    ]
    if first_that(scans, lambda scan: _covers(*scan, repository)) is None:
        yield Violation("pushed images are not scanned", path)


def _covers(configuration: Resource, rule: str, repository: Resource) -> bool:
    """Whether a rule scans what is pushed to the repository; a filter without ``*`` matches any part of a name."""
    if configuration.get(f"{rule}.scanFrequency") not in {"SCAN_ON_PUSH", "CONTINUOUS_SCAN"}:
        return False
    filters = [configuration.get(path) for path in paths_at(configuration, f"{rule}.repositoryFilters[*].filter")]
    name = None if "*" in filters else repository.get("name", "")
    return name is None or any(matches(each if "*" in each else f"*{each}*", name) for each in filters)


@control(
    id="RSL-ECR-003",
    title="Repositories have a lifecycle policy",
    why="Old images are paid for, and can still be run with their known vulnerabilities.",
    fix="Add an aws:ecr/lifecyclePolicy:LifecyclePolicy for the repository.",
    severity=Severity.LOW,
    types=(REPOSITORY,),
    scope=Scope.STACK,
    references=References(security_hub=("ECR.3",), iso27001=("A.8.10",)),
)
def repository_has_lifecycle(repository: Resource, context: Context) -> Findings:
    if not named_by(repository, context.everything, (_LIFECYCLE,), "repository", (REPOSITORY,)):
        yield Violation("nothing removes old images")


require_value(
    "scanType",
    ("ENHANCED",),
    id="RSL-ECR-004",
    title="The registry has enhanced continuous scanning",
    why="Basic scanning looks at packages of the operating system only, and only when an image is pushed.",
    fix="Set scanType to ENHANCED.",
    severity=Severity.MEDIUM,
    level=Level.ADVISORY,
    types=(_SCANNING,),
    references=_integrity(security_hub=("Inspector.2",)),
)
