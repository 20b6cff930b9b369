"""Billable quantities follow from a resource's inputs: sizes, zones, replicas, rules."""

import pytest

from cli.cost.models import MODELS
from tests.unit.cli.cost.conftest import state

USAGE = {"instance_hours": 220.0, "cloudfront_million": 3.0}


def amounts(stack, kind):
    """What the resources of a type are billed for, without what is zero."""
    found = {}
    for resource in stack.of(kind):
        for item, quantity in MODELS[kind](resource, stack, USAGE).items():
            found[item] = found.get(item, 0) + quantity
    return {item: quantity for item, quantity in found.items() if quantity}


def one(make, kind, **inputs):
    return amounts(make(state(kind, "x", **inputs)), kind)


def test_a_node_group_is_billed_for_nodes_and_disks_at_its_desired_size(make):
    template = state(
        "aws:ec2/launchTemplate:LaunchTemplate", "lt",
        blockDeviceMappings=[{"ebs": {"volumeSize": 50, "volumeType": "gp3"}}],
    )  # fmt: skip
    group = state(
        "aws:eks/nodeGroup:NodeGroup", "api", needs={"launchTemplate": "aws:ec2/launchTemplate:LaunchTemplate::lt"},
        instanceTypes=["m5.xlarge"], scalingConfig={"desiredSize": 3, "maxSize": 50},
    )  # fmt: skip
    assert amounts(make(template, group), "aws:eks/nodeGroup:NodeGroup") == {"ec2.m5.xlarge": 2190, "ebs.gp3-gib": 150}


@pytest.mark.parametrize(("standby", "zones"), [(True, "multi"), (False, "single")])
def test_a_standby_doubles_the_database_by_its_own_prices(make, standby, zones):
    found = one(
        make, "aws:rds/instance:Instance", engine="mysql", instanceClass="db.r5.large", multiAz=standby,
        storageType="gp3", allocatedStorage=500, manageMasterUserPassword=True,
    )  # fmt: skip
    assert found == {f"rds.mysql.db.r5.large.{zones}": 730, f"rds.gp3-{zones}-gib": 500, "secretsmanager.secret": 1}


def test_a_replica_is_of_its_sources_engine_and_size(make):
    kind = "aws:rds/instance:Instance"
    primary = state(kind, "db", engine="mysql", instanceClass="db.t3.medium", allocatedStorage=100)
    replica = state(kind, "replica", needs={"replicateSourceDb": f"{kind}::db"}, instanceClass="db.t3.medium")
    found = amounts(make(primary, replica), kind)
    assert found == {"rds.mysql.db.t3.medium.single": 1460, "rds.gp3-single-gib": 200}


def test_a_cache_is_billed_for_the_primary_and_the_replicas_of_each_shard(make):
    found = one(
        make, "aws:elasticache/replicationGroup:ReplicationGroup",
        engine="redis", nodeType="cache.t4g.micro", numNodeGroups=3, replicasPerNodeGroup=2,
    )  # fmt: skip
    assert found == {"elasticache.redis.cache.t4g.micro": 9 * 730}


def test_an_instance_is_billed_for_the_hours_it_runs_and_its_disk_always(make):
    found = one(
        make, "aws:ec2/instance:Instance", instanceType="t3.micro",
        rootBlockDevice={"volumeSize": 30, "volumeType": "gp3"},
    )  # fmt: skip
    assert found == {"ec2.t3.micro": 220, "ebs.gp3-gib": 30}


@pytest.mark.parametrize(
    ("kind", "inputs", "expected"),
    [
        ("aws:ec2/vpcEndpoint:VpcEndpoint", {"vpcEndpointType": "Gateway"}, {}),
        (
            "aws:ec2/vpcEndpoint:VpcEndpoint",
            {"vpcEndpointType": "Interface", "subnetIds": ["a", "b", "c"]},
            {"vpc-endpoint.hours": 2190},
        ),
        ("aws:efs/fileSystem:FileSystem", {"throughputMode": "elastic"}, {}),
        ("aws:efs/fileSystem:FileSystem", {"provisionedThroughputInMibps": 100.0}, {"efs.provisioned-mibps": 100}),
        ("aws:lb/loadBalancer:LoadBalancer", {"loadBalancerType": "application"}, {"alb.hours": 730}),
        ("aws:lb/loadBalancer:LoadBalancer", {"loadBalancerType": "network"}, {"nlb.hours": 730}),
        ("aws:wafv2/webAcl:WebAcl", {"rules": [{}, {}, {}]}, {"waf.acl": 1, "waf.rule": 3}),
        ("aws:secretsmanager/secret:Secret", {"replicas": [{}]}, {"secretsmanager.secret": 2}),
        ("aws:cloudwatch/metricAlarm:MetricAlarm", {"period": 60}, {"cloudwatch.alarm": 1}),
        ("aws:cloudwatch/metricAlarm:MetricAlarm", {"period": 10}, {"cloudwatch.alarm-high-resolution": 1}),
        (
            "aws:cloudwatch/metricAlarm:MetricAlarm",
            {"metricQueries": [{"metric": {"period": 60}}, {"metric": {"period": 60}}, {"expression": "a/b"}]},
            {"cloudwatch.alarm": 2},
        ),
        (
            "aws:cloudwatch/metricAlarm:MetricAlarm",
            {"thresholdMetricId": "band", "metricQueries": [{"metric": {}}, {"expression": "BAND"}]},
            {"cloudwatch.alarm": 3},
        ),
        ("aws:synthetics/canary:Canary", {"schedule": {"expression": "rate(5 minutes)"}}, {"synthetics.runs": 8760}),
        ("aws:ssm/parameter:Parameter", {"tier": "Advanced"}, {"ssm.advanced-parameter": 1}),
        ("aws:ssm/parameter:Parameter", {}, {}),
        ("aws:accessanalyzer/analyzer:Analyzer", {"type": "ACCOUNT"}, {}),
        (
            "aws:kinesis/stream:Stream",
            {"streamModeDetails": {"streamMode": "ON_DEMAND"}},
            {"kinesis.on-demand-hours": 730},
        ),
        ("aws:kinesis/stream:Stream", {"shardCount": 4}, {"kinesis.shard-hours": 2920}),
        ("aws:kms/key:Key", {}, {"kms.key": 1}),
        (
            "aws:kinesis/accountSettings:AccountSettings",
            {"minimumThroughputBillingCommitment": {"status": "ENABLED"}},
            {"kinesis.commitment-hours": 730},
        ),
        (
            "aws:kinesis/accountSettings:AccountSettings",
            {"minimumThroughputBillingCommitment": {"status": "DISABLED"}},
            {},
        ),
        ("aws:wafv2/ruleGroup:RuleGroup", {"rules": [{}, {}]}, {"waf.rule": 2}),
        ("aws:cloudfront/function:Function", {}, {"cloudfront.function-million": 3}),
        (
            "aws:route53/healthCheck:HealthCheck",
            {"type": "HTTPS", "requestInterval": 10},
            {"route53.health-check": 1, "route53.health-check-feature": 2},
        ),
    ],
)
def test_quantities_follow_from_inputs(make, kind, inputs, expected):
    assert one(make, kind, **inputs) == expected


def test_a_container_service_is_billed_for_what_its_tasks_ask_for(make):
    definition = state("aws:ecs/taskDefinition:TaskDefinition", "t", cpu="512", memory="1024")
    needs = {"taskDefinition": "aws:ecs/taskDefinition:TaskDefinition::t"}
    service = state("aws:ecs/service:Service", "s", needs=needs, desiredCount=2)
    found = amounts(make(definition, service), "aws:ecs/service:Service")
    assert found == {"fargate.vcpu-hours": 730, "fargate.gb-hours": 1460}


def test_unused_access_is_paid_for_by_role(make):
    kind = "aws:accessanalyzer/analyzer:Analyzer"
    roles = [state("aws:iam/role:Role", name) for name in ("a", "b")]
    assert amounts(make(state(kind, "x", type="ACCOUNT_UNUSED_ACCESS"), *roles), kind) == {"access-analyzer.role": 2}


def test_what_a_preview_does_not_know_yet_stops_no_model(make):
    unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
    for kind, model in MODELS.items():
        stack = make(state(kind, "x", allocatedStorage=unknown, numNodeGroups=unknown, scalingConfig=unknown))
        assert model(stack.of(kind)[0], stack, USAGE) is not None


def test_an_auto_scaling_group_is_billed_for_the_instances_that_there_always_are(make):
    disk = {"deviceName": "/dev/xvda", "ebs": {"volumeType": "gp3", "volumeSize": 20}}
    template = state("aws:ec2/launchTemplate:LaunchTemplate", "t", instanceType="t3.medium", blockDeviceMappings=[disk])
    needs = {"launchTemplate": "aws:ec2/launchTemplate:LaunchTemplate::t"}
    group = state("aws:autoscaling/group:Group", "g", needs=needs, minSize=2, maxSize=5)
    found = amounts(make(template, group), "aws:autoscaling/group:Group")
    assert found == {"ec2.t3.medium": 1460, "ebs.gp3-gib": 40}
