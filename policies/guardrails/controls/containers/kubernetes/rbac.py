"""Roles of Kubernetes, and whom they are bound to."""

from __future__ import annotations

from collections.abc import Iterator

from guardrails.controls.containers.kubernetes.access import EXEMPT, is_exempt_name
from guardrails.model.control import Context, Findings, Level, Severity, Violation, control
from guardrails.model.logic import each
from guardrails.model.references import privileged_access
from guardrails.model.resource import Resource, values_at
from guardrails.services.kubernetes import Object, objects, types_of

_BINDINGS = ("ClusterRoleBinding", "RoleBinding")


@control(
    id="LP-KUBERNETES-003",
    title="No role binding grants cluster-admin or a wildcard role",
    why="Whoever has cluster-admin, or a role with * in it, reads every secret, or may do what nobody listed.",
    fix="Bind a role that lists API groups, resources and verbs; escalate, bind and impersonate only by resourceNames.",
    severity=Severity.HIGH,
    types=types_of("ClusterRoleBinding", "RoleBinding", "ClusterRole", "Role"),
    references=privileged_access(checkov=("CKV_K8S_49", "CKV_K8S_157", "CKV_K8S_158")),
)
def role_is_limited(resource: Resource, _: Context) -> Findings:
    """With some verbs, a role makes itself any other; with some resources, any pod (RBAC good practices)."""

    def judge(grant: Object) -> Findings:
        if grant.kind.endswith("Binding"):
            if grant.get("roleRef.name") == "cluster-admin":
                yield Violation("it binds cluster-admin", grant.at("roleRef.name"))
            return
        yield from each(_lists(grant), lambda path: _wildcard(grant, path))
        yield from each(grant.items("rules"), lambda rule: _escalation(grant, rule))

    yield from each(objects(resource, ("ClusterRoleBinding", "RoleBinding", "ClusterRole", "Role")), judge)


_ESCALATING = frozenset({"escalate", "bind", "impersonate"})
_AS_GOOD_AS_ROOT = {
    "nodes/proxy": frozenset({"get", "create", "update", "patch"}),
    "pods/exec": frozenset({"get", "create"}),
    "pods/attach": frozenset({"get", "create"}),
    "pods/ephemeralcontainers": frozenset({"update", "patch"}),
    "secrets": frozenset({"get", "list", "watch"}),
    "serviceaccounts/token": frozenset({"create"}),
}
"""Resources by which whoever has these verbs in all namespaces acts as any pod (RBAC good practices)."""
_LISTS = ("verbs", "resources", "apiGroups", "nonResourceURLs")


def _lists(role: Object) -> Iterator[str]:
    return (f"{rule}.{name}" for rule in role.items("rules") for name in _LISTS)


def _wildcard(role: Object, path: str) -> Findings:
    if "*" in values_at(role.resource, role.at(path)):
        yield Violation("* stands for all of them", role.at(path))
    role.resource.known(role.at(path))


def _escalation(role: Object, rule: str) -> Findings:
    path = role.at(f"{rule}.verbs")
    verbs = sorted(_ESCALATING.intersection(map(str, values_at(role.resource, path))))
    if role.has(f"{rule}.resourceNames"):
        return
    if verbs:
        yield Violation(f"{', '.join(verbs)} gives whoever has it any other role", path)
    where = role.at(f"{rule}.resources")
    for resource in _acts_as_pods(role, rule) if role.kind == "ClusterRole" else ():
        yield Violation(f"{resource} of all namespaces let whoever has them act as any pod", where)


def _acts_as_pods(role: Object, rule: str) -> Iterator[str]:
    """The resources of a rule by which whoever has it acts as any pod that the role reaches."""
    verbs = set(map(str, values_at(role.resource, role.at(f"{rule}.verbs"))))
    for resource in map(str, values_at(role.resource, role.at(f"{rule}.resources"))):
        if not verbs.isdisjoint(_AS_GOOD_AS_ROOT.get(resource, ())):
            yield resource


_EVERYBODY = frozenset({"system:anonymous", "system:unauthenticated", "system:authenticated", "system:serviceaccounts"})
_OF_EVERYBODY = frozenset({"system:basic-user", "system:discovery", "system:public-info-viewer"})
"""Roles that Kubernetes itself binds to everybody (RBAC, discovery roles)."""


@control(
    id="LP-KUBERNETES-006",
    title="No role is bound to everybody",
    why="Whoever reaches the API server has the role, without a login or with any.",
    fix="Name the users, groups or service accounts that need the role in subjects.",
    severity=Severity.CRITICAL,
    types=types_of(*_BINDINGS),
    references=privileged_access(),
)
def role_is_for_somebody(resource: Resource, _: Context) -> Findings:
    def judge(grant: Object) -> Findings:
        if str(grant.raw("roleRef.name")) in _OF_EVERYBODY:
            return
        for subject in grant.items("subjects"):
            name = grant.get(f"{subject}.name")
            if str(name) in _EVERYBODY and grant.raw(f"{subject}.kind") != "ServiceAccount":
                yield Violation(f"{name} is everybody", grant.at(f"{subject}.name"))

    yield from each(objects(resource, _BINDINGS), judge)


@control(
    id="LP-KUBERNETES-008",
    title="No role is bound to a default service account",
    why="Every pod of the namespace that names no service account has the role.",
    fix="Make a service account for the pods that need the role; name it in subjects and in serviceAccountName.",
    severity=Severity.MEDIUM,
    types=types_of(*_BINDINGS),
    references=privileged_access(checkov=("CKV_K8S_42",)),
)
def default_account_has_no_role(resource: Resource, _: Context) -> Findings:
    def judge(grant: Object) -> Findings:
        yield from each(grant.items("subjects"), lambda subject: _default_account(grant, subject))

    yield from each(objects(resource, _BINDINGS), judge)


def _default_account(grant: Object, subject: str) -> Findings:
    if grant.get(f"{subject}.kind") == "ServiceAccount" and grant.get(f"{subject}.name") == "default":
        yield Violation("every pod that names no other service account has it", grant.at(f"{subject}.name"))


@control(
    id="LP-KUBERNETES-009",
    title="Roles of a namespace neither enter its pods nor read all its secrets",
    why="Who starts a process in a pod, or lists the secrets, has what every service of the namespace may do.",
    fix="Get secrets by resourceNames; leave pods/exec, pods/attach, pods/ephemeralcontainers and "
    "serviceaccounts/token out.",
    severity=Severity.MEDIUM,
    level=Level.ADVISORY,
    types=types_of("Role"),
    parameters=EXEMPT,
    references=privileged_access(),
)
def role_keeps_out_of_pods(resource: Resource, context: Context) -> Findings:
    """Of cluster roles, LP-KUBERNETES-003 says it."""

    def judge(role: Object) -> Findings:
        if is_exempt_name(role.raw("metadata.namespace"), context):
            return
        for rule in role.items("rules"):
            path = role.at(f"{rule}.resources")
            if role.has(f"{rule}.resourceNames"):
                continue
            for found in _acts_as_pods(role, rule):
                yield Violation(f"{found} let whoever has the role act as any pod of the namespace", path)
            yield from each((path, role.at(f"{rule}.verbs")), lambda where: _known(role, where))

    yield from each(objects(resource, ("Role",)), judge)


def _known(role: Object, path: str) -> Findings:
    role.resource.known(path)
    yield from ()
