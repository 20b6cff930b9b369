"""Whatever of a stack writes logs does so as JSON, where it may choose, into log groups that the stack declares."""

import json

import pytest
from lives import STACKS, looks_at

SUFFIXES = ("application", "dataplane", "host", "performance")
"""Of the log groups that the CloudWatch agent of a cluster writes to
(https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Container-Insights-setup-logs-FluentBit.html)."""


def group(arn):
    """The log group of an ARN, if it is one."""
    _, found, name = str(arn).partition(":log-group:")
    return [name.removesuffix(":*")] if found else []


WRITES = {
    "aws:lambda/function:Function": lambda it: [it["loggingConfig"]["logGroup"]],
    "aws:ec2/flowLog:FlowLog": lambda it: group(it.get("logDestination")),
    "aws:cloudtrail/trail:Trail": lambda it: group(it["cloudWatchLogsGroupArn"]),
    "aws:wafv2/webAclLoggingConfiguration:WebAclLoggingConfiguration": lambda it: [
        name for arn in it["logDestinationConfigs"] for name in group(arn)
    ],
    "aws:apigateway/stage:Stage": lambda it: [
        *group(it["accessLogSettings"]["destinationArn"]),
        f"API-Gateway-Execution-Logs_{it['restApi']}/{it['stageName']}",
    ],
    "aws:rds/instance:Instance": lambda it: [
        f"/aws/rds/instance/{it['identifier']}/{log}" for log in it.get("enabledCloudwatchLogsExports", [])
    ],
    "aws:elasticache/replicationGroup:ReplicationGroup": lambda it: [
        each["destination"] for each in it.get("logDeliveryConfigurations", [])
    ],
    "aws:eks/cluster:Cluster": lambda it: [f"/aws/eks/{it['name']}/cluster"] * bool(it.get("enabledClusterLogTypes")),
    "aws:eks/addon:Addon": lambda it: (
        [f"/aws/containerinsights/{it['clusterName']}/{each}" for each in SUFFIXES]
        if it["addonName"] == "amazon-cloudwatch-observability"
        else []
    ),
    "aws:ssm/document:Document": lambda it: [
        name
        for name in [json.loads(it["content"]).get("inputs", {}).get("cloudWatchLogGroupName")]
        if it["documentType"] == "Session" and name
    ],
}
"""Type -> the log groups that a resource of it writes to."""


def of_type(life, type_):
    return [each["outputs"] for each in life.resources if each["type"] == type_]


@looks_at(*STACKS)
@pytest.mark.requirement("SMILE-OBS-11")
def test_every_log_producer_has_a_declared_log_group(life):
    declared = {each["name"] for each in of_type(life, "aws:cloudwatch/logGroup:LogGroup")}
    written = {
        f"{type_} {name}": name
        for type_, names in WRITES.items()
        for each in of_type(life, type_)
        for name in names(each)
    }
    assert len(written) >= 12
    assert {who: name for who, name in written.items() if name not in declared} == {}


@looks_at(*STACKS)
@pytest.mark.requirement("SMILE-OBS-12")
def test_functions_and_the_api_log_as_json(life):
    functions = of_type(life, "aws:lambda/function:Function")
    stages = of_type(life, "aws:apigateway/stage:Stage")
    assert functions
    assert stages
    assert {each["loggingConfig"]["logFormat"] for each in functions} == {"JSON"}
    for stage in stages:
        assert json.loads(stage["accessLogSettings"]["format"])["route"] == "$context.resourcePath"


@looks_at(*STACKS)
@pytest.mark.requirement("SMILE-OBS-02")
def test_every_cluster_has_container_insights_and_databases_outside_dev_enhanced_metrics(life):
    clusters = {each["name"] for each in of_type(life, "aws:eks/cluster:Cluster")}
    addons = of_type(life, "aws:eks/addon:Addon")
    watched = {each["clusterName"] for each in addons if each["addonName"] == "amazon-cloudwatch-observability"}
    assert clusters
    assert clusters == watched
    for database in of_type(life, "aws:rds/instance:Instance"):
        assert (database.get("monitoringInterval", 0) > 0) is (life.stack != "dev")  # SMILE-RDS-21
