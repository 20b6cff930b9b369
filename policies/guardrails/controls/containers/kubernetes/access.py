"""Kubernetes namespaces, network policies and role bindings."""

from __future__ import annotations

from collections.abc import Iterator

from guardrails.model.control import Context, Findings, References, Scope, Severity, Violation, control
from guardrails.model.logic import each, first_that
from guardrails.model.references import privileged_access
from guardrails.model.resource import Resource, Stack
from guardrails.model.values import UNKNOWN
from guardrails.services.kubernetes import Object, all_objects, is_in, objects, types_of

_LEVEL = 'metadata.labels["pod-security.kubernetes.io/enforce"]'
_OF_KUBERNETES = ["kube-system", "kube-public", "kube-node-lease"]
_EXEMPT = {
    "exemptNamespaces": {
        "laxer": "more",
        "type": "array",
        "items": {"type": "string"},
        "default": _OF_KUBERNETES,
        "description": "The namespaces that are not judged.",
    }
}


def _is_exempt(namespace: Object, context: Context) -> bool:
    return namespace.raw("metadata.name") in context.parameters["exemptNamespaces"]


@control(
    id="LP-KUBERNETES-001",
    title="Namespaces enforce the restricted or baseline Pod Security Standard",
    why="A privileged pod is root on its node, and with that on every pod there.",
    fix="Set the label pod-security.kubernetes.io/enforce to restricted (or baseline).",
    severity=Severity.HIGH,
    types=types_of("Namespace"),
    parameters={
        **_EXEMPT,
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
    types=types_of("Namespace"),
    scope=Scope.STACK,
    parameters={
        **_EXEMPT,
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

    namespaces = objects(resource, ("Namespace",))
    yield from each((one for one in namespaces if not one.is_patch and not _is_exempt(one, context)), judge)


def _policies(stack: Stack) -> list[Object]:
    return list(all_objects(stack, "NetworkPolicy"))


def _denies(policy: Object, direction: str) -> bool:
    """Whether it is about every pod, and no rule of it allows everything."""
    selector = policy.get("spec.podSelector", {})
    if selector.get("matchLabels") or selector.get("matchExpressions"):
        return False
    rules = policy.get(f"spec.{direction.lower()}")
    types = policy.get("spec.policyTypes") or (["Ingress", "Egress"] if policy.has("spec.egress") else ["Ingress"])
    return direction in types and not any(rule is not UNKNOWN and not _limits(rule) for rule in rules or ())


def _limits(rule: object) -> bool:
    """Whether a rule names peers or ports; an empty one allows everything."""
    return isinstance(rule, dict) and any(rule.get(name) for name in ("from", "to", "ports"))


@control(
    id="LP-KUBERNETES-003",
    title="No role binding grants cluster-admin or a wildcard role",
    why="Whoever has cluster-admin, or a role with * in it, reads every secret, or may do what nobody listed.",
    fix="Bind a role that lists API groups, resources and verbs.",
    severity=Severity.HIGH,
    types=types_of("ClusterRoleBinding", "RoleBinding", "ClusterRole", "Role"),
    references=privileged_access(checkov=("CKV_K8S_49",)),
)
def role_is_limited(resource: Resource, _: Context) -> Findings:
    def judge(grant: Object) -> Findings:
        if grant.kind.endswith("Binding"):
            if grant.get("roleRef.name") == "cluster-admin":
                yield Violation("it binds cluster-admin", grant.at("roleRef.name"))
            return
        yield from each(_lists(grant), lambda path: _wildcard(grant, path))

    yield from each(objects(resource, ("ClusterRoleBinding", "RoleBinding", "ClusterRole", "Role")), judge)


def _lists(role: Object) -> Iterator[str]:
    return (f"{rule}.{name}" for rule in role.items("rules") for name in ("verbs", "resources", "apiGroups"))


def _wildcard(role: Object, path: str) -> Findings:
    if "*" in role.resource.known(role.at(path), []):
        yield Violation("* stands for all of them", role.at(path))
