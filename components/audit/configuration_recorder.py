"""AWS Config: what every resource of the account looked like, and when that changed."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi
from pulumi_aws import cfg

from aws_facts.service_linked_roles import CONFIG
from components.core.context import StackContext


@dataclass(frozen=True, kw_only=True)
class ConfigurationRecorderArgs:
    """What the recorder needs.

    Attributes:
        bucket_name: of the bucket that keeps what it records; its policy lets AWS Config in. One with Object Lock is
            refused (https://docs.aws.amazon.com/config/latest/APIReference/API_PutDeliveryChannel.html).
    """

    context: StackContext
    bucket_name: pulumi.Input[str]


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
        self.register_outputs({})
