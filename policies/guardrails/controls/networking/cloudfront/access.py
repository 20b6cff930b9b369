"""Distributions: origins, web ACLs and response headers."""

from __future__ import annotations

from guardrails.controls.networking.cloudfront.distributions import (
    DISTRIBUTIONS,
    TENANT,
    behaviours,
    bucket_name,
    is_bucket,
    is_function,
    origins_of,
)
from guardrails.model.arn import regions_of_hosts
from guardrails.model.control import Context, Findings, Level, Scope, Severity, Violation, control
from guardrails.model.logic import each
from guardrails.model.references import Criteria
from guardrails.model.regions import foreign_region, region_of
from guardrails.model.relations import all_named
from guardrails.model.resource import Resource, Stack, origins
from guardrails.model.values import UNKNOWN, UndeterminedError
from guardrails.services.buckets import BUCKETS
from guardrails.shapes.destinations import LAW

_CORS_ONLY = {
    "60669652-455b-4ae9-85a4-c4c02393f86c": "Managed-SimpleCORS",
    "5cc3b908-e619-4b99-88e5-2cf7f45965bd": "Managed-CORS-With-Preflight",
}
"""Managed policies that let other origins in and do no more (CloudFront guide, managed response headers policies)."""
_TENANT_ACL = "customizations.webAcl.action"
_FUNCTION_URL = "aws:lambda/functionUrl:FunctionUrl"
_boundary = Criteria(("CC6.1", "CC6.6"), ("A.8.20", "A.8.26"), ("UU PDP 39",))


def _buckets_of(distribution: Resource, origin: str, stack: Stack) -> list[Resource]:
    """The buckets of the stack that an origin may be; none when it is elsewhere.

    Raises:
        UndeterminedError: it is not known yet, and comes from no bucket.
    """
    path = f"{origin}.domainName"
    host = distribution.raw(path)
    if host is not UNKNOWN:
        name = bucket_name(str(host))
        return [each for each in stack.of_type(*BUCKETS) if name in (each.raw("bucket"), each.outputs.get("id"))]
    found = all_named(stack, distribution, path, BUCKETS)
    if not found:
        raise UndeterminedError(path)
    return found


@control(
    id="RES-CLOUDFRONT-006",
    title="Origins of distributions are in allowed regions",
    why="What no cache answers goes to the origin, and an origin shield keeps what that answers.",
    fix="Name a bucket of an allowed region as origin, and leave originShield out where its region is another one.",
    severity=Severity.HIGH,
    types=DISTRIBUTIONS,
    scope=Scope.STACK,
    references=LAW,
)
def origins_are_near(distribution: Resource, context: Context) -> Findings:
    """Hosts of AWS tell their region by name, which RES-AWS-009 reads; this is for what doesn't."""
    allowed = context.parameters["allowedRegions"]

    def judge(origin: str) -> Findings:
        for shield in (f"{origin}.originShield", f"{origin}.originShields[0]"):
            region = distribution.get(f"{shield}.originShieldRegion")
            if region and distribution.get(f"{shield}.enabled") and region not in allowed:
                yield Violation(f"its shield is in {foreign_region(region, context)}", f"{shield}.originShieldRegion")
        if not is_bucket(distribution, origin):
            return
        where = f"{origin}.domainName"
        buckets = _buckets_of(distribution, origin, context.everything)
        if not buckets and not regions_of_hosts(str(distribution.raw(where))):
            raise UndeterminedError(where)
        for region in sorted(filter(None, map(region_of, buckets))):
            if region not in allowed:
                yield Violation(foreign_region(region, context), where)

    yield from each(origins_of(distribution), judge)


@control(
    id="LP-CLOUDFRONT-001",
    title="S3 origins have origin access control",
    why="Otherwise the bucket has to be public, and what guards the distribution guards nothing.",
    fix="Set originAccessControlId to an aws:cloudfront/originAccessControl:OriginAccessControl, and remove "
    "s3OriginConfig.originAccessIdentity.",
    severity=Severity.HIGH,
    types=DISTRIBUTIONS,
    references=_boundary(checkov=("CKV2_AWS_46",), security_hub=("CloudFront.13",)),
)
def buckets_have_access_control(distribution: Resource, _: Context) -> Findings:
    """An identity, the older way, knows neither keys of one's own nor regions that are new."""

    def judge(origin: str) -> Findings:
        if is_bucket(distribution, origin) and not distribution.has(f"{origin}.originAccessControlId"):
            identity = f"{origin}.s3OriginConfig.originAccessIdentity"
            how = "by an origin access identity" if distribution.get(identity) else "without a signature"
            yield Violation(f"the bucket is reached {how}", f"{origin}.originAccessControlId")

    yield from each(origins_of(distribution), judge)


@control(
    id="LP-CLOUDFRONT-002",
    title="Distributions have a web ACL",
    why="Without one, nothing filters attacks on the application.",
    fix="Set webAclId to the ARN of an aws:wafv2/webAcl:WebAcl with scope CLOUDFRONT.",
    severity=Severity.HIGH,
    types=(*DISTRIBUTIONS, TENANT),
    references=_boundary(checkov=("CKV_AWS_68",), security_hub=("CloudFront.6",)),
)
def distribution_has_web_acl(distribution: Resource, _: Context) -> Findings:
    """A tenant has its distribution's, unless it takes it off."""
    if distribution.type == TENANT:
        if distribution.get(_TENANT_ACL) == "disable":
            yield Violation("it takes the distribution's web ACL off", _TENANT_ACL)
        return
    if distribution.raw("webAclId") is UNKNOWN:
        distribution.refers_to("webAclId", ("aws:wafv2/webAcl:WebAcl", "aws:waf/webAcl:WebAcl"))
    elif not distribution.raw("webAclId"):
        yield Violation("no web ACL is attached", "webAclId")


@control(
    id="LP-CLOUDFRONT-003",
    title="Distributions have a default root object",
    why="Without one, a request for / may be answered with a list of what is in the origin.",
    fix="Set defaultRootObject, to index.html for instance.",
    severity=Severity.LOW,
    level=Level.ADVISORY,
    types=DISTRIBUTIONS,
    references=_boundary(checkov=("CKV_AWS_305",), security_hub=("CloudFront.1",)),
)
def distribution_has_root(distribution: Resource, _: Context) -> Findings:
    if not distribution.get("defaultRootObject"):
        yield Violation("it is not set", "defaultRootObject")


@control(
    id="LP-CLOUDFRONT-004",
    title="S3 origins are buckets of this stack",
    why="The name of a bucket that is gone can be taken by anybody, who then answers for the platform.",
    fix="Create the bucket in this stack, or grant an exemption that tells whose it is.",
    severity=Severity.HIGH,
    level=Level.ADVISORY,
    types=DISTRIBUTIONS,
    scope=Scope.STACK,
    references=_boundary(security_hub=("CloudFront.12",)),
)
def origin_buckets_exist(distribution: Resource, context: Context) -> Findings:
    def judge(origin: str) -> Findings:
        if is_bucket(distribution, origin) and not _buckets_of(distribution, origin, context.everything):
            yield Violation("no bucket of this stack has this name", f"{origin}.domainName")

    yield from each(origins_of(distribution), judge)


@control(
    id="LP-CLOUDFRONT-005",
    title="Cache behaviors have a response headers policy with security headers",
    why="They tell browsers not to run what others slip in, and not to show the page inside another.",
    fix="Set responseHeadersPolicyId in each behaviour.",
    severity=Severity.MEDIUM,
    level=Level.ADVISORY,
    types=DISTRIBUTIONS,
    references=_boundary(checkov=("CKV2_AWS_32",)),
)
def behaviours_add_headers(distribution: Resource, _: Context) -> Findings:
    def judge(behaviour: str) -> Findings:
        path = f"{behaviour}.responseHeadersPolicyId"
        distribution.get(behaviour)
        policy = distribution.raw(path)
        if policy is None:
            yield Violation("no response headers policy", path)
        elif str(policy) in _CORS_ONLY:
            yield Violation(f"{_CORS_ONLY[str(policy)]} adds no security headers", path)

    yield from each(behaviours(distribution), judge)


@control(
    id="LP-CLOUDFRONT-006",
    title="Lambda function URL origins have origin access control",
    why="Otherwise the URL has to be public, and what guards the distribution guards nothing.",
    fix="Set originAccessControlId to an aws:cloudfront/originAccessControl:OriginAccessControl of type lambda.",
    severity=Severity.HIGH,
    types=DISTRIBUTIONS,
    scope=Scope.STACK,
    references=_boundary(security_hub=("CloudFront.16",)),
)
def functions_have_access_control(distribution: Resource, context: Context) -> Findings:
    found = (context.everything.by_urn.get(urn) for urn in origins(distribution, "origins"))
    sources = [source.type for source in found if source is not None]
    open_ = [path for path in origins_of(distribution) if not distribution.has(f"{path}.originAccessControlId")]
    unknown = [path for path in open_ if distribution.raw(f"{path}.domainName") is UNKNOWN]
    for origin in open_:
        path = f"{origin}.domainName"
        if is_function(distribution, origin) or (origin in unknown and len(unknown) == 1 and _FUNCTION_URL in sources):
            yield Violation("the function is called without a signature", f"{origin}.originAccessControlId")
        elif origin in unknown and (_FUNCTION_URL in sources or not sources):
            yield UndeterminedError(path)
