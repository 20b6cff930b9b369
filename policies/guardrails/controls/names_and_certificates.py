"""Names and the certificates that prove them: zones of Route 53, certificates of ACM."""

from __future__ import annotations

from functools import partial

from guardrails.control import (
    Context,
    Findings,
    Level,
    References,
    Scope,
    Severity,
    UndeterminedError,
    Violation,
    control,
)
from guardrails.decide import each
from guardrails.references import logging
from guardrails.relations import named_by
from guardrails.resource import Resource, paths_at
from guardrails.rules import require_value

_ZONE = "aws:route53/zone:Zone"
_CERTIFICATE = "aws:acm/certificate:Certificate"
_keys = partial(References, soc2=("CC6.1", "CC6.7"), iso27001=("A.8.24",))


def _is_public(zone: Resource, context: Context) -> bool:
    associations = ("aws:route53/zoneAssociation:ZoneAssociation",)
    return not zone.get("vpcs") and not named_by(zone, context.everything, associations, "zoneId", (_ZONE,))


@control(
    id="RSL-ROUTE53-001",
    title="Queries for names in public zones are logged",
    why="Names that somebody tries out, or that should not exist, are the first sign of an attack.",
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
    title="Public zones are signed",
    why="Without a signature, whoever is on the way can answer for the zone and lead people elsewhere.",
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
        yield Violation("it is not signed")


require_value(
    "keyAlgorithm",
    ("RSA_2048", "RSA_3072", "RSA_4096", "EC_prime256v1", "EC_secp384r1", "EC_secp521r1"),
    default="RSA_2048",
    id="ENC-ACM-001",
    title="Certificates have keys of an approved kind",
    why="Shorter keys can be broken.",
    fix="Set keyAlgorithm to RSA_2048 or EC_prime256v1, or a longer one, or leave it out.",
    severity=Severity.HIGH,
    types=(_CERTIFICATE,),
    references=_keys(security_hub=("ACM.2",), indonesia=("UU PDP 35",)),
)
require_value(
    "options.certificateTransparencyLoggingPreference",
    ("ENABLED",),
    default="ENABLED",
    id="ENC-ACM-002",
    title="Certificates are in the public log of certificates",
    why="Browsers refuse others, and the log shows certificates for our names that somebody else had made.",
    fix="Remove options.certificateTransparencyLoggingPreference, or set it to ENABLED.",
    severity=Severity.LOW,
    types=(_CERTIFICATE,),
    references=_keys(checkov=("CKV_AWS_234",)),
)


@control(
    id="ENC-ACM-003",
    title="Certificates are for names, not for patterns",
    why="Whoever gets hold of the key of *.example.go.id can be any service of it.",
    fix="List the names in domainName and subjectAlternativeNames.",
    severity=Severity.LOW,
    level=Level.ADVISORY,
    types=(_CERTIFICATE,),
    references=_keys(checkov=("CKV2_AWS_71",)),
)
def certificate_is_for_names(certificate: Resource, _: Context) -> Findings:
    def judge(path: str) -> Findings:
        name = certificate.get(path)
        if name is not None and "*" in str(name):
            yield Violation(f"{name} is a pattern", path)

    try:
        names = ["domainName", *paths_at(certificate, "subjectAlternativeNames[*]")]
    except UndeterminedError as unknown:
        names = ["domainName"]
        yield unknown
    yield from each(names, judge)
