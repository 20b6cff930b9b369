"""The log of DNS queries: of which VPC, and where it goes."""

import pytest

from components.network.dns_query_log import DnsQueryLog, DnsQueryLogArgs
from components.storage.bucket import Bucket, BucketArgs, Lifecycle
from components.storage.bucket_policy import takes_dns_queries
from tests.recording import record

LOG = "route53/resolverQueryLogConfig:ResolverQueryLogConfig"
ASSOCIATION = "route53/resolverQueryLogConfigAssociation:ResolverQueryLogConfigAssociation"


@pytest.fixture(scope="module")
def made(context):
    def program():
        lifecycle = Lifecycle(transitions={}, expire=2557, noncurrent=30, abort_upload=7)
        bucket = Bucket(
            "logs",
            BucketArgs(
                context=context,
                name="smile5-logs",
                purpose="logs",
                data_class="confidential",
                key="logs",
                lifecycle=lifecycle,
            ),
        )
        DnsQueryLog("smile", DnsQueryLogArgs(environment=context.environment, vpc_id="vpc-1", bucket=bucket))

    return record(program)


@pytest.mark.requirement("SMILE-AUDIT-05")
def test_queries_of_the_vpc_go_to_the_bucket_whose_policy_lets_them_in(made, context):
    assert made.one(LOG)["destinationArn"] == "arn:aws:s3:::smile5-logs/dns-queries"
    assert made.one(ASSOCIATION) == {
        "resolverQueryLogConfigId": "ResolverQueryLogConfig/smile-dns-queries",
        "resourceId": "vpc-1",
    }
    write, check = takes_dns_queries(context.environment, "arn:aws:s3:::smile5-logs")
    assert write.resources == ["arn:aws:s3:::smile5-logs/dns-queries/*"]
    assert check.actions == ["s3:GetBucketAcl"]
    for statement in (write, check):
        assert statement.principals == {"Service": "delivery.logs.amazonaws.com"}
        assert statement.conditions["StringEquals"]["aws:SourceAccount"] == "123456789012"


def test_the_bucket_has_its_policy_before_aws_looks_for_one(made):
    """AWS writes a statement of its own into a policy that lets no delivery in."""
    log = next(each for each in made.resources if each.type == f"aws:{LOG}")
    policy = next(each for each in made.resources if each.type == "aws:s3/bucketPolicy:BucketPolicy")
    assert policy.urn in log.dependencies
