"""Route 53: hosted zones and registered domains, queries of VPCs, and records that others can take over."""

from __future__ import annotations

import re
from ipaddress import ip_address

from guardrails.model.control import Context, Findings, Level, Scope, Severity, Violation, control
from guardrails.model.references import Criteria, logging
from guardrails.model.relations import named_by
from guardrails.model.resource import Resource, origins, paths_at, values_at
from guardrails.network.subnet_tiers import VPCS
from guardrails.shapes.destinations import LAW, keep
from guardrails.shapes.properties import require_value

_ZONE = "aws:route53/zone:Zone"
_keys = Criteria(("CC6.1", "CC6.7"), ("A.8.24",))


def _is_public(zone: Resource, context: Context) -> bool:
    associations = ("aws:route53/zoneAssociation:ZoneAssociation",)
    return not zone.get("vpcs") and not named_by(zone, context.everything, associations, "zoneId", (_ZONE,))


@control(
    id="RSL-ROUTE53-001",
    title="Public hosted zones have query logging",
    why="Queries for names that don't exist are an early sign of an attack.",
    fix="Add an aws:route53/queryLog:QueryLog for the zone. AWS takes a log group of us-east-1 only: where that may "
    "not be, disable this control.",
    severity=Severity.LOW,
    level=Level.ADVISORY,
    types=(_ZONE,),
    scope=Scope.STACK,
    references=logging(checkov=("CKV2_AWS_39",), security_hub=("Route53.2",)),
)
def queries_are_logged(zone: Resource, context: Context) -> Findings:
    logs = ("aws:route53/queryLog:QueryLog",)
    if _is_public(zone, context) and not named_by(zone, context.everything, logs, "zoneId", (_ZONE,)):
        yield Violation("nothing logs its queries")


@control(
    id="RSL-ROUTE53-002",
    title="Public hosted zones have DNSSEC signing",
    why="Without DNSSEC, forged DNS responses can lead users elsewhere.",
    fix="Add an aws:route53/hostedZoneDnsSec:HostedZoneDnsSec and a KeySigningKey for the zone. AWS takes a key of "
    "us-east-1 only, and the zone above has to hold its digest.",
    severity=Severity.MEDIUM,
    level=Level.ADVISORY,
    types=(_ZONE,),
    scope=Scope.STACK,
    references=_keys(checkov=("CKV2_AWS_38",)),
)
def zone_is_signed(zone: Resource, context: Context) -> Findings:
    if not _is_public(zone, context):
        return
    signed = ("aws:route53/hostedZoneDnsSec:HostedZoneDnsSec",)
    found = named_by(zone, context.everything, signed, "hostedZoneId", (_ZONE,))
    if not any(each_.get("signingStatus", "SIGNING") == "SIGNING" for each_ in found):
        yield Violation("it has no DNSSEC signing")


@control(
    id="RSL-ROUTE53-003",
    title="VPCs have Resolver query logging",
    why="A program that an intruder left behind calls home by a name: only the query log shows which.",
    fix="Add an aws:route53/resolverQueryLogConfig:ResolverQueryLogConfig and its association with the VPC.",
    severity=Severity.LOW,
    level=Level.ADVISORY,
    types=VPCS,
    scope=Scope.STACK,
    references=logging(),
)
def resolver_queries_are_logged(vpc: Resource, context: Context) -> Findings:
    associations = ("aws:route53/resolverQueryLogConfigAssociation:ResolverQueryLogConfigAssociation",)
    if not named_by(vpc, context.everything, associations, "resourceId", VPCS):
        yield Violation("nothing logs its queries")


keep(
    "RES-ROUTE53-001",
    "Queries of VPCs are logged in allowed Regions and accounts",
    "aws:route53/resolverQueryLogConfig:ResolverQueryLogConfig",
    "destinationArn",
)
_TAKEN_BY_NAME = re.compile(
    r"(?:\.s3-website[.-][a-z0-9-]+\.amazonaws\.com|\.elasticbeanstalk\.com|\.github\.io|\.herokuapp\.com|\.herokudns\.com"
    r"|\.azurewebsites\.net|\.cloudapp\.net|\.trafficmanager\.net|\.blob\.core\.windows\.net|\.netlify\.app"
    r"|\.vercel\.app|\.readthedocs\.io|\.surge\.sh|\.azureedge\.net|\.cloudapp\.azure\.com|\.azurecontainer\.io"
    r"|\.azure-api\.net|\.ghost\.io|\.bitbucket\.io|\.pantheonsite\.io|\.wordpress\.com"
    r"|\.s3(?:[.-][a-z0-9-]+)?\.amazonaws\.com)\.?$"
)
"""Hosts whose name somebody else takes as soon as it is free, by public lists of subdomain takeovers."""


@control(
    id="LP-ROUTE53-001",
    title="Records don't point to names that others can take",
    why="Once the name is given up, whoever takes it answers under the platform's domain.",
    fix="Point the record to a resource of the stack, or remove it.",
    severity=Severity.HIGH,
    types=("aws:route53/record:Record",),
    scope=Scope.STACK,
    references=Criteria(("CC6.6",), ("A.8.20", "A.8.26"))(),
)
def name_is_not_free(record: Resource, _: Context) -> Findings:
    """Names of hosts written out; what comes from a resource of the stack goes with it."""
    for path in ("records[*]", "aliases[*].name"):
        for value in values_at(record, path):
            if isinstance(value, str) and _TAKEN_BY_NAME.search(value) and not origins(record, path):
                yield Violation(f"{value} can be taken by others", path.replace("[*]", ""))


@control(
    id="RES-ROUTE53-002",
    title="Queries are forwarded to private addresses",
    why="A resolver on the internet learns which names the platform asks for, and may answer with false ones.",
    fix="Name resolvers inside the network in targetIps, or leave the rule out: Route 53 resolves public names itself.",
    severity=Severity.HIGH,
    types=("aws:route53/resolverRule:ResolverRule",),
    references=LAW,
)
def queries_stay_inside(rule: Resource, _: Context) -> Findings:
    for path in [f"{target}.{name}" for target in paths_at(rule, "targetIps[*]") for name in ("ip", "ipv6")]:
        address = rule.text(path)
        if address and _is_public_address(address):
            yield Violation(f"{address} is on the internet", path)


def _is_public_address(text: str) -> bool:
    try:
        return ip_address(text).is_global
    except ValueError:
        return False


require_value(
    "transferLock",
    (True,),
    default=True,
    id="LP-ROUTE53-002",
    title="Registered domains have a transfer lock",
    why="Whoever gets at the registrar takes a domain without a lock, and with it every name of the platform.",
    fix="Leave transferLock out, or set it to true.",
    severity=Severity.MEDIUM,
    types=("aws:route53domains/registeredDomain:RegisteredDomain", "aws:route53domains/domain:Domain"),
    references=Criteria(("CC6.1",), ("A.8.20",))(),
)
require_value(
    "firewallFailOpen",
    ("DISABLED",),
    default="DISABLED",
    id="LP-ROUTE53-003",
    title="DNS Firewall fails closed",
    why="With fail open, an overloaded firewall lets every query out, those to an intruder's server among them.",
    fix="Leave firewallFailOpen out, or set it to DISABLED.",
    severity=Severity.LOW,
    types=("aws:route53/resolverFirewallConfig:ResolverFirewallConfig",),
    references=Criteria(("CC6.6",), ("A.8.20", "A.8.23"))(),
)
