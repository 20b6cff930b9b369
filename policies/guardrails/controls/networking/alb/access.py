"""Load balancers: web ACLs, header handling, and which are internet-facing."""

from __future__ import annotations

from fnmatch import fnmatchcase

from guardrails.model.control import Context, Findings, Level, Scope, Severity, Violation, control
from guardrails.model.logic import all_hold, first_that
from guardrails.model.references import Criteria
from guardrails.model.resource import Resource
from guardrails.model.tags import tag_of
from guardrails.services.load_balancers import (
    CLASSIC,
    EVERY_LOAD_BALANCER,
    LOAD_BALANCERS,
    is_application,
    is_gateway,
)
from guardrails.services.web_acls import is_protected
from guardrails.shapes.properties import require_value

_boundary = Criteria(("CC6.1", "CC6.6"), ("A.8.20", "A.8.22"))
_SMUGGLING = "A request that two servers understand differently smuggles another one past the first."


@control(
    id="LP-ALB-001",
    title="Internet-facing Application Load Balancers have a web ACL",
    why="Without one, nothing filters attacks on the application.",
    fix="Add an aws:wafv2/webAclAssociation:WebAclAssociation with its ARN as resourceArn.",
    severity=Severity.HIGH,
    types=LOAD_BALANCERS,
    scope=Scope.STACK,
    references=_boundary(checkov=("CKV2_AWS_28",), security_hub=("ELB.16",), indonesia=("UU PDP 39",)),
)
def public_balancer_has_web_acl(balancer: Resource, context: Context) -> Findings:
    if all_hold(
        lambda: is_application(balancer),
        lambda: not balancer.get("internal"),
        lambda: not is_protected(balancer, context.everything),
    ):
        yield Violation("it faces the internet, and no web ACL is associated with it")


require_value(
    "dropInvalidHeaderFields",
    (True,),
    default=False,
    when=is_application,
    id="LP-ALB-002",
    title="Application Load Balancers drop invalid header fields",
    why=_SMUGGLING,
    fix="Set dropInvalidHeaderFields to true.",
    severity=Severity.MEDIUM,
    types=LOAD_BALANCERS,
    references=_boundary(checkov=("CKV_AWS_131",), security_hub=("ELB.4",)),
)
require_value(
    "desyncMitigationMode",
    ("defensive", "strictest"),
    default="defensive",
    when=lambda balancer: balancer.type in CLASSIC or is_application(balancer),
    id="LP-ALB-003",
    title="Load balancers have a desync mitigation mode that blocks ambiguous requests",
    why=_SMUGGLING,
    fix="Set desyncMitigationMode to defensive or strictest, or leave it out.",
    severity=Severity.MEDIUM,
    types=EVERY_LOAD_BALANCER,
    references=_boundary(checkov=("CKV_AWS_328",), security_hub=("ELB.12", "ELB.14")),
)


@control(
    id="LP-ALB-004",
    title="Load balancers are internal unless they are declared internet-facing",
    why="A load balancer is public when nothing is said; what is on the internet should be a decision.",
    fix="Set internal to true, or add one of publicTags.",
    severity=Severity.HIGH,
    level=Level.ADVISORY,
    types=EVERY_LOAD_BALANCER,
    scope=Scope.STACK,
    parameters={
        "publicTags": {
            "laxer": "more",
            "type": "array",
            "items": {"type": "string", "pattern": "^[^=]+="},
            "default": ["Exposure=public", "Tier=public", "Public=true"],
            "description": "The tags of what is meant to be public, as KEY=VALUE; * in VALUE is any run of characters.",
        }
    },
    references=_boundary(indonesia=("UU PDP 39",)),
)
def balancer_is_internal(balancer: Resource, context: Context) -> Findings:
    def has(tag: str) -> bool:
        key, _, pattern = tag.partition("=")
        value = tag_of(balancer, key)
        return value is not None and fnmatchcase(value.lower(), pattern.lower())

    if all_hold(
        lambda: not balancer.get("internal"),
        lambda: not is_gateway(balancer),
        lambda: first_that(context.parameters["publicTags"], has) is None,
    ):
        yield Violation(f"it faces the internet, and has none of {', '.join(context.parameters['publicTags'])}")
