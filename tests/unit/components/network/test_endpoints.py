"""AWS services without the internet, for this account only."""

import json

import pytest

ENDPOINT = "ec2/vpcEndpoint:VpcEndpoint"
INTERFACES = [
    "autoscaling",
    "ec2",
    "ec2messages",
    "ecr.api",
    "ecr.dkr",
    "eks",
    "eks-auth",
    "elasticloadbalancing",
    "kms",
    "logs",
    "monitoring",
    "secretsmanager",
    "sqs",
    "ssm",
    "ssmmessages",
    "sts",
    "xray",
]
ACCOUNT = "123456789012"


def endpoints(recording, kind):
    """Service -> inputs of the endpoints of one kind."""
    return {
        each["serviceName"].removeprefix("com.amazonaws.ap-southeast-3."): each
        for each in recording.of(ENDPOINT).values()
        if each["vpcEndpointType"] == kind
    }


def statements(recording, service):
    """Sid -> statement of an endpoint's policy."""
    policy = json.loads(recording.of(ENDPOINT)[f"smile-{service}"]["policy"])
    return {statement["Sid"]: statement for statement in policy["Statement"]}


@pytest.mark.requirement("SMILE-NET-12")
def test_s3_and_dynamodb_are_reached_by_route_from_private_and_database_subnets(network):
    gateways = endpoints(network, "Gateway")
    assert set(gateways) == {"s3", "dynamodb"}
    tables = {f"RouteTable/smile-{tier}-{letter}" for tier in ("private", "database") for letter in "abc"}
    for gateway in gateways.values():
        assert set(gateway["routeTableIds"]) == tables


@pytest.mark.requirement("SMILE-NET-12")
def test_the_other_services_are_reached_by_private_address_in_every_zone(network):
    interfaces = endpoints(network, "Interface")
    assert sorted(interfaces) == INTERFACES
    for interface in interfaces.values():
        assert interface["subnetIds"] == [f"Subnet/smile-private-{letter}" for letter in "abc"]
        assert interface["securityGroupIds"] == ["SecurityGroup/smile-endpoints"]
        assert interface["privateDnsEnabled"] is True


@pytest.mark.requirement("SMILE-NET-12")
def test_a_stack_may_have_fewer_interface_endpoints(network_of):
    few = network_of(interface_endpoints=("sts", "logs"))
    assert set(endpoints(few, "Interface")) == {"sts", "logs"}
    assert set(endpoints(few, "Gateway")) == {"s3", "dynamodb"}


def test_every_endpoint_lets_only_this_account_reach_only_this_account(network):
    for name in network.of(ENDPOINT):
        policy = statements(network, name.removeprefix("smile-"))
        limits = {"aws:PrincipalAccount": ACCOUNT, "aws:ResourceAccount": ACCOUNT}
        assert policy.pop("AccountToAccount")["Condition"] == {"StringEquals": limits}
        for extra in policy.values():  # never everything, and never beyond what is named
            assert "*" not in [*extra["Action"], *extra["Resource"]]


def test_nodes_get_images_and_packages_from_awss_own_accounts(network):
    buckets = statements(network, "s3")["ReadBucketsOfAws"]
    assert buckets["Action"] == ["s3:GetObject"]
    assert "arn:aws:s3:::prod-ap-southeast-3-starport-layer-bucket/*" in buckets["Resource"]
    # Patch Manager's buckets in Jakarta, by the names that AWS gave them.
    assert "arn:aws:s3:::aws-patch-manager-ap-southeast-3-aa48fc462/*" in buckets["Resource"]
    assert "arn:aws:s3:::patch-baseline-snapshot-ap-southeast-3-be0a3174/*" in buckets["Resource"]
    for service in ("ecr.api", "ecr.dkr"):
        images = statements(network, service)["PullImagesOfEks"]
        accounts = ("296578399912", "946962994502")  # of EKS's add-ons, and of EMR on EKS
        assert images["Resource"] == [f"arn:aws:ecr:ap-southeast-3:{each}:repository/*" for each in accounts]
        assert not [action for action in images["Action"] if "Put" in action or "Upload" in action]


def test_a_host_reads_documents_of_aws_and_reports_on_them(network):
    documents = statements(network, "ssm")["ReadDocumentsAndParametersOfAws"]
    assert {"ssm:GetDocument", "ssm:DescribeAssociation", "ssm:UpdateAssociationStatus"} <= set(documents["Action"])
    assert "arn:aws:ssm:ap-southeast-3::document/AWS*" in documents["Resource"]


def test_a_service_whose_endpoint_takes_no_policy_gets_none_and_only_that_one(network_of):
    optional = network_of(interface_endpoints=("cloudtrail", "ebs", "transfer")).of(ENDPOINT)
    assert [name for name, endpoint in optional.items() if "policy" not in endpoint] == ["smile-cloudtrail"]


def test_nodes_pull_from_the_registry_of_another_account_and_fill_its_cache_but_push_nothing(network, network_of):
    shared = network_of(given={"registry_account": "210987654321"})
    for service in ("ecr.api", "ecr.dkr"):
        images = statements(shared, service)["PullImagesOfRegistry"]
        assert images["Resource"] == ["arn:aws:ecr:ap-southeast-3:210987654321:repository/*"]
        assert images["Condition"] == {"StringEquals": {"aws:PrincipalAccount": ACCOUNT}}
        assert {"ecr:BatchGetImage", "ecr:BatchImportUpstreamImage", "ecr:CreateRepository"} <= set(images["Action"])
        assert not [action for action in images["Action"] if "Put" in action or "Upload" in action]
    assert "PullImagesOfRegistry" not in statements(shared, "s3")
    for recording in (network, network_of(given={"registry_account": ACCOUNT})):
        assert "PullImagesOfRegistry" not in statements(recording, "ecr.api")
