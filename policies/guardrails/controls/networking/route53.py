"""Hosted zones of Route 53: query logs and DNSSEC; queries of VPCs; records that others can take over."""

from __future__ import annotations

import re

from guardrails.model.control import Context, Findings, Level, Scope, Severity, Violation, control
from guardrails.model.references import Criteria, logging
from guardrails.model.relations import named_by
from guardrails.model.resource import Resource, origins, values_at
from guardrails.network.subnet_tiers import VPCS
from guardrails.shapes.destinations import keep

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
    r"|\.vercel\.app|\.readthedocs\.io|\.surge\.sh)\.?$"
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
