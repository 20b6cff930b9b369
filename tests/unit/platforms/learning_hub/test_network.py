"""The network of the document: its four subnets, those that three zones need besides, and who may talk to whom."""

import pytest

INGRESS = "vpc/securityGroupIngressRule:SecurityGroupIngressRule"
ZONES = {zone: f"ap-southeast-3{zone}" for zone in "abc"}


def cidrs(program, tier):
    subnets = program.of("ec2/subnet:Subnet")
    return {zone: subnets[f"learninghub-{tier}-{zone}"]["cidrBlock"] for zone in "abc"}


def of_tier(tier):
    return [f"Subnet/learninghub-{tier}-{zone}" for zone in "abc"]


@pytest.mark.requirement("LH-NET-01")
def test_the_vpc_spans_three_zones_in_public_and_private_subnets(prod):
    assert prod.one("ec2/vpc:Vpc")["cidrBlock"] == "10.0.0.0/16"
    for name, subnet in prod.of("ec2/subnet:Subnet").items():
        assert subnet["availabilityZone"] == ZONES[name[-1]]
        assert subnet["mapPublicIpOnLaunch"] is False
    assert len(prod.of("ec2/subnet:Subnet")) == 9


@pytest.mark.requirement("LH-NET-02")
def test_load_balancer_and_nat_are_in_the_public_subnets(prod):
    assert cidrs(prod, "public") == {"a": "10.0.1.0/24", "b": "10.0.2.0/24", "c": "10.0.3.0/24"}
    assert prod.one("lb/loadBalancer:LoadBalancer")["subnets"] == of_tier("public")
    assert {each["subnetId"] for each in prod.of("ec2/natGateway:NatGateway").values()} == set(of_tier("public"))


@pytest.mark.requirement("LH-NET-03")
def test_workers_are_in_the_documents_subnets_and_in_a_third_zone(prod):
    assert cidrs(prod, "private") == {"a": "10.0.10.0/24", "b": "10.0.30.0/24", "c": "10.0.40.0/24"}
    for group in prod.of("eks/nodeGroup:NodeGroup").values():
        assert group["subnetIds"] == of_tier("private")


@pytest.mark.requirement("LH-NET-04")
def test_stores_are_in_the_documents_subnet_and_in_two_more_zones(prod):
    assert cidrs(prod, "data") == {"a": "10.0.20.0/24", "b": "10.0.21.0/24", "c": "10.0.22.0/24"}
    assert prod.one("rds/subnetGroup:SubnetGroup")["subnetIds"] == of_tier("data")
    assert prod.one("elasticache/subnetGroup:SubnetGroup")["subnetIds"] == of_tier("data")
    assert prod.one("mq/broker:Broker")["subnetIds"] == of_tier("data")


@pytest.mark.requirement("LH-NET-05")
def test_public_subnets_leave_by_the_internet_gateway_private_ones_by_nat_and_stores_not_at_all(prod):
    routes = prod.of("ec2/route:Route")
    by_nat = {name: each["natGatewayId"] for name, each in routes.items() if each.get("natGatewayId")}
    assert set(by_nat) == {f"learninghub-private-{zone}-default" for zone in "abc"}
    assert len(set(by_nat.values())) == 3
    assert len(prod.of("ec2/natGateway:NatGateway")) == 3
    assert [name for name, each in routes.items() if each.get("gatewayId")] == ["learninghub-public-default"]
    assert not [name for name in routes if "data" in name]
    assert len(prod.of("ec2/internetGateway:InternetGateway")) == 1


def reached(program):
    """Group -> source and port of what may reach it."""
    found = {}
    for each in program.of(INGRESS).values():
        source = each.get("referencedSecurityGroupId") or each.get("prefixListId") or each.get("cidrIpv4")
        found.setdefault(each["securityGroupId"].removeprefix("SecurityGroup/learninghub-"), set()).add(
            (source.removeprefix("SecurityGroup/learninghub-"), each["fromPort"])
        )
    return found


@pytest.mark.requirement("LH-NET-06")
def test_each_store_is_reached_by_what_needs_it_alone(prod):
    found = reached(prod)
    cloudfront = "id-of-com.amazonaws.global.cloudfront.origin-facing"
    assert found["load-balancer"] == {(cloudfront, 443)}
    assert found["load-balancer-http"] == {(cloudfront, 80)}
    assert found["database"] == {("workers", 5432), ("rotation", 5432)}
    assert found["cache"] == {("workers", 6379)}
    assert found["broker"] == {("workers", 5671), ("declaration", 443)}
    assert {(source, port) for source, port in found["workers"] if source == "load-balancer"} == {
        ("load-balancer", 3000),
        ("load-balancer", 8080),
    }


@pytest.mark.requirement("LH-NET-06")
def test_network_acls_let_clients_and_replication_into_the_subnets_of_the_stores_and_nothing_else(prod):
    rules = [
        each
        for name, each in prod.of("ec2/networkAclRule:NetworkAclRule").items()
        if name.startswith("learninghub-data-") and not each["egress"]
    ]
    workers, stores = set(cidrs(prod, "private").values()), set(cidrs(prod, "data").values())
    assert {(each["cidrBlock"], each["fromPort"]) for each in rules} == {
        *((cidr, port) for cidr in workers for port in (5432, 6379, 5671, 443)),
        *((cidr, 1024) for cidr in stores),
    }


@pytest.mark.requirement("LH-NET-07")
def test_there_is_no_bastion(prod, staging):
    assert not prod.of("ec2/instance:Instance")
    assert not [name for name in staging.of("ec2/instance:Instance") if "bastion" in name]
