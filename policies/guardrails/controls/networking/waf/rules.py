"""Web ACLs: rules, logging and metrics."""

from __future__ import annotations

from guardrails.model.control import Context, Findings, Level, Scope, Severity, Violation, control
from guardrails.model.logic import all_hold, each, first_that
from guardrails.model.references import Criteria, logging
from guardrails.model.relations import named_by
from guardrails.model.resource import Resource, paths_at
from guardrails.network.addresses import is_wide, parse_network
from guardrails.services.web_acls import (
    CLASSIC_WEB_ACLS,
    RULE_GROUP,
    WEB_ACL,
    Rule,
    groups_of,
    has_action,
    inside,
    rules_of,
)

_LOGGING = "aws:wafv2/webAclLoggingConfiguration:WebAclLoggingConfiguration"
_KNOWN_BAD = "AWSManagedRulesKnownBadInputsRuleSet"
_STOPPING = ("block", "challenge", "captcha")
_boundary = Criteria(("CC6.6",), ("A.8.20", "A.8.26"), ("UU PDP 39",))


@control(
    id="LP-WAF-001",
    title="Web ACLs have rules",
    why="A web ACL without rules looks like protection and lets everything through.",
    fix="Add rules, such as AWS's managed rule groups.",
    severity=Severity.HIGH,
    types=(WEB_ACL, *CLASSIC_WEB_ACLS),
    scope=Scope.STACK,
    references=_boundary(checkov=("CKV_AWS_175",), security_hub=("WAF.10", "WAF.4", "WAF.8")),
)
def web_acl_has_rules(acl: Resource, context: Context) -> Findings:
    """One that blocks whatever no rule allows needs none."""
    if not rules_of(acl, context.stack) and inside(acl.properties, "defaultAction", "block") is None:
        yield Violation("it has no rule", "rules")


@control(
    id="LP-WAF-002",
    title="Web ACLs block known bad inputs",
    why="Log4j and other holes that everybody knows are tried on every address, all day.",
    fix=f"Add a rule with managedRuleGroupStatement {_KNOWN_BAD} and overrideAction none, without Log4JRCE on count.",
    severity=Severity.HIGH,
    types=(WEB_ACL,),
    scope=Scope.STACK,
    references=_boundary(checkov=("CKV_AWS_192",)),
)
def web_acl_refuses_known_bad_inputs(acl: Resource, context: Context) -> Findings:
    if first_that(rules_of(acl, context.stack), _refuses_known_bad_inputs) is None:
        yield Violation(f"no rule applies {_KNOWN_BAD} as it is meant", "rules")


def _refuses_known_bad_inputs(rule: Rule) -> bool:
    group = ("statement", "managedRuleGroupStatement")
    return all_hold(
        lambda: inside(rule, *group, "name") == _KNOWN_BAD,
        lambda: inside(rule, "overrideAction", "count") is None,
        lambda: not any(_is_log4j(rule) for rule in inside(rule, *group, "excludedRules") or ()),
        lambda: not any(map(_spares_log4j, inside(rule, *group, "ruleActionOverrides") or ())),
    )


def _is_log4j(rule: Rule) -> bool:
    return str(inside(rule, "name")).startswith("Log4JRCE")


def _spares_log4j(override: Rule) -> bool:
    return _is_log4j(override) and not any(inside(override, "actionToUse", name) is not None for name in _STOPPING)


@control(
    id="LP-WAF-003",
    title="Web ACLs have a rate-based rule, and block requests",
    why="Without a limit, one client can try every password, or take the platform down.",
    fix="Add a rule with a rateBasedStatement and action block, challenge or captcha.",
    severity=Severity.MEDIUM,
    level=Level.ADVISORY,
    types=(WEB_ACL,),
    scope=Scope.STACK,
    parameters={
        "maximumLimit": {
            "type": "integer",
            "minimum": 10,
            "default": 1_000_000,
            "description": "The most requests of one client, in the window of a rule, that still count as a limit.",
        }
    },
    references=_boundary(),
)
def web_acl_limits_rate(acl: Resource, context: Context) -> Findings:
    """Rule groups of the stack are looked into; what one of another stack does can't be told."""
    stack, rules = context.everything, rules_of(acl, context.stack)

    def stops(rule: Rule) -> bool:
        return has_action(rule, *_STOPPING) or inside(rule, "overrideAction", "none") is not None

    most = context.parameters["maximumLimit"]

    def limits(rule: Rule) -> bool:
        return _limits_rate(rule, most)

    if (
        first_that(rules, limits) is None
        and first_that(groups_of(acl, stack), lambda group: first_that(rules_of(group, None), limits) is not None)
        is None
    ):
        yield Violation("no rule limits how many requests one client may send", "rules")
    if inside(acl.properties, "defaultAction", "allow") is not None and first_that(rules, stops) is None:
        yield Violation("its default action allows, and no rule blocks anything", "defaultAction")


def _limits_rate(rule: Rule, most: int) -> bool:
    """Whether it stops a client after no more requests than these."""

    def is_low() -> bool:
        block = inside(rule, "statement", "rateBasedStatement")
        block = block[0] if isinstance(block, list) and block else block
        limit = block.get("limit") if isinstance(block, dict) else None
        return not isinstance(limit, int | float) or limit <= most  # a limit that isn't known yet is one

    return all_hold(
        lambda: inside(rule, "statement", "rateBasedStatement") is not None,
        is_low,
        lambda: has_action(rule, *_STOPPING),
    )


@control(
    id="RSL-WAF-001",
    title="Web ACLs have logging",
    why="Only the log distinguishes an attack from a false positive.",
    fix="Add an aws:wafv2/webAclLoggingConfiguration:WebAclLoggingConfiguration with its ARN as resourceArn.",
    severity=Severity.MEDIUM,
    types=(WEB_ACL, *CLASSIC_WEB_ACLS),
    scope=Scope.STACK,
    references=logging(checkov=("CKV2_AWS_31", "CKV_AWS_176"), security_hub=("WAF.11", "WAF.1")),
)
def web_acl_is_logged(acl: Resource, context: Context) -> Findings:
    if acl.type in CLASSIC_WEB_ACLS:
        if not acl.has("loggingConfiguration.logDestination"):
            yield Violation("nothing is logged", "loggingConfiguration.logDestination")
        return
    logs = named_by(acl, context.everything, (_LOGGING,), "resourceArn", (WEB_ACL,))
    if not logs:
        yield Violation("nothing logs it")
    elif all(map(_drops_all, logs)):
        yield Violation(f"the filter of {logs[0].name} drops everything")


def _drops_all(logs: Resource) -> bool:
    """Whether its filter keeps nothing."""
    kept = [logs.get(path) for path in paths_at(logs, "loggingFilter.filters[*].behavior")]
    return logs.get("loggingFilter.defaultBehavior") == "DROP" and "KEEP" not in kept


@control(
    id="RSL-WAF-002",
    title="Web ACLs, rules and rule groups have CloudWatch metrics",
    why="A rule that suddenly matches is the first sign of an attack, or of a rule that stops patients.",
    fix="Set visibilityConfig.cloudwatchMetricsEnabled to true, in the web ACL and in each rule.",
    severity=Severity.LOW,
    types=(WEB_ACL, RULE_GROUP),
    references=logging(security_hub=("WAF.12",)),
)
def web_acl_has_metrics(acl: Resource, _: Context) -> Findings:
    def judge(path: str) -> Findings:
        where = f"{path}visibilityConfig.cloudwatchMetricsEnabled"
        if not acl.get(where):
            yield Violation("CloudWatch metrics are off", where)

    yield from judge("")
    yield from each((f"{path}." for path in paths_at(acl, "rules[*]")), judge)
    if acl.has("ruleJson") or acl.has("rulesJson"):
        silent = (
            rule for rule in rules_of(acl, None) if not inside(rule, "visibilityConfig", "cloudWatchMetricsEnabled")
        )
        if any(silent):
            yield Violation("a rule has CloudWatch metrics off", "ruleJson" if acl.type == WEB_ACL else "rulesJson")


@control(
    id="LP-WAF-004",
    title="IP sets are not the whole internet",
    why="A rule that names the set looks narrow, and lets everybody past the rules after it, or stops everybody.",
    fix="List the addresses that are meant.",
    severity=Severity.MEDIUM,
    types=("aws:wafv2/ipSet:IpSet",),
    references=_boundary(),
)
def sets_are_narrow(addresses: Resource, _: Context) -> Findings:
    def judge(path: str) -> Findings:
        network = parse_network(addresses.get(path))
        if network and is_wide(network):
            yield Violation(f"it holds {network}", path)

    yield from each(paths_at(addresses, "addresses[*]"), judge)
