"""All access is logged in every stack: a switch for each way in, and the log goes where it is kept."""

import json
from fnmatch import fnmatchcase

import pytest
from lives import STACKS, looks_at


class Made:
    """What a stack has made, by type: the inputs, and the URNs of what they were given."""

    def __init__(self, life):
        self.life = life

    def of(self, kind):
        return [each["inputs"] for each in self.life.resources if each["type"] == f"aws:{kind}"]

    def one(self, kind):
        (inputs,) = self.of(kind)
        return inputs

    def log_groups(self, pattern):
        return [each for each in self.of("cloudwatch/logGroup:LogGroup") if fnmatchcase(each["name"], pattern)]

    def days(self, bucket):
        """After which a bucket deletes what is in it."""
        named = {
            each["bucket"]: each["rules"]
            for each in self.of("s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration")
        }
        (expire,) = {rule["expiration"]["days"] for rule in named[bucket] if rule.get("expiration")}
        return expire

    def copies(self, pattern):
        """For each log group of such a name, the bucket that all of its records are copied to, and the folder."""
        groups = self.log_groups(pattern)
        assert groups
        streams = {
            each["outputs"]["arn"]: each["inputs"]["extendedS3Configuration"]
            for each in self.life.resources
            if each["type"] == "aws:kinesis/firehoseDeliveryStream:FirehoseDeliveryStream"
        }
        subscriptions = {
            each["logGroup"]: each
            for each in self.of("cloudwatch/logSubscriptionFilter:LogSubscriptionFilter")
            if each["filterPattern"] == ""
        }
        for group in groups:
            stream = streams[subscriptions[group["name"]]["destinationArn"]]
            assert stream["prefix"].startswith(f"log-groups/{group['name'].strip('/')}/")
            yield stream["bucketArn"].rpartition(":")[2]


def calls_of_aws(made):
    trail = made.one("cloudtrail/trail:Trail")
    management, *_ = trail["advancedEventSelectors"]
    assert trail["isMultiRegionTrail"] is True
    assert management["fieldSelectors"] == [{"field": "eventCategory", "equals": ["Management"]}]


def objects_and_functions(made):
    kinds = {
        field["equals"][0]
        for selector in made.one("cloudtrail/trail:Trail")["advancedEventSelectors"]
        for field in selector["fieldSelectors"]
        if field["field"] == "resources.type"
    }
    assert kinds == {"AWS::S3::Object", "AWS::Lambda::Function"}


def requests_to_buckets(made):
    buckets = {each["bucket"] for each in made.of("s3/bucket:Bucket")}
    logged = {each["bucket"]: each["targetBucket"] for each in made.of("s3/bucketLogging:BucketLogging")}
    (target,) = set(logged.values())
    assert set(logged) == buckets - {target}


def api_servers_of_kubernetes(made):
    clusters = [each["inputs"] for each in made.life.resources if each["type"] == "aws:eks/cluster:Cluster"]
    assert clusters
    for cluster in clusters:
        assert {"api", "audit", "authenticator"} <= set(cluster["enabledClusterLogTypes"])
        assert made.log_groups(f"/aws/eks/{cluster['name']}/cluster")


def load_balancers(made):
    balancers = made.of("lb/loadBalancer:LoadBalancer")
    assert balancers
    for balancer in balancers:
        assert balancer["accessLogs"]["enabled"] is True


def distribution(made):
    assert made.of("cloudfront/distribution:Distribution")
    assert {each["logType"] for each in made.of("cloudwatch/logDeliverySource:LogDeliverySource")} == {"ACCESS_LOGS"}
    assert made.of("cloudwatch/logDelivery:LogDelivery")


def firewalls(made):
    logged = made.of("wafv2/webAclLoggingConfiguration:WebAclLoggingConfiguration")
    assert len(logged) == len(made.of("wafv2/webAcl:WebAcl")) > 0


def api_gateway(made):
    (stage,) = made.of("apigatewayv2/stage:Stage") or made.of("apigateway/stage:Stage")
    assert stage["accessLogSettings"]["destinationArn"]


def database(made):
    for instance in made.of("rds/instance:Instance"):
        assert "audit" in instance["enabledCloudwatchLogsExports"]
    assert made.log_groups("/aws/rds/instance/*/audit")


def sessions_on_the_bastion(made):
    (document,) = (each for each in made.of("ssm/document:Document") if each["documentType"] == "Session")
    recorded = json.loads(document["content"])["inputs"]
    assert recorded["s3BucketName"] in {each["bucket"] for each in made.of("s3/bucket:Bucket")}
    assert made.log_groups(recorded["cloudWatchLogGroupName"])


def traffic(made):
    kinds = {each.get("logDestinationType", "cloud-watch-logs") for each in made.of("ec2/flowLog:FlowLog")}
    assert kinds == {"cloud-watch-logs", "s3"}
    assert {each["trafficType"] for each in made.of("ec2/flowLog:FlowLog")} == {"ALL"}


def queries_of_names(made):
    assert made.one("route53/resolverQueryLogConfig:ResolverQueryLogConfig")["destinationArn"].endswith("/dns-queries")
    association = "route53/resolverQueryLogConfigAssociation:ResolverQueryLogConfigAssociation"
    assert len(made.of(association)) == len(made.of("ec2/vpc:Vpc"))


def trail_bucket(made):
    yield made.one("cloudtrail/trail:Trail")["s3BucketName"]


def bucket_of_requests(made):
    yield from (each["targetBucket"] for each in made.of("s3/bucketLogging:BucketLogging"))


def control_planes(made):
    yield from made.copies("/aws/eks/*/cluster")


def bucket_of_balancers(made):
    yield from (each["accessLogs"]["bucket"] for each in made.of("lb/loadBalancer:LoadBalancer"))


def bucket_of_distribution(made):
    for each in made.of("cloudwatch/logDeliveryDestination:LogDeliveryDestination"):
        yield of_arn(each["deliveryDestinationConfiguration"]["destinationResourceArn"])


def copies_of_firewalls(made):
    for each in made.of("wafv2/webAclLoggingConfiguration:WebAclLoggingConfiguration"):
        (destination,) = each["logDestinationConfigs"]
        path = destination.partition(":log-group:")[2].removesuffix(":*")
        yield from made.copies(path) if path else [of_arn(destination)]


def copies_of_gateway(made):
    (stage,) = made.of("apigatewayv2/stage:Stage") or made.of("apigateway/stage:Stage")
    yield from made.copies(stage["accessLogSettings"]["destinationArn"].partition(":log-group:")[2].removesuffix(":*"))


def copies_of_database(made):
    yield from made.copies("/aws/rds/instance/*/audit")


def bucket_of_sessions(made):
    (document,) = (each for each in made.of("ssm/document:Document") if each["documentType"] == "Session")
    yield json.loads(document["content"])["inputs"]["s3BucketName"]


def bucket_of_traffic(made):
    for each in made.of("ec2/flowLog:FlowLog"):
        if each.get("logDestinationType") == "s3":
            yield of_arn(each["logDestination"])


def bucket_of_names(made):
    yield of_arn(made.one("route53/resolverQueryLogConfig:ResolverQueryLogConfig")["destinationArn"])


def of_arn(arn):
    """The bucket of an ARN, without the folder."""
    return arn.removeprefix("arn:aws:s3:::").partition("/")[0]


PATHS = (
    *((calls_of_aws, trail_bucket), (objects_and_functions, trail_bucket), (requests_to_buckets, bucket_of_requests)),
    *((api_servers_of_kubernetes, control_planes), (load_balancers, bucket_of_balancers)),
    *((distribution, bucket_of_distribution), (firewalls, copies_of_firewalls), (api_gateway, copies_of_gateway)),
    *((database, copies_of_database), (sessions_on_the_bastion, bucket_of_sessions), (traffic, bucket_of_traffic)),
    (queries_of_names, bucket_of_names),
)
"""A way in: whether it is logged, and the buckets that keep the log."""


WATCHING = {
    "audit trail": ("cloudtrail/trail:Trail", "SMILE-AUDIT-01"),
    "AWS Config": ("cfg/recorderStatus:RecorderStatus", "SMILE-AUDIT-08"),
    "GuardDuty": ("guardduty/detector:Detector", "SMILE-AUDIT-09"),
    "external access": ("accessanalyzer/analyzer:Analyzer", "SMILE-AUDIT-09"),
    "rules of AWS Config": ("cfg/conformancePack:ConformancePack", "SMILE-AUDIT-08"),
    "Security Hub": ("securityhub/account:Account", "SMILE-AUDIT-08"),
    "Inspector": ("inspector2/enabler:Enabler", "SMILE-AUDIT-09"),
}
"""What watches and judges an account -> its resource; the last three cost by use, and dev has none of them."""


@looks_at(*STACKS)
@pytest.mark.parametrize(
    "kind", [pytest.param(kind, marks=pytest.mark.requirement(row), id=kind) for kind, row in WATCHING.values()]
)
def test_an_account_is_watched_and_judged(life, kind):
    costly = [each for each, _ in WATCHING.values()][-3:]
    assert bool(Made(life).of(kind)) is (life.stack != "dev" or kind not in costly)


@looks_at(*STACKS)
@pytest.mark.requirement("SMILE-AUDIT-05")
@pytest.mark.parametrize("path", [path for path, _ in PATHS], ids=lambda path: path.__name__)
def test_a_way_in_is_logged(life, path):
    path(Made(life))


@looks_at(*STACKS)
@pytest.mark.requirement("SMILE-AUDIT-07")
@pytest.mark.parametrize("kept", [pytest.param(kept, id=path.__name__) for path, kept in PATHS])
def test_the_log_of_a_way_in_is_kept_for_seven_years(life, kept):
    made = Made(life)
    buckets = set(kept(made))
    assert buckets
    assert {made.days(bucket) for bucket in buckets} == {2557}


@looks_at(*STACKS)
@pytest.mark.requirement("SMILE-OBS-13")
def test_cloudwatch_keeps_every_log_for_thirty_days(life):
    kept = {each["name"]: each["retentionInDays"] for each in Made(life).log_groups("*")}
    assert len(kept) > 10
    assert {name: days for name, days in kept.items() if days != 30} == {}
