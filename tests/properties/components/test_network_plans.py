"""Whatever the range and the zones, what is registered is what AWS takes."""

from ipaddress import IPv4Network
from itertools import combinations

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from aws_facts.regions import REGIONS, zones_of
from components.core.context import StackContext
from components.core.environment import Environment
from components.core.protection import Protection
from components.network.network import Network, NetworkArgs
from components.network.network_acls import isolated
from components.network.settings import Network as NetworkSettings
from components.network.settings import SubnetTier
from tests.recording import record


@st.composite
def networks(draw):
    """Any /16 of private addresses, any zones of any Region, tiers, sizes and NAT gateways that the settings take."""
    region = draw(st.sampled_from(sorted(REGIONS)))
    first = draw(st.sampled_from(["10.{}.0.0/16", "172.16.0.0/16", "172.31.0.0/16", "192.168.0.0/16"]))
    zones = draw(st.permutations(zones_of(region)))
    sizes = draw(st.sampled_from([(19, 22, 24), (19, 20, 22), (20, 21, 21), (22, 20, 28)]))
    tiers = {
        "apps": SubnetTier(route="nat", prefix=sizes[0] + (len(zones) > 4)),
        "edge": SubnetTier(route="internet", prefix=sizes[1] + (len(zones) > 4)),
        "stores": SubnetTier(route="none", prefix=sizes[2]),
    }
    left_out = draw(st.sampled_from([(), ("stores",), ("apps",), ("apps", "edge")]))
    return region, NetworkSettings(
        cidr=first.format(draw(st.integers(0, 255))),
        zones=tuple(zones[: draw(st.integers(1, len(zones)))]),
        tiers={name: tier for name, tier in tiers.items() if name not in left_out},
        nat_gateways=draw(st.sampled_from(["one_per_zone", "single"])),
        interface_endpoints=("sts",),
    )


def registered(region, chosen):
    def program():
        context = StackContext(
            environment=Environment(name="dev", account_id="123456789012", region=region, project="acme"),
            keys={"logs": "arn:aws:kms:eu-west-1:123456789012:key/logs"},
            protection=Protection(),
            log_retention_days=30,
            topics={"warning": "arn:aws:sns:eu-west-1:123456789012:warning"},
        )
        clients = next(iter(chosen.tiers))
        args = NetworkArgs(
            context=context,
            settings=chosen,
            acls={"stores": isolated({5432: "PostgreSQL"}, clients)} if "stores" in chosen.tiers else {},
            security_groups={"endpoints": "Endpoints"},
            endpoint_tier=clients,
        )
        Network("acme", args)

    return record(program)


@given(chosen=networks())
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_subnets_lie_in_the_vpc_apart_and_each_has_routes_and_a_network_acl(chosen):
    region, chosen = chosen
    made = registered(region, chosen)
    vpc = IPv4Network(made.one("ec2/vpc:Vpc")["cidrBlock"])
    subnets = made.of("ec2/subnet:Subnet")
    places = [IPv4Network(subnet["cidrBlock"]) for subnet in subnets.values()]
    assert len(places) == len(chosen.zones) * len(chosen.tiers)
    assert all(place.subnet_of(vpc) for place in places)
    assert not [pair for pair in combinations(places, 2) if pair[0].overlaps(pair[1])]
    assert {subnet["availabilityZone"] for subnet in subnets.values()} == set(chosen.zones)
    for kind in (
        "ec2/routeTableAssociation:RouteTableAssociation",
        "ec2/networkAclAssociation:NetworkAclAssociation",
    ):
        associated = [each["subnetId"] for each in made.of(kind).values()]
        assert sorted(associated) == sorted(f"Subnet/{name}" for name in subnets)
    assert len({each.urn for each in made.resources}) == len(made.resources)
