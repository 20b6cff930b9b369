"""Kubernetes workloads: requests, limits and replicas."""

from __future__ import annotations

import re
from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from guardrails.model.control import Context, Findings, Level, References, Scope, Severity, Violation, control
from guardrails.model.logic import each
from guardrails.model.references import continuity
from guardrails.model.resource import Resource, Stack, origins
from guardrails.model.values import UNKNOWN, UndeterminedError
from guardrails.services.kubernetes import WITH_PODS, Object, all_objects, containers, objects, types_of

_SUFFIXES = {
    "": 1,
    **{letter: Fraction(1, 1000**power) for power, letter in enumerate("mun", 1)},
    **{letter: 1000**power for power, letter in enumerate("kMGTPE", 1)},
    **{f"{letter}i": 1024**power for power, letter in enumerate("KMGTPE", 1)},
}
_QUANTITY = re.compile(r"(\d+\.?\d*|\.\d+)(?:([numkMGTPE]|[KMGTPE]i)|[eE]([+-]?\d{1,2}))?")
_BOUNDS = {
    "cpu": ("minimumCpu", "maximumCpu"),
    "memory": ("minimumMemory", "maximumMemory"),
}


def _quantity(value: object) -> Fraction | None:
    """The number that a Kubernetes quantity (``500m``, ``2Gi``, ``5e9``) stands for; None for what is none."""
    found = _QUANTITY.fullmatch(str(value))
    if found is None:
        return None
    return Fraction(found[1]) * (Fraction(10) ** int(found[3]) if found[3] else _SUFFIXES[found[2] or ""])


def _bound(description: str) -> Mapping[str, Any]:
    return {"type": "string", "pattern": rf"^({_QUANTITY.pattern})?$", "default": "", "description": description}


@control(
    id="RSL-KUBERNETES-001",
    title="Containers have resource requests and limits",
    why="Without requests, pods are put where there is no room; without limits, one starves the others of its node.",
    fix="Set resources.requests and resources.limits for cpu and memory, within the bounds.",
    severity=Severity.MEDIUM,
    level=Level.ADVISORY,
    types=types_of(*WITH_PODS),
    parameters={
        "minimumCpu": _bound("The least CPU that a container may ask for, such as 250m; empty for any."),
        "maximumCpu": _bound("The highest limit of CPU, such as 2000m; empty for any."),
        "minimumMemory": _bound("The least memory that a container may ask for, such as 256Mi; empty for any."),
        "maximumMemory": _bound("The highest limit of memory, such as 4Gi; empty for any."),
    },
    references=References(
        checkov=("CKV_K8S_10", "CKV_K8S_11", "CKV_K8S_12", "CKV_K8S_13"), soc2=("A1.1",), iso27001=("A.8.6",)
    ),
)
def containers_are_bounded(resource: Resource, context: Context) -> Findings:
    """Those that start first count too: for the scheduler, and for the quota of the namespace."""

    def judge(holder: Object) -> Findings:
        if not holder.is_patch:
            for container in containers(holder, "initContainers", "containers"):
                yield from _bounds(holder, f"{container}.resources", context)

    yield from each(objects(resource, WITH_PODS), judge)


def _bounds(holder: Object, path: str, context: Context) -> Findings:
    for what, names in _BOUNDS.items():
        least, most = (_quantity(context.parameters[name]) for name in names)
        yield from _bounded(holder, f"{path}.requests.{what}", least, None)
        yield from _bounded(holder, f"{path}.limits.{what}", None, most)


def _bounded(holder: Object, path: str, least: Fraction | None, most: Fraction | None) -> Findings:
    where, stated = holder.at(path), holder.raw(path)
    if stated is UNKNOWN:
        yield UndeterminedError(where)
        return
    if stated is None and ".requests." in path:  # Kubernetes takes the limit for it
        stated = holder.raw(path.replace(".requests.", ".limits."))
    size = None if stated in (None, UNKNOWN) else _quantity(stated)
    if stated is None:
        yield Violation("not set", where)
    elif size is not None and least is not None and size < least:
        yield Violation(f"{stated} is too little", where)
    elif size is not None and most is not None and size > most:
        yield Violation(f"{stated} is too much", where)


_SCALED = ("Deployment", "StatefulSet", "ReplicaSet", "ReplicationController")
_AUTOSCALER = "HorizontalPodAutoscaler"


@control(
    id="RSL-KUBERNETES-002",
    title="Workloads have an allowed number of replicas",
    why="One replica is gone with its node; more than are planned for take the place of others.",
    fix="Set replicas (or minReplicas and maxReplicas of the autoscaler) to minimumReplicas to maximumReplicas.",
    severity=Severity.MEDIUM,
    level=Level.ADVISORY,
    types=types_of("Deployment", "StatefulSet", "ReplicaSet", "ReplicationController", _AUTOSCALER),
    scope=Scope.STACK,
    parameters={
        "minimumReplicas": {
            "type": "integer",
            "minimum": 0,
            "default": 2,
            "description": "The fewest replicas of a workload.",
        },
        "maximumReplicas": {
            "laxer": "never",
            "type": "integer",
            "minimum": 0,
            "default": 0,
            "description": "The most replicas of a workload; 0 for any number.",
        },
    },
    references=continuity(),
)
def replicas_are_as_planned(resource: Resource, context: Context) -> Findings:
    def judge(workload: Object) -> Findings:
        if workload.is_patch:
            return
        if workload.kind == _AUTOSCALER:
            yield from _in_range(workload, "spec.minReplicas", context)
            yield from _in_range(workload, "spec.maxReplicas", context)
        elif workload.has("spec.replicas") or not _is_autoscaled(workload, context.everything):
            yield from _in_range(workload, "spec.replicas", context)

    yield from each(objects(resource, (*_SCALED, _AUTOSCALER)), judge)


def _in_range(workload: Object, path: str, context: Context) -> Findings:
    least, most = context.parameters["minimumReplicas"], context.parameters["maximumReplicas"]
    count = workload.resource.number(workload.at(path), 1)
    if count < least or 0 < most < count:
        expected = f"{least} to {most}" if most else f"{least} or more"
        yield Violation(f"{count}, expected {expected}", workload.at(path))


def _is_autoscaled(workload: Object, stack: Stack) -> bool:
    def scales(autoscaler: Object) -> bool:
        path = "spec.scaleTargetRef.name"
        if autoscaler.raw(path) is UNKNOWN:
            return workload.resource.urn in origins(autoscaler.resource, autoscaler.at(path))
        return autoscaler.get("spec.scaleTargetRef.kind") == workload.kind and autoscaler.get(path) == workload.name

    return any(map(scales, stack.once(_autoscalers)))


def _autoscalers(stack: Stack) -> list[Object]:
    return list(all_objects(stack, _AUTOSCALER))
