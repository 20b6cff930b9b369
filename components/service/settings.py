"""Settings of containers on ECS Fargate: image and size of a task; of a service, how many tasks there are."""

from __future__ import annotations

from typing import Annotated, Literal, get_args

from pydantic import StringConstraints, ValidationInfo, field_validator

from components.core.settings.field import About, among, one_of, setting, switch
from components.core.settings.section import Section

Architecture = Literal["X86_64", "ARM64"]
TASK_SIZES = "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-tasks-services.html"
GIB = 1024
MEMORY_MIB: dict[int, tuple[int, ...]] = {
    256: (512, 1 * GIB, 2 * GIB),
    512: tuple(range(1 * GIB, 4 * GIB + 1, GIB)),
    1024: tuple(range(2 * GIB, 8 * GIB + 1, GIB)),
    2048: tuple(range(4 * GIB, 16 * GIB + 1, GIB)),
    4096: tuple(range(8 * GIB, 30 * GIB + 1, GIB)),
    8192: tuple(range(16 * GIB, 60 * GIB + 1, 4 * GIB)),
    16384: tuple(range(32 * GIB, 120 * GIB + 1, 8 * GIB)),
}
"""CPU units of a task -> the memory that Fargate gives with it: TASK_SIZES."""
CPU_UNITS = tuple(MEMORY_MIB)
SMALLEST_DISK, LARGEST_DISK = 21, 200
STORAGE = "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-task-storage.html"
MOST_TASKS = 1000
"""Of one service, until AWS raises the quota: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-quotas.html"""
IMAGE = r"^[a-z0-9][a-z0-9._-]*(:[0-9]+)?(/[a-z0-9][a-z0-9._-]*)+(:[A-Za-z0-9_][A-Za-z0-9._-]*|@sha256:[0-9a-f]{64})$"
Word = Annotated[str, StringConstraints(min_length=1, max_length=1024)]
Variable = Annotated[str, StringConstraints(pattern=r"^[A-Z][A-Z0-9_]*$", max_length=128)]


class Container(Section):
    """What runs in a task: one container, and its share of Fargate."""

    image: Annotated[str, StringConstraints(pattern=IMAGE)] = setting(
        ...,
        "what runs, with its registry and a tag or digest",
        About(valid="REGISTRY/NAME:TAG or REGISTRY/NAME@sha256:DIGEST, such as public.ecr.aws/nginx/nginx:1.29"),
    )
    command: tuple[Word, ...] = setting(
        (), "what the container runs, where that is not what its image says", About(valid="words, such as [worker]")
    )
    cpu_units: Annotated[int, among(CPU_UNITS)] = setting(
        512,
        "processors of a task; 1024 are one",
        About(unit="CPU units", valid=", ".join(map(str, CPU_UNITS)), source=TASK_SIZES),
    )
    memory_mib: int = setting(
        1024,
        "memory of a task; how much there may be follows from cpu_units",
        About(unit="MiB", valid="; ".join(f"{u}: {m[0]} to {m[-1]}" for u, m in MEMORY_MIB.items()), source=TASK_SIZES),
        validate_default=True,
    )
    architecture: Architecture = setting("X86_64", "of the image", one_of(get_args(Architecture)))
    stop_seconds: int = setting(
        30,
        "after which a task that was told to end is killed",
        About(unit="seconds", valid="2 to 120", source=TASK_SIZES),
        ge=2,
        le=120,
    )
    variables: dict[Variable, str] = setting(
        {}, "environment variables, none of them secret", About(valid="names in capitals -> text")
    )

    @field_validator("memory_mib")
    @classmethod
    def memory_fits(cls, memory: int, info: ValidationInfo) -> int:
        """Let the memory pass that Fargate gives with the processors.

        Raises:
            ValueError: says which it does.
        """
        sizes = MEMORY_MIB.get(info.data.get("cpu_units", 0), (memory,))
        if memory not in sizes:
            raise ValueError(f"which Fargate has not with {info.data['cpu_units']} CPU units")
        return memory


class ContainerTask(Container):
    """A task that is run when there is work for it, and ends by itself."""

    disk_gib: int = setting(
        SMALLEST_DISK,
        "scratch space under /tmp, which a task begins with empty",
        About(unit="GiB", valid=f"{SMALLEST_DISK} to {LARGEST_DISK}", source=STORAGE),
        ge=SMALLEST_DISK,
        le=LARGEST_DISK,
    )


class ContainerService(Container):
    """One service: as many equal tasks as there is work, each with one container."""

    port: int | None = setting(
        8443,
        "on which the container takes TLS, where no user but root may listen below 1024; null: it takes no requests",
        About(unit="TCP port", valid="1024 to 65535, or null"),
        ge=1024,
        le=65535,
    )
    health_path: Annotated[str, StringConstraints(pattern=r"^/[A-Za-z0-9._/-]*$", max_length=255)] = setting(
        "/health", "what a load balancer asks for, to be answered with 200", About(valid="a path, such as /health")
    )
    health_command: tuple[Word, ...] = setting(
        (),
        "what ECS runs in the container every 30 s; a task in which it ends with another code than 0 is replaced",
        About(valid="words, such as [celery, inspect, ping]; none where a load balancer asks for health_path"),
    )
    min_tasks: int = setting(
        2,
        "tasks that there always are, spread over the zones",
        About(unit="tasks", valid=f"1 to {MOST_TASKS}"),
        ge=1,
        le=MOST_TASKS,
    )
    max_tasks: int = setting(
        4,
        "tasks that there can be under load",
        About(unit="tasks", valid=f"min_tasks to {MOST_TASKS}"),
        ge=1,
        le=MOST_TASKS,
        validate_default=True,
    )
    cpu_target_percent: int = setting(
        70,
        "share of the processors in use above which tasks are added",
        About(unit="%", valid="10 to 95"),
        ge=10,
        le=95,
    )
    memory_target_percent: int = setting(
        75,
        "share of the memory in use above which tasks are added",
        About(unit="%", valid="10 to 95"),
        ge=10,
        le=95,
    )
    alarms: bool = switch("too few tasks, full memory and failing health checks raise alarms", on=True)

    @field_validator("max_tasks")
    @classmethod
    def most_is_not_less(cls, most: int, info: ValidationInfo) -> int:
        """Let a maximum pass that is no less than the minimum.

        Raises:
            ValueError: it is.
        """
        if most < info.data.get("min_tasks", 0):
            raise ValueError(f"less than min_tasks, {info.data['min_tasks']}")
        return most

    @property
    def tls_port(self) -> int:
        """The port on which requests come.

        Raises:
            ValueError: there is none.
        """
        if self.port is None:
            raise ValueError("port: none, and requests come to the service")
        return self.port
