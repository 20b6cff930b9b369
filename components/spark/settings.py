"""Settings of Spark jobs: how large their pods are, on which nodes they run, what each reads and writes, and when."""

from __future__ import annotations

from typing import Annotated

from pydantic import StringConstraints

from aws_facts.emr_releases import RELEASES, Release
from components.cluster.settings import GroupName
from components.core.settings.cron import CRON_VALID, DailyCron
from components.core.settings.field import About, one_of, setting, switch
from components.core.settings.section import Section
from components.lake.settings import Name
from components.workloads.quantities import CPU_FORM, MEMORY_FORM, Cpu, Memory

JOBS = "up to 20 lower-case letters and digits, in words joined by '-'; its code is jobs/NAME/main.py, with _ for -"
JobName = Annotated[str, StringConstraints(max_length=20, pattern=r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$")]
"""Short: EKS refuses credentials where cluster, pod and service account, which the role's name is in, are too long."""


class Pod(Section):
    """A driver, or an executor."""

    cpu_request: Cpu = setting("2", "what it always has", About(valid=f"{CPU_FORM}, within the documented range"))
    cpu_limit: Cpu = setting("4", "more than which it never gets", About(valid=f"{CPU_FORM}, cpu_request at least"))
    memory: Memory = setting(
        "16Gi",
        "what it has, a quarter of it outside the JVM",
        About(valid=f"{MEMORY_FORM}, within the documented range"),
    )
    group: GroupName = setting(
        "memory",
        "the group of nodes it runs on, by the group's labels and taints",
        About(valid="a group of the cluster"),
    )


class Driver(Pod):
    """The pod that a job's program runs in."""

    memory: Memory = setting("8Gi", "what it has, a quarter of it outside the JVM", About(valid=MEMORY_FORM))


class Job(Section):
    """One job, which runs once a day at most."""

    reads: tuple[Name, ...] = setting((), "tables whose files it reads", About(valid="tables of the lake"))
    writes: tuple[Name, ...] = setting(
        (), "tables whose files it writes and replaces", About(valid="tables of the lake")
    )
    schedule: DailyCron | None = setting(None, "when it runs; by hand alone without it", About(valid=CRON_VALID))


class Spark(Section):
    """Spark on the data cluster."""

    enabled: bool = switch("whether there is a virtual cluster of EMR", on=False)
    release: Release = setting(
        RELEASES[0],
        "of EMR, and with it of Spark",
        one_of(RELEASES),
    )
    namespace: str = setting(
        "spark",
        "of its pods",
        About(valid="up to 40 lower-case letters, digits and '-'"),
        pattern=r"^[a-z][a-z0-9-]{0,38}[a-z0-9]$",
    )
    submitter_group: GroupName = setting(
        "compute", "the group of nodes of the small pod that starts a job", About(valid="a group of the cluster")
    )
    driver: Driver = Driver()
    executor: Pod = Pod()
    fewest_executors: int = setting(3, "executors that a job begins with", About(unit="pods"), ge=1, le=50)
    most_executors: int = setting(
        5,
        "executors that it can have",
        About(unit="pods", valid="fewest_executors to 50"),
        ge=1,
        le=50,
    )
    at_once: int = setting(1, "jobs that there is room for at once", About(unit="jobs"), ge=1, le=20)
    jobs: dict[JobName, Job] = setting({}, "name -> job", About(valid=f"names of {JOBS}"))
