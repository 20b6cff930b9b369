"""Web ACLs: what is in them, in any of the ways to write it, and what they stand in front of."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from guardrails.model.documents import uncapitalised
from guardrails.model.relations import all_named, named_by
from guardrails.model.resource import Resource, Stack, paths_at
from guardrails.model.values import UNKNOWN, UndeterminedError
from guardrails.services.load_balancers import LOAD_BALANCERS

WEB_ACL = "aws:wafv2/webAcl:WebAcl"
CLASSIC_WEB_ACLS = ("aws:waf/webAcl:WebAcl", "aws:wafregional/webAcl:WebAcl")
"""Of the previous generation."""
RULE_GROUP = "aws:wafv2/ruleGroup:RuleGroup"
REST_STAGE = "aws:apigateway/stage:Stage"
_SEPARATE = ("aws:wafv2/webAclRule:WebAclRule", "aws:wafv2/webAclRuleGroupAssociation:WebAclRuleGroupAssociation")
"""Rules of a web ACL that are resources of their own: any rule, or one that applies a rule group."""
_ASSOCIATIONS = ("aws:wafv2/webAclAssociation:WebAclAssociation", "aws:wafregional/webAclAssociation:WebAclAssociation")
_PROTECTED = (
    *LOAD_BALANCERS,
    REST_STAGE,
    "aws:amplify/app:App",
    "aws:apprunner/service:Service",
    "aws:appsync/graphQLApi:GraphQLApi",
    "aws:cognito/userPool:UserPool",
    "aws:verifiedaccess/instance:Instance",
)
"""Whatever an association may stand for."""
Rule = Mapping[str, Any]


def is_protected(resource: Resource, stack: Stack) -> bool:
    """Whether a web ACL is associated with a load balancer or a stage.

    Raises:
        UndeterminedError: none is known to be, and one is associated with something not known yet.
    """
    return bool(named_by(resource, stack, _ASSOCIATIONS, "resourceArn", _PROTECTED))


def rules_of(acl: Resource, stack: Stack | None) -> list[Rule]:
    """The rules of a web ACL or a rule group, those that are resources of their own included.

    Of a JSON document with AWS's own names, the first letters are made small.

    Raises:
        UndeterminedError: which rules there are is not known yet.
    """
    own = _own_rules(acl)
    if stack is None or acl.type != WEB_ACL:
        return own
    return [*own, *map(_as_rule, named_by(acl, stack, _SEPARATE, "webAclArn", (WEB_ACL,)))]


def groups_of(acl: Resource, stack: Stack) -> Iterator[Resource]:
    """The rule groups of the stack that a web ACL applies, and doesn't tell merely to count.

    Raises:
        UndeterminedError: after those that are known, when there are others.
    """
    places = [(acl, rule, f"{rule}.statement.ruleGroupReferenceStatement") for rule in paths_at(acl, "rules[*]")]
    places += [(each, "", "ruleGroupReference") for each in named_by(acl, stack, _SEPARATE, "webAclArn", (WEB_ACL,))]
    elsewhere = ""
    for resource, rule, reference in places:
        if resource.raw(reference) is None or (rule and resource.has(f"{rule}.overrideAction.count")):
            continue
        found = all_named(stack, resource, f"{reference}.arn", (RULE_GROUP,))
        yield from found
        elsewhere = elsewhere if found else reference
    if elsewhere:
        raise UndeterminedError(elsewhere)


def _own_rules(acl: Resource) -> list[Rule]:
    path = "ruleJson" if acl.type == WEB_ACL else "rulesJson"
    written = acl.get(path)
    if not written:
        return acl.get("rules", [])
    try:
        found = uncapitalised(json.loads(written))
    except (json.JSONDecodeError, RecursionError, TypeError):
        raise UndeterminedError(path) from None
    return found if isinstance(found, list) else [found]


def _as_rule(separate: Resource) -> Rule:
    """A rule that is a resource of its own, as a web ACL would have it."""
    if separate.type == _SEPARATE[0]:
        return separate.properties
    managed, override = separate.raw("managedRuleGroup"), separate.raw("overrideAction") or "none"
    statement = {"managedRuleGroupStatement": managed}
    if managed is None:
        statement = {"ruleGroupReferenceStatement": separate.raw("ruleGroupReference")}
    return {
        "statement": statement,
        "overrideAction": UNKNOWN if override is UNKNOWN else {override: {}},
        "visibilityConfig": separate.raw("visibilityConfig"),
    }


def inside(value: Any, *keys: str) -> Any:
    """What lies at ``keys`` in a rule: None when nothing does.

    A block that may occur once only is a map, or a list of one.

    Raises:
        UndeterminedError: it is not known yet.
    """
    for key in keys:
        value = value[0] if isinstance(value, list) and value else value
        value = value.get(key) if isinstance(value, dict) else value if value is UNKNOWN else None
    if value is UNKNOWN:
        raise UndeterminedError("rules")
    return value


def has_action(rule: Rule, *names: str) -> bool:
    """Whether a rule's action is one of ``names``, such as block.

    Raises:
        UndeterminedError: it is not known yet.
    """
    return any(inside(rule, "action", name) is not None for name in names)
