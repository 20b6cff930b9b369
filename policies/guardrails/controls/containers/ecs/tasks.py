"""Tasks of ECS: what their containers may do, who they are, and that they say what they do."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, cast

from guardrails.model.control import Context, Findings, Severity, Violation, control
from guardrails.model.documents import json_text
from guardrails.model.references import logging, privileged_access
from guardrails.model.resource import Resource

_TASK = "aws:ecs/taskDefinition:TaskDefinition"
_DEFINITIONS = "containerDefinitions"
_SOCKETS = ("docker.sock", "containerd.sock")


@control(
    id="LP-ECS-001",
    title="Containers of tasks run without privileges",
    why="A privileged container, or one with the host's namespaces or its container socket, is as good as root there.",
    fix="Remove privileged, capabilities.add, the modes host and volumes on the socket; Fargate has none of them.",
    severity=Severity.HIGH,
    types=(_TASK,),
    references=privileged_access(),
)
def containers_have_no_privileges(task: Resource, _: Context) -> Findings:
    for mode in ("pidMode", "ipcMode", "networkMode"):
        if task.get(mode) == "host":
            yield Violation("it shares the host's namespace", mode)
    for number, volume in enumerate(task.get("volumes", ())):
        if str(volume.get("hostPath", "")).endswith(_SOCKETS):
            yield Violation("it is the socket by which containers are made", f"volumes[{number}].hostPath")
    for name, container in _containers(task):
        if container.get("privileged"):
            yield Violation(f"{name} is privileged", _DEFINITIONS)
        added = container.get("linuxParameters", {}).get("capabilities", {}).get("add")
        if added:
            yield Violation(f"{name} has capabilities besides: {', '.join(added)}", _DEFINITIONS)


@control(
    id="LP-ECS-002",
    title="Containers of tasks have a read-only root file system",
    why="Whoever gets into a container could otherwise change its program, and leave tools for the next step.",
    fix="Set readonlyRootFilesystem to true, and mount a volume where the program writes.",
    severity=Severity.MEDIUM,
    types=(_TASK,),
    references=privileged_access(),
)
def root_is_read_only(task: Resource, _: Context) -> Findings:
    for name, container in _containers(task):
        if not container.get("readonlyRootFilesystem"):
            yield Violation(f"{name} can write to its root file system", _DEFINITIONS)


@control(
    id="LP-ECS-003",
    title="Tasks and ECS have roles of their own",
    why="The execution role reads all secrets that a task starts with; code that has it can read them at any time.",
    fix="Give executionRoleArn a role that starts tasks, and taskRoleArn another with what the code does.",
    severity=Severity.MEDIUM,
    types=(_TASK,),
    references=privileged_access(),
)
def roles_differ(task: Resource, _: Context) -> Findings:
    own = task.get("taskRoleArn")
    if own and own == task.get("executionRoleArn"):
        yield Violation("it is the execution role too", "taskRoleArn")


@control(
    id="RSL-ECS-003",
    title="Containers of tasks have a log configuration",
    why="Without one, what a container prints is gone with it, and with that why it ended.",
    fix="Set logConfiguration of each container, to awslogs for instance.",
    severity=Severity.MEDIUM,
    types=(_TASK,),
    references=logging(),
)
def containers_write_logs(task: Resource, _: Context) -> Findings:
    for name, container in _containers(task):
        if not container.get("logConfiguration", {}).get("logDriver"):
            yield Violation(f"{name} writes none", _DEFINITIONS)


def _containers(task: Resource) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Name and definition of each container; none of a document that can't be read, of which LP-AWS-014 tells."""
    text = task.get(_DEFINITIONS, "[]")
    found = json_text(text) if isinstance(text, str) else None
    for each in cast("list[Any]", found) if isinstance(found, list) else ():
        if isinstance(each, dict):
            container = cast("dict[str, Any]", each)
            yield str(container.get("name", "a container")), container
