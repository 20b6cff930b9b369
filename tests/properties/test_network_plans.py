"""Whatever the range and the zones, what is registered is what AWS takes."""

from ipaddress import IPv4Network
from itertools import combinations

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from components.core.environment import Environment
from components.network.network import Network, NetworkArgs
from components.network.settings import Network as NetworkSettings
from components.network.settings import SubnetPrefixes
from tests.recording import record

ZONES = ("ap-southeast-3a", "ap-southeast-3b", "ap-southeast-3c")


@st.composite
def networks(draw):
    """Any /16 of private addresses, any zones, layout, sizes and NAT gateways that the settings take."""
    first = draw(st.sampled_from(["10.{}.0.0/16", "172.16.0.0/16", "172.31.0.0/16", "192.168.0.0/16"]))
    prefixes = draw(
        st.sampled_from([(19, 22, 24), (18, 22, 24), (19, 20, 22), (19, 21, 21)]).map(
            lambda sizes: dict(zip(("private", "public", "database"), sizes, strict=True))
        )
    )
    return NetworkSettings(
        cidr=first.format(draw(st.integers(0, 255))),
        zones=tuple(draw(st.permutations(ZONES)))[: draw(st.integers(2, 3))],
        layout=draw(st.sampled_from(["nine", "six"])),
        subnet_prefixes=SubnetPrefixes(**prefixes),
        nat_gateways=draw(st.sampled_from(["one_per_zone", "single"])),
    )


def registered(chosen):
    def program():
        Network(
            "smile",
            NetworkArgs(
                environment=Environment(name="dev", account_id="123456789012"),
                cidr=str(chosen.cidr),
                subnets={
                    tier: {zone: str(cidr) for zone, cidr in zones.items()} for tier, zones in chosen.subnets.items()
                },
                nat_zones=chosen.nat_zones,
                flow_log_key_arn="arn:aws:kms:ap-southeast-3:123456789012:key/logs",
                interface_endpoints=["sts"],
            ),
        )

    return record(program)


@given(chosen=networks())
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_subnets_lie_in_the_vpc_apart_and_each_has_routes_and_a_fence(chosen):
    made = registered(chosen)
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
