"""Which names the network's machines and pods ask for, in the logs bucket."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi
from pulumi_aws import route53

from components.core.environment import Environment
from components.storage.bucket import Bucket
from components.storage.bucket_policy import DNS_QUERIES


@dataclass(frozen=True, kw_only=True)
class DnsQueryLogArgs:
    """What the log needs.

    Attributes:
        environment: whose network it is.
        vpc_id: the VPC whose queries are recorded.
        bucket: where the records go; its policy lets the delivery in.
    """

    environment: Environment
    vpc_id: pulumi.Input[str]
    bucket: Bucket


class DnsQueryLog(pulumi.ComponentResource):
    """All queries to the VPC's resolver, answers included, kept as long as the bucket keeps logs.

    An answer from a resolver's cache is recorded once, when it was fetched
    (https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/resolver-query-logs.html).
    """

    def __init__(self, name: str, args: DnsQueryLogArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("platform:network:DnsQueryLog", name, None, opts)
        log = route53.ResolverQueryLogConfig(
            f"{name}-dns-queries",
            name=f"{args.environment.prefix}-dns-queries",
            destination_arn=f"{args.bucket.arn}/{DNS_QUERIES}",
            tags=args.environment.tags(component="network", data_class="confidential")("dns-queries"),
            # The bucket's policy too: AWS would otherwise write one of its own.
            opts=pulumi.ResourceOptions(parent=self, depends_on=[args.bucket]),
        )
        route53.ResolverQueryLogConfigAssociation(
            f"{name}-dns-queries",
            resolver_query_log_config_id=log.id,
            resource_id=args.vpc_id,
            opts=pulumi.ResourceOptions(parent=self),
        )
        self.register_outputs({})
