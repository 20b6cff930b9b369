"""Databases are reached from inside the platform only: no public address, no public subnet, groups of their own."""

from __future__ import annotations

import re

from aws_facts.rds_engines import DEFAULT_PORTS
from guardrails.controls.database.rds.databases import (
    CLUSTER,
    DATABASES,
    GRAPH_CLUSTER,
    GRAPH_MEMBER,
    INSTANCE,
    MEMBER,
    PROXY,
    SUBNET_GROUPS,
    engine_of,
    is_local_replica,
    is_replica,
    restored_from,
)
from guardrails.model.control import Context, Findings, Level, Scope, Severity, Violation, control
from guardrails.model.references import data_access, network_segregation
from guardrails.model.resource import Resource, Stack, origins, values_at
from guardrails.model.values import UNKNOWN, UndeterminedError
from guardrails.network.firewall_syntax import DEFAULT_SECURITY_GROUP, SECURITY_GROUP
from guardrails.network.placement import not_in_public_subnets
from guardrails.network.subnet_tiers import VPCS
from guardrails.shapes.properties import require_value

require_value(
    "publiclyAccessible",
    (False,),
    default=False,
    id="LP-RDS-001",
    title="Databases are not publicly accessible",
    why="A database on the internet is one leaked password, or one flaw of its engine, away from everybody.",
    fix="Remove publiclyAccessible, and reach the database through the VPC (Session Manager forwards its port).",
    severity=Severity.CRITICAL,
    types=(INSTANCE, MEMBER, CLUSTER, GRAPH_MEMBER, "aws:rds/shardGroup:ShardGroup"),
    references=network_segregation(checkov=("CKV_AWS_17", "CKV_AWS_102"), security_hub=("RDS.2",)),
)


@control(
    id="LP-RDS-002",
    title="Databases are in subnets without a route to an internet gateway",
    why="In a public subnet one setting of the instance puts the database on the internet.",
    fix="Give the subnet group the data subnets, whose route table leads to no internet gateway, and name it.",
    severity=Severity.HIGH,
    types=(*SUBNET_GROUPS, *DATABASES),
    scope=Scope.STACK,
    references=network_segregation(security_hub=("RDS.46",)),
)
def subnets_are_closed(resource: Resource, context: Context) -> Findings:
    if resource.type in DATABASES:
        path = "neptuneSubnetGroupName" if resource.type == GRAPH_CLUSTER else "dbSubnetGroupName"
        if not resource.has(path) and not is_local_replica(resource):
            yield Violation("no subnet group is named; those of the default VPC are public", path)
        elif resource.has(path) and re.fullmatch(r"default(-vpc-\w+)?", resource.text(path)):
            yield Violation("it is the group of a VPC's default subnets, which are public", path)
        return
    yield from not_in_public_subnets(resource, context, "subnetIds")


@control(
    id="LP-RDS-007",
    title="Databases use another port than their engine's default",
    why="A default port is what scans try first; another one stops nobody who looks closely, but quiets the rest.",
    fix="Set port, and the security groups with it.",
    severity=Severity.LOW,
    level=Level.ADVISORY,
    types=DATABASES,
    references=network_segregation(security_hub=("RDS.23",)),
)
def port_is_not_the_default(database: Resource, _: Context) -> Findings:
    port = database.get("port")
    if port is None and is_replica(database):
        return  # it listens where its source does
    if port is None and restored_from(database):
        raise UndeterminedError(restored_from(database))
    if port is not None and database.number("port", 0) not in DEFAULT_PORTS.values():
        return
    usual = DEFAULT_PORTS.get(engine_of(database))
    if usual is not None and int(usual if port is None else port) == usual:
        yield Violation(f"it listens on {usual}, the default", "port")


@control(
    id="LP-RDS-009",
    title="Databases have security groups of their own",
    why="The default group of a VPC lets in whatever else was started without a group.",
    fix="Set vpcSecurityGroupIds to an aws.ec2.SecurityGroup that admits the database's clients on its port.",
    severity=Severity.MEDIUM,
    types=(*DATABASES, PROXY),
    scope=Scope.STACK,
    references=network_segregation(),
)
def security_group_is_its_own(database: Resource, context: Context) -> Findings:
    path, stack = "vpcSecurityGroupIds", context.everything
    stated = database.raw(path)
    if not stated:
        yield Violation("no security group is named, so it has the VPC's default one", path)
        return
    for index, group in enumerate(stated if isinstance(stated, list) else ()):
        if group is not UNKNOWN and _is_default(group, stack):
            yield Violation("it is a VPC's default security group", f"{path}[{index}]")
    if UNKNOWN in values_at(database, path):
        sources = {found.type for urn in origins(database, path) if (found := stack.by_urn.get(urn))}
        is_default = bool(sources & {DEFAULT_SECURITY_GROUP, *VPCS})
        if is_default == (SECURITY_GROUP in sources):
            yield UndeterminedError(path)  # it may be either, or comes from elsewhere
        elif is_default:
            yield Violation("it is a VPC's default security group", path)


def _is_default(group: str, stack: Stack) -> bool:
    named = (each.outputs.get("id") for each in stack.of_type(DEFAULT_SECURITY_GROUP))
    return group in named or group in (vpc.outputs.get("defaultSecurityGroupId") for vpc in stack.of_type(*VPCS))


require_value(
    "debugLogging",
    (False,),
    default=False,
    id="LP-RDS-011",
    title="Database proxies don't log statements",
    why="With debug logging, the text of statements is in CloudWatch Logs, personal data and passwords included.",
    fix="Remove debugLogging; turn it on for the hours of a search for a fault only, by an exemption.",
    severity=Severity.MEDIUM,
    types=(PROXY,),
    references=data_access(),
)
