"""How much the pods of a namespace may take together, and each alone: from replicas and sizes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TypedDict, get_args

from components.workloads.quantities import mebibytes, millicores
from components.workloads.services_settings import Kind, Service
from components.workloads.settings import Workloads

SURGE = 1
"""Pods that a rollout adds before it takes one away; a job's, that it starts while the last one ends."""


class Limits(TypedDict):
    """Of a container, by what is measured."""

    default_request: dict[str, str]
    default: dict[str, str]
    max: dict[str, str]


def pods(workloads: Workloads, services: Mapping[str, Service]) -> Iterator[tuple[Kind, int]]:
    """For each service and colour: its kind, and how many pods there can be at once."""
    for name, service in services.items():
        each = 1 if service.schedule else workloads.count(name).most
        for _ in workloads.versions_of(name):
            yield service.kind, each + SURGE


def quota(workloads: Workloads, services: Mapping[str, Service]) -> dict[str, str]:
    """What all pods take at their most; nothing more is let in. Load balancers are this program's to make."""
    sums = dict.fromkeys(("pods", "requests.cpu", "limits.cpu", "requests.memory", "limits.memory"), 0)
    for kind, number in pods(workloads, services):
        size = workloads.resources(kind)
        sums["pods"] += number
        sums["requests.cpu"] += number * millicores(size.cpu_request)
        sums["limits.cpu"] += number * millicores(size.cpu_limit)
        sums["requests.memory"] += number * mebibytes(size.memory_request)
        sums["limits.memory"] += number * mebibytes(size.memory_limit)
    units = {"cpu": "m", "memory": "Mi"}
    hard = {name: f"{amount}{units.get(name.partition('.')[2], '')}" for name, amount in sums.items()}
    return hard | {"services.loadbalancers": "0", "services.nodeports": "0"}


def limits(workloads: Workloads) -> Limits:
    """What a container has that says nothing: the least of any kind; and more than which none may ask for."""
    sizes = [workloads.resources(kind) for kind in get_args(Kind)]
    smallest_cpu = min(sizes, key=lambda size: millicores(size.cpu_request))
    smallest_memory = min(sizes, key=lambda size: mebibytes(size.memory_request))
    return {
        "default_request": {"cpu": smallest_cpu.cpu_request, "memory": smallest_memory.memory_request},
        "default": {"cpu": smallest_cpu.cpu_limit, "memory": smallest_memory.memory_limit},
        "max": {
            "cpu": max((size.cpu_limit for size in sizes), key=millicores),
            "memory": max((size.memory_limit for size in sizes), key=mebibytes),
        },
    }
