"""The VPC, its subnets, its ways out and its records."""

import json

import pytest

from components.core.declared import UndeclaredError
from components.core.environment import Environment
from components.core.protection import Protection
from components.network.settings import Network as NetworkSettings
from components.network.settings import SubnetTier
from components.network.subnet_plan import InvalidPlanError
from tests.unit.conftest import SUBNETS, ZONES

SUBNET, ROUTE, TABLE = "ec2/subnet:Subnet", "ec2/route:Route", "ec2/routeTable:RouteTable"
ASSOCIATION = "ec2/routeTableAssociation:RouteTableAssociation"


@pytest.mark.requirement("SMILE-NET-01")
@pytest.mark.requirement("SMILE-NET-02")
def test_vpc_has_the_stated_range_and_dns(network):
    vpc = network.one("ec2/vpc:Vpc")
    assert vpc["cidrBlock"] == "10.0.0.0/16"
    assert vpc["enableDnsSupport"] is vpc["enableDnsHostnames"] is True


@pytest.mark.requirement("SMILE-NET-03")
@pytest.mark.requirement("SMILE-NET-04")
@pytest.mark.requirement("SMILE-NET-05")
@pytest.mark.requirement("SMILE-NET-06")
@pytest.mark.requirement("SMILE-NET-07")
@pytest.mark.requirement("SMILE-NET-13")
@pytest.mark.requirement("SMILE-PERF-06")
def test_each_tier_has_one_subnet_in_each_of_the_three_zones(network):
    placed = {name: (subnet["availabilityZone"], subnet["cidrBlock"]) for name, subnet in network.of(SUBNET).items()}
    assert placed == {
        f"smile-{tier}-{zone[-1]}": (zone, cidr) for tier in SUBNETS for zone, cidr in SUBNETS[tier].items()
    }
    assert len(placed) == 9


@pytest.mark.requirement("SMILE-NET-06")
def test_strict_layout_has_six_subnets_and_puts_databases_into_the_private_ones(network_of):
    tiers = {tier: about for tier, about in NetworkSettings(zones=ZONES).tiers.items() if tier != "database"}
    six = network_of(tiers=tiers)
    assert {name: subnet["cidrBlock"] for name, subnet in six.of(SUBNET).items()} == {
        f"smile-{tier}-{zone[-1]}": SUBNETS[tier][zone] for tier in tiers for zone in ZONES
    }
    assert not any("database" in name for name in six.of("ec2/networkAcl:NetworkAcl"))


@pytest.mark.requirement("SMILE-NET-05")
def test_no_subnet_gives_out_public_addresses(network):
    assert [subnet["mapPublicIpOnLaunch"] for subnet in network.of(SUBNET).values()] == [False] * 9


@pytest.mark.requirement("SMILE-NET-09")
def test_public_subnets_route_to_the_internet_gateway(network):
    assert network.one("ec2/internetGateway:InternetGateway")["vpcId"] == "Vpc/smile"
    assert network.of(ROUTE)["smile-public-default"] == {
        "routeTableId": "RouteTable/smile-public",
        "destinationCidrBlock": "0.0.0.0/0",
        "gatewayId": "InternetGateway/smile-internet",
    }
    for letter in "abc":
        assert network.of(ASSOCIATION)[f"smile-public-{letter}"] == {
            "routeTableId": "RouteTable/smile-public",
            "subnetId": f"Subnet/smile-public-{letter}",
        }


@pytest.mark.requirement("SMILE-NET-10")
def test_each_zone_has_a_nat_gateway_in_its_public_subnet_with_its_own_address(network):
    gateways = network.of("ec2/natGateway:NatGateway")
    assert {name: gateway["subnetId"] for name, gateway in gateways.items()} == {
        f"smile-nat-{letter}": f"Subnet/smile-public-{letter}" for letter in "abc"
    }
    assert len({gateway["allocationId"] for gateway in gateways.values()}) == 3
    assert len(network.of("ec2/eip:Eip")) == 3


@pytest.mark.requirement("SMILE-OBS-04")
def test_each_nat_gateway_has_alarms_on_ports_and_lost_packets(network):
    alarms = network.of("cloudwatch/metricAlarm:MetricAlarm")
    assert set(alarms) == {f"smile-nat-{letter}-{role}" for letter in "abc" for role in ("ports", "drops")}
    ports, drops = alarms["smile-nat-b-ports"], alarms["smile-nat-b-drops"]
    assert (ports["namespace"], ports["metricName"], ports["statistic"]) == (
        "AWS/NATGateway",
        "ErrorPortAllocation",
        "Sum",
    )
    assert (ports["threshold"], ports["evaluationPeriods"], ports["treatMissingData"]) == (0, 5, "notBreaching")
    assert ports["dimensions"] == {"NatGatewayId": "NatGateway/smile-nat-b"}
    assert (drops["threshold"], drops["metricQueries"][0]["expression"]) == (
        0.01,
        "100 * drops / (from_inside + from_outside)",
    )
    asked = {query["id"]: query["metric"] for query in drops["metricQueries"] if "metric" in query}
    assert {id_: each["metricName"] for id_, each in asked.items()} == {
        "drops": "PacketsDropCount",
        "from_inside": "PacketsInFromSource",
        "from_outside": "PacketsInFromDestination",
    }
    assert all(each["dimensions"] == ports["dimensions"] for each in asked.values())


@pytest.mark.requirement("SMILE-NET-11")
def test_private_subnets_leave_through_the_nat_gateway_of_their_zone(network):
    for letter in "abc":
        assert network.of(ASSOCIATION)[f"smile-private-{letter}"] == {
            "routeTableId": f"RouteTable/smile-private-{letter}",
            "subnetId": f"Subnet/smile-private-{letter}",
        }
        route = network.of(ROUTE)[f"smile-private-{letter}-default"]
        assert route["routeTableId"] == f"RouteTable/smile-private-{letter}"
        assert route["natGatewayId"] == f"NatGateway/smile-nat-{letter}"


@pytest.mark.requirement("SMILE-NET-10")
def test_a_single_nat_gateway_serves_all_zones(network_of):
    shared = network_of(nat_gateways="single")
    assert list(shared.of("ec2/natGateway:NatGateway")) == ["smile-nat-a"]
    routes = [route for name, route in shared.of(ROUTE).items() if "private" in name]
    assert [route["natGatewayId"] for route in routes] == ["NatGateway/smile-nat-a"] * 3


@pytest.mark.requirement("SMILE-NET-07")
def test_database_subnets_have_no_route_out(network):
    tables = {name for name in network.of(TABLE) if "database" in name}
    assert tables == {"smile-database-a", "smile-database-b", "smile-database-c"}
    routed = {route["routeTableId"] for route in network.of(ROUTE).values()}
    assert not routed & {f"RouteTable/{table}" for table in tables}
    assert not any("routes" in table for table in network.of(TABLE).values())


@pytest.mark.requirement("SMILE-NET-14")
def test_nothing_joins_the_vpc_to_another_network(network):
    joining = ("peering", "transit", "vpn", "customergateway")
    assert not [kind for kind in network.types() if any(word in kind.lower() for word in joining)]


@pytest.mark.requirement("SMILE-NET-15")
def test_kubernetes_finds_the_subnets_for_its_load_balancers(network):
    role = {"public": "kubernetes.io/role/elb", "private": "kubernetes.io/role/internal-elb"}
    for name, subnet in network.of(SUBNET).items():
        tier = name.split("-")[1]
        tags = {key: value for key, value in subnet["tags"].items() if key.startswith("kubernetes.io/")}
        expected = {role[tier]: "1", "kubernetes.io/cluster/smile-prod": "shared"} if tier in role else {}
        assert tags == expected


@pytest.mark.requirement("SMILE-NET-16")
def test_all_traffic_is_recorded_in_an_encrypted_log_group_for_30_days(network):
    flow_log = network.one("ec2/flowLog:FlowLog")
    assert flow_log["vpcId"] == "Vpc/smile"
    assert flow_log["trafficType"] == "ALL"
    assert flow_log["logDestination"] == "arn:of:LogGroup/smile-flow-logs"
    assert flow_log["iamRoleArn"] == "arn:of:Role/smile-flow-logs"
    log_group = network.one("cloudwatch/logGroup:LogGroup")
    (made,) = [each for each in network.resources if each.type == "aws:ec2/flowLog:FlowLog"]
    assert any("RolePolicyAttachment" in urn for urn in made.dependencies)  # it may write from the first moment
    assert log_group["name"] == "/smile/prod/vpc-flow-logs"
    assert (log_group["retentionInDays"], log_group["kmsKeyId"]) == (
        30,
        "arn:aws:kms:ap-southeast-3:123456789012:key/logs",
    )


def test_flow_logs_outlive_the_stack_unless_it_is_told_otherwise(network, network_of, foundation_of):
    without = network_of(given={"context": foundation_of(protection=Protection(retain_on_delete=False))})
    assert network.one("cloudwatch/logGroup:LogGroup")["skipDestroy"] is True
    assert without.one("cloudwatch/logGroup:LogGroup")["skipDestroy"] is False


@pytest.mark.requirement("SMILE-SEC-17")
def test_flow_logs_have_a_role_of_their_own_that_only_this_account_can_make_work(network):
    trust = json.loads(network.one("iam/role:Role")["assumeRolePolicy"])["Statement"]
    assert trust == [
        {
            "Sid": "ServiceForThisAccount",
            "Effect": "Allow",
            "Principal": {"Service": "vpc-flow-logs.amazonaws.com"},
            "Action": ["sts:AssumeRole"],
            "Condition": {
                "StringEquals": {"aws:SourceAccount": "123456789012"},
                "ArnLike": {"aws:SourceArn": "arn:aws:ec2:ap-southeast-3:123456789012:vpc-flow-log/*"},
            },
        }
    ]


@pytest.mark.requirement("SMILE-SEC-19")
def test_flow_logs_may_write_to_their_log_group_only(network):
    statements = json.loads(network.one("iam/policy:Policy")["policy"])["Statement"]
    writing = [statement for statement in statements if statement["Resource"] != ["*"]]
    group = "arn:aws:logs:ap-southeast-3:123456789012:log-group:/smile/prod/vpc-flow-logs"
    assert [statement["Resource"] for statement in writing] == [[group, f"{group}:*"]]
    anywhere = [statement["Action"] for statement in statements if statement["Resource"] == ["*"]]
    assert anywhere == [["logs:DescribeLogGroups"]]
    attachment = network.one("iam/rolePolicyAttachment:RolePolicyAttachment")
    assert attachment["policyArn"] == "arn:of:Policy/smile-flow-logs"


@pytest.mark.requirement("SMILE-NET-17")
def test_default_security_group_and_network_acl_are_empty(network):
    for kind in ("ec2/defaultSecurityGroup:DefaultSecurityGroup", "ec2/defaultNetworkAcl:DefaultNetworkAcl"):
        assert (network.one(kind)["ingress"], network.one(kind)["egress"]) == ([], [])
    assert network.one("ec2/defaultSecurityGroup:DefaultSecurityGroup")["vpcId"] == "Vpc/smile"


@pytest.mark.requirement("SMILE-NET-13")
@pytest.mark.requirement("SMILE-PERF-06")
def test_a_zone_more_or_less_leaves_every_other_zone_alone(network, network_of):
    two = network_of(zones=ZONES[:2])
    before = {resource.urn: resource.inputs for resource in network.resources}
    after = {resource.urn: resource.inputs for resource in two.resources}
    assert set(after) < set(before)
    assert all(urn.endswith("-c") or "-c-" in urn for urn in set(before) - set(after))
    # The endpoints span the zones: they gain or lose a network interface or a route there, nothing else.
    changed = {urn for urn in after if after[urn] != before[urn]}
    assert changed
    for urn in changed:
        assert "aws:ec2/vpcEndpoint:VpcEndpoint" in urn
        different = {key for key in after[urn] if after[urn][key] != before[urn][key]}
        (key,) = different
        assert key in {"subnetIds", "routeTableIds"}
        assert set(after[urn][key]) < set(before[urn][key])


def test_network_tells_other_components_where_to_live(network):
    result = network.result
    assert result["vpc_id"] == "Vpc/smile"
    assert result["subnet_ids"]["private"]["ap-southeast-3b"] == "Subnet/smile-private-b"
    assert result["security_group_ids"]["application"] == "SecurityGroup/smile-application"
    assert result["endpoint_ids"]["s3"] == "VpcEndpoint/smile-s3"
    assert set(result["nat_public_ips"]) == set(ZONES)


def test_network_hands_out_what_other_components_and_programs_need(network):
    result = network.result
    assert result["route_table_ids"]["public"] == dict.fromkeys(ZONES, "RouteTable/smile-public")
    assert result["route_table_ids"]["private"]["ap-southeast-3c"] == "RouteTable/smile-private-c"
    assert result["network_acl_ids"]["database"] == "NetworkAcl/smile-database"
    assert result["nat_gateway_ids"]["ap-southeast-3a"] == "NatGateway/smile-nat-a"
    assert result["flow_log_group_arn"] == "arn:of:LogGroup/smile-flow-logs"


@pytest.mark.parametrize(
    "facts",
    [
        ("ap-southeast-1", "aws", "602401143452", "aws-patch-manager-ap-southeast-1-7fdfd9ef7"),
        ("eu-west-1", "aws", "602401143452", "patch-baseline-snapshot-eu-west-1"),
        ("us-east-1", "aws", "602401143452", "aws-patch-manager-us-east-1-1970c647d"),
        ("us-gov-west-1", "aws-us-gov", "013241004608", None),
    ],
)
def test_a_network_is_made_in_any_region(network_of, foundation_of, facts):
    """With zones, tiers and endpoints of its own, and every ARN in the Region's partition."""
    region, partition, images, patches = facts
    environment = Environment(name="dev", account_id="111122223333", region=region, project="acme")
    settings = NetworkSettings(
        zones=(f"{region}a", f"{region}b"),
        tiers={"edge": SubnetTier(route="internet"), "apps": SubnetTier(route="nat", prefix=20)},
        interface_endpoints=("ecr.api", "ssm"),
    )
    given = {
        "context": foundation_of(environment=environment),
        "settings": settings,
        "acls": {},
        "endpoint_tier": "apps",
    }
    made = network_of(given=given)
    assert {subnet["availabilityZone"] for subnet in made.of(SUBNET).values()} == set(settings.zones)
    policies = {name: each["policy"] for name, each in made.of("ec2/vpcEndpoint:VpcEndpoint").items()}
    assert f"arn:{partition}:ecr:{region}:{images}:repository/*" in policies["smile-ecr.api"]
    assert f"arn:{partition}:ssm:{region}::parameter/aws/service/*" in policies["smile-ssm"]
    assert ("patch" in policies["smile-s3"]) is bool(patches)
    assert (patches or "starport") in policies["smile-s3"]
    written = json.dumps([each.inputs for each in made.resources])
    assert f"arn:{partition}:" in written
    given_to_it = (given["context"].keys["logs"], given["context"].topics["warning"])
    for arn in given_to_it:
        written = written.replace(arn, "")
    assert "ap-southeast-3" not in written
    assert "smile-dev" not in written


def test_a_region_that_nobody_knows_is_refused_by_name():
    with pytest.raises(ValueError, match=r"no Region 'eu-west-9', did you mean eu-west-3.*known: af-south-1, "):
        Environment(name="dev", account_id="111122223333", region="eu-west-9", project="acme")


TIERS = {"public": SubnetTier(route="internet"), "private": SubnetTier(route="nat")}


@pytest.mark.parametrize(
    ("changes", "given", "error", "says"),
    [
        ({"cidr": "10.0.0.0/18"}, {}, InvalidPlanError, "10.0.0.0/18 is too small: the subnets need a /17"),
        (
            {"tiers": TIERS | {"private": SubnetTier(route="nat", cidrs={ZONES[0]: "10.9.0.0/24"})}},
            {},
            InvalidPlanError,
            "private ap-southeast-3a: 10.9.0.0/24 is outside",
        ),
        (
            {"tiers": TIERS | {"public": SubnetTier(route="internet", cidrs={ZONES[0]: "10.0.0.0/23"})}},
            {},
            InvalidPlanError,
            "public ap-southeast-3a: 10.0.0.0/23 overlaps private ap-southeast-3a: 10.0.0.0/24",
        ),
        (
            {},
            {"settings": NetworkSettings(zones=("eu-west-1a",))},
            ValueError,
            "zones: eu-west-1a; zones of ap-southeast-3 are valid",
        ),
        (
            {"tiers": {"private": SubnetTier(route="nat")}},
            {},
            ValueError,
            "NAT gateways stand in the subnets of a tier",
        ),
        ({}, {"acls": {}}, ValueError, "acls: tier database has no route out"),
        ({"tiers": TIERS}, {"acls": {"databse": ()}}, UndeclaredError, "'databse' is declared.*: public, private"),
        ({"tiers": TIERS}, {"endpoint_tier": "apps"}, UndeclaredError, "no subnet tier 'apps'.*: public, private"),
    ],
)
def test_arguments_that_cannot_work_are_refused(network_of, changes, given, error, says):
    with pytest.raises(error, match=says):
        network_of(given=given, **changes)
