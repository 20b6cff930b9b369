"""Inputs are refused where AWS or its provider would refuse them, and nowhere else."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from offline.schema.catalogue import Property, resource_tokens, resource_type
from offline.schema.limits import Node, root
from offline.schema.validation import UNKNOWN, check
from tests.offline.quarters import QUARTERS, part

pytestmark = pytest.mark.xdist_group("types")  # each reads every type; a process reads it once

SECRET = {"4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270"}


def accepted(node: Node):
    """A smallest value that the property's own limits allow; unknown where a pattern decides."""
    prop, limits = node.prop, node.limits
    low = int(limits.size[0] or 0)
    if prop.kind == "string":
        opaque = limits.patterns or limits.arn or limits.block
        return limits.enum[0] if limits.enum else UNKNOWN if opaque else "x" * max(1, low)
    if prop.kind in {"integer", "number"}:
        return int(limits.enum[0]) if limits.enum else low
    if prop.kind == "boolean":
        return True
    if prop.kind == "list":
        return [accepted(node.items)] * max(1, low) if node.items else []
    if prop.kind == "map":
        return {"key": accepted(node.items)} if node.items else {}
    return minimal(node.fields, node.relations) if prop.kind == "object" else UNKNOWN


def minimal(fields, relations):
    """The required properties, and one of each group of which one must be given."""
    given = {name: accepted(field) for name, field in fields.items() if field.prop.required}
    for relation in relations:
        if relation.rule in {"exactly one", "at least one"} and not given.keys() & set(relation.names):
            given[relation.names[0]] = accepted(fields[relation.names[0]])
    for _ in relations:  # what one needs may need another
        for name in (relation.names[1] for relation in relations if needs(relation, given)):
            given.setdefault(name, accepted(fields[name]))
    return given


def needs(relation, given):
    value = given.get(relation.names[0])
    return relation.rule == "required with" and bool(value) and (not relation.values or value in relation.values)


def reasons(token: str, **inputs):
    return {failure.property: failure.reason for failure in check(resource_type(token), inputs)}


@QUARTERS
@pytest.mark.parametrize("package", ["aws", "kubernetes", "random", "tls"])
def test_each_type_takes_its_minimum_and_refuses_one_input_less_or_more(package, quarter):
    for token in part(resource_tokens(package), quarter):
        resource = resource_type(token)
        if resource.open:
            continue
        inputs = minimal(root(resource).fields, root(resource).relations)
        assert not check(resource, inputs), (token, inputs)
        for name in resource.required:
            without = {key: value for key, value in inputs.items() if key != name}
            assert any(f.property == name and "required" in f.reason for f in check(resource, without)), (token, name)
        extra = check(resource, {**inputs, "noSuchProperty": "x"})
        assert [f.property for f in extra if "unknown key" in f.reason] == ["noSuchProperty"], token


def test_an_unknown_property_names_the_one_that_was_meant():
    assert "did you mean engineVersion" in reasons("aws:rds/instance:Instance", enginVersion="8.4")["enginVersion"]
    nested = reasons("aws:ec2/securityGroup:SecurityGroup", ingress=[{"fromPrt": 1, "toPort": 1, "protocol": "tcp"}])
    assert "did you mean fromPort" in nested["ingress[0].fromPrt"]
    assert "required" in nested["ingress[0].fromPort"]


@pytest.mark.parametrize(
    ("token", "inputs", "path", "says"),
    [
        ("aws:sqs/queue:Queue", {"delaySeconds": 901}, "delaySeconds", "in the range (0 - 900), got 901"),
        ("aws:sqs/queue:Queue", {"deduplicationScope": "all"}, "deduplicationScope", '"messageGroup", "queue"'),
        ("aws:kms/key:Key", {"deletionWindowInDays": 3}, "deletionWindowInDays", "(7 - 30), got 3"),
        ("aws:ec2/vpc:Vpc", {"cidrBlock": "10.0.0.0/16", "instanceTenancy": "own"}, "instanceTenancy", "dedicated"),
        ("aws:ec2/instance:Instance", {"instanceType": "t3.huge"}, "instanceType", "got t3.huge"),
        ("aws:sqs/queue:Queue", {"name": "a", "namePrefix": "a"}, "name", "conflicts with namePrefix"),
        ("aws:sqs/queue:Queue", {"delaySeconds": "soon"}, "delaySeconds", "to be a number, got a string"),
        ("aws:sqs/queue:Queue", {"fifoQueue": "perhaps"}, "fifoQueue", "to be a boolean"),
        ("aws:sqs/queue:Queue", {"tags": ["a"]}, "tags", "to be a map, got a list"),
        ("aws:ec2/subnet:Subnet", {"vpcId": {"id": "vpc-1"}}, "vpcId", "to be a string, got an object"),
        ("aws:ec2/launchTemplate:LaunchTemplate", {"metadataOptions": {"httpTokens": "maybe"}},
         "metadataOptions.httpTokens", '["optional", "required"]'),
        ("aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
         {"bucket": "b", "rules": [{"applyServerSideEncryptionByDefault": {"sseAlgorithm": "AES999"}}]},
         "rules[0].applyServerSideEncryptionByDefault.sseAlgorithm", "aws:kms"),
        ("aws:iam/role:Role", {"assumeRolePolicy": "{broken"}, "assumeRolePolicy", "invalid JSON"),
        ("aws:cloudwatch/logGroup:LogGroup", {"retentionInDays": 45}, "retentionInDays", "one of"),
        ("aws:lb/targetGroup:TargetGroup", {"healthCheck": {"interval": 301}}, "healthCheck.interval", "(5 - 300)"),
        ("aws:rds/instance:Instance", {"backupRetentionPeriod": 36}, "backupRetentionPeriod", "(0 - 35)"),
        ("aws:rds/instance:Instance", {"manageMasterUserPassword": True, "password": "x"}, "manageMasterUserPassword",
         "conflicts with password"),
        ("aws:wafv2/webAcl:WebAcl", {"ruleJson": "[]", "rules": [{}]}, "ruleJson", "conflicts with rules"),
        ("aws:ec2/subnet:Subnet", {"availabilityZone": "a", "availabilityZoneId": "b"}, "availabilityZone", "only one"),
        ("aws:route53/record:Record", {"weightedRoutingPolicies": [{}], "latencyRoutingPolicies": [{}]},
         "latencyRoutingPolicies", "only one"),
        ("aws:backup/vault:Vault", {"kmsKeyArn": "0123abcd"}, "kmsKeyArn", "invalid ARN"),
        ("aws:lb/listenerRule:ListenerRule", {"actions": [{"forward": {"targetGroups": [{"arn": "web"}]}}]},
         "actions[0].forward.targetGroups[0].arn", "invalid ARN"),
        ("aws:iam/role:Role", {"managedPolicyArns": ["AmazonS3FullAccess"]}, "managedPolicyArns[0]", "invalid ARN"),
        ("aws:apigatewayv2/api:Api", {"name": "a" * 129}, "name", "at most (128), got 129"),
        ("aws:s3/bucket:Bucket", {"bucket": "a" * 64}, "bucket", "at most (63), got 64"),
        ("aws:s3/bucketReplicationConfig:BucketReplicationConfig", {"rules": [{"id": "a" * 256}]}, "rules[0].id",
         "at most (255), got 256"),
        ("aws:emr/cluster:Cluster", {"autoTerminationPolicy": {"idleTimeout": 59}}, "autoTerminationPolicy.idleTimeout",
         "at least (60), got 59"),
        ("aws:ec2/vpc:Vpc", {"cidrBlock": "10.0.0.0"}, "cidrBlock", 'did you mean "10.0.0.0/32"'),
        ("aws:ec2/subnet:Subnet", {"cidrBlock": "10.0.1.1/24"}, "cidrBlock", 'did you mean "10.0.1.0/24"'),
        ("aws:ec2/securityGroup:SecurityGroup", {"ingress": [{"cidrBlocks": ["10.0.0.0/40"]}]},
         "ingress[0].cidrBlocks[0]", "not a valid CIDR block"),
    ],
)  # fmt: skip
def test_a_value_outside_its_limits_is_refused(token, inputs, path, says):
    assert says in reasons(token, **inputs)[path]


@pytest.mark.parametrize(
    ("token", "inputs", "path", "says"),
    [
        # a list of members in the service's documentation
        ("aws:backup/restoreTestingSelection:RestoreTestingSelection",
         {"protectedResourceArns": ["*"], "protectedResourceConditions": UNKNOWN},
         "protectedResourceArns", "only one of `protectedResourceArns, protectedResourceConditions`"),
        ("aws:backup/restoreTestingSelection:RestoreTestingSelection", {}, "", "one of `protectedResourceArns, "),
        # CloudFormation: requiredXor, requiredOr, dependentExcluded, dependentRequired
        ("aws:lb/loadBalancer:LoadBalancer", {"subnets": ["a"], "subnetMappings": [{"subnetId": "a"}]},
         "subnetMappings", "only one of"),
        ("aws:gamelift/alias:Alias", {"routingStrategy": {"type": "SIMPLE"}}, "routingStrategy", "fleetId, message"),
        ("aws:servicediscovery/service:Service", {"healthCheckConfig": {"type": "TCP"},
         "healthCheckCustomConfig": {"failureThreshold": 1}}, "healthCheckConfig", "conflicts with"),
        ("aws:ec2/subnet:Subnet", {"ipv4NetmaskLength": 24}, "ipv4NetmaskLength", "`ipv4NetmaskLength, ipv4Ipam"),
        # a union of the service
        ("aws:vpclattice/listener:Listener", {"defaultAction": {"fixedResponse": {"statusCode": 404},
         "forwards": [{"targetGroups": []}]}}, "defaultAction.fixedResponse", "only one of"),
        # the SDK's documentation
        ("aws:ec2/vpcEndpoint:VpcEndpoint", {"vpcId": "vpc-1"}, "", "serviceName, serviceNetworkArn"),
        ("aws:lb/targetGroup:TargetGroup", {"targetType": "ip", "port": 80, "protocol": "HTTP"}, "vpcId",
         '"vpcId" is required when targetType is ip'),
        ("aws:lambda/function:Function", {"s3Bucket": "code"}, "s3Bucket", "all of `s3Bucket, s3Key`"),
        ("aws:globalaccelerator/accelerator:Accelerator", {"attributes": {"flowLogsEnabled": True}},
         "attributes.flowLogsS3Bucket", "required when flowLogsEnabled is True"),
    ],
)  # fmt: skip
def test_a_combination_of_inputs_that_the_provider_refuses_is_refused(token, inputs, path, says):
    assert says in reasons(token, **inputs)[path]


@pytest.mark.parametrize(
    ("token", "inputs"),
    [
        ("aws:lb/targetGroup:TargetGroup", {"targetType": "lambda"}),
        ("aws:lb/targetGroup:TargetGroup", {"targetType": UNKNOWN}),
        ("aws:globalaccelerator/accelerator:Accelerator", {"name": "a", "attributes": {"flowLogsEnabled": False}}),
        ("aws:lb/loadBalancer:LoadBalancer", {"subnets": ["a"], "subnetMappings": []}),
        ("aws:ec2/vpcEndpoint:VpcEndpoint", {"vpcId": "vpc-1", "serviceName": UNKNOWN}),
        ("aws:ec2/subnet:Subnet", {"vpcId": "vpc-1", "cidrBlock": "10.0.0.0/24", "ipv4IpamPoolId": "ipam-pool-1"}),
    ],
)
def test_a_combination_that_is_not_the_refused_one_passes(token, inputs):
    assert not reasons(token, **inputs)


def test_a_route_has_exactly_one_destination_and_one_target():
    base = {"routeTableId": "rtb-1", "destinationCidrBlock": "0.0.0.0/0"}
    assert "natGatewayId" in reasons("aws:ec2/route:Route", **base)[""]
    assert not reasons("aws:ec2/route:Route", **base, gatewayId="igw-1")
    assert "only one of" in reasons("aws:ec2/route:Route", **base, gatewayId="igw-1", natGatewayId="nat-1")["gatewayId"]


def test_what_aws_accepts_is_not_refused_for_what_the_documentation_leaves_out():
    registry = {"name": "images", "encryptionConfigurations": [{"encryptionType": "KMS_DSSE"}]}
    assert not reasons("aws:ecr/repository:Repository", **registry)
    assert not reasons("aws:ec2/vpc:Vpc", cidrBlock="10.0.0.0/16", ipv4IpamPoolId="ipam-pool-1")
    assert not reasons("aws:ec2/flowLog:FlowLog", vpcId="vpc-1", logDestination="x", maxAggregationInterval="60")
    assert "taskArn" not in reasons("aws:ssm/maintenanceWindowTask:MaintenanceWindowTask", taskArn="AWS-RunShellScript")
    everybody = {"vpcEndpointServiceId": "vpce-svc-1", "principalArn": "*"}
    assert not reasons("aws:ec2/vpcEndpointServiceAllowedPrinciple:VpcEndpointServiceAllowedPrinciple", **everybody)
    assert not reasons("aws:ec2/managedPrefixList:ManagedPrefixList", addressFamily="IPv4", maxEntries=1,
                       name="a", entries=[{"cidr": "10.0.0.1/8"}])  # fmt: skip


def test_values_are_coerced_as_the_provider_coerces_them():
    assert not reasons("aws:sqs/queue:Queue", delaySeconds="5", fifoQueue="true", tags={"a": 1, "b": True})
    assert not reasons("aws:rds/instance:Instance", instanceClass="db.t3.micro", allocatedStorage=20.0)
    assert "whole number" in reasons("aws:sqs/queue:Queue", delaySeconds=1.5)["delaySeconds"]


@pytest.mark.parametrize("value", [UNKNOWN, {**SECRET, "value": UNKNOWN}, {**SECRET, "value": 5}])
def test_unknown_and_secret_values_pass(value):
    assert not reasons("aws:sqs/queue:Queue", delaySeconds=value)
    assert not reasons("aws:ec2/securityGroup:SecurityGroup", ingress=UNKNOWN, tags={"a": UNKNOWN})


def test_a_secret_is_checked_like_any_value():
    assert reasons("aws:sqs/queue:Queue", delaySeconds={**SECRET, "value": 901})


def test_policies_pass_as_text_and_as_objects():
    policy = {"Version": "2012-10-17", "Statement": []}
    assert not reasons("aws:iam/role:Role", assumeRolePolicy=policy)
    assert not reasons("aws:iam/role:Role", assumeRolePolicy=json.dumps(policy))


@given(st.integers(-(10**6), 10**6))
def test_a_range_holds_exactly_between_its_bounds(seconds):
    assert bool(reasons("aws:sqs/queue:Queue", visibilityTimeoutSeconds=seconds)) == (not 0 <= seconds <= 43200)


@given(st.dictionaries(st.text(max_size=8), st.none() | st.booleans() | st.floats() | st.text() | st.lists(st.text())))
def test_no_input_breaks_the_check(inputs):
    for token in ("aws:ec2/instance:Instance", "aws:lb/listener:Listener", "random:index/randomId:RandomId"):
        for failure in check(resource_type(token), inputs):
            assert failure.reason


def test_an_undocumented_property_has_no_limits():
    assert Node(Property("anything", "string")).limits.enum == ()
