"""AWS Config: what every resource of the account looked like, and when that changed."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi
from pulumi_aws import cfg

from aws_facts.service_linked_roles import CONFIG
from components.core.context import StackContext
from components.core.notices import EventNotice, Notices

LONGEST_HISTORY = 2557
"""Days that AWS Config keeps at most: seven years
(https://docs.aws.amazon.com/config/latest/APIReference/API_RetentionConfiguration.html)."""
UNDELIVERED = EventNotice(
    pattern={
        "source": ["aws.config"],
        "detail-type": [
            "Config Configuration Snapshot Delivery Status",
            "Config Configuration History Delivery Status",
        ],
        "detail": {"messageType": [{"suffix": "Failed"}]},
    },
    paths={"what": "$.detail.messageType"},
    message="AWS Config could not deliver to its bucket: <what>.",
)
"""A file that its bucket doesn't take (https://docs.aws.amazon.com/eventbridge/latest/ref/events-ref-config.html).

What the page of each notification calls its type ends so; no failed one was seen.
"""


@dataclass(frozen=True, kw_only=True)
class ConfigurationRecorderArgs:
    """What the recorder needs.

    Attributes:
        bucket_name: of the bucket that keeps what it records; its policy lets AWS Config in. One with Object Lock is
            refused (https://docs.aws.amazon.com/config/latest/APIReference/API_PutDeliveryChannel.html).
        runbook: what people are pointed to, such as a path or URL.
        history_days: how long AWS Config itself keeps what it recorded, 30 to 2557; the files stay as long as the
            bucket keeps them.
    """

    context: StackContext
    bucket_name: pulumi.Input[str]
    runbook: str
    history_days: int = LONGEST_HISTORY


class ConfigurationRecorder(pulumi.ComponentResource):
    """The one recorder and the one delivery channel that the account has in the Region, and that it records.

    Its role is AWS Config's own, which must be there: AWS keeps what it may read up to date with what it records
    (https://docs.aws.amazon.com/config/latest/developerguide/using-service-linked-roles.html).
    """

    def __init__(self, name: str, args: ConfigurationRecorderArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("platform:audit:ConfigurationRecorder", name, None, opts)
        environment = args.context.environment
        recorder = cfg.Recorder(
            name,
            name=environment.prefix,
            role_arn=environment.iam_arn(CONFIG.resource),
            recording_group={"all_supported": True, "include_global_resource_types": True},
            opts=pulumi.ResourceOptions(parent=self),
        )
        channel = cfg.DeliveryChannel(
            name,
            name=environment.prefix,
            s3_bucket_name=args.bucket_name,
            s3_kms_key_arn=args.context.keys["logs"],
            snapshot_delivery_properties={"delivery_frequency": "TwentyFour_Hours"},
            opts=pulumi.ResourceOptions(parent=self, depends_on=[recorder]),
        )
        cfg.RecorderStatus(
            name,
            name=recorder.name,
            is_enabled=True,
            opts=pulumi.ResourceOptions(parent=self, depends_on=[channel]),
        )
        cfg.RetentionConfiguration(
            name, retention_period_in_days=args.history_days, opts=pulumi.ResourceOptions(parent=self)
        )
        tags = environment.tags(component="audit", data_class="confidential")
        add = Notices(context=args.context, tags=tags, parent=self, runbook=args.runbook).add
        add(f"{name}-undelivered", "warning", UNDELIVERED, name=f"{environment.prefix}-configuration-undelivered")
        self.register_outputs({})
