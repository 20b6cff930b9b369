"""The distribution's log, delivered to a bucket in the stack's Region.

CloudFront's older logging can't write to buckets of opt-in Regions. The newer one is configured in us-east-1, where AWS
keeps what belongs to CloudFront; the records themselves go to the bucket.
"""

from __future__ import annotations

import pulumi
from pulumi_aws import cloudwatch

from components.core.context import StackContext
from components.core.environment import GLOBAL_REGION
from components.storage.bucket import Bucket
from components.storage.bucket_policy import DISTRIBUTIONS

FIELDS = (
    "date",
    "time",
    "x-edge-location",
    "sc-bytes",
    "c-ip",
    "c-country",
    "cs-method",
    "cs(Host)",
    "cs-uri-stem",
    "sc-status",
    "cs(User-Agent)",
    "x-edge-result-type",
    "x-edge-request-id",
    "x-host-header",
    "cs-protocol",
    "cs-bytes",
    "time-taken",
    "ssl-protocol",
    "ssl-cipher",
    "x-edge-response-result-type",
    "cs-protocol-version",
    "time-to-first-byte",
    "x-edge-detailed-result-type",
    "sc-content-type",
    "sc-content-len",
)
"""What is recorded of a request: not its query, cookies and referrer, which hold sessions and what was searched for."""
PARTITIONS = "{DistributionId}/{yyyy}/{MM}/{dd}"


def deliver_logs(
    name: str, context: StackContext, distribution_arn: pulumi.Input[str], bucket: Bucket, parent: pulumi.Resource
) -> None:
    """Deliver a distribution's log.

    Args:
        name: logical name.
        context: of the stack.
        distribution_arn: whose log it is.
        bucket: where it goes, below ``cloudfront/``; its policy lets the delivery in.
        parent: the component it belongs to.
    """
    physical_name = f"{context.environment.prefix}-distribution"
    tags = context.environment.tags(component="frontend", data_class="personal")("distribution-log")
    child = pulumi.ResourceOptions(parent=parent)
    source = cloudwatch.LogDeliverySource(
        name,
        name=physical_name,
        log_type="ACCESS_LOGS",
        resource_arn=distribution_arn,
        region=GLOBAL_REGION,
        tags=tags,
        opts=child,
    )
    # With a prefix of ours in the destination AWS adds none of its own, which it would drop again on a change.
    destination = cloudwatch.LogDeliveryDestination(
        name,
        name=physical_name,
        output_format="json",
        delivery_destination_configuration={"destination_resource_arn": f"{bucket.arn}/{DISTRIBUTIONS}"},
        region=GLOBAL_REGION,
        tags=tags,
        # The bucket's policy too: AWS would otherwise add to it.
        opts=pulumi.ResourceOptions(parent=parent, depends_on=[bucket]),
    )
    cloudwatch.LogDelivery(
        name,
        delivery_source_name=source.name,
        delivery_destination_arn=destination.arn,
        record_fields=list(FIELDS),
        s3_delivery_configurations=[{"suffix_path": PARTITIONS, "enable_hive_compatible_path": True}],
        region=GLOBAL_REGION,
        tags=tags,
        opts=child,
    )
