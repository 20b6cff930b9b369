"""What is in a subnet, or behind a security group, tells the tier that it is of."""

import pytest

from guardrails.engine.wire import TEXT_NOT_KNOWN as LATER
from offline.schema.catalogue import resource_type
from offline.schema.shared_fields import fields

GROUPS = ("rds", "elasticache", "memorydb", "docdb", "neptune", "redshift", "dax")
STORES = (
    *("rds/instance:Instance", "rds/cluster:Cluster", "rds/proxy:Proxy", "docdb/cluster:Cluster"),
    *("neptune/cluster:Cluster", "redshift/cluster:Cluster", "memorydb/cluster:Cluster", "dax/cluster:Cluster"),
    *("elasticache/replicationGroup:ReplicationGroup", "elasticache/cluster:Cluster", "mq/broker:Broker"),
    *("elasticache/serverlessCache:ServerlessCache", "efs/mountTarget:MountTarget", "msk/cluster:Cluster"),
    *("opensearch/domain:Domain", "elasticsearch/domain:Domain"),
)
NAT, INTERNET = "aws:ec2/natGateway:NatGateway", "aws:ec2/internetGateway:InternetGateway"


def made(type_, name, properties=None, **names):
    """A resource; what it names is known later, and is the resource of that name."""
    later = {key: [LATER] if key.endswith("s") else LATER for key in names}
    dependencies = {key: [name] for key, name in names.items()}
    return {"type": type_, "name": name, "properties": later | (properties or {}), "dependencies": dependencies}


def subnet_by(gateway):
    """A subnet in one zone whose default route leads to a kind of gateway, or that has none."""
    route = {"routes": [{"cidrBlock": "0.0.0.0/0", "natGatewayId" if gateway == NAT else "gatewayId": LATER}]}
    return [
        made("aws:ec2/vpc:Vpc", "main"),
        made("aws:ec2/subnet:Subnet", "a", {"availabilityZone": "ap-southeast-3a"}, vpcId="main"),
        *(
            [made(gateway, "out"), made("aws:ec2/routeTable:RouteTable", "table", route, routes="out")]
            if gateway
            else []
        ),
        made("aws:ec2/routeTableAssociation:RouteTableAssociation", "use", subnetId="a", routeTableId="table"),
    ][: None if gateway else 2]


@pytest.mark.parametrize(("gateway", "tier"), [(INTERNET, "public"), (NAT, "private"), (None, "data")])
def test_the_way_out_tells_the_tier_of_a_subnet(judge, gateway, tier):
    assert [f"the {tier} tier spans 1" in each for each in judged(judge, subnet_by(gateway))] == [True]


@pytest.mark.parametrize("gateway", [INTERNET, NAT, None])
@pytest.mark.parametrize("group", GROUPS)
def test_a_subnet_of_data_stores_is_of_the_data_tier_whatever_its_way_out(judge, group, gateway):
    stores = made(f"aws:{group}/subnetGroup:SubnetGroup", "stores", subnetIds="a")
    assert ["the data tier spans 1" in each for each in judged(judge, [*subnet_by(gateway), stores])] == [True]


def judged(judge, resources):
    return judge("RSL-VPC-001", {"resources": resources}).violations


@pytest.mark.parametrize("store", STORES)
def test_a_wide_range_of_ports_of_a_data_store_admits_no_address_range(judge, store):
    rule = {"ipProtocol": "tcp", "fromPort": 1024, "toPort": 65535, "cidrIpv4": "10.0.0.0/16"}
    group = made("aws:ec2/securityGroup:SecurityGroup", "stores")
    admits = made("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule", "in", rule, securityGroupId="stores")
    paths = [path for path, *_ in fields(resource_type(f"aws:{store}").inputs) if "securitygroup" in path.lower()]
    found = [
        judge("LP-SG-007", {"resources": [group, admits, behind(store, path)]}).violations
        for path in (each.removesuffix("[*]") for each in paths)
    ]
    assert any(found)
    assert judge("LP-SG-007", {"resources": [group, admits]}).violations == []


def behind(store, path):
    first, *inner = path.split(".")
    value = [LATER]
    for name in reversed(inner):
        value = {name: value}
    return {"type": f"aws:{store}", "name": "store", "properties": {first: value}, "dependencies": {first: ["stores"]}}
