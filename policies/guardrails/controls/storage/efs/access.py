"""EFS file system policies, access points and mount targets."""

from __future__ import annotations

from guardrails.iam.condition_operators import Condition
from guardrails.iam.conditions import pinned
from guardrails.iam.denials import denies, is_for_everyone, reaches
from guardrails.iam.document import Document, Statement
from guardrails.iam.sources import ask_documents, policy_sources
from guardrails.model.control import Context, Findings, Level, References, Scope, Severity, Violation, control
from guardrails.model.references import data_access
from guardrails.model.relations import named
from guardrails.model.resource import Resource
from guardrails.model.values import UndeterminedError
from guardrails.network.subnet_tiers import SUBNET
from guardrails.network.topology import topology_of

ACCESS_POINT = "aws:efs/accessPoint:AccessPoint"
MOUNT_TARGET = "aws:efs/mountTarget:MountTarget"
_POLICY = "aws:efs/fileSystemPolicy:FileSystemPolicy"
_MOUNT = "elasticfilesystem:ClientMount"
_THROUGH_TARGET = "elasticfilesystem:accessedviamounttarget"
_IDENTITIES = ("aws:PrincipalArn", "aws:PrincipalAccount", "aws:PrincipalOrgID", "aws:PrincipalOrgPaths", "aws:userid")
"""Condition keys that a client without credentials has no value for."""


@control(
    id="LP-EFS-001",
    title="Access points enforce a root directory",
    why="With the root of the file system, a service sees the files of all others.",
    fix="Set rootDirectory.path to the folder that the service needs.",
    severity=Severity.MEDIUM,
    types=(ACCESS_POINT,),
    references=data_access(checkov=("CKV_AWS_329",), security_hub=("EFS.3",)),
)
def access_point_has_root(point: Resource, _: Context) -> Findings:
    if not point.text("rootDirectory.path", "/").strip("/."):
        yield Violation("its root directory is the whole file system", "rootDirectory.path")


@control(
    id="LP-EFS-002",
    title="Access points enforce a user identity",
    why="Otherwise each client says itself which user it is, root among them.",
    fix="Set posixUser with the uid and gid of the service.",
    severity=Severity.MEDIUM,
    types=(ACCESS_POINT,),
    references=data_access(checkov=("CKV_AWS_330",), security_hub=("EFS.4",)),
)
def access_point_has_user(point: Resource, _: Context) -> Findings:
    """Root is nobody in particular: each client may then do everything."""
    if not point.get("posixUser"):
        yield Violation("no POSIX user is enforced", "posixUser")
    elif point.number("posixUser.uid", 1) == 0:
        yield Violation("every client is root", "posixUser.uid")


def _lets_mount(statement: Statement) -> bool:
    return statement.allows and reaches(statement, _MOUNT)


@control(
    id="LP-EFS-003",
    title="File system policies are not public",
    why="Principal * lets in whoever reaches a mount target, without any credentials.",
    fix="Name roles under Principal, leave ClientMount to IAM policies, or test aws:PrincipalArn or PrincipalAccount.",
    severity=Severity.HIGH,
    types=(_POLICY,),
    references=data_access(),
)
def file_system_refuses_anonymous(policy: Resource, _: Context) -> Findings:
    def question(document: Document) -> Findings:
        for statement in document.statements:
            try:
                if _lets_mount(statement) and _is_for_anonymous(statement) and not _denies_anonymous(document):
                    yield Violation("it lets everybody mount, with credentials or without", statement.path)
            except UndeterminedError as unknown:
                yield unknown

    return ask_documents(policy_sources(policy), question)


def _is_for_anonymous(statement: Statement) -> bool:
    anyone = is_for_everyone(statement) or bool(statement.not_principals)
    return anyone and not any(pinned(statement, key) for key in _IDENTITIES)


def _denies_anonymous(document: Document) -> bool:
    """Whether a statement denies all but certain identities; one without credentials is none of them."""

    def spares_identities_only(condition: Condition) -> bool:
        return condition.key in map(str.lower, _IDENTITIES) and "not" in condition.operator and not condition.if_exists

    return denies(
        document, (_MOUNT,), lambda each: is_for_everyone(each) and all(map(spares_identities_only, each.conditions))
    )


@control(
    id="LP-EFS-004",
    title="Mount targets are in private subnets",
    why="A file system that is in a public subnet is one wrong security group away from the internet.",
    fix="Set subnetId to a private subnet: without mapPublicIpOnLaunch, and without a route to an internet gateway.",
    severity=Severity.MEDIUM,
    types=(MOUNT_TARGET,),
    scope=Scope.STACK,
    references=References(
        security_hub=("EFS.6",), soc2=("CC6.6",), iso27001=("A.8.20", "A.8.22"), indonesia=("UU PDP 39",)
    ),
)
def mount_target_is_private(target: Resource, context: Context) -> Findings:
    subnet = named(context.everything, target, "subnetId", (SUBNET,))
    if subnet is None:
        raise UndeterminedError("subnetId")  # a subnet that is managed elsewhere
    if subnet.get("mapPublicIpOnLaunch") or topology_of(context.everything).is_public(subnet):
        yield Violation(f"subnet {subnet.name} is public", "subnetId")


@control(
    id="LP-EFS-005",
    title="File system policies allow access through mount targets only",
    why="The condition keeps the policy from being public, whatever it allows: who mounts is inside the network.",
    fix='Add the condition Bool elasticfilesystem:AccessedViaMountTarget "true" to each Allow of ClientMount, or deny '
    'everybody where it is "false".',
    severity=Severity.LOW,
    level=Level.ADVISORY,
    types=(_POLICY,),
    references=data_access(),
)
def file_system_is_mounted_through_targets(policy: Resource, _: Context) -> Findings:
    def tests(statement: Statement, value: str) -> bool:
        return any(
            each.key == _THROUGH_TARGET and each.operator == "bool" and each.values == (value,)
            for each in statement.conditions
        )

    def question(document: Document) -> Findings:
        open_ = [each for each in document.statements if _lets_mount(each) and not tests(each, "true")]
        if open_ and not denies(document, (_MOUNT,), lambda each: is_for_everyone(each) and tests(each, "false")):
            yield Violation("it does not ask for a mount target", open_[0].path)

    return ask_documents(policy_sources(policy), question)
