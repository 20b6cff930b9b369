"""Tasks of ECS: what their containers may do, who they are, and that they say what they do."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, cast

from guardrails.iam.sources import ROLE
from guardrails.model.control import Context, Findings, Scope, Severity, Violation, control
from guardrails.model.documents import json_text, uncapitalised
from guardrails.model.references import PLAIN_TRANSPORT, in_transit, logging, privileged_access
from guardrails.model.relations import named
from guardrails.model.resource import Resource, paths_at
from guardrails.model.values import UNKNOWN
from guardrails.services.containers import capabilities_beyond, is_way_out

_TASK = "aws:ecs/taskDefinition:TaskDefinition"
_DEFINITIONS = "containerDefinitions"


@control(
    id="LP-ECS-001",
    title="Containers of tasks run without privileges",
    why="A container with privileges, or with the host's namespaces, folders or container socket, is as good as root "
    "there.",
    fix="Remove privileged, the user root, capabilities beyond the runtime's own, the modes host, and volumes on the "
    "host's own folders and sockets; Fargate has none of them.",
    severity=Severity.HIGH,
    types=(_TASK,),
    references=privileged_access(),
)
def containers_have_no_privileges(task: Resource, _: Context) -> Findings:
    for mode in ("pidMode", "ipcMode", "networkMode"):
        if task.get(mode) == "host":
            yield Violation("it shares the host's namespace", mode)
    for path in paths_at(task, "volumes[*].hostPath"):
        if is_way_out(task.get(path, "")):
            yield Violation("it leads to the host itself", path)
    for name, container in _containers(task):
        if _is_true(container.get("privileged")):
            yield Violation(f"{name} is privileged", _DEFINITIONS)
        if str(container.get("user") or "").partition(":")[0] in ("0", "root"):
            yield Violation(f"{name} runs as root", _DEFINITIONS)
        added = capabilities_beyond(_inside(container, "linuxParameters", "capabilities", "add"))
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
    """Containers of Windows have no such switch (ECS task definition parameters)."""
    if str(task.get("runtimePlatform.operatingSystemFamily", "")).upper().startswith("WINDOWS"):
        return
    for name, container in _containers(task):
        if not _is_true(container.get("readonlyRootFilesystem")):
            yield Violation(f"{name} can write to its root file system", _DEFINITIONS)


@control(
    id="LP-ECS-003",
    title="Tasks and ECS have roles of their own",
    why="The execution role reads all secrets that a task starts with; code that has it can read them at any time.",
    fix="Give executionRoleArn a role that starts tasks, and taskRoleArn another with what the code does.",
    severity=Severity.MEDIUM,
    types=(_TASK,),
    scope=Scope.STACK,
    references=privileged_access(),
)
def roles_differ(task: Resource, context: Context) -> Findings:
    """A role that isn't known yet is told by the resource that it comes from."""
    stated = [task.raw(path) for path in ("taskRoleArn", "executionRoleArn")]
    if None in stated:
        return
    own, other = (named(context.everything, task, path, (ROLE,)) for path in ("taskRoleArn", "executionRoleArn"))
    if (own is not None and own is other) or (UNKNOWN not in stated and stated[0] == stated[1]):
        yield Violation("it is the execution role too", "taskRoleArn")


@control(
    id="ENC-ECS-001",
    title="Tasks mount EFS with TLS",
    why=PLAIN_TRANSPORT,
    fix="Set efsVolumeConfiguration.transitEncryption to ENABLED; ECS doesn't unless told.",
    severity=Severity.HIGH,
    types=(_TASK,),
    references=in_transit(checkov=("CKV_AWS_97",)),
)
def files_are_mounted_with_tls(task: Resource, _: Context) -> Findings:
    for volume in paths_at(task, "volumes[*].efsVolumeConfiguration"):
        path = f"{volume}.transitEncryption"
        if task.has(volume) and task.get(path) != "ENABLED":
            yield Violation(f"{task.get(path, 'not set')}, expected ENABLED", path)


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
        if not _inside(container, "logConfiguration", "logDriver"):
            yield Violation(f"{name} writes none", _DEFINITIONS)


def _inside(container: Any, *names: str) -> Any:
    """What lies at the end of these names; None where one is missing, or null."""
    for name in names:
        container = container.get(name) if isinstance(container, dict) else None
    return container


def _is_true(value: object) -> bool:
    return str(value).lower() == "true"


def _containers(task: Resource) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Name and definition of each container; none of a document that can't be read, of which LP-AWS-014 tells.

    The provider reads names of properties in any case: ``Privileged`` is ``privileged``.
    """
    text = task.get(_DEFINITIONS, "[]")
    found = json_text(text) if isinstance(text, str) else None
    for each in cast("list[Any]", found) if isinstance(found, list) else ():
        if isinstance(each, dict):
            container = cast("dict[str, Any]", uncapitalised(each))
            yield str(container.get("name", "a container")), container
