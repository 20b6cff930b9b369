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


@control(
    id="LP-KUBERNETES-005",
    title="Pods keep to the baseline Pod Security Standard",
    why="A pod with privileges, or with its node's namespaces or folders, is root on the node and on every pod there.",
    fix="Remove hostNetwork, hostPID, hostIPC, hostPath volumes, privileged, and capabilities.add beyond the "
    "runtime's own.",
    severity=Severity.HIGH,
    types=types_of(*WITH_PODS),
    parameters=EXEMPT,
    references=privileged_access(checkov=("CKV_K8S_16", "CKV_K8S_17", "CKV_K8S_18", "CKV_K8S_19", "CKV_K8S_39")),
)
def pod_has_no_privileges(resource: Resource, context: Context) -> Findings:
    """Whatever its namespace enforces: that may be made elsewhere, or enforce nothing (LP-KUBERNETES-001)."""

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
        yield from each(containers(holder), lambda container: _container(holder, f"{container}.securityContext"))

    yield from each(objects(resource, WITH_PODS), judge)


def _container(holder: Object, settings: str) -> Findings:
    for path in (f"{settings}.privileged", f"{settings}.windowsOptions.hostProcess"):
        if holder.get(path) is True:
            yield Violation("the container is privileged", holder.at(path))
    path = f"{settings}.capabilities.add"
    added = capabilities_beyond(holder.resource.known(holder.at(path)))
    if added:
        yield Violation(f"it has capabilities besides: {', '.join(added)}", holder.at(path))
