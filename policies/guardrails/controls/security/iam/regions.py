"""Identity policies that reach other regions."""

from __future__ import annotations

from collections.abc import Iterator

from guardrails.iam.attachments import granting_sources
from guardrails.iam.conditions import pinned
from guardrails.iam.denials import REGION, denies, is_outside, reaches
from guardrails.iam.document import Document, Statement
from guardrails.iam.patterns import is_any_arn, overlap
from guardrails.iam.sources import IDENTITY_POLICY_TYPES, ask_statements
from guardrails.model.control import Context, Findings, Level, References, Severity, control
from guardrails.model.resource import Resource
from guardrails.shapes.destinations import LAW

_REPLICATE = "s3:PutReplicationConfiguration"
_MAKING = ("create", "run", "copy", "restore")
_HARMLESS = (
    *("createtags", "createlogstream", "creategrant", "createnetworkinterface*", "createservicelinkedrole"),
    *("createcontrolchannel", "createdatachannel"),
)
"""They make nothing that holds data, or only within what exists; the channels are those of Session Manager's agent."""
_WITHOUT_REGION = frozenset(
    """
    account budgets ce cloudfront globalaccelerator iam networkmanager organizations route53 route53domains shield sts
    support
    """.split()
)
_REFERENCES = References(soc2=("CC6.1",), iso27001=LAW.iso27001, indonesia=LAW.indonesia)


@control(
    id="RES-IAM-002",
    title="Identities that create resources may do so in allowed regions only",
    why="A role that can create a database can create it abroad, where nobody looks.",
    fix="Add the condition StringEquals aws:RequestedRegion with the allowed regions, or name ARNs of one region.",
    severity=Severity.MEDIUM,
    level=Level.ADVISORY,
    types=IDENTITY_POLICY_TYPES,
    references=_REFERENCES,
)
def creation_is_regional(resource: Resource, context: Context) -> Findings:
    allowed = context.parameters["allowedRegions"]

    def question(statement: Statement, document: Document) -> Iterator[str]:
        making = _made_by(statement)
        if not making or not _reaches_any_region(statement):
            return
        regions = pinned(statement, REGION)
        if not (regions and set(regions) <= set(allowed)) and not _denied_elsewhere(document, allowed):
            yield f"it allows {making} in any region"

    yield from ask_statements(granting_sources(resource), question)


def _made_by(statement: Statement) -> str:
    """The first few actions by which an Allow statement's holder makes things; empty when there are none."""
    if not statement.allows:
        return ""
    if statement.not_actions:
        return "all but a few actions"
    return ", ".join([pattern for pattern in statement.actions if _makes(pattern)][:3])


def _makes(pattern: str) -> bool:
    service, _, name = pattern.lower().rpartition(":")
    if service in _WITHOUT_REGION or ("*" not in name and any(overlap(name, each) for each in _HARMLESS)):
        return False
    return any(overlap(name, f"{verb}*") for verb in _MAKING)


def _reaches_any_region(statement: Statement) -> bool:
    """Whether an ARN stands for more than one region; an empty one belongs to a global name, such as a bucket's."""
    if statement.not_resources:
        return True
    return any(is_any_arn(arn) or "*" in (arn.split(":") + [""] * 4)[3] for arn in statement.resources)


def _denied_elsewhere(document: Document, allowed: list[str]) -> bool:
    return denies(document, ("ec2:RunInstances", "rds:CreateDBInstance"), lambda each: is_outside(each, allowed))


@control(
    id="RES-IAM-005",
    title="No identity may configure bucket replication",
    why="Replication copies all data of a bucket to wherever its destination is.",
    fix=f"List the actions that are needed, without {_REPLICATE}, or deny it in the same document.",
    severity=Severity.MEDIUM,
    level=Level.ADVISORY,
    types=IDENTITY_POLICY_TYPES,
    references=_REFERENCES,
)
def replication_is_not_allowed(resource: Resource, _: Context) -> Findings:
    def question(statement: Statement, document: Document) -> Iterator[str]:
        allowed = statement.allows and reaches(statement, _REPLICATE)
        if allowed and not denies(document, (_REPLICATE,), lambda each: not each.conditions):
            yield f"it allows {_REPLICATE}"

    yield from ask_statements(granting_sources(resource), question)
