"""Pods: what their containers may do on the node."""

from __future__ import annotations

from guardrails.controls.containers.kubernetes.access import EXEMPT, is_exempt_name
from guardrails.model.control import Context, Findings, Severity, Violation, control
from guardrails.model.logic import each
from guardrails.model.references import privileged_access
from guardrails.model.resource import Resource
from guardrails.services.containers import capabilities_beyond
from guardrails.services.kubernetes import WITH_PODS, Object, containers, objects, pod_spec, types_of

_OF_THE_HOST = ("hostNetwork", "hostPID", "hostIPC")
_ASKED_FOR = {
    "privileged": (True, "the container is privileged"),
    "windowsOptions.hostProcess": (True, "the container is privileged"),
    "allowPrivilegeEscalation": (True, "a process may get more privileges than its parent has"),
    "runAsUser": (0, "it runs as root"),
    "procMount": ("Unmasked", "it sees what the kernel tells of the node"),
    "seccompProfile.type": ("Unconfined", "any system call is allowed"),
}
"""Setting of a pod or a container -> the value that gives it privileges, and what that means."""


@control(
    id="LP-KUBERNETES-005",
    title="Pods run without privileges",
    why="A pod with privileges, or with its node's namespaces or folders, is root on the node and on every pod there.",
    fix="Remove hostNetwork, hostPID, hostIPC, hostPath volumes, privileged, allowPrivilegeEscalation, runAsUser 0, "
    "Unconfined profiles, and capabilities.add beyond the runtime's own.",
    severity=Severity.HIGH,
    types=types_of(*WITH_PODS),
    parameters=EXEMPT,
    references=privileged_access(checkov=("CKV_K8S_16", "CKV_K8S_17", "CKV_K8S_18", "CKV_K8S_19", "CKV_K8S_39")),
)
def pod_has_no_privileges(resource: Resource, context: Context) -> Findings:
    """What the Pod Security Standards forbid and a pod asks for; what it leaves out is for its namespace to enforce."""

    def judge(holder: Object) -> Findings:
        if is_exempt_name(holder.raw("metadata.namespace"), context):
            return
        spec = pod_spec(holder)
        for name in _OF_THE_HOST:
            if holder.get(f"{spec}.{name}") is True:
                yield Violation("it shares the node's namespace", holder.at(f"{spec}.{name}"))
        for volume in holder.items(f"{spec}.volumes"):
            if holder.has(f"{volume}.hostPath"):
                yield Violation("it is a folder of the node", holder.at(f"{volume}.hostPath"))
        yield from _asked_for(holder, f"{spec}.securityContext")
        yield from each(containers(holder), lambda container: _container(holder, f"{container}.securityContext"))

    yield from each(objects(resource, WITH_PODS), judge)


def _asked_for(holder: Object, settings: str) -> Findings:
    for name, (bad, why) in _ASKED_FOR.items():
        value = holder.get(f"{settings}.{name}")
        if value == bad and type(value) is type(bad):
            yield Violation(why, holder.at(f"{settings}.{name}"))


def _container(holder: Object, settings: str) -> Findings:
    yield from _asked_for(holder, settings)
    path = f"{settings}.capabilities.add"
    added = capabilities_beyond(holder.resource.known(holder.at(path)))
    if added:
        yield Violation(f"it has capabilities besides: {', '.join(added)}", holder.at(path))
