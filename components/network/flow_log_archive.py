"""The long-term copy of the VPC flow logs, in the logs bucket."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi
from pulumi_aws import ec2

from components.core.environment import Environment
from components.storage.bucket import Bucket
from components.storage.bucket_policy import FLOW_LOGS

INTERVAL_SECONDS = 600
"""Over which AWS gathers records: fewer and larger files than the copy in CloudWatch Logs, which is for the moment."""


@dataclass(frozen=True, kw_only=True)
class FlowLogArchiveArgs:
    """What the archive needs.

    Attributes:
        environment: whose network it is.
        vpc_id: the VPC whose traffic is recorded.
        bucket: where the records go; its policy lets the delivery in.
    """

    environment: Environment
    vpc_id: pulumi.Input[str]
    bucket: Bucket


class FlowLogArchive(pulumi.ComponentResource):
    """A second flow log of the VPC: Parquet files by day, which Athena reads as they are."""

    def __init__(self, name: str, args: FlowLogArchiveArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("platform:network:FlowLogArchive", name, None, opts)
        ec2.FlowLog(
            f"{name}-flow-log-archive",
            vpc_id=args.vpc_id,
            traffic_type="ALL",
            max_aggregation_interval=INTERVAL_SECONDS,
            log_destination_type="s3",
            log_destination=f"{args.bucket.arn}/{FLOW_LOGS}/",
            destination_options={
                "file_format": "parquet",
                "hive_compatible_partitions": True,
                "per_hour_partition": False,
            },
            tags=args.environment.tags(component="network", data_class="confidential")("flow-log-archive"),
            # The bucket's policy too: AWS would otherwise write one of its own.
            opts=pulumi.ResourceOptions(parent=self, depends_on=[args.bucket]),
        )
        self.register_outputs({})
