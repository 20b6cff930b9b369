"""Kubernetes namespaces and network policies."""

from __future__ import annotations

from typing import Any

from guardrails.model.control import Context, Findings, References, Scope, Severity, Violation, control
from guardrails.model.logic import each, first_that
from guardrails.model.references import privileged_access
from guardrails.model.resource import Resource, Stack
from guardrails.model.values import UNKNOWN, at
from guardrails.network.addresses import is_wide, parse_network
from guardrails.services.kubernetes import Object, all_objects, is_in, objects, types_of

_LEVEL = 'metadata.labels["pod-security.kubernetes.io/enforce"]'
_OF_KUBERNETES = ["kube-system", "kube-public", "kube-node-lease"]
EXEMPT = {
    "exemptNamespaces": {
        "laxer": "more",
        "type": "array",
        "items": {"type": "string"},
        "default": _OF_KUBERNETES,
        "description": "The namespaces that are not judged.",
    }
}


def is_exempt_name(namespace: object, context: Context) -> bool:
    """Whether what is in the namespace of this name isn't judged."""
    return isinstance(namespace, str) and namespace in context.parameters["exemptNamespaces"]


def _is_exempt(namespace: Object, context: Context) -> bool:
    return is_exempt_name(namespace.raw("metadata.name"), context)


@control(
    id="LP-KUBERNETES-001",
    title="Namespaces enforce the restricted or baseline Pod Security Standard",
    why="A privileged pod is root on its node, and with that on every pod there.",
    fix="Set the label pod-security.kubernetes.io/enforce to restricted (or baseline).",
    severity=Severity.HIGH,
    types=types_of("Namespace"),
    parameters={
        **EXEMPT,
        "levels": {
            "laxer": "more",
            "type": "array",
            "items": {"type": "string", "enum": ["restricted", "baseline", "privileged"]},
            "default": ["restricted", "baseline"],
            "description": "The permitted Pod Security levels.",
        },
    },
    references=privileged_access(),
)
def namespace_restricts_pods(resource: Resource, context: Context) -> Findings:
    levels = context.parameters["levels"]

    def judge(namespace: Object) -> Findings:
        if _is_exempt(namespace, context) or (namespace.is_patch and not namespace.has(_LEVEL)):
            return
        level = namespace.get(_LEVEL)
        if level not in levels:
            yield Violation(f"{level or 'not set'}, expected {' or '.join(levels)}", namespace.at(_LEVEL))

    yield from each(objects(resource, ("Namespace",)), judge)


@control(
    id="LP-KUBERNETES-002",
    title="Namespaces have a default-deny network policy",
    why="Without a policy on all its pods, each pod of the cluster talks to each, and to the internet.",
    fix="Add a NetworkPolicy with podSelector {} and policyTypes [Ingress, Egress] to the namespace, and allow what is "
    "needed by further ones.",
    severity=Severity.HIGH,
    types=types_of("Namespace", "NetworkPolicy"),
    scope=Scope.STACK,
    parameters={
        **EXEMPT,
        "directions": {
            "type": "array",
            "items": {"type": "string", "enum": ["Ingress", "Egress"]},
            "default": ["Ingress", "Egress"],
            "description": "The directions in which traffic is denied by default.",
        },
    },
    references=References(soc2=("CC6.6",), iso27001=("A.8.20", "A.8.22"), indonesia=("UU PDP 39",)),
)
def namespace_denies_by_default(resource: Resource, context: Context) -> Findings:
    policies = context.everything.once(_policies)

    def judge(namespace: Object) -> Findings:
        for direction in context.parameters["directions"]:
            if not first_that(
                policies, lambda policy, way=direction: is_in(policy, namespace) and _denies(policy, way)
            ):
                yield Violation(f"no policy denies {direction.lower()} by default", namespace.at("metadata.name"))

    def judge_policy(policy: Object) -> Findings:
        for direction in context.parameters["directions"]:
            if not is_exempt_name(policy.raw("metadata.namespace"), context) and _opens(policy, direction):
                why = f"it allows all {direction.lower()} to every pod, whatever other policies deny"
                yield Violation(why, policy.at(f"spec.{direction.lower()}"))

    yield from each(objects(resource, ("NetworkPolicy",)), judge_policy)
    namespaces = objects(resource, ("Namespace",))
    yield from each((one for one in namespaces if not one.is_patch and not _is_exempt(one, context)), judge)


def _policies(stack: Stack) -> list[Object]:
    return list(all_objects(stack, "NetworkPolicy"))


def _is_for_every_pod(policy: Object, direction: str) -> bool:
    """Whether it is about every pod of its namespace, and about this direction."""
    selector = policy.get("spec.podSelector", {})
    if not isinstance(selector, dict) or selector.get("matchLabels") or selector.get("matchExpressions"):
        return False
    types = policy.get("spec.policyTypes") or (["Ingress", "Egress"] if policy.has("spec.egress") else ["Ingress"])
    return direction in types


def _denies(policy: Object, direction: str) -> bool:
    """Whether what it doesn't allow is denied: it is about every pod, and no rule of it allows everything."""
    return _is_for_every_pod(policy, direction) and not _opens(policy, direction)


def _opens(policy: Object, direction: str) -> bool:
    """Whether a rule of it allows everything to every pod; policies add up, so that no other can take it back."""
    if not _is_for_every_pod(policy, direction):
        return False
    rules = policy.get(f"spec.{direction.lower()}")
    return any(rule is not UNKNOWN and not _limits(rule) for rule in (rules if isinstance(rules, list) else ()))


def _limits(rule: object) -> bool:
    """Whether a rule names ports, or peers that aren't everybody; an empty one allows everything."""
    if not isinstance(rule, dict):
        return False
    peers = [peer for name in ("from", "to") for peer in rule.get(name) or ()]
    return bool(rule.get("ports")) or (bool(peers) and not any(map(_is_everybody, peers)))


def _is_everybody(peer: Any) -> bool:
    """Whether a peer is the internet; what it leaves out by ``except`` doesn't make it narrow."""
    cidr = at(peer, ("ipBlock", "cidr"))
    network = parse_network(cidr) if isinstance(cidr, str) else None
    return network is not None and is_wide(network)
