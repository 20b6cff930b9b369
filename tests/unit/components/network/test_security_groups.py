"""Who may talk to whom."""

import re

import pytest

from components.core.declared import UndeclaredError
from components.network.flows import Flow
from settings.network import DatabaseAccess

INGRESS = "vpc/securityGroupIngressRule:SecurityGroupIngressRule"
EGRESS = "vpc/securityGroupEgressRule:SecurityGroupEgressRule"
GROUP = "ec2/securityGroup:SecurityGroup"
DESCRIPTION = re.compile(r"[a-zA-Z0-9. _\-:/()#,@\[\]+=&;{}!$*]{1,255}")
"""What EC2 takes as the description of a group or a rule."""


def rules(recording, kind, group):
    """(other end, protocol, port) of each rule of a group."""
    return sorted(
        (
            rule.get("cidrIpv4")
            or rule.get("prefixListId")
            or rule["referencedSecurityGroupId"].removeprefix("SecurityGroup/smile-"),
            rule["ipProtocol"],
            rule["fromPort"],
        )
        for rule in recording.of(kind).values()
        if rule["securityGroupId"] == f"SecurityGroup/smile-{group}"
    )


def test_without_functions_of_the_operation_there_is_no_group_for_them(network_of):
    assert "smile-operations" not in network_of(parts=()).of(GROUP)


def test_functions_of_the_operation_reach_aws_and_nothing_reaches_them(network):
    assert rules(network, INGRESS, "operations") == []
    assert rules(network, EGRESS, "operations") == [("0.0.0.0/0", "tcp", 443)]


@pytest.mark.requirement("SMILE-SEC-01")
@pytest.mark.requirement("SMILE-SEC-02")
@pytest.mark.requirement("SMILE-SEC-04")
def test_application_takes_service_traffic_and_health_checks_from_the_load_balancer_only(network):
    assert rules(network, INGRESS, "application") == [
        ("application", "tcp", 53),
        ("application", "tcp", 443),
        ("application", "tcp", 10250),
        ("application", "udp", 53),
        ("control-plane", "tcp", 4443),
        ("control-plane", "tcp", 8443),
        ("control-plane", "tcp", 9443),
        ("control-plane", "tcp", 10250),
        ("control-plane", "tcp", 10251),
        ("load-balancer", "tcp", 443),
        ("load-balancer", "tcp", 8080),
    ]


@pytest.mark.requirement("SMILE-SEC-03")
@pytest.mark.requirement("SMILE-SEC-04")
def test_application_reaches_the_internet_on_443_and_80_and_everything_else_by_group(network):
    assert rules(network, EGRESS, "application") == [
        ("0.0.0.0/0", "tcp", 80),
        ("0.0.0.0/0", "tcp", 443),
        ("application", "tcp", 53),
        ("application", "tcp", 443),
        ("application", "tcp", 10250),
        ("application", "udp", 53),
        ("cache", "tcp", 6379),
        ("control-plane", "tcp", 443),
        ("database", "tcp", 3306),
        ("files", "tcp", 2049),
    ]


@pytest.mark.requirement("SMILE-SEC-05")
@pytest.mark.requirement("SMILE-SEC-06")
@pytest.mark.requirement("SMILE-SEC-09")
@pytest.mark.parametrize(
    ("group", "ingress"),
    [
        ("database", ("application", "tcp", 3306)),
        ("cache", ("application", "tcp", 6379)),
        ("files", ("application", "tcp", 2049)),
        ("endpoints", ("10.0.0.0/16", "tcp", 443)),
    ],
)
def test_what_holds_data_takes_one_kind_of_traffic_and_starts_none(network, group, ingress):
    assert rules(network, INGRESS, group) == [ingress]
    assert rules(network, EGRESS, group) == []


@pytest.mark.requirement("SMILE-SEC-05")
def test_bastion_and_data_nodes_reach_the_database_only_by_setting(network, network_of):
    assert not {"smile-bastion", "smile-data-nodes"} & set(network.of(GROUP))
    both = network_of(database_access=DatabaseAccess(bastion=True, data_nodes=True))
    assert rules(both, INGRESS, "database") == [
        (client, "tcp", 3306) for client in ("application", "bastion", "data-nodes")
    ]
    assert rules(both, EGRESS, "bastion") == rules(both, EGRESS, "data-nodes") == [("database", "tcp", 3306)]


@pytest.mark.requirement("SMILE-BASTION-06")
def test_nothing_may_connect_to_the_bastion_which_reaches_aws_alone(network_of):
    network = network_of(parts=("bastion",))
    assert rules(network, INGRESS, "bastion") == []
    assert sorted(rules(network, EGRESS, "bastion")) == [
        ("10.0.0.0/16", "tcp", 443),
        ("control-plane", "tcp", 443),
        ("pl-s3", "tcp", 443),
    ]


def test_bastion_and_runners_reach_the_kubernetes_api_of_every_cluster(network, network_of):
    both = network_of(parts=("bastion", "data_cluster", "runners"))
    for group in ("bastion", "runner"):
        for control_plane in ("control-plane", "data-control-plane"):
            assert (group, "tcp", 443) in rules(both, INGRESS, control_plane)
            assert (control_plane, "tcp", 443) in rules(both, EGRESS, group)
    assert "runner" in both.result["security_group_ids"]
    assert [end for end, *_ in rules(network, INGRESS, "control-plane")] == ["application"]


def test_nothing_may_connect_to_a_runner_which_reaches_the_internet_by_https_alone(network_of):
    network = network_of(parts=("runners",))
    assert rules(network, INGRESS, "runner") == []
    assert rules(network, EGRESS, "runner") == [("0.0.0.0/0", "tcp", 443), ("control-plane", "tcp", 443)]


@pytest.mark.requirement("SMILE-SEC-08")
def test_load_balancer_takes_traffic_from_the_vpc_link_only(network):
    assert rules(network, INGRESS, "load-balancer") == [("vpc-link", "tcp", 443)]
    assert rules(network, EGRESS, "load-balancer") == [("application", "tcp", 443), ("application", "tcp", 8080)]
    assert rules(network, EGRESS, "vpc-link") == [("load-balancer", "tcp", 443)]
    assert rules(network, INGRESS, "vpc-link") == []


@pytest.mark.requirement("SMILE-SEC-08")
def test_load_balancer_behind_cloudfront_takes_traffic_from_its_prefix_list_only(network_of):
    direct = network_of(ingress="cloudfront")
    assert rules(direct, INGRESS, "load-balancer") == [("pl-1", "tcp", 443)]
    assert rules(direct, INGRESS, "load-balancer-http") == [("pl-1", "tcp", 80)]
    assert rules(direct, EGRESS, "load-balancer-http") == []
    assert "smile-vpc-link" not in direct.of(GROUP)


WEIGHT, QUOTA = 55, 60
"""What CloudFront's prefix list counts for in a group, and the rules a group takes unless AWS is asked for more."""


@pytest.mark.requirement("SMILE-SEC-08")
def test_no_group_holds_more_rules_than_aws_lets_it(network, network_of):
    direct = network_of(ingress="cloudfront")
    for recording in (network, direct):
        for kind in (INGRESS, EGRESS):
            for name in recording.of(GROUP):
                held = rules(recording, kind, name.removeprefix("smile-"))
                assert sum(WEIGHT if end == "pl-1" else 1 for end, *_ in held) <= QUOTA


@pytest.mark.requirement("SMILE-SEC-08")
def test_redirects_have_no_group_where_nothing_comes_by_http(network):
    assert "smile-load-balancer-http" not in network.of(GROUP)


@pytest.mark.requirement("SMILE-SEC-01")
def test_service_port_can_be_another(network_of):
    moved = network_of(service_port=8443)
    assert ("load-balancer", "tcp", 8443) in rules(moved, INGRESS, "application")
    assert ("load-balancer", "tcp", 443) not in rules(moved, INGRESS, "application")


@pytest.mark.requirement("SMILE-SEC-03")
def test_every_rule_is_for_one_port_and_described_and_no_group_holds_rules_itself(network):
    everything = [*network.of(INGRESS).values(), *network.of(EGRESS).values()]
    assert all(rule["fromPort"] == rule["toPort"] for rule in everything)
    described = [*everything, *network.of(GROUP).values()]
    assert all(DESCRIPTION.fullmatch(each["description"]) for each in described)
    assert not [group for group in network.of(GROUP).values() if "ingress" in group or "egress" in group]
    assert not [rule for rule in network.of(INGRESS).values() if rule.get("cidrIpv4") == "0.0.0.0/0"]


@pytest.mark.parametrize("ends", [("application", "databse"), ("databse", "application")])
def test_a_flow_of_a_group_that_was_never_declared_is_refused_with_those_that_are(network_of, ends):
    with pytest.raises(UndeclaredError, match=r"'databse' is declared, did you mean database\?; declared: inter"):
        network_of(given={"flows": [Flow(*ends, 3306, "MySQL")]})


@pytest.mark.parametrize("port", [0, 65536, "5432", True, None])
def test_a_flow_to_what_is_no_port_is_refused(port):
    said = re.escape(f"Flow api to database: port: got {port!r}; valid: a whole number from 1 to 65535")
    with pytest.raises(ValueError, match=said):
        Flow("api", "database", port, "PostgreSQL")
    assert Flow("api", "database", 65535, "The last").port == 65535


def test_a_group_that_was_never_declared_is_refused_where_it_is_looked_up(network_of):
    with pytest.raises(UndeclaredError, match="no security group 'endpoints' is declared; declared: none"):
        network_of(given={"security_groups": {}, "flows": ()})
