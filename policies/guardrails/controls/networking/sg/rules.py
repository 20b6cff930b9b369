"""Security group rules: which ports are open to the internet, and to the data tier."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from guardrails.model.control import Context, Findings, Level, Scope, Severity, Violation, control
from guardrails.model.logic import all_hold, each
from guardrails.model.references import network_boundary
from guardrails.model.resource import Resource
from guardrails.network.addresses import Widths
from guardrails.network.firewall_rules import (
    TCP,
    Direction,
    Rule,
    admits,
    cidr_source,
    covered_port,
    covers_all_ports,
    covers_port,
    internet_source,
    is_open_to_internet,
    known,
    port_beyond,
    transports,
)
from guardrails.network.firewall_syntax import (
    DEFAULT_SECURITY_GROUP,
    EGRESS_RULE,
    GROUP_RULE,
    INGRESS_RULE,
    SECURITY_GROUP,
    rules_of,
)
from guardrails.network.prefix_lists import with_ranges
from guardrails.network.subnet_tiers import is_data_store_group, is_public_tier_group

INGRESS = (SECURITY_GROUP, DEFAULT_SECURITY_GROUP, GROUP_RULE, INGRESS_RULE)
EGRESS = (SECURITY_GROUP, DEFAULT_SECURITY_GROUP, GROUP_RULE, EGRESS_RULE)
WIDTHS = {
    "internetPrefixIpv4": {
        "type": "integer",
        "minimum": 1,
        "maximum": 32,
        "default": 8,
        "description": "A public IPv4 range with a shorter prefix than this counts as the whole internet.",
    },
    "internetPrefixIpv6": {
        "type": "integer",
        "minimum": 1,
        "maximum": 128,
        "default": 16,
        "description": "A public IPv6 range with a shorter prefix than this counts as the whole internet.",
    },
}
SOURCE_FIX = "Name the group that connects (referencedSecurityGroupId) or the narrow range that must; "


def widths_of(context: Context) -> Widths:
    """How wide a range counts as the internet, by the control's parameters."""
    return Widths(context.parameters["internetPrefixIpv4"], context.parameters["internetPrefixIpv6"])


def ports_parameter(default: list[int], description: str) -> dict[str, Any]:
    """The schema of a parameter that lists ports."""
    port = {"type": "integer", "minimum": 0, "maximum": 65535}
    return {"type": "array", "items": port, "default": default, "description": description}


def open_rules(
    resource: Resource, context: Context, direction: Direction, reached: Callable[[Rule], str | None]
) -> Findings:
    """A violation for each rule that joins the internet to what ``reached`` names (None: to nothing of concern)."""
    widths, verb = widths_of(context), "ingress from" if direction is Direction.INGRESS else "egress to"

    def judge(rule: Rule) -> Findings:
        if all_hold(
            lambda: admits(rule, direction),
            lambda: reached(rule) is not None,
            lambda: is_open_to_internet(with_ranges(rule, resource, context.stack), widths),
        ):
            source = internet_source(with_ranges(rule, resource, context.stack), widths)
            if source is not None:
                yield Violation(f"allows {verb} the internet ({source.value}) on {reached(rule)}", source.path)

    return each(rules_of(resource), judge)


def _closed_port(id_: str, port: int, service: str, hub: str, checkov: str) -> None:
    def check(resource: Resource, context: Context) -> Findings:
        return open_rules(
            resource, context, Direction.INGRESS, lambda rule: f"port {port}" if covers_port(rule, port) else None
        )

    control(
        id=id_,
        title=f"No ingress from the internet to port {port} ({service})",
        why=f"An open {service} port is found by scanners within minutes and attacked with every known password.",
        fix=f"{SOURCE_FIX}for administration use Session Manager, which needs no open port.",
        severity=Severity.CRITICAL,
        types=INGRESS,
        parameters=WIDTHS,
        references=network_boundary(checkov=(checkov,), security_hub=(hub,)),
    )(check)


_closed_port("LP-SG-001", 22, "SSH", "EC2.13", "CKV_AWS_24")
_closed_port("LP-SG-002", 3389, "RDP", "EC2.14", "CKV_AWS_25")


@control(
    id="LP-SG-003",
    title="No ingress from the internet to port 80 outside the public tier",
    why="HTTP is readable on the way; only a load balancer that redirects to HTTPS has a use for it.",
    fix="Attach the group to an internet-facing load balancer, tag it as public, or admit its group only.",
    severity=Severity.MEDIUM,
    types=INGRESS,
    scope=Scope.STACK,
    level=Level.ADVISORY,
    parameters=WIDTHS,
    references=network_boundary(checkov=("CKV_AWS_260",)),
)
def http_is_for_the_public_tier(resource: Resource, context: Context) -> Findings:
    for finding in open_rules(
        resource, context, Direction.INGRESS, lambda rule: "port 80" if covers_port(rule, 80) else None
    ):
        if not is_public_tier_group(resource, context.everything):
            yield finding


@control(
    id="LP-SG-004",
    title="No ingress from the internet on all ports",
    why="A group that admits everyone to everything protects nothing.",
    fix=f"{SOURCE_FIX}state protocol, fromPort and toPort.",
    severity=Severity.CRITICAL,
    types=INGRESS,
    parameters=WIDTHS,
    references=network_boundary(checkov=("CKV_AWS_277",)),
)
def ingress_is_not_all_ports(resource: Resource, context: Context) -> Findings:
    return open_rules(
        resource, context, Direction.INGRESS, lambda rule: "all ports" if covers_all_ports(rule) else None
    )


@control(
    id="LP-SG-005",
    title="Only authorised ports are open to the internet",
    why="Each port that the internet reaches is attack surface; only the public endpoints need one.",
    fix=f"{SOURCE_FIX}or add the port to authorisedTcpPorts or authorisedUdpPorts once it is agreed.",
    severity=Severity.HIGH,
    types=INGRESS,
    parameters={
        **WIDTHS,
        "authorisedTcpPorts": ports_parameter([80, 443], "The TCP ports that may be open to the internet.")
        | {"laxer": "more"},
        "authorisedUdpPorts": ports_parameter([], "The UDP ports that may be open to the internet.")
        | {"laxer": "more"},
    },
    references=network_boundary(security_hub=("EC2.18",)),
)
def open_ports_are_authorised(resource: Resource, context: Context) -> Findings:
    tcp, udp = context.parameters["authorisedTcpPorts"], context.parameters["authorisedUdpPorts"]

    def unauthorised(rule: Rule) -> str | None:
        port = port_beyond(rule, tcp, udp)
        if port is None:
            return None
        if covers_all_ports(rule):
            return "all ports, which are not authorised"
        return f"{'TCP' if transports(rule)[0] == TCP else 'UDP'} port {port}, which is not authorised"

    return open_rules(resource, context, Direction.INGRESS, unauthorised)


@control(
    id="LP-SG-006",
    title="High-risk ports are never open to the internet",
    why="Databases, caches, file shares and administration ports are what attackers look for first.",
    fix=f"{SOURCE_FIX}the service belongs in a private subnet.",
    severity=Severity.CRITICAL,
    types=INGRESS,
    parameters={
        **WIDTHS,
        "highRiskPorts": ports_parameter(
            [
                *(20, 21, 22, 23, 25, 110, 135, 143, 445, 1433, 1434, 3000, 3306, 3389, 4333, 5000, 5432, 5500),
                *(5601, 8080, 8088, 8888, 9200, 9300),  # up to here as Security Hub EC2.19
                *(2049, 6379, 11211, 27017),
            ],
            "Ports that must never be open to the internet: those of Security Hub EC2.19, and of our data stores.",
        ),
    },
    references=network_boundary(security_hub=("EC2.19",)),
)
def high_risk_ports_are_closed(resource: Resource, context: Context) -> Findings:
    def risky(rule: Rule) -> str | None:
        port = covered_port(rule, context.parameters["highRiskPorts"])
        if port is not None and covers_all_ports(rule):
            return "all ports, the high-risk ones among them"
        return None if port is None else f"high-risk port {port}"

    return open_rules(resource, context, Direction.INGRESS, risky)


@control(
    id="LP-SG-007",
    title="Data tier ports allow security groups only",
    why="An address range admits whatever is given an address in it; a group admits the services that need the data.",
    fix="Replace the CIDR by the group of the service that connects (referencedSecurityGroupId, securityGroups).",
    severity=Severity.HIGH,
    types=INGRESS,
    scope=Scope.STACK,
    parameters={
        "dataPorts": ports_parameter(
            [1433, 1521, 2049, 3306, 5432, 5439, 6379, 8182, 9092, 9094, 9096, 9098, 11211, 27017],
            "The ports of databases, caches, brokers and file systems.",
        )
    },
    references=network_boundary(),
)
def data_ports_admit_groups_only(resource: Resource, context: Context) -> Findings:
    ports: list[int] = context.parameters["dataPorts"]

    def judge(rule: Rule) -> Findings:
        if all_hold(
            lambda: admits(rule, Direction.INGRESS),
            lambda: covered_port(rule, ports) is not None,
            lambda: cidr_source(rule) is not None,
            lambda: _is_for_one_port(rule) or is_data_store_group(resource, context.everything),
        ):
            source = cidr_source(rule)
            if source is not None:
                yield Violation(f"admits an address range on data port {covered_port(rule, ports)}", source.path)

    return each(rules_of(resource), judge)


def _is_for_one_port(rule: Rule) -> bool:
    """Whether the rule is written for its port: a wide range says nothing about what listens behind it."""
    return known(rule.from_port) == known(rule.to_port)


@control(
    id="LP-SG-008",
    title="No unrestricted egress on all ports",
    why="Free egress is how stolen data leaves and how malware calls home.",
    fix="Name the ports and peers that are needed: 443 to the endpoints' group, the data ports to their groups.",
    severity=Severity.MEDIUM,
    types=EGRESS,
    parameters=WIDTHS,
    references=network_boundary(checkov=("CKV_AWS_382",)),
)
def egress_is_restricted(resource: Resource, context: Context) -> Findings:
    return open_rules(resource, context, Direction.EGRESS, lambda rule: "all ports" if covers_all_ports(rule) else None)
