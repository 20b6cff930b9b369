"""A change replaces a resource exactly where AWS cannot make it in place."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from offline.schema.catalogue import resource_tokens, resource_type
from offline.schema.replacement import diff, replacement
from tests.offline.quarters import QUARTERS, part

pytestmark = pytest.mark.xdist_group("types")  # each reads every type; a process reads it once


def fixed(token: str):
    return replacement(resource_type(token))


@pytest.mark.parametrize(
    ("token", "replaces", "in_place"),
    [
        ("aws:ec2/vpc:Vpc", {"cidrBlock"}, {"enableDnsHostnames", "instanceTenancy", "tags"}),
        ("aws:ec2/subnet:Subnet", {"vpcId", "cidrBlock", "availabilityZone"}, {"mapPublicIpOnLaunch"}),
        ("aws:ec2/securityGroup:SecurityGroup", {"name", "description", "vpcId"}, {"ingress", "egress"}),
        ("aws:ec2/instance:Instance", {"ami", "subnetId", "keyName"}, {"instanceType", "userData"}),
        ("aws:ec2/flowLog:FlowLog", {"vpcId", "trafficType", "logDestination"}, {"tags"}),
        ("aws:ec2/networkAclRule:NetworkAclRule", {"ruleNumber", "cidrBlock", "toPort"}, set()),
        ("aws:ec2/route:Route", {"routeTableId", "destinationCidrBlock"}, {"natGatewayId"}),
        ("aws:ec2/routeTable:RouteTable", {"vpcId"}, {"routes"}),
        ("aws:ec2/natGateway:NatGateway", {"subnetId", "allocationId"}, set()),
        ("aws:rds/instance:Instance", {"engine", "dbName", "username", "storageEncrypted", "kmsKeyId"},
         {"allocatedStorage", "instanceClass", "engineVersion", "multiAz", "password", "skipFinalSnapshot"}),
        ("aws:rds/subnetGroup:SubnetGroup", {"name"}, {"subnetIds"}),
        ("aws:elasticache/replicationGroup:ReplicationGroup", {"replicationGroupId", "port"}, {"nodeType"}),
        ("aws:s3/bucket:Bucket", {"bucket", "bucketPrefix"}, {"tags", "forceDestroy"}),
        ("aws:s3/bucketVersioning:BucketVersioning", {"bucket"}, {"versioningConfiguration"}),
        ("aws:sqs/queue:Queue", {"name", "fifoQueue"}, {"delaySeconds", "kmsMasterKeyId"}),
        ("aws:sns/topic:Topic", {"name", "fifoTopic"}, {"displayName"}),
        ("aws:iam/role:Role", {"name", "path"}, {"assumeRolePolicy", "description"}),
        ("aws:iam/rolePolicyAttachment:RolePolicyAttachment", {"role", "policyArn"}, set()),
        ("aws:kms/key:Key", {"keyUsage", "multiRegion"}, {"enableKeyRotation", "policy", "deletionWindowInDays"}),
        ("aws:lambda/function:Function", {"name", "packageType"}, {"code", "runtime", "timeout", "role"}),
        ("aws:lb/targetGroup:TargetGroup", {"port", "protocol", "vpcId", "targetType"}, {"healthCheck"}),
        ("aws:lb/loadBalancer:LoadBalancer", {"name", "loadBalancerType"}, {"subnets", "securityGroups"}),
        ("aws:eks/cluster:Cluster", {"name", "roleArn"}, {"version", "enabledClusterLogTypes"}),
        ("aws:eks/nodeGroup:NodeGroup", {"clusterName", "nodeRoleArn", "subnetIds"}, {"scalingConfig", "version"}),
        ("aws:efs/fileSystem:FileSystem", {"encrypted", "kmsKeyId"}, {"throughputMode"}),
        ("aws:ecs/taskDefinition:TaskDefinition", {"family", "containerDefinitions", "cpu"}, {"skipDestroy"}),
        ("aws:dynamodb/table:Table", {"name", "hashKey", "rangeKey"}, {"billingMode", "readCapacity"}),
        ("random:index/randomPassword:RandomPassword", {"length", "keepers"}, set()),
        ("kubernetes:core/v1:Namespace", {"metadata.name"}, {"metadata"}),
    ],
)  # fmt: skip
def test_replacing_and_in_place_properties(token, replaces, in_place):
    known = set(resource_type(token).inputs)
    assert {name for name in replaces | in_place if "." not in name} <= known
    assert replaces <= fixed(token)
    assert not in_place & fixed(token)


@QUARTERS
def test_each_regional_type_is_replaced_when_it_moves_to_another_region(quarter):
    for token in part(resource_tokens("aws"), quarter):
        resource = resource_type(token)
        assert ("region" in replacement(resource)) == ("region" in resource.inputs), token
        assert not {"tags", "tagsAll"} & replacement(resource), token


def test_a_difference_has_engine_paths_and_says_which_replace():
    vpc = resource_type("aws:ec2/vpc:Vpc")
    olds = {"cidrBlock": "10.0.0.0/16", "tags": {"Name": "a", "cost center": "1"}}
    news = {"cidrBlock": "10.1.0.0/16", "tags": {"Name": "b", "cost center": "2"}}
    found = diff(vpc, olds, news)
    assert list(found.changed) == ["cidrBlock", "tags.Name", 'tags["cost center"]']
    assert found.replaced == {"cidrBlock"}


def test_a_nested_property_that_is_fixed_replaces():
    found = diff(
        resource_type("aws:ec2/instance:Instance"),
        {"rootBlockDevice": {"volumeSize": 8, "encrypted": False}},
        {"rootBlockDevice": {"volumeSize": 9, "encrypted": True}},
    )
    assert list(found.changed) == ["rootBlockDevice.encrypted", "rootBlockDevice.volumeSize"]
    assert found.replaced == {"rootBlockDevice.encrypted"}


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ({"delaySeconds": 5}, {"delaySeconds": "5"}),
        ({"delaySeconds": 5.0}, {"delaySeconds": 5}),
        ({"fifoQueue": True}, {"fifoQueue": "true"}),
        ({"tags": {}}, {}),
        ({"policy": '{"a": 1, "b": 2}'}, {"policy": '{"b":2,"a":1}'}),
        ({"__defaults": ["name"]}, {"__defaults": []}),
    ],
)
def test_the_same_value_written_otherwise_is_no_change(old, new):
    assert diff(resource_type("aws:sqs/queue:Queue"), old, new).changed == {}


@given(st.dictionaries(st.sampled_from(["name", "policy", "redrivePolicy"]), st.text() | st.none()))
def test_nothing_differs_from_itself(inputs):
    assert diff(resource_type("aws:sqs/queue:Queue"), inputs, dict(inputs)).changed == {}


def test_a_difference_says_what_came_went_and_changed():
    olds = {"name": "a", "delaySeconds": 1, "tags": {"a": "1"}}
    news = {"name": "b", "policy": "04da6b54-80e4-46f7-96ec-b56ff0331ba9", "tags": {"a": "1"}}
    found = diff(resource_type("aws:sqs/queue:Queue"), olds, news)
    assert found.changed == {"delaySeconds": "delete", "name": "update", "policy": "add"}
