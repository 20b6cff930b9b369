"""Web ACLs: where they log to, and which countries reach the platform."""

from __future__ import annotations

import re
from typing import Any

from guardrails.controls.networking.cloudfront.residency import COUNTRIES
from guardrails.model.control import Context, Findings, Level, Scope, Severity, Violation, control
from guardrails.model.resource import Resource
from guardrails.model.values import UNKNOWN, UndeterminedError, leaves
from guardrails.services.buckets import BUCKETS
from guardrails.services.web_acls import WEB_ACL, groups_of, rules_of
from guardrails.shapes.destinations import LAW, keep

_STOPPING = ("block", "challenge", "captcha")
_OF_NO_COUNTRY = re.compile(r"(^|\.)(name|visibilityConfig|searchString|regexString|ruleGroupReferenceStatement)\b")
"""What of a rule says nothing of countries, a secret header's value say."""

keep(
    "RES-WAF-001",
    "Web ACLs log to allowed regions and accounts",
    "aws:wafv2/webAclLoggingConfiguration:WebAclLoggingConfiguration",
    "logDestinationConfigs[*]",
    targets=BUCKETS,
)


@control(
    id="RES-WAF-002",
    title="Web ACLs block requests from other countries",
    why="The platform is used in Indonesia; what comes from elsewhere is an attack or takes data abroad.",
    fix="Add a rule with action block on the notStatement of a geoMatchStatement with the allowedCountries only.",
    severity=Severity.MEDIUM,
    level=Level.ADVISORY,
    types=(WEB_ACL,),
    scope=Scope.STACK,
    parameters=COUNTRIES,
    references=LAW,
)
def other_countries_are_stopped(acl: Resource, context: Context) -> Findings:
    if acl.get("scope", "REGIONAL") != "REGIONAL":  # a distribution has its own restriction
        return
    allowed = set(context.parameters["allowedCountries"])
    rules, elsewhere = [*rules_of(acl, context.stack)], None
    try:
        for group in groups_of(acl, context.everything):
            rules += rules_of(group, context.stack)
    except UndeterminedError as unknown:
        elsewhere = unknown
    if any(_stops(rule, allowed) for rule in rules):
        return
    if _has(acl.get("defaultAction"), "block") and all(_admits_only(rule, allowed) for rule in rules):
        return
    if elsewhere:
        raise elsewhere
    if any(map(_is_open, rules)):
        raise UndeterminedError("rules")
    yield Violation(f"no rule blocks requests from outside {', '.join(sorted(allowed))}", "rules")


def _stops(rule: Any, allowed: set[str]) -> bool:
    """Whether it stops whatever comes from other countries; it may stop more."""
    if not isinstance(rule, dict) or not _has(rule.get("action"), *_STOPPING):
        return False
    inverted = _inside(rule.get("statement"), "notStatement")
    if isinstance(inverted, dict):
        inverted = inverted.get("statement") or inverted.get("statements")
    countries = _countries(inverted[0] if isinstance(inverted, list) and inverted else inverted)
    return countries is not None and countries <= allowed


def _admits_only(rule: Any, allowed: set[str]) -> bool:
    """Whether it admits nobody from other countries: it allows nothing, or allows these by name."""
    if not isinstance(rule, dict) or not _has(rule.get("action"), "allow"):
        return isinstance(rule, dict)
    countries = _countries(rule.get("statement"))
    return countries is not None and countries <= allowed


def _countries(statement: Any) -> set[str] | None:
    matched = _inside(_inside(statement, "geoMatchStatement"), "countryCodes")
    return set(matched) if isinstance(matched, list) and UNKNOWN not in matched else None


def _inside(value: Any, key: str) -> Any:
    return value.get(key) if isinstance(value, dict) else None


def _has(action: Any, *names: str) -> bool:
    return isinstance(action, dict) and any(action.get(name) is not None for name in names)


def _is_open(rule: Any) -> bool:
    """Whether what it stops can't be told; the rules of groups are looked at themselves."""
    return any(leaf is UNKNOWN and not _OF_NO_COUNTRY.search(path) for path, leaf in leaves(rule))
