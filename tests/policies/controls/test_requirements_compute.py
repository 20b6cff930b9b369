"""What the documents ask of clusters, nodes, machines, functions and workloads, held against them by the packs."""

import pytest

from tests.policies.conftest import level_of, parameters_of
from tests.stacks import STACKS

CLUSTER = "aws:eks/cluster:Cluster"
NODES = "aws:eks/nodeGroup:NodeGroup"
TEMPLATE = "aws:ec2/launchTemplate:LaunchTemplate"
FUNCTION = "aws:lambda/function:Function"
DEPLOYMENT = "kubernetes:apps/v1:Deployment"


def one(type_, stack="prod", control_id="", **properties):
    return {
        "type": type_,
        "properties": properties,
        "parameters": parameters_of(stack, control_id) if control_id else {},
    }


@pytest.mark.requirement("SMILE-NODE-06", "SMILE-NODE-07")
@pytest.mark.parametrize("stack", STACKS)
def test_an_instance_type_that_is_not_planned_fails(judge, stack):
    planned = ["m5.large", "m5.xlarge", "c5.2xlarge", "r5.large", "r5.xlarge"]
    assert judge("RSL-EKS-009", one(NODES, stack, "RSL-EKS-009", instanceTypes=planned)).diagnostics == ()
    for other in ("m5.2xlarge", "t3.large", "m7i.large"):
        assert judge("RSL-EKS-009", one(NODES, stack, "RSL-EKS-009", instanceTypes=[*planned, other])).violations


@pytest.mark.requirement("SMILE-NODE-09")
@pytest.mark.parametrize("stack", STACKS)
def test_a_node_beyond_two_to_sixteen_vcpus_fails(judge, stack):
    def sized(instance_type):
        case = one(NODES, stack, "RSL-EKS-009", instanceTypes=[instance_type])
        case["parameters"]["allowedInstanceTypes"] = ["*"]
        return judge("RSL-EKS-009", case)

    assert sized("m5.large").diagnostics == ()
    assert sized("m5.4xlarge").diagnostics == ()
    assert sized("m7g.medium").violations
    assert sized("m5.8xlarge").violations


@pytest.mark.requirement("SMILE-NODE-08")
@pytest.mark.parametrize("stack", STACKS)
def test_a_node_disk_beyond_30_to_100_gib_fails(judge, stack):
    def with_disk(size):
        template = {"name": "nodes", "blockDeviceMappings": [{"ebs": {"volumeSize": size}}]}
        resources = [
            {"type": TEMPLATE, "name": "template", "properties": template},
            {"type": NODES, "properties": {"launchTemplate": {"name": "nodes"}}},
        ]
        return judge("RSL-EKS-010", {"resources": resources, "parameters": parameters_of(stack, "RSL-EKS-010")})

    assert with_disk(30).diagnostics == ()
    assert with_disk(100).diagnostics == ()
    assert with_disk(29).violations
    assert with_disk(101).violations


@pytest.mark.requirement("SMILE-NODE-14")
def test_nodes_with_public_addresses_fail(judge):
    def in_subnet(gives_addresses):
        subnet = {"mapPublicIpOnLaunch": gives_addresses}
        resources = [
            {"type": "aws:ec2/subnet:Subnet", "name": "s", "properties": subnet, "outputs": {"id": "subnet-1"}},
            {"type": NODES, "properties": {"subnetIds": ["subnet-1"]}},
        ]
        return judge("LP-EKS-009", {"resources": resources})

    assert in_subnet(gives_addresses=False).diagnostics == ()
    assert in_subnet(gives_addresses=True).violations
    assert judge("LP-EC2-001", one(TEMPLATE, networkInterfaces=[{"associatePublicIpAddress": "true"}])).violations


@pytest.mark.requirement("SMILE-GEN-07")
def test_a_cluster_in_production_without_protection_fails(judge):
    on = {"deletionProtection": True, "zonalShiftConfig": {"enabled": True}}
    assert judge("RSL-EKS-002", one(CLUSTER, "prod", "RSL-EKS-002", **on)).diagnostics == ()
    assert judge("RSL-EKS-002", one(CLUSTER, "prod", "RSL-EKS-002", **{**on, "deletionProtection": False})).violations
    assert judge("RSL-PULUMI-001", {**one(CLUSTER), "protect": True}).diagnostics == ()
    assert judge("RSL-PULUMI-001", one(CLUSTER)).violations


BASELINE = {
    "runtime": "python3.13",
    "environment": {"variables": {"TABLE": "orders"}},
    "kmsKeyArn": "arn:aws:kms:ap-southeast-3:111122223333:key/1",
    "deadLetterConfig": {"targetArn": "arn:aws:sns:ap-southeast-3:111122223333:critical"},
    "reservedConcurrentExecutions": 1,
    "tracingConfig": {"mode": "Active"},
}


@pytest.mark.requirement("SMILE-LAMBDA-03")
@pytest.mark.parametrize(
    ("control_id", "fault"),
    [
        ("RSL-LAMBDA-001", {"runtime": "python3.9"}),
        ("ENC-LAMBDA-001", {"kmsKeyArn": None}),
        ("RSL-LAMBDA-002", {"deadLetterConfig": None}),
        ("RSL-LAMBDA-003", {"reservedConcurrentExecutions": None}),
        ("RSL-LAMBDA-004", {"tracingConfig": {"mode": "PassThrough"}}),
    ],
)
def test_a_function_below_the_baseline_fails(judge, control_id, fault):
    assert judge(control_id, one(FUNCTION, **BASELINE)).diagnostics == ()
    assert judge(control_id, one(FUNCTION, **{**BASELINE, **fault})).violations
    levels = {level_of(stack, control_id) or "mandatory" for stack in STACKS}
    asked_for_by_setting = control_id == "RSL-LAMBDA-003"
    assert levels == {"disabled" if asked_for_by_setting else "mandatory"}


def deployment(requests, limits, stack="prod"):
    containers = [{"name": "app", "resources": {"requests": requests, "limits": limits}}]
    return one(DEPLOYMENT, stack, "RSL-KUBERNETES-001", spec={"template": {"spec": {"containers": containers}}})


@pytest.mark.requirement("SMILE-PERF-01", "SMILE-PERF-02")
@pytest.mark.parametrize("stack", STACKS)
def test_containers_beyond_the_bounds_of_services_and_workers_fail(judge, stack):
    low = {"cpu": "250m", "memory": "256Mi"}
    high = {"cpu": "2", "memory": "4Gi"}
    assert judge("RSL-KUBERNETES-001", deployment(low, high, stack)).diagnostics == ()
    for requests, limits in (
        ({**low, "cpu": "200m"}, high),
        ({**low, "memory": "128Mi"}, high),
        (low, {**high, "cpu": "2500m"}),
        (low, {**high, "memory": "5Gi"}),
        (low, {}),
    ):
        assert judge("RSL-KUBERNETES-001", deployment(requests, limits, stack)).violations


@pytest.mark.requirement("SMILE-NS-01", "SMILE-NS-02", "SMILE-NS-03")
@pytest.mark.parametrize(
    ("stack", "valid", "invalid"), [("dev", (1, 2), (0, 3)), ("staging", (2, 3), (1, 4)), ("prod", (3, 9), (1, 2))]
)
def test_replicas_beyond_the_stacks_range_fail(judge, stack, valid, invalid):
    def with_replicas(count):
        return judge("RSL-KUBERNETES-002", one(DEPLOYMENT, stack, "RSL-KUBERNETES-002", spec={"replicas": count}))

    assert all(with_replicas(count).diagnostics == () for count in valid)
    assert all(with_replicas(count).violations for count in invalid)


@pytest.mark.parametrize("control_id", ["RES-AWS-008", "RES-ECR-004"])
def test_a_functions_layers_and_image_lie_in_the_region(judge, control_id):
    layer = "arn:aws:lambda:{}:111122223333:layer:common:1"
    image = "111122223333.dkr.ecr.{}.amazonaws.com/smile/orders:1"

    def in_region(region):
        return one(FUNCTION, layers=[layer.format(region)], imageUri=image.format(region))

    assert judge(control_id, in_region("ap-southeast-3")).diagnostics == ()
    assert judge(control_id, in_region("us-east-1")).violations
