"""Trails: what they record, encryption, validation and alarms."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from guardrails.controls.management.cloudtrail.trails import (
    TRAIL,
    is_of_all_regions,
    records_management,
    records_objects,
)
from guardrails.iam.conditions import allows_public_principal, constrains_to_account
from guardrails.iam.document import Document
from guardrails.iam.sources import ask_documents, policy_sources
from guardrails.model.control import Context, Findings, Level, References, Scope, Severity, Violation, control
from guardrails.model.logic import all_hold, first_that
from guardrails.model.references import CUSTOMER_KEY, Criteria, monitoring
from guardrails.model.relations import named
from guardrails.model.resource import Resource
from guardrails.model.values import UNKNOWN, UndeterminedError
from guardrails.services.buckets import BUCKET_POLICY, BUCKETS, LOGGING, is_configured
from guardrails.shapes.presence import require_one
from guardrails.shapes.properties import require_customer_key, require_value

_EVENT_DATA_STORE = "aws:cloudtrail/eventDataStore:EventDataStore"
_SERVICE = ("Service", "cloudtrail.amazonaws.com")
_evidence = Criteria(("CC7.2", "CC7.3"), ("A.8.15", "A.8.16"), ("PP 71/2019 22",))

require_customer_key(
    "kmsKeyId",
    id="ENC-CLOUDTRAIL-002",
    title="Event data stores are encrypted with a customer managed key",
    why=CUSTOMER_KEY,
    fix="Set kmsKeyId to an aws:kms/key:Key; it can't be changed later.",
    severity=Severity.HIGH,
    types=(_EVENT_DATA_STORE,),
    references=References(checkov=("CKV_AWS_294",), soc2=("CC6.1",), iso27001=("A.8.24",)),
)


@control(
    id="LP-CLOUDTRAIL-001",
    title="Bucket policies let CloudTrail write for our own trails only",
    why="CloudTrail works for every customer of AWS: without a condition, others' trails write into the evidence.",
    fix="Add the condition StringEquals aws:SourceArn with the trail's ARN to each statement for "
    "cloudtrail.amazonaws.com, and allow nothing to everybody.",
    severity=Severity.HIGH,
    types=(BUCKET_POLICY, *BUCKETS),
    references=References(security_hub=("CloudTrail.6",), soc2=("CC6.1", "CC6.3"), iso27001=("A.5.15", "A.8.15")),
)
def bucket_takes_our_trails(policy: Resource, _: Context) -> Findings:
    """Policies that don't let CloudTrail in are not about trails."""

    def question(document: Document) -> Findings:
        if not any(_SERVICE in statement.principals for statement in document.statements):
            return
        for statement in document.statements:
            if _SERVICE in statement.principals and statement.allows and not constrains_to_account(statement):
                yield Violation("no condition on aws:SourceArn says whose trail may write", statement.path)
            if allows_public_principal(statement):
                yield Violation("it is public", statement.path)

    yield from ask_documents(policy_sources(policy), question)


def _one_trail(meets: Callable[[Resource], bool], why: str, path: str) -> Callable[[Resource, Context], Findings]:
    """A check that a trail, or another one of the stack, meets something; one is enough for an account."""

    def check(trail: Resource, context: Context) -> Findings:
        if all_hold(lambda: not meets(trail), lambda: first_that(context.everything.of_type(TRAIL), meets) is None):
            yield Violation(why, path)

    return check


def _records_everywhere(trail: Resource) -> bool:
    return all_hold(lambda: is_of_all_regions(trail), lambda: records_management(trail))


control(
    id="RSL-CLOUDTRAIL-001",
    title="A multi-Region trail records management events",
    why="An intruder goes where nobody looks: to regions that nobody uses.",
    fix="Set isMultiRegionTrail to true, and leave event selectors out or let one include all management events.",
    severity=Severity.HIGH,
    types=(TRAIL,),
    scope=Scope.STACK,
    references=_evidence(checkov=("CKV_AWS_67",), security_hub=("CloudTrail.1",)),
)(_one_trail(_records_everywhere, "no trail records reads and writes of all regions", "isMultiRegionTrail"))


require_value(
    "enableLogging",
    (True,),
    default=True,
    id="RSL-CLOUDTRAIL-002",
    title="Trails have logging enabled",
    why="Intruders disable trails first.",
    fix="Remove enableLogging, or set it to true.",
    severity=Severity.HIGH,
    types=(TRAIL,),
    references=_evidence(checkov=("CKV_AWS_251",), security_hub=("CloudTrail.3",)),
)
require_value(
    "enableLogFileValidation",
    (True,),
    default=False,
    id="RSL-CLOUDTRAIL-003",
    title="Trails have log file validation",
    why="Only a signed digest proves afterwards that no record was changed or removed.",
    fix="Set enableLogFileValidation to true.",
    severity=Severity.MEDIUM,
    types=(TRAIL,),
    references=_evidence(checkov=("CKV_AWS_36",), security_hub=("CloudTrail.4",)),
)
require_value(
    "includeGlobalServiceEvents",
    (True,),
    default=True,
    id="RSL-CLOUDTRAIL-006",
    title="Trails include global service events",
    why="Changes of identities and of distributions are recorded there and nowhere else.",
    fix="Remove includeGlobalServiceEvents, or set it to true.",
    severity=Severity.MEDIUM,
    types=(TRAIL,),
    references=_evidence(),
)


def _require_set(path: str, **about: Any) -> None:
    """A control that something, known or not, is set at ``path``."""

    def check(trail: Resource, _: Context) -> Findings:
        value = trail.raw(path)
        if value is UNKNOWN and not trail.dependencies.get(path):
            raise UndeterminedError(path)
        if not value:
            yield Violation("not set", path)

    control(types=(TRAIL,), **about)(check)


_require_set(
    "cloudWatchLogsGroupArn",
    id="RSL-CLOUDTRAIL-004",
    title="Trails deliver to CloudWatch Logs",
    why="Files in a bucket tell what happened; only a log can raise an alarm while it happens.",
    fix="Set cloudWatchLogsGroupArn and cloudWatchLogsRoleArn.",
    severity=Severity.MEDIUM,
    references=_evidence(checkov=("CKV2_AWS_10",), security_hub=("CloudTrail.5",)),
)
_require_set(
    "snsTopicName",
    id="RSL-CLOUDTRAIL-005",
    title="Trails have SNS notification of log file delivery",
    why="Whatever analyses the log files is notified of each, and notices when delivery stops.",
    fix="Set snsTopicName to a topic.",
    severity=Severity.LOW,
    level=Level.ADVISORY,
    references=_evidence(checkov=("CKV_AWS_252",)),
)
control(
    id="RSL-CLOUDTRAIL-007",
    title="A trail records data events of S3 objects",
    why="After a leak, the first question is who read which file; management events don't tell.",
    fix="Add an event selector for all reads and writes with data resources of type AWS::S3::Object, arn:aws:s3; or an "
    "advanced one with eventCategory Data and resources.type AWS::S3::Object; resources.ARN may leave out single "
    "buckets (notStartsWiths: arn:aws:s3:::NAME/), such as those that logs are delivered to.",
    severity=Severity.MEDIUM,
    level=Level.ADVISORY,
    types=(TRAIL,),
    scope=Scope.STACK,
    references=_evidence(security_hub=("S3.22", "S3.23")),
)(_one_trail(records_objects, "no trail records reads and writes of objects", "eventSelectors"))
control(
    id="RSL-CLOUDTRAIL-008",
    title="CloudTrail Insights is on",
    why="Far more calls or errors than usual are how stolen credentials show.",
    fix="Add insightSelectors with ApiCallRateInsight and ApiErrorRateInsight.",
    severity=Severity.LOW,
    level=Level.ADVISORY,
    types=(TRAIL,),
    scope=Scope.STACK,
    references=_evidence(),
)(_one_trail(lambda trail: bool(trail.get("insightSelectors")), "no trail has Insights", "insightSelectors"))


@control(
    id="RSL-CLOUDTRAIL-009",
    title="Trail buckets have server access logging",
    why="Whoever looks into the evidence, or removes some, leaves a trace there.",
    fix="Add an aws:s3/bucketLogging:BucketLogging for the bucket.",
    severity=Severity.LOW,
    types=(TRAIL,),
    scope=Scope.STACK,
    references=_evidence(security_hub=("CloudTrail.7",)),
)
def bucket_of_trail_is_logged(trail: Resource, context: Context) -> Findings:
    path = "s3BucketName"
    bucket = named(context.everything, trail, path, BUCKETS)
    if bucket is None:
        raise UndeterminedError(path)
    if not is_configured(bucket, context, LOGGING, "logging", "loggings"):
        yield Violation(f"{bucket.name} has no server access logging", path)


require_one(
    "RSL-CLOUDTRAIL-010",
    "CloudTrail",
    TRAIL,
    "Event history keeps 90 days; only a trail keeps who did what for longer.",
    monitoring(security_hub=("CloudTrail.3",)),
)
