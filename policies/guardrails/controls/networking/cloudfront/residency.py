"""Distributions: geographic restriction, caching, edge functions and logs."""

from __future__ import annotations

from guardrails.controls.networking.cloudfront.distributions import DISTRIBUTION, DISTRIBUTIONS, TENANT, behaviours
from guardrails.model.control import Context, Findings, Level, References, Scope, Severity, Violation, control
from guardrails.model.logic import each
from guardrails.model.regions import foreign_region, region_of
from guardrails.model.relations import named
from guardrails.model.resource import Resource, Stack, values_at
from guardrails.model.values import UNKNOWN, UndeterminedError
from guardrails.services.buckets import BUCKETS
from guardrails.shapes.destinations import LAW

_CACHE_POLICY = "aws:cloudfront/cachePolicy:CachePolicy"
_CACHING_DISABLED = "4135ea2d-6df8-44a3-9df3-4b5a84be39ad"
"""The policy Managed-CachingDisabled; AWS gives it the same id everywhere."""
_UNSERVED = frozenset(
    """
    af-south-1 ap-east-1 ap-east-2 ap-south-2 ap-southeast-3 ap-southeast-4 ap-southeast-5 ap-southeast-7 ca-west-1
    eu-central-2 eu-south-1 eu-south-2 il-central-1 me-central-1 me-south-1 mx-central-1
    """.split()
)
"""Where CloudFront's legacy logging can't write to (CloudFront developer guide, standard logging)."""
COUNTRIES = {
    "allowedCountries": {
        "laxer": "more",
        "type": "array",
        "items": {"type": "string", "pattern": "^[A-Z]{2}$"},
        "minItems": 1,
        "default": ["ID"],
        "description": "The countries from which the platform is used, as ISO 3166-1 alpha-2 codes.",
    }
}


@control(
    id="RES-CLOUDFRONT-001",
    title="Distributions have a geographic restriction to the allowed countries",
    why="Elsewhere nobody has a reason to ask, and each answer takes data abroad.",
    fix="Set restrictions.geoRestriction to restrictionType whitelist with the allowedCountries as locations.",
    severity=Severity.MEDIUM,
    level=Level.ADVISORY,
    types=(DISTRIBUTION, TENANT),
    parameters=COUNTRIES,
    references=References(checkov=("CKV_AWS_374",), iso27001=LAW.iso27001, indonesia=LAW.indonesia),
)
def distribution_is_restricted(distribution: Resource, context: Context) -> Findings:
    """A tenant has its distribution's, unless it has one of its own."""
    allowed, path = context.parameters["allowedCountries"], "restrictions.geoRestriction"
    if distribution.type == TENANT:
        path = "customizations.geoRestriction"
        if not distribution.has(path):
            return
    if distribution.get(f"{path}.restrictionType", "none") != "whitelist":
        yield Violation("the countries that may use it are not listed", f"{path}.restrictionType")
        return
    stated = set(distribution.known(f"{path}.locations", []))
    foreign, missing = sorted(stated - set(allowed)), sorted(set(allowed) - stated)
    if foreign:
        yield Violation(f"it serves {', '.join(foreign)}", f"{path}.locations")
    if missing:
        yield Violation(f"it does not serve {', '.join(missing)}", f"{path}.locations")


@control(
    id="RES-CLOUDFRONT-002",
    title="Cache behaviors for personal data have caching disabled",
    why="What is cached lies at edge locations abroad. Paths that take POST, PUT, PATCH or DELETE serve personal data.",
    fix=f"Set cachePolicyId to {_CACHING_DISABLED} (Managed-CachingDisabled) on that behaviour, or maxTtl to 0.",
    severity=Severity.HIGH,
    level=Level.ADVISORY,
    types=(DISTRIBUTION,),
    scope=Scope.STACK,
    references=LAW,
)
def personal_data_is_not_cached(distribution: Resource, context: Context) -> Findings:
    def judge(path: str) -> Findings:
        methods = set(map(str, values_at(distribution, f"{path}.allowedMethods")))
        distribution.known(f"{path}.allowedMethods")
        if {"POST", "PUT", "PATCH", "DELETE"} & methods and _caches(distribution, path, context.everything):
            yield Violation("its responses may be cached", path)

    yield from each(behaviours(distribution), judge)


def _caches(distribution: Resource, path: str, stack: Stack) -> bool:
    where = f"{path}.cachePolicyId"
    if not distribution.has(where):
        return distribution.get(f"{path}.maxTtl") != 0
    if distribution.raw(where) == _CACHING_DISABLED:
        return False
    policy = named(stack, distribution, where, (_CACHE_POLICY,))
    return policy is None or policy.get("maxTtl") != 0


@control(
    id="RES-CLOUDFRONT-003",
    title="Distributions have a price class with nearby edge locations",
    why="PriceClass_100 has edge locations in America and Europe only: every request from Indonesia is answered there.",
    fix="Set priceClass to PriceClass_200, or leave it out.",
    severity=Severity.LOW,
    level=Level.ADVISORY,
    types=(DISTRIBUTION,),
    references=LAW,
)
def edge_is_near(distribution: Resource, _: Context) -> Findings:
    if distribution.get("priceClass") == "PriceClass_100":
        yield Violation("PriceClass_100 leaves out Asia", "priceClass")


@control(
    id="RES-CLOUDFRONT-004",
    title="Distribution logs stay in allowed regions",
    why="Access logs hold the addresses of everybody who used the platform.",
    fix="Remove loggingConfig, and deliver logs with aws.cloudwatch.LogDelivery to a bucket of an allowed region.",
    severity=Severity.HIGH,
    types=(DISTRIBUTION,),
    scope=Scope.STACK,
    references=LAW,
)
def distribution_logs_stay(distribution: Resource, context: Context) -> Findings:
    path, allowed = "loggingConfig.bucket", context.parameters["allowedRegions"]
    if not distribution.has(path):
        return
    if _UNSERVED.issuperset(allowed):
        yield Violation(f"legacy logging can't write to a bucket in {', '.join(allowed)}, so this one is abroad", path)
        return
    bucket = _log_bucket(distribution, path, context.everything)
    region = None if bucket is None else region_of(bucket)
    if region is None:
        raise UndeterminedError(path)
    if region not in allowed:
        yield Violation(foreign_region(region, context), path)


def _log_bucket(distribution: Resource, path: str, stack: Stack) -> Resource | None:
    """The bucket of this stack whose domain name is given, ``NAME.s3.amazonaws.com``."""
    stated = distribution.raw(path)
    if stated is UNKNOWN:
        return named(stack, distribution, path, BUCKETS)
    name = str(stated).partition(".s3")[0]
    return next(
        (each for each in stack.of_type(*BUCKETS) if name in (each.raw("bucket"), each.outputs.get("id"))), None
    )


@control(
    id="RES-CLOUDFRONT-005",
    title="Distributions have no Lambda@Edge function and no key value store",
    why="Lambda@Edge runs, and a key-value store lies, at edge locations all over the world.",
    fix="Process requests behind the origin; CloudFront functions without a store may rewrite them at the edge.",
    severity=Severity.HIGH,
    types=(*DISTRIBUTIONS, "aws:cloudfront/function:Function", "aws:cloudfront/keyValueStore:KeyValueStore"),
    references=LAW,
)
def nothing_is_kept_at_the_edge(resource: Resource, _: Context) -> Findings:
    if resource.type.endswith(":KeyValueStore"):
        yield Violation("it is copied to every edge location")
    elif resource.type.endswith(":Function"):
        if resource.get("keyValueStoreAssociations"):
            yield Violation("it reads a key-value store", "keyValueStoreAssociations")
    else:
        for path in behaviours(resource):
            if resource.get(f"{path}.lambdaFunctionAssociations"):
                yield Violation("it runs Lambda@Edge", f"{path}.lambdaFunctionAssociations")
