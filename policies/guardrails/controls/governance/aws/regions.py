"""Regions, accounts and endpoints of providers, resources, ARNs and Availability Zones."""

from __future__ import annotations

import re
from typing import Any

from aws_facts.regions import GLOBAL_REGION
from guardrails.iam.sources import IDENTITY_POLICY_TYPES
from guardrails.model.arn import arns_in, is_zone_id, region_of_zone, regions_of_hosts, zone_id_prefix
from guardrails.model.control import Context, Findings, References, Scope, Severity, Violation, control
from guardrails.model.regions import allows_region, comes_from_aws, foreign_region, provider_value, region_of
from guardrails.model.resource import Resource
from guardrails.model.values import UNKNOWN, UndeterminedError, WrongTypeError, property_name
from guardrails.services.buckets import BUCKET_POLICY

PROVIDER = "pulumi:providers:aws"
_DEFAULT_PROVIDER = re.compile(r"default(_\d[\w.+-]*)?")
_LAW = {"iso27001": ("A.5.31",), "indonesia": ("PP 71/2019 20", "UU PDP 56")}
_CLOUDFRONT_NEEDS = frozenset({"acm", "wafv2"})


@control(
    id="RES-AWS-001",
    title="Providers have an allowed region",
    why="The provider's region is where resources go that say nothing else.",
    fix="Set the provider's region to an allowed one; us-east-1 only for what CloudFront requires there.",
    severity=Severity.CRITICAL,
    types=(PROVIDER,),
    references=References(**_LAW),
)
def provider_region_is_allowed(provider: Resource, context: Context) -> Findings:
    region = provider.get("region")
    if not region:
        yield Violation("no region is set, so the environment of whoever deploys decides", "region")
    elif region != GLOBAL_REGION and region not in context.parameters["allowedRegions"]:
        yield Violation(foreign_region(region, context), "region")


@control(
    id="RES-AWS-002",
    title="Resources are in an allowed region",
    why="A resource's own region argument overrides its provider's, silently.",
    fix="Remove the region argument, or use a provider of an allowed region.",
    severity=Severity.CRITICAL,
    types=("aws:*",),
    references=References(**_LAW),
)
def resource_region_is_allowed(resource: Resource, context: Context) -> Findings:
    region = region_of(resource)
    if region and not allows_region(region, resource.type, context) and not _is_global(resource):
        yield Violation(foreign_region(region, context), "region")


_GLOBAL_SERVICES = frozenset(
    ["account", "cloudfront", "globalaccelerator", "iam", "networkmanager", "organizations", "route53", "shield"]
)


def _is_global(resource: Resource) -> bool:
    """Whether it belongs to a service without regions, and its provider's region only says whom to call."""
    service = resource.type.partition(":")[2].partition("/")[0]
    return service in _GLOBAL_SERVICES and not resource.has("region")


@control(
    id="RES-AWS-003",
    title="Resources have an explicit provider",
    why="The default provider takes region and account from the environment of whoever deploys.",
    fix="Pass an aws.Provider with region and allowedAccountIds, and list aws in pulumi:disable-default-providers.",
    severity=Severity.HIGH,
    types=("aws:*",),
    references=References(**_LAW),
)
def provider_is_explicit(resource: Resource, _: Context) -> Findings:
    if resource.provider is None:
        raise UndeterminedError("provider")
    if _DEFAULT_PROVIDER.fullmatch(resource.provider.name):
        yield Violation("it uses the default provider")


@control(
    id="RES-AWS-004",
    title="Providers have allowed account IDs",
    why="Without it, the wrong credentials deploy to the wrong account.",
    fix="Set allowedAccountIds on the provider, to accounts that the setting allowedAccounts lists (if it lists any).",
    severity=Severity.HIGH,
    types=(PROVIDER,),
    references=References(soc2=("CC6.1",), iso27001=("A.8.3",)),
)
def provider_pins_accounts(provider: Resource, context: Context) -> Findings:
    accounts: Any = provider_value(provider, "allowedAccountIds")
    if not accounts:
        yield Violation("any account whose credentials are at hand is accepted", "allowedAccountIds")
        return
    if not isinstance(accounts, list):
        raise WrongTypeError("allowedAccountIds", "a list")
    allowed = context.parameters["allowedAccounts"]
    foreign = [str(account) for account in accounts if allowed and str(account) not in allowed]
    if foreign:
        yield Violation(f"not among the allowed accounts: {', '.join(foreign)}", "allowedAccountIds")


@control(
    id="RES-AWS-005",
    title="Providers use AWS's own endpoints",
    why="Another endpoint takes data somewhere that nobody checked.",
    fix="Remove endpoints, or name the endpoint's service in allowedServices if it is meant.",
    severity=Severity.HIGH,
    types=(PROVIDER,),
    parameters={
        "allowedServices": {
            "laxer": "more",
            "type": "array",
            "items": {"type": "string"},
            "default": [],
            "description": "The services that may have an endpoint of their own, as the provider names them.",
        }
    },
    references=References(iso27001=("A.8.20",)),
)
def provider_uses_real_endpoints(provider: Resource, context: Context) -> Findings:
    # skipRegionValidation says nothing: the SDKs set it themselves, and RES-AWS-001 validates the region
    allowed = context.parameters["allowedServices"]
    stated: Any = provider_value(provider, "endpoints") or []
    if not isinstance(stated, list):
        raise WrongTypeError("endpoints", "a list")
    for endpoints in stated:
        named = endpoints.items() if isinstance(endpoints, dict) else ()
        services = sorted(service for service, url in named if url and service not in allowed)
        if services:
            yield Violation(f"other endpoints for {', '.join(services)}", "endpoints")


@control(
    id="RES-AWS-006",
    title="Web ACLs in us-east-1 belong to CloudFront",
    why="us-east-1 is permitted for one purpose only: the certificate and web ACL of a distribution.",
    fix="Set scope to CLOUDFRONT, or create it in an allowed region.",
    severity=Severity.HIGH,
    types=("aws:wafv2/*",),
    references=References(**_LAW),
)
def global_web_acl_is_for_cloudfront(resource: Resource, context: Context) -> Findings:
    if region_of(resource) in (None, *context.parameters["allowedRegions"]):
        return
    if resource.has("scope") and resource.get("scope") != "CLOUDFRONT":
        yield Violation(f"its scope is {resource.get('scope')}", "scope")


@control(
    id="RES-AWS-007",
    title="Certificates in us-east-1 belong to a CloudFront distribution",
    why="us-east-1 is permitted for one purpose only: the certificate and web ACL of a distribution.",
    fix="Name it in viewerCertificate.acmCertificateArn of a distribution, or in customizations.certificate.arn of a "
    "tenant, or create it in an allowed region.",
    severity=Severity.MEDIUM,
    types=("aws:acm/certificate:Certificate",),
    scope=Scope.STACK,
    references=References(**_LAW),
)
def global_certificate_is_for_cloudfront(certificate: Resource, context: Context) -> Findings:
    if region_of(certificate) in (None, *context.parameters["allowedRegions"]):
        return
    stack = context.everything
    validations = stack.referrers(
        certificate, ["aws:acm/certificateValidation:CertificateValidation"], "certificateArn"
    )
    users = (
        user
        for source in (certificate, *validations)
        for type_, path in _OF_CLOUDFRONT
        for user in stack.referrers(source, [type_], path)
    )
    if not any(users):
        yield Violation("no distribution of this stack uses it")


_OF_CLOUDFRONT = (
    ("aws:cloudfront/distribution:Distribution", "viewerCertificate.acmCertificateArn"),
    ("aws:cloudfront/distributionTenant:DistributionTenant", "customizations.certificate.arn"),
    ("aws:cloudfront/multitenantDistribution:MultitenantDistribution", "viewerCertificate.acmCertificateArn"),
)
"""What takes a certificate of us-east-1, and where it names it."""


@control(
    id="RES-AWS-008",
    title="Every ARN is in an allowed region",
    why="An ARN in any property is where data is sent to or taken from.",
    fix="Name a resource of an allowed region.",
    severity=Severity.HIGH,
    types=("aws:*", "kubernetes:*"),
    references=References(**_LAW),
)
def arns_are_in_allowed_regions(resource: Resource, context: Context) -> Findings:
    allowed = {"", "*", *context.parameters["allowedRegions"]}
    for path, value in resource.walk():
        if not isinstance(value, str) or "arn:" not in value:
            continue
        foreign = {
            arn.region
            for arn in arns_in(value)
            if arn.region not in allowed and not _is_for_cloudfront(arn.service, arn.region, resource, context)
        }
        for region in sorted(foreign):
            yield Violation(f"an ARN in {foreign_region(region, context)}", path)
    yield from map(UndeterminedError, _unknown_destinations(resource))


def _is_for_cloudfront(service: str, region: str, resource: Resource, context: Context) -> bool:
    exceptional = resource.type in context.parameters["globalExceptions"]
    named = resource.type.startswith("aws:cloudfront/") and service in _CLOUDFRONT_NEEDS
    # The logs of what CloudFront keeps there; a bucket's policy says who may come in, and sends nothing out.
    admitted = resource.type == BUCKET_POLICY and service == "logs"
    looked_after = resource.type in IDENTITY_POLICY_TYPES and service in {*_CLOUDFRONT_NEEDS, "logs"}
    return region == GLOBAL_REGION and (exceptional or named or admitted or looked_after)


def _unknown_destinations(resource: Resource) -> list[str]:
    """The unknown properties whose value comes from outside the stack, and so may lie anywhere.

    What comes from a resource of the stack lies where that resource lies, and that is checked on it.
    """
    names = (path for path in resource.unknowns if property_name(path).lower().endswith("arn"))
    return [path for path in names if not comes_from_aws(resource, path)]


@control(
    id="RES-AWS-009",
    title="Availability Zones and AWS endpoints are in an allowed region",
    why="A zone, a host name or an endpoint service of another region takes data there.",
    fix="Name zones and endpoints of an allowed region.",
    severity=Severity.HIGH,
    types=("aws:*", "kubernetes:*"),
    references=References(**_LAW),
)
def zones_and_endpoints_are_in_allowed_regions(resource: Resource, context: Context) -> Findings:
    allowed = context.parameters["allowedRegions"]
    prefixes = tuple(map(zone_id_prefix, allowed))
    for path, value in resource.plain_leaves:
        if value is UNKNOWN and _NAMES_ZONE.search(path.rpartition(".")[2]) and not comes_from_aws(resource, path):
            yield UndeterminedError(path)
        yield from _zone_findings(value, path, prefixes, context)
        if isinstance(value, str):
            foreign = regions_of_hosts(value) - set(allowed) - _global_hosts(value)
            yield from (Violation(f"a host in {foreign_region(region, context)}", path) for region in sorted(foreign))


_NAMES_ZONE = re.compile(r"vailabilityZone|Azs?\b")


def _zone_findings(value: Any, path: str, prefixes: tuple[str, ...], context: Context) -> Findings:
    if not isinstance(value, str):
        return
    region = region_of_zone(value)
    if region and region not in context.parameters["allowedRegions"]:
        yield Violation(foreign_region(region, context), path)
    elif is_zone_id(value) and not value.startswith(prefixes):
        yield Violation(f"zone {value} belongs to another region", path)


def _global_hosts(text: str) -> set[str]:
    """us-east-1 where AWS itself serves the whole world from there, as for public container images."""
    return {GLOBAL_REGION} if "public.ecr.aws" in text else set()
