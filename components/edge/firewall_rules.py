"""What a web ACL refuses, in the order in which it is tried."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pulumi
from pulumi_aws import wafv2

from components.edge.ingress_settings import Firewall

COMMON = "AWSManagedRulesCommonRuleSet"
MANAGED = {
    "aws-ip-reputation": "AWSManagedRulesAmazonIpReputationList",
    "aws-common": COMMON,
    "aws-known-bad-inputs": "AWSManagedRulesKnownBadInputsRuleSet",
    "aws-sql-injection": "AWSManagedRulesSQLiRuleSet",
}
"""Rule -> the group of AWS's rules that it applies."""
WINDOW_SECONDS = 300
CLIENTS = "X-Forwarded-For"
"""Header in which a proxy in front, such as CloudFront, names the client."""
SECRET_HEADER = "x-api-key"  # noqa: S105 - the name of one
"""Header by which CloudFront is known; API Gateway takes its API keys from it."""


def rules(
    firewall: Firewall,
    *,
    behind_proxy: bool,
    lock_arn: pulumi.Input[str] | None,
    callers: Mapping[str, pulumi.Input[str]] | None = None,
) -> list[wafv2.WebAclRuleArgsDict]:
    """The rules of one web ACL.

    Args:
        firewall: limits, countries, and whether rules block or count.
        behind_proxy: clients are identified by the header of the proxy in front, not by their address.
        lock_arn: the group of rules that refuses whatever doesn't come from CloudFront; it never just counts.
        callers: path -> ARN of the set of addresses that it is for; such a rule never just counts either.
    """
    counts = firewall.mode == "count"
    statements: dict[str, wafv2.WebAclRuleStatementArgsDict] = {}
    if lock_arn is not None:
        statements["only-cloudfront"] = {"rule_group_reference_statement": {"arn": lock_arn}}
    if firewall.countries:
        statements["other-countries"] = other_countries(firewall.countries, behind_proxy=behind_proxy)
    strict = {"only-cloudfront"}
    for path, addresses in (callers or {}).items():
        name = f"callers-of{path.replace('/', '-')}"
        statements[name] = strangers(path, addresses)
        strict.add(name)
    statements["rate-per-client"] = rate_per_client(firewall.rate_limit, behind_proxy=behind_proxy)
    statements |= {rule: managed(group, firewall) for rule, group in MANAGED.items()}
    return [
        rule(name, priority, statement, counts=counts and name not in strict)
        for priority, (name, statement) in enumerate(statements.items())
    ]


def rule(
    name: str, priority: int, statement: wafv2.WebAclRuleStatementArgsDict, *, counts: bool
) -> wafv2.WebAclRuleArgsDict:
    """One rule. Groups say themselves what their rules do, which the web ACL can override."""
    common: wafv2.WebAclRuleArgsDict = {
        "name": name,
        "priority": priority,
        "statement": statement,
        "visibility_config": visibility(name),
    }
    if "managed_rule_group_statement" in statement or "rule_group_reference_statement" in statement:
        return {**common, "override_action": {"count": {}} if counts else {"none": {}}}
    return {**common, "action": {"count": {}} if counts else {"block": {}}}


def visibility(metric: str) -> wafv2.WebAclRuleVisibilityConfigArgsDict:
    """Counted in CloudWatch; no sample of requests, for people who may see metrics need not see these."""
    return {"cloudwatch_metrics_enabled": True, "metric_name": metric, "sampled_requests_enabled": False}


def managed(group: str, firewall: Firewall) -> wafv2.WebAclRuleStatementArgsDict:
    """AWS's rules of one kind."""
    counted = firewall.counted_rules if group == COMMON else ()
    return {
        "managed_rule_group_statement": {
            "vendor_name": "AWS",
            "name": group,
            "rule_action_overrides": [{"name": each, "action_to_use": {"count": {}}} for each in counted],
        }
    }


def rate_per_client(limit: int, *, behind_proxy: bool) -> wafv2.WebAclRuleStatementArgsDict:
    """Clients that ask too often; a request that lacks the proxy's header went around the proxy."""
    if not behind_proxy:
        return {
            "rate_based_statement": {
                "limit": limit,
                "evaluation_window_sec": WINDOW_SECONDS,
                "aggregate_key_type": "IP",
            }
        }
    return {
        "rate_based_statement": {
            "limit": limit,
            "evaluation_window_sec": WINDOW_SECONDS,
            "aggregate_key_type": "FORWARDED_IP",
            "forwarded_ip_config": {"header_name": CLIENTS, "fallback_behavior": "MATCH"},
        }
    }


def other_countries(countries: Sequence[str], *, behind_proxy: bool) -> wafv2.WebAclRuleStatementArgsDict:
    """Whatever doesn't come from the countries that are let in."""
    own: wafv2.WebAclRuleStatementGeoMatchStatementArgsDict = {"country_codes": list(countries)}
    if behind_proxy:
        own["forwarded_ip_config"] = {"header_name": CLIENTS, "fallback_behavior": "NO_MATCH"}
    return {"not_statement": {"statement": {"geo_match_statement": own}}}


def strangers(path: str, addresses: pulumi.Input[str]) -> wafv2.WebAclRuleStatementArgsDict:
    """Requests for a path that come from none of the addresses that it is for."""
    begins: wafv2.WebAclRuleStatementByteMatchStatementArgsDict = {
        "field_to_match": {"uri_path": {}},
        "positional_constraint": "STARTS_WITH",
        "search_string": path,
        "text_transformations": [
            {"priority": 0, "type": "URL_DECODE"},
            {"priority": 1, "type": "NORMALIZE_PATH"},
            {"priority": 2, "type": "LOWERCASE"},
        ],
    }
    return {
        "and_statement": {
            "statements": [
                {"byte_match_statement": begins},
                {"not_statement": {"statement": {"ip_set_reference_statement": {"arn": addresses}}}},
            ]
        }
    }


def unknown_origin(secrets: Sequence[pulumi.Input[str]]) -> wafv2.RuleGroupRuleArgsDict:
    """Refuses whoever names none of the secrets."""
    known: list[wafv2.RuleGroupRuleStatementArgsDict] = [
        {
            "byte_match_statement": {
                "field_to_match": {"single_header": {"name": SECRET_HEADER}},
                "positional_constraint": "EXACTLY",
                "search_string": secret,
                "text_transformations": [{"priority": 0, "type": "NONE"}],
            }
        }
        for secret in secrets
    ]
    return {
        "name": "unknown-origin",
        "priority": 0,
        "action": {"block": {}},
        "statement": {"not_statement": {"statements": [{"or_statement": {"statements": known}}]}},
        "visibility_config": {
            "cloudwatch_metrics_enabled": True,
            "metric_name": "unknown-origin",
            "sampled_requests_enabled": False,
        },
    }
