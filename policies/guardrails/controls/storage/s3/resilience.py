"""Versioning, Object Lock, lifecycle, replication and logging of buckets."""

from __future__ import annotations

from datetime import UTC, date, datetime

from guardrails.iam.sharing import own_accounts
from guardrails.model.control import Context, Findings, Level, References, Scope, Severity, Violation, control
from guardrails.model.logic import all_hold, each, first_that
from guardrails.model.references import recovery
from guardrails.model.resource import Resource, paths_at
from guardrails.model.values import leaves
from guardrails.services.buckets import (
    ANY_BUCKET,
    BUCKETS,
    DIRECTORY,
    LOGGING,
    both,
    chosen,
    is_chosen,
    is_configured,
    settings_of,
    takes_access_logs,
)
from guardrails.shapes.properties import require_value

_VERSIONING = both("bucketVersioning")
_LOCK = both("bucketObjectLockConfiguration")
_LIFECYCLE = both("bucketLifecycleConfiguration")
_OUTPOST_LIFECYCLE = "aws:s3control/bucketLifecycleConfiguration:BucketLifecycleConfiguration"
_REPLICATION = "aws:s3/bucketReplicationConfig:BucketReplicationConfig"
_NOTIFICATION = "aws:s3/bucketNotification:BucketNotification"


@control(
    id="RSL-S3-001",
    title="Buckets have versioning enabled",
    why="Without versioning, objects that are overwritten or deleted are lost.",
    fix="Add an aws:s3/bucketVersioning:BucketVersioning with status Enabled for the bucket.",
    severity=Severity.HIGH,
    types=(*BUCKETS, *_VERSIONING),
    scope=Scope.STACK,
    references=recovery(checkov=("CKV_AWS_21",), security_hub=("S3.14",)),
)
def bucket_is_versioned(resource: Resource, context: Context) -> Findings:
    """A bucket created with Object Lock is versioned by that."""
    if resource.type in _VERSIONING:
        if resource.get("versioningConfiguration.status") != "Enabled":
            yield Violation("versioning is not enabled", "versioningConfiguration.status")
        return
    if all_hold(
        lambda: not resource.get("objectLockEnabled"),
        lambda: not resource.get("versioning.enabled"),
        lambda: not any(map(resource.get, paths_at(resource, "versionings[*].enabled"))),
        lambda: not settings_of(resource, context, _VERSIONING),
    ):
        yield Violation("nothing enables versioning")


@control(
    id="RSL-S3-002",
    title="Buckets with audit records and backups have Object Lock",
    why="Whoever takes over the account deletes backups and traces first; a locked object outlives that.",
    fix="Set objectLockEnabled to true (it replaces the bucket), and a default retention in an "
    "aws:s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration.",
    severity=Severity.HIGH,
    types=BUCKETS,
    scope=Scope.STACK,
    parameters=chosen("audit records and backups", ["*audit*", "*trail*", "*backup*", "*archive*"]),
    references=recovery(checkov=("CKV_AWS_143",), security_hub=("S3.15",)),
)
def bucket_is_locked(bucket: Resource, context: Context) -> Findings:
    if all_hold(
        lambda: is_chosen(bucket, context),
        lambda: not bucket.get("objectLockEnabled"),
        lambda: bucket.get("objectLockConfiguration.objectLockEnabled") != "Enabled",
        lambda: not settings_of(bucket, context, _LOCK),
    ):
        yield Violation("Object Lock is off", "objectLockEnabled")


def _rules(resource: Resource) -> list[str]:
    """The paths of the lifecycle rules of a bucket, or of a resource that configures one."""
    return paths_at(resource, "lifecycleRules[*]" if resource.type in BUCKETS else "rules[*]")


def _is_enabled(resource: Resource, rule: str) -> bool:
    return resource.get(f"{rule}.enabled") is True or resource.get(f"{rule}.status") == "Enabled"


@control(
    id="RSL-S3-003",
    title="Buckets have a lifecycle configuration",
    why="What nobody removes is kept, and paid for, for ever, also past the time that the law permits.",
    fix="Add an aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration with an enabled rule.",
    severity=Severity.MEDIUM,
    types=(*ANY_BUCKET, *_LIFECYCLE),
    scope=Scope.STACK,
    references=References(
        checkov=("CKV2_AWS_61",), security_hub=("S3.13",), iso27001=("A.8.10",), indonesia=("UU PDP 43",)
    ),
)
def bucket_has_lifecycle(resource: Resource, context: Context) -> Findings:
    def has_none() -> bool:
        return first_that(_rules(resource), lambda rule: _is_enabled(resource, rule)) is None

    if resource.type in _LIFECYCLE:
        if has_none():
            yield Violation("no rule is enabled", "rules")
    elif all_hold(has_none, lambda: not settings_of(resource, context, _LIFECYCLE)):
        yield Violation("nothing configures its lifecycle")


@control(
    id="RSL-S3-004",
    title="Buckets abort incomplete multipart uploads",
    why="Parts of incomplete multipart uploads are stored and paid for, and no listing shows them.",
    fix="Add an enabled rule without a filter and with abortIncompleteMultipartUpload.daysAfterInitiation, such as 7.",
    severity=Severity.LOW,
    types=(*BUCKETS, *_LIFECYCLE, _OUTPOST_LIFECYCLE),
    references=References(checkov=("CKV_AWS_300",), iso27001=("A.8.10",)),
)
def incomplete_uploads_are_removed(resource: Resource, _: Context) -> Findings:
    def removes(rule: str) -> bool:
        after = ("abortIncompleteMultipartUpload.daysAfterInitiation", "abortIncompleteMultipartUploadDays")
        return (
            any(resource.get(f"{rule}.{path}") for path in after)
            and _is_enabled(resource, rule)
            and not _is_for_some(resource, rule)
        )

    rules = _rules(resource)
    if (rules or resource.type not in BUCKETS) and first_that(rules, removes) is None:
        yield Violation("no rule removes them from the whole bucket")


def _is_for_some(resource: Resource, rule: str) -> bool:
    """Whether a lifecycle rule is for some objects only."""
    stated = [resource.known(f"{rule}.{path}") for path in ("prefix", "tags", "filter")]
    return any(leaf for value in stated for _, leaf in leaves(value))


require_value(
    "forceDestroy",
    (False,),
    default=False,
    id="RSL-S3-005",
    title="Buckets have forceDestroy off",
    why="One pulumi destroy, or one changed name, would delete every object and every version.",
    fix="Remove forceDestroy, and empty the bucket by hand when that is meant.",
    severity=Severity.HIGH,
    types=(
        *BUCKETS,
        DIRECTORY,
        "aws:s3tables/tableBucket:TableBucket",
        "aws:s3/vectorsVectorBucket:VectorsVectorBucket",
    ),
    references=recovery(),
)

_DESTINATIONS = {
    _REPLICATION: ("rules[*]", "destination.account"),
    BUCKETS[0]: ("replicationConfiguration.rules[*]", "destination.accountId"),
    BUCKETS[1]: ("replicationConfigurations[*].rules[*]", "destinations[0].accountId"),
}
"""Where rules of replication stand, and in one of them the account that owns the copies, by type."""


@control(
    id="RSL-S3-006",
    title="Critical buckets replicate to a second account",
    why="A copy that other people administer survives the loss of the account; in the same region it stays at home.",
    fix="Add an aws:s3/bucketReplicationConfig:BucketReplicationConfig with an enabled rule whose destination is a "
    "bucket of the region in another allowed account (destination.account).",
    severity=Severity.MEDIUM,
    level=Level.ADVISORY,
    types=BUCKETS,
    scope=Scope.STACK,
    parameters=chosen("what can't be made again", ["*critical*"], ["Criticality=critical"]),
    references=recovery(),
)
def critical_bucket_is_copied(bucket: Resource, context: Context) -> Findings:
    if not is_chosen(bucket, context):
        return
    found = [
        (resource, rule)
        for resource in (bucket, *settings_of(bucket, context, (_REPLICATION,)))
        for rule in paths_at(resource, _DESTINATIONS[resource.type][0])
    ]
    if first_that(found, lambda each_: _copies_to_another_account(*each_)) is None:
        yield Violation("no enabled rule copies it to another account")


def _copies_to_another_account(resource: Resource, rule: str) -> bool:
    account = resource.get(f"{rule}.{_DESTINATIONS[resource.type][1]}")
    return bool(account) and resource.get(f"{rule}.status") == "Enabled" and str(account) not in own_accounts(resource)


@control(
    id="RSL-S3-007",
    title="Buckets have event notifications",
    why="Malware scanning of uploads and detection of mass deletion start from events.",
    fix="Add an aws:s3/bucketNotification:BucketNotification with eventbridge true, or a queue, topic or function.",
    severity=Severity.LOW,
    level=Level.ADVISORY,
    types=BUCKETS,
    scope=Scope.STACK,
    references=References(checkov=("CKV2_AWS_62",), security_hub=("S3.11",), soc2=("CC7.2",), iso27001=("A.8.16",)),
)
def bucket_tells_of_events(bucket: Resource, context: Context) -> Findings:
    targets = ("eventbridge", "queues", "topics", "lambdaFunctions")
    notifications = settings_of(bucket, context, (_NOTIFICATION,))
    if not any(notification.raw(target) for notification in notifications for target in targets):
        yield Violation("it has no event notifications")


@control(
    id="RSL-S3-008",
    title="Buckets have server access logging",
    why="After a leak, access logs show who read what.",
    fix="Add an aws:s3/bucketLogging:BucketLogging that delivers to a bucket for logs.",
    severity=Severity.MEDIUM,
    level=Level.ADVISORY,
    types=BUCKETS,
    scope=Scope.STACK,
    references=References(
        checkov=("CKV_AWS_18",), security_hub=("S3.9",), soc2=("CC7.2",), iso27001=("A.8.15",), indonesia=("UU PDP 31",)
    ),
)
def access_is_logged(bucket: Resource, context: Context) -> Findings:
    """A bucket that takes access logs isn't logged: that would log itself."""
    logged = is_configured(bucket, context, LOGGING, "logging", "loggings")
    if not logged and not takes_access_logs(bucket, context):
        yield Violation("nothing logs access to it")


@control(
    id="RSL-S3-009",
    title="Lifecycle rules keep objects and their old versions long enough to be missed",
    why="Who wants data gone without deleting it writes a lifecycle rule; a short one is over before anybody looks.",
    fix="Let whole buckets expire after minimumDays or later, old versions too; a prefix or a tag may expire sooner.",
    severity=Severity.HIGH,
    types=(*_LIFECYCLE, *BUCKETS),
    parameters={
        "minimumDays": {
            "type": "integer",
            "minimum": 1,
            "default": 8,
            "description": "The fewest days after which a rule for a whole bucket may let objects expire.",
        }
    },
    references=recovery(),
)
def objects_are_kept(lifecycle: Resource, context: Context) -> Findings:
    """Enabled rules over the whole bucket only; parts of uploads may go at once."""
    fewest = context.parameters["minimumDays"]

    def judge(rule: str) -> Findings:
        if not _is_enabled(lifecycle, rule) or _is_of_a_part(lifecycle, rule):
            return
        for path in (f"{rule}.{days}" for days in _DAYS):
            days = lifecycle.number(path, 0)
            if 0 < days < fewest:
                yield Violation(f"it is {days}, at least {fewest} are asked for", path)
        for path in (f"{rule}.{each_}" for each_ in _DATES):
            if lifecycle.has(path) and lifecycle.text(path)[:10] < str(today()):
                yield Violation("everything has expired since that day", path)

    return each(_rules(lifecycle), judge)


_DAYS = (
    *("expiration.days", "noncurrentVersionExpiration.noncurrentDays", "noncurrentVersionExpiration.days"),
    *("expirations[0].days", "noncurrentVersionExpirations[0].days"),
)
_DATES = ("expiration.date", "expirations[0].date")
"""Where rules stand of the resource of its own, of a bucket, and of a BucketV2."""


def today() -> date:
    """The day by which dates of rules are judged, in UTC."""
    return datetime.now(UTC).date()


def _is_of_a_part(lifecycle: Resource, rule: str) -> bool:
    named = ("filter.prefix", "filter.tag", "filter.and.prefix", "filter.and.tags", "prefix", "tags")
    return any(lifecycle.raw(f"{rule}.{name}") for name in named)
