"""The network ACL of each tier."""

import pytest

from components.network.network_acls import RULES, isolated

RULE = "ec2/networkAclRule:NetworkAclRule"
EPHEMERAL = (1024, 65535)
PRIVATE = ("10.0.0.0/19", "10.0.32.0/19", "10.0.64.0/19")
VPC, ANYWHERE = "10.0.0.0/16", "0.0.0.0/0"


def passing(recording, tier, *, out, action="allow"):
    """(protocol, ports, other end) of what a tier's network ACL lets pass, or denies."""
    return {
        (rule["protocol"], (rule["fromPort"], rule["toPort"]), rule["cidrBlock"])
        for rule in recording.of(RULE).values()
        if rule["networkAclId"] == f"NetworkAcl/smile-{tier}" and rule["egress"] is out and rule["ruleAction"] == action
    }


@pytest.mark.requirement("SMILE-SEC-10")
@pytest.mark.requirement("SMILE-SEC-11")
@pytest.mark.requirement("SMILE-SEC-12")
def test_public_tier_takes_web_traffic_and_replies_and_lets_all_out(network):
    assert passing(network, "public", out=False) == {
        ("tcp", (80, 80), ANYWHERE),
        ("tcp", (443, 443), ANYWHERE),
        ("tcp", EPHEMERAL, ANYWHERE),
        ("udp", EPHEMERAL, ANYWHERE),
        ("tcp", (443, 443), VPC),
        ("tcp", EPHEMERAL, VPC),
        ("udp", EPHEMERAL, VPC),
    }
    assert passing(network, "public", out=True) == {("-1", (0, 0), ANYWHERE)}


@pytest.mark.parametrize(("tier", "protocols"), [("public", ("tcp", "udp")), ("private", ("tcp",))])
def test_remote_desktop_is_denied_before_replies_are_let_in(network, tier, protocols):
    desktop = {(protocol, (3389, 3389), ANYWHERE) for protocol in protocols}
    assert passing(network, tier, out=False, action="deny") == desktop
    route = {"public": "internet", "private": "nat"}[tier]
    numbers = {(rule.action, rule.ports): rule.number for rule in RULES[route] if rule.peer == "internet"}
    assert numbers["deny", (3389, 3389)] < numbers["allow", EPHEMERAL]


@pytest.mark.requirement("SMILE-SEC-13")
@pytest.mark.requirement("SMILE-SEC-14")
def test_private_tier_reaches_endpoints_and_the_web_and_takes_replies(network):
    within = {
        ("tcp", (443, 443), VPC),
        ("tcp", (53, 53), VPC),
        ("udp", (53, 53), VPC),
        ("tcp", EPHEMERAL, VPC),
        ("udp", EPHEMERAL, VPC),
    }
    assert passing(network, "private", out=False) == within | {("tcp", EPHEMERAL, ANYWHERE)}
    assert passing(network, "private", out=True) == within | {
        ("tcp", (443, 443), ANYWHERE),
        ("tcp", (80, 80), ANYWHERE),
    }


@pytest.mark.requirement("SMILE-SEC-15")
def test_database_tier_passes_mysql_from_the_private_subnets_and_nothing_else(network):
    assert passing(network, "database", out=False) == {("tcp", (3306, 3306), cidr) for cidr in PRIVATE}
    assert passing(network, "database", out=True) == {("tcp", EPHEMERAL, cidr) for cidr in PRIVATE}


@pytest.mark.requirement("SMILE-SEC-15")
def test_every_subnet_has_its_tiers_network_acl(network):
    associations = network.of("ec2/networkAclAssociation:NetworkAclAssociation")
    assert {each["subnetId"]: each["networkAclId"] for each in associations.values()} == {
        f"Subnet/smile-{tier}-{letter}": f"NetworkAcl/smile-{tier}"
        for tier in ("public", "private", "database")
        for letter in "abc"
    }


@pytest.mark.requirement("SMILE-SEC-14")
def test_replies_reach_every_port_that_pods_and_functions_send_from(network):
    """A node's address translation for pods, and that of functions, picks any port from 1024 up."""
    for tier, within in (("public", ANYWHERE), ("private", ANYWHERE), ("private", VPC)):
        assert ("tcp", EPHEMERAL, within) in passing(network, tier, out=False)


def test_a_rule_that_changes_makes_room_for_its_successor_of_the_same_number(network):
    rules = [each for each in network.resources if each.type == f"aws:{RULE}"]
    assert rules
    assert all(rule.delete_before_replace for rule in rules)


def test_rules_are_numbered_once_and_within_the_quota(network):
    numbers = [(rule["networkAclId"], rule["egress"], rule["ruleNumber"]) for rule in network.of(RULE).values()]
    assert len(set(numbers)) == len(numbers)
    for acl, egress in {(acl, egress) for acl, egress, _ in numbers}:
        assert sum((acl, egress) == number[:2] for number in numbers) <= 20


def test_an_isolated_tier_serves_its_ports_to_one_tier_with_room_for_a_rule_of_each_zone():
    rules = isolated({5432: "PostgreSQL", 6379: "Redis"}, clients="apps")
    served = [(rule.number, rule.ports, rule.peer) for rule in rules if rule.direction == "in"]
    assert served == [(100, (5432, 5432), "apps"), (110, (6379, 6379), "apps")]
    assert [(rule.direction, rule.ports) for rule in rules[2:]] == [("out", EPHEMERAL)]
