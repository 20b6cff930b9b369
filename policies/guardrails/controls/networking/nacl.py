"""Network ACLs: what the internet reaches, in the order in which AWS evaluates the rules."""

from __future__ import annotations

from collections.abc import Collection
from contextlib import suppress
from functools import lru_cache

from guardrails.controls.networking.sg.rules import WIDTHS, widths_of
from guardrails.model.control import Context, Findings, Level, References, Scope, Severity, Violation, control
from guardrails.model.logic import all_hold, each
from guardrails.model.references import network_boundary
from guardrails.model.relations import named, named_by
from guardrails.model.resource import Resource, Stack
from guardrails.model.values import UndeterminedError
from guardrails.network.firewall_rules import (
    Direction,
    Rule,
    Source,
    admits,
    covers_all_ports,
    covers_port,
    internet_source,
    is_denied_before,
    is_open_to_internet,
)
from guardrails.network.firewall_syntax import ACL_RULE, DEFAULT_NETWORK_ACL, NETWORK_ACL, rules_of

_ACLS = (NETWORK_ACL, DEFAULT_NETWORK_ACL)


def _closed_ports(id_: str, ports: Collection[int], names: str, severity: Severity, references: References) -> None:
    def check(resource: Resource, context: Context) -> Findings:
        def judge(rule: Rule) -> Findings:
            for port in ports:
                source = _admitted_source(resource, rule, port, context)
                if source:
                    yield Violation(f"allows ingress from the internet ({source.value}) on port {port}", source.path)

        return each(rules_of(resource), judge)

    control(
        id=id_,
        title=f"No network ACL allows {names} from the internet",
        why="The ACL is what still stands when a security group is opened by mistake.",
        fix=f"Narrow range or ports, or deny {' and '.join(map(str, ports))} (TCP and UDP) under a lower number.",
        severity=severity,
        types=(*_ACLS, ACL_RULE),
        scope=Scope.STACK,
        parameters=WIDTHS,
        references=references,
    )(check)


def _admitted_source(acl_or_rule: Resource, rule: Rule, port: int, context: Context) -> Source | None:
    """The internet source that reaches ``port`` through this rule, unless rules before it deny it."""
    widths = widths_of(context)
    reaches = all_hold(
        lambda: admits(rule, Direction.INGRESS),
        lambda: covers_port(rule, port),
        lambda: is_open_to_internet(rule, widths),
    )
    source = internet_source(rule, widths) if reaches else None
    if source is None or is_denied_before(rule, _rules_beside(acl_or_rule, context.everything), source, port):
        return None
    return source


def _rules_beside(resource: Resource, stack: Stack) -> list[Rule]:
    """Every rule of the ACL that this one is, or belongs to."""
    acl = _acl_of(resource, stack) if resource.type == ACL_RULE else resource.urn
    return _rules_by_acl(stack).get(acl, [])


@lru_cache(maxsize=1)
def _rules_by_acl(stack: Stack) -> dict[str, list[Rule]]:
    found = {acl.urn: rules_of(acl) for acl in stack.of_type(*_ACLS)}
    for rule in stack.of_type(ACL_RULE):
        with suppress(UndeterminedError):
            found.setdefault(_acl_of(rule, stack), []).extend(rules_of(rule))
    return found


def _acl_of(rule: Resource, stack: Stack) -> str:
    """The URN of the rule's ACL, or its id when it is not of this stack."""
    acl = named(stack, rule, "networkAclId", _ACLS)
    return acl.urn if acl else str(rule.raw("networkAclId"))


_closed_ports(
    "LP-NACL-001",
    (22, 3389),
    "SSH or RDP",
    Severity.HIGH,
    network_boundary(checkov=("CKV_AWS_231", "CKV_AWS_232"), security_hub=("EC2.21",)),
)
_closed_ports(
    "LP-NACL-002",
    (20, 21),
    "FTP",
    Severity.MEDIUM,
    network_boundary(checkov=("CKV_AWS_229", "CKV_AWS_230")),
)


@control(
    id="LP-NACL-003",
    title="No network ACL rule allows all ports from the internet",
    why="An ACL that admits everything is no second line of defence.",
    fix="State protocol, fromPort and toPort; return traffic needs 1024-65535 only.",
    severity=Severity.MEDIUM,
    types=(*_ACLS, ACL_RULE),
    parameters=WIDTHS,
    references=network_boundary(checkov=("CKV_AWS_352",)),
)
def acl_does_not_admit_all_ports(resource: Resource, context: Context) -> Findings:
    widths = widths_of(context)

    def judge(rule: Rule) -> Findings:
        if all_hold(
            lambda: admits(rule, Direction.INGRESS),
            lambda: covers_all_ports(rule),
            lambda: is_open_to_internet(rule, widths),
        ):
            yield Violation("allows ingress from the internet on all ports", rule.path)

    return each(rules_of(resource), judge)


@control(
    id="LP-NACL-004",
    title="Every network ACL is associated with a subnet",
    why="An unattached ACL protects nothing, though a reader thinks it does.",
    fix="Set subnetIds or add a network ACL association, or remove the ACL.",
    severity=Severity.LOW,
    level=Level.ADVISORY,
    types=(NETWORK_ACL,),
    scope=Scope.STACK,
    references=network_boundary(checkov=("CKV2_AWS_1",), security_hub=("EC2.16",)),
)
def acl_is_attached(acl: Resource, context: Context) -> Findings:
    association = "aws:ec2/networkAclAssociation:NetworkAclAssociation"
    if not named_by(acl, context.everything, (association,), "networkAclId", _ACLS) and not acl.get("subnetIds"):
        yield Violation("no subnet uses it", "subnetIds")
