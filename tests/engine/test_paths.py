"""Each path that the platform needs is open, there and back, and every other one is closed."""

from fnmatch import fnmatchcase
from functools import cache

import pytest
from lives import STACKS, looks_at
from paths_table import FILE, markdown
from reachability import EGRESS, INGRESS, End, Reachability

from layers.base import network_flows
from settings import load_from_files

OUTSIDE = ("internet", "s3", "cloudfront")
NEEDED = (
    ("node group smile-application-*", "cluster smile-application-eksCluster", 443, "tcp"),
    ("node group smile-data-*", "cluster smile-data-eksCluster", 443, "tcp"),
    ("cluster smile-application-eksCluster", "node group smile-application-*", 10250, "tcp"),
    ("node group smile-application-*", "node group smile-application-*", 53, "udp"),
    ("node group smile-application-*", "node group smile-application-*", 53, "tcp"),
    ("instance smile-bastion", "cluster smile-*", 443, "tcp"),
    ("whoever carries runner", "cluster smile-*", 443, "tcp"),
    ("whoever carries runner", "internet", 443, "tcp"),
    ("node group *", "vpc endpoint *", 443, "tcp"),
    ("function *", "vpc endpoint *", 443, "tcp"),
    ("instance smile-bastion", "vpc endpoint *", 443, "tcp"),
    ("node group smile-application-*", "instance smile-database", 3306, "tcp"),
    ("function smile-rotate-mysql-users", "instance smile-database", 3306, "tcp"),
    ("node group smile-application-*", "replication group smile-cache", 6379, "tcp"),
    ("node group smile-application-*", "mount target smile-files-*", 2049, "tcp"),
    ("vpc link smile-api*", "load balancer smile-ingress", 443, "tcp"),
    ("load balancer smile-ingress", "node group smile-application-*", "service", "tcp"),
    ("node group *", "internet", 443, "tcp"),
    ("instance smile-bastion", "s3", 443, "tcp"),
)
"""(From, to, port, protocol), by what the platform does and not by how its flows are written."""
ODD_PORTS = (22, 25, 1433, 3389, 5432, 8080, 9200, 27017, 30000)
"""Beside those that rules name: what an intruder tries first."""


@cache
def seen(life):
    return Reachability(life.resources), load_from_files(life.stack)


def matching(network, name):
    outside = [End(name, prefix_list=network.prefix_lists.get(name, ""))] if name in OUTSIDE else []
    return outside or [each for each in all_ends(network) if fnmatchcase(each.name, name)]


def all_ends(network):
    return {each: None for group in network.groups for each in network.of_group(group)}


@looks_at(*STACKS)
@pytest.mark.requirement("SMILE-SEC-10")
def test_every_flow_is_open_there_and_back(life):
    network, settings = seen(life)
    pairs = [
        (flow, source, target)
        for flow in network_flows(settings)
        if "vpc" not in (flow.source, flow.target)  # which is no end: see what is needed
        for source in network.of_group(flow.source)
        for target in network.of_group(flow.target)
    ]
    assert len(pairs) > 60
    stopped = {
        f"{source.name} to {target.name}, {flow.protocol} {flow.port}": why
        for flow, source, target in pairs
        if (why := network.blocked(source, target, flow.port, flow.protocol))
    }
    assert stopped == {}


@looks_at(*STACKS)
@pytest.mark.parametrize("path", NEEDED, ids=lambda path: f"{path[0]} to {path[1]} {path[2]}")
def test_what_the_platform_does_has_an_open_path(life, path):
    network, settings = seen(life)
    start, end, port, protocol = path
    if "data" in f"{start}{end}".split("-") and "data" not in settings.enabled_clusters:
        return
    port = settings.network.service_port if port == "service" else port
    sources, targets = matching(network, start), matching(network, end)
    assert sources, start
    assert targets, end
    assert {
        (a.name, b.name): why for a in sources for b in targets if (why := network.blocked(a, b, port, protocol))
    } == {}


@looks_at(*STACKS)
@pytest.mark.requirement("SMILE-SEC-10")
def test_what_is_no_flow_is_closed(life):
    network, settings = seen(life)
    flows = network_flows(settings)
    rules = [each["inputs"] for kind in (INGRESS, EGRESS) for each in network.of(kind)]
    ports = sorted({rule["fromPort"] for rule in rules} | {rule["toPort"] for rule in rules} | set(ODD_PORTS))
    assert not any(rule["ipProtocol"] == "-1" for rule in rules)
    open_paths = {
        (source, target, port, protocol)
        for source in (*network.groups, *OUTSIDE)
        for target in (*network.groups, *OUTSIDE)
        if {source, target} & set(network.groups)
        for port in ports
        for protocol in ("tcp", "udp")
        if not all(
            network.blocked(a, b, port, protocol) for a in alike(network, source) for b in alike(network, target)
        )
    }
    assert open_paths
    assert {each for each in open_paths if not is_flow(flows, network.groups, each)} == set()


def alike(network, group):
    """One of the ends that have the same subnets and groups."""
    return {(each.subnets, each.groups): each for each in network.of_group(group)}.values()


def is_flow(flows, groups, path):
    """Whether flows let it out of one end and into the other; ``vpc`` and ``internet`` are wider than a group."""
    source, target, port, protocol = path
    fitting = [each for each in flows if (each.port, each.protocol) == (port, protocol)]
    wider = ("vpc", "internet") if target in groups else ("internet",)
    out = source not in groups or any(each.source == source and each.target in (target, *wider) for each in fitting)
    into = target not in groups or any(
        each.target == target and each.source in (source, *(["vpc"] if source in groups else [])) for each in fitting
    )
    return out and into


@looks_at("prod")
@pytest.mark.parametrize(
    ("drop", "says"),
    [
        ("application-to-database-tcp-3306", "no rule of node group smile-application-"),
        ("database-from-application-tcp-3306", "no rule of instance smile-database in from"),
        ("database-in-tcp-3306-private-a", "network ACL of database: tcp 3306 in"),
        ("database-out-tcp-1024-private-b", "network ACL of database: replies from port 1024 out"),
        ("private-out-tcp-1024-vpc", "network ACL of private: tcp 3306 out"),
        ("private-a-default", "no route out of private"),
        ("public-default", "no route out of private"),
        ("public-in-tcp-1024-internet", "network ACL of public: replies from port"),
    ],
)
def test_what_is_missing_is_named(life, drop, says):
    whole, _ = seen(life)
    kept = [each for each in life.resources if not each["urn"].endswith(f"::smile-{drop}")]
    assert len(kept) == len(life.resources) - 1
    network = Reachability(kept)
    found = [
        why
        for start, end, port in (
            ("node group smile-application-*", "instance smile-database", 3306),
            ("node group smile-application-*", "internet", 443),
        )
        for source in matching(network, start)
        for target in matching(network, end)
        for why in network.blocked(source, target, port)
    ]
    assert whole.ends == network.ends
    assert any(why.startswith(says) for why in found), found


@looks_at("prod")
def test_document_has_the_paths_of_prod(life):
    assert FILE.read_text() == markdown("prod", life.resources), "run: python -m tests.engine.paths_table"
