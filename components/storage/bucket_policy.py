"""What a bucket's policy says: who is refused whatever they may do, and which services of AWS are let in.

The account's own roles need no statement here: their IAM policies say what they may do. Every part is known before
anything exists, so that a preview shows whole documents. For the key this means: any key of this account and Region,
not one key by name; which keys S3 can use at all is what the key policies say (docs/adr/0009).
"""

from __future__ import annotations

from collections.abc import Sequence

import pulumi

from components.core.environment import GLOBAL_REGION, Environment
from components.core.iam import ANY, Principals, Statement, Values
from components.core.resource_policy import deny_other_accounts, deny_plain_transport

FLOW_LOGS = "vpc-flow-logs"
DNS_QUERIES = "dns-queries"
BUCKET_REQUESTS = "buckets"
LOAD_BALANCERS = "load-balancers"
DISTRIBUTIONS = "distributions"
"""Prefixes of what AWS delivers; whoever has it delivered must name them."""
ENCRYPTION = "s3:x-amz-server-side-encryption"
KEY = "s3:x-amz-server-side-encryption-aws-kms-key-id"
CLOUDTRAIL = "cloudtrail.amazonaws.com"


def bucket_arn(environment: Environment, name: str) -> str:
    """ARN of a bucket, which names neither account nor Region."""
    return f"arn:{environment.partition}:s3:::{name}"


def refusals(environment: Environment, arn: str, *, kms: bool, locked: bool, trails: bool = False) -> list[Statement]:
    """What nobody may do, the account's administrators included.

    Args:
        environment: account and Region that the bucket belongs to.
        arn: of the bucket.
        kms: it is encrypted with a KMS key.
        locked: Object Lock can keep its objects.
        trails: CloudTrail puts its files there.
    """
    everything = [arn, f"{arn}/*"]
    old = {"NumericLessThan": {"s3:TlsVersion": "1.2"}}
    statements = [
        deny_plain_transport(["s3:*"], everything),
        deny("DenyOldTls", ["s3:*"], everything, old),
        deny_other_accounts(environment, ["s3:*"], everything),
    ]
    if kms:
        statements += other_keys(environment, arn, trails=trails)
    if locked:
        statements.append(deny("DenyUnlocking", ["s3:BypassGovernanceRetention"], [f"{arn}/*"], {}))
    return statements


def other_keys(environment: Environment, arn: str, *, trails: bool) -> list[Statement]:
    """An upload that says nothing about encryption gets the bucket's key; one that does must name a key of ours.

    Without a key's name, aws:kms would mean the one that AWS manages. CloudTrail's digest files are SSE-S3, whatever
    the key of their trail
    (https://docs.aws.amazon.com/awscloudtrail/latest/userguide/encrypting-cloudtrail-log-files-with-aws-kms.html).
    """
    other = {"Null": {ENCRYPTION: "false"}, "StringNotLike": {KEY: environment.arn("kms", "key/*")}}
    if not trails:
        return [deny("DenyOtherKeys", ["s3:PutObject"], [f"{arn}/*"], other)]
    by_others = other | {"StringNotEquals": {"aws:PrincipalServiceName": CLOUDTRAIL}}
    records = f"{arn}/AWSLogs/{environment.account_id}/CloudTrail/*"
    return [
        deny("DenyOtherKeys", ["s3:PutObject"], [f"{arn}/*"], by_others),
        deny("DenyOtherKeysOfRecords", ["s3:PutObject"], [records], other),
    ]


def deny(sid: str, actions: list[str], resources: list[str], conditions: dict[str, dict[str, str]]) -> Statement:
    """A statement that refuses everybody."""
    return Statement(
        sid=sid, effect="Deny", principals=ANY, actions=actions, resources=resources, conditions=conditions
    )


def takes_flow_logs(environment: Environment, arn: str) -> list[Statement]:
    """VPC flow logs."""
    return takes_logs(environment, arn, FLOW_LOGS, environment.arn("logs", ANY))


def takes_dns_queries(environment: Environment, arn: str) -> list[Statement]:
    """Queries to the resolvers of VPCs."""
    return takes_logs(environment, arn, DNS_QUERIES, environment.arn("logs", ANY))


def takes_firewall_logs(environment: Environment, arn: str) -> list[Statement]:
    """Logs of web ACLs at the edge, which AWS keeps in us-east-1 and puts where it always does."""
    return takes_logs(environment, arn, f"AWSLogs/{environment.account_id}", edge_logs(environment, ANY))


def edge_logs(environment: Environment, resource: str) -> str:
    """ARN of a log delivery of what AWS keeps in us-east-1."""
    return f"arn:{environment.partition}:logs:{GLOBAL_REGION}:{environment.account_id}:{resource}"


def takes_logs(environment: Environment, arn: str, prefix: str, source_arn: str) -> list[Statement]:
    """Logs that AWS delivers, under the names of its guide: it adds to a policy in which it doesn't find them."""
    delivery: Principals = {"Service": "delivery.logs.amazonaws.com"}
    account = {"aws:SourceAccount": environment.account_id}
    source = {"ArnLike": {"aws:SourceArn": source_arn}}
    return [
        Statement(
            sid="AWSLogDeliveryWrite",
            principals=delivery,
            actions=["s3:PutObject"],
            resources=[f"{arn}/{prefix}/*"],
            conditions={"StringEquals": {**account, "s3:x-amz-acl": "bucket-owner-full-control"}, **source},
        ),
        Statement(
            sid="AWSLogDeliveryAclCheck",
            principals=delivery,
            actions=["s3:GetBucketAcl"],
            resources=[arn],
            conditions={"StringEquals": account, **source},
        ),
    ]


def takes_distribution_logs(environment: Environment, arn: str) -> list[Statement]:
    """Logs of CloudFront's distributions."""
    return [
        Statement(
            sid="DistributionsLogRequests",
            principals={"Service": "delivery.logs.amazonaws.com"},
            actions=["s3:PutObject"],
            resources=[f"{arn}/{DISTRIBUTIONS}/*"],
            conditions={
                "StringEquals": {
                    "aws:SourceAccount": environment.account_id,
                    "s3:x-amz-acl": "bucket-owner-full-control",
                },
                "ArnLike": {"aws:SourceArn": edge_logs(environment, "delivery-source:*")},
            },
        )
    ]


def takes_trails(environment: Environment, arn: str) -> list[Statement]:
    """CloudTrail's records."""
    trail: Principals = {"Service": CLOUDTRAIL}
    source = {"ArnLike": {"aws:SourceArn": environment.arn("cloudtrail", "trail/*")}}
    return [
        Statement(
            sid="TrailsWrite",
            principals=trail,
            actions=["s3:PutObject"],
            resources=[f"{arn}/AWSLogs/{environment.account_id}/*"],
            conditions={"StringEquals": {"s3:x-amz-acl": "bucket-owner-full-control"}, **source},
        ),
        Statement(
            sid="TrailsCheckOwnership",
            principals=trail,
            actions=["s3:GetBucketAcl"],
            resources=[arn],
            conditions=source,
        ),
    ]


def takes_configuration_history(environment: Environment, arn: str) -> list[Statement]:
    """AWS Config's files (https://docs.aws.amazon.com/config/latest/developerguide/s3-bucket-policy.html)."""
    config: Principals = {"Service": "config.amazonaws.com"}
    account = {"aws:SourceAccount": environment.account_id}
    return [
        Statement(
            sid="ConfigDelivers",
            principals=config,
            actions=["s3:PutObject"],
            resources=[f"{arn}/AWSLogs/{environment.account_id}/Config/*"],
            conditions={"StringEquals": {**account, "s3:x-amz-acl": "bucket-owner-full-control"}},
        ),
        Statement(
            sid="ConfigChecksBucket",
            principals=config,
            actions=["s3:GetBucketAcl", "s3:ListBucket"],
            resources=[arn],
            conditions={"StringEquals": account},
        ),
    ]


def takes_bucket_requests(environment: Environment, arn: str, buckets: Sequence[str]) -> Statement:
    """S3's access logs of these buckets, given by ARN."""
    return Statement(
        sid="S3LogsRequests",
        principals={"Service": "logging.s3.amazonaws.com"},
        actions=["s3:PutObject"],
        resources=[f"{arn}/{BUCKET_REQUESTS}/*"],
        conditions={
            "StringEquals": {"aws:SourceAccount": environment.account_id},
            "ArnLike": {"aws:SourceArn": list(buckets)},
        },
    )


def takes_load_balancer_logs(environment: Environment, arn: str) -> list[Statement]:
    """Access and connection logs of the account's load balancers."""
    return [
        Statement(
            sid="LoadBalancersLogRequests",
            principals={"Service": "logdelivery.elasticloadbalancing.amazonaws.com"},
            actions=["s3:PutObject"],
            resources=[f"{arn}/{LOAD_BALANCERS}/AWSLogs/{environment.account_id}/*"],
            conditions={"ArnLike": {"aws:SourceArn": environment.arn("elasticloadbalancing", "loadbalancer/*")}},
        )
    ]


def served_by(arn: str, distribution_arn: pulumi.Input[str]) -> Statement:
    """One CloudFront distribution reads the objects, with origin access control."""
    distribution: dict[str, Values] = {"aws:SourceArn": distribution_arn}
    return Statement(
        sid="DistributionReads",
        principals={"Service": "cloudfront.amazonaws.com"},
        actions=["s3:GetObject"],
        resources=[f"{arn}/*"],
        conditions={"StringEquals": distribution},
    )
