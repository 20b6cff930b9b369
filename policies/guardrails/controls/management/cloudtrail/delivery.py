"""Trails and event data stores: where they deliver, and with which key."""

from __future__ import annotations

from guardrails.model.control import Context, Findings, Level, Severity, Violation, control
from guardrails.model.references import key_management
from guardrails.model.resource import Resource
from guardrails.shapes.destinations import LAW, keep
from guardrails.shapes.properties import encrypt_with_customer_key

_BUCKETS = ("aws:s3/bucket:Bucket", "aws:s3/bucketV2:BucketV2")


@control(
    id="RES-CLOUDTRAIL-003",
    title="Event data stores have their multi-Region setting stated",
    why="Unless told otherwise a store collects the events of every region; that should be a decision.",
    fix="Set multiRegionEnabled: true to watch the regions that nobody should use, false to keep to this one.",
    severity=Severity.LOW,
    level=Level.ADVISORY,
    types=("aws:cloudtrail/eventDataStore:EventDataStore",),
    references=LAW,
)
def event_data_store_is_deliberate(store: Resource, _: Context) -> Findings:
    if store.get("multiRegionEnabled") is None:
        yield Violation("not set, so it collects from every region", "multiRegionEnabled")


encrypt_with_customer_key(
    "ENC-CLOUDTRAIL-001",
    "Trails",
    "aws:cloudtrail/trail:Trail",
    "kmsKeyId",
    key_management(("CKV_AWS_35",), ("CloudTrail.2",)),
)


keep(
    "RES-CLOUDTRAIL-001",
    "Trails deliver to allowed regions",
    "aws:cloudtrail/trail:Trail",
    "s3BucketName",
    targets=_BUCKETS,
)
keep(
    "RES-CLOUDTRAIL-002",
    "Trails use log groups and keys of allowed regions",
    "aws:cloudtrail/trail:Trail",
    "cloudWatchLogsGroupArn",
    "kmsKeyId",
)
