"""Clusters of ECS: what is seen of their containers, and of commands that are run in them."""

from __future__ import annotations

from guardrails.model.control import Context, Findings, Level, Severity, Violation, control
from guardrails.model.references import logging, monitoring
from guardrails.model.resource import Resource, paths_at

_CLUSTER = "aws:ecs/cluster:Cluster"
_EXEC = "configuration.executeCommandConfiguration.logging"


@control(
    id="RSL-ECS-004",
    title="Clusters have Container Insights",
    why="Without it, nobody sees which task ran out of memory, or how often one was started again.",
    fix="Add the setting containerInsights with the value enabled or enhanced.",
    severity=Severity.LOW,
    level=Level.ADVISORY,
    types=(_CLUSTER,),
    references=monitoring(checkov=("CKV_AWS_65",), security_hub=("ECS.12",)),
)
def containers_are_watched(cluster: Resource, _: Context) -> Findings:
    for path in paths_at(cluster, "settings[*]"):
        if cluster.get(f"{path}.name") == "containerInsights" and cluster.get(f"{path}.value") in (
            "enabled",
            "enhanced",
        ):
            return
    yield Violation("it is off", "settings")


@control(
    id="RSL-ECS-005",
    title="Commands that are run in containers are logged",
    why="ECS Exec opens a shell in a running container: without its log, nobody knows what was done there.",
    fix="Set configuration.executeCommandConfiguration.logging to OVERRIDE with a log group, or leave it out.",
    severity=Severity.MEDIUM,
    types=(_CLUSTER,),
    references=logging(checkov=("CKV_AWS_223",)),
)
def commands_are_logged(cluster: Resource, _: Context) -> Findings:
    """Unless told otherwise, ECS logs where the task does."""
    if cluster.get(_EXEC) == "NONE":
        yield Violation("it is NONE", _EXEC)
