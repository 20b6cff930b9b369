"""Distributions: TLS from viewers and to origins."""

from __future__ import annotations

import re
from typing import Any

from guardrails.controls.networking.cloudfront.distributions import DISTRIBUTIONS, behaviours, custom_config, origins_of
from guardrails.model.control import Context, Findings, Level, Severity, Violation, control
from guardrails.model.logic import each
from guardrails.model.references import PLAIN_TRANSPORT, in_transit
from guardrails.model.resource import Resource, values_at
from guardrails.shapes.properties import require_value

_VPC_ORIGIN = "aws:cloudfront/vpcOrigin:VpcOrigin"
_IN_VPC = "vpcOriginEndpointConfig"
_CERTIFICATES = ("viewerCertificate.acmCertificateArn", "viewerCertificate.iamCertificateId")
_VERSION = re.compile(r"TLSv1\.(?P<minor>\d)_(?P<year>\d{4})")
_OLD = {"SSLv3", "TLSv1", "TLSv1.1"}
_NAMED: dict[str, Any] = {
    "withAliasesOnly": {
        "laxer": True,
        "type": "boolean",
        "default": False,
        "description": "Judge only distributions with names of their own; others have CloudFront's certificate.",
    }
}


def _is_judged(distribution: Resource, context: Context) -> bool:
    return not context.parameters["withAliasesOnly"] or bool(distribution.get("aliases"))


def _has_certificate(distribution: Resource) -> bool:
    return any(distribution.has(path) for path in _CERTIFICATES)


@control(
    id="ENC-CLOUDFRONT-001",
    title="Distributions require HTTPS from viewers",
    why=PLAIN_TRANSPORT,
    fix="Set viewerProtocolPolicy to redirect-to-https or https-only in each behaviour.",
    severity=Severity.HIGH,
    types=DISTRIBUTIONS,
    references=in_transit(checkov=("CKV_AWS_34",), security_hub=("CloudFront.3",)),
)
def viewers_use_https(distribution: Resource, _: Context) -> Findings:
    def judge(behaviour: str) -> Findings:
        path = f"{behaviour}.viewerProtocolPolicy"
        policy = distribution.get(path)
        if policy not in ("redirect-to-https", "https-only"):
            yield Violation(f"{policy or 'not set'}, expected redirect-to-https or https-only", path)

    yield from each(behaviours(distribution), judge)


@control(
    id="ENC-CLOUDFRONT-002",
    title="Distributions negotiate TLS 1.2 or later only",
    why="Older versions of TLS, and older ciphers of TLS 1.2, can be broken.",
    fix="Set viewerCertificate.minimumProtocolVersion to TLSv1.2_2021 or later, with a certificate of one's own.",
    severity=Severity.HIGH,
    types=DISTRIBUTIONS,
    parameters=_NAMED,
    references=in_transit(checkov=("CKV_AWS_174",), security_hub=("CloudFront.15",)),
)
def viewers_use_modern_tls(distribution: Resource, context: Context) -> Findings:
    """With CloudFront's own certificate TLSv1 is offered, whatever is said."""
    if not _is_judged(distribution, context):
        return
    if distribution.get("viewerCertificate.cloudfrontDefaultCertificate"):
        yield Violation("CloudFront's own certificate comes with TLSv1", "viewerCertificate")
        return
    path = "viewerCertificate.minimumProtocolVersion"
    said = str(distribution.get(path, "TLSv1"))
    version = _VERSION.fullmatch(said)
    if version is None or (int(version["minor"]), int(version["year"])) < (2, 2021):
        yield Violation(f"{said}, expected TLSv1.2_2021 or later", path)


@control(
    id="ENC-CLOUDFRONT-003",
    title="Distributions have a custom certificate",
    why="CloudFront's certificate is for names that nobody recognises, and comes with old versions of TLS.",
    fix="Set viewerCertificate.acmCertificateArn to a certificate in us-east-1, and aliases to its names.",
    severity=Severity.MEDIUM,
    types=DISTRIBUTIONS,
    parameters=_NAMED,
    references=in_transit(checkov=("CKV2_AWS_42",), security_hub=("CloudFront.7",)),
)
def distribution_has_certificate(distribution: Resource, context: Context) -> Findings:
    distribution.get("viewerCertificate")  # unknown as a whole
    if _is_judged(distribution, context) and not _has_certificate(distribution):
        yield Violation("it uses CloudFront's certificate", "viewerCertificate")


require_value(
    "viewerCertificate.sslSupportMethod",
    ("sni-only",),
    when=_has_certificate,
    id="ENC-CLOUDFRONT-004",
    title="Distributions serve HTTPS with SNI",
    why="An address of its own for each certificate costs 600 USD a month, for clients that know no TLS 1.2 either.",
    fix="Set viewerCertificate.sslSupportMethod to sni-only.",
    severity=Severity.LOW,
    types=DISTRIBUTIONS,
    references=in_transit(security_hub=("CloudFront.8",)),
)


def _policies(resource: Resource) -> list[str]:
    """Where a distribution, or an origin inside a VPC, says how origins are spoken to."""
    if resource.type == _VPC_ORIGIN:
        return [_IN_VPC]
    return [path for origin in origins_of(resource) if (path := custom_config(resource, origin))]


@control(
    id="ENC-CLOUDFRONT-005",
    title="Distributions connect to origins over HTTPS only",
    why=PLAIN_TRANSPORT,
    fix="Set originProtocolPolicy to https-only.",
    severity=Severity.HIGH,
    types=(*DISTRIBUTIONS, _VPC_ORIGIN),
    references=in_transit(checkov=("CKV2_AWS_72",), security_hub=("CloudFront.9",)),
)
def origins_use_https(resource: Resource, _: Context) -> Findings:
    def judge(config: str) -> Findings:
        path = f"{config}.originProtocolPolicy"
        policy = resource.get(path)
        if policy != "https-only":
            yield Violation(f"{policy or 'not set'}, expected https-only", path)

    yield from each(_policies(resource), judge)


@control(
    id="ENC-CLOUDFRONT-006",
    title="Distributions connect to origins with TLS 1.2 or later only",
    why="Older versions of TLS can be broken.",
    fix="Set originSslProtocols to TLSv1.2 alone.",
    severity=Severity.MEDIUM,
    types=(*DISTRIBUTIONS, _VPC_ORIGIN),
    references=in_transit(checkov=("CKV2_AWS_54",), security_hub=("CloudFront.10",)),
)
def origins_use_modern_tls(resource: Resource, _: Context) -> Findings:
    def judge(config: str) -> Findings:
        path = f"{config}.originSslProtocols"
        if isinstance(resource.get(path), dict):
            path = f"{path}.items"
        old = _OLD & set(map(str, values_at(resource, path)))
        if old:
            yield Violation(f"{', '.join(sorted(old))} is allowed", path)
        resource.known(path)

    yield from each(_policies(resource), judge)


@control(
    id="ENC-CLOUDFRONT-007",
    title="Response headers policies set Strict-Transport-Security",
    why="Without it, the first request of each visit can be led to a false page, before HTTPS begins.",
    fix="Set securityHeadersConfig.strictTransportSecurity with accessControlMaxAgeSec of minimumSeconds or more, "
    "includeSubdomains, preload and override.",
    severity=Severity.MEDIUM,
    level=Level.ADVISORY,
    types=("aws:cloudfront/responseHeadersPolicy:ResponseHeadersPolicy",),
    parameters={
        "minimumSeconds": {
            "type": "integer",
            "minimum": 1,
            "default": 31536000,
            "description": "How long browsers keep to HTTPS at least, in seconds.",
        },
        "flags": {
            "type": "array",
            "items": {"type": "string", "enum": ["includeSubdomains", "override", "preload"]},
            "default": ["override", "includeSubdomains", "preload"],
            "description": "What has to be true besides; browsers keep a preloaded domain for years.",
        },
    },
    references=in_transit(checkov=("CKV_AWS_259",)),
)
def browsers_stay_with_https(policy: Resource, context: Context) -> Findings:
    path, least = "securityHeadersConfig.strictTransportSecurity", context.parameters["minimumSeconds"]

    def judge(flag: str) -> Findings:
        if not policy.get(f"{path}.{flag}"):
            yield Violation("it is off", f"{path}.{flag}")

    if not policy.get(path):
        yield Violation("it is not set", path)
        return
    if policy.number(f"{path}.accessControlMaxAgeSec", 0) < least:
        yield Violation(f"at least {least} seconds are expected", f"{path}.accessControlMaxAgeSec")
    yield from each(context.parameters["flags"], judge)
