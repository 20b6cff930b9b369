"""Spark's rules: a cluster and a lake, pods as large as documented, nodes that hold them, code and tables of jobs."""

from __future__ import annotations

from collections.abc import Iterator
from math import ceil
from pathlib import Path as File

from aws_facts.ec2_instance_types import vcpus
from components.core.settings.finding import Finding
from components.core.settings.problems import suggestion
from components.spark.settings import Pod
from components.workloads.quantities import mebibytes, millicores
from settings.rule import rule
from settings.rules.workloads import Range
from settings.stack import Settings

CODE = File(__file__).resolve().parents[2] / "jobs"
CPU, MEMORY = Range("2", "4"), Range("8Gi", "16Gi")
"""Of a driver or executor (SMILE-DATA-01)."""
EXECUTORS = (3, 5)
"""SMILE-DATA-02."""


def pods(settings: Settings) -> dict[str, Pod]:
    """The kinds of pods, by the setting that says what they have."""
    return {"driver": settings.spark.driver, "executor": settings.spark.executor}


@rule
def spark_has_what_it_needs(settings: Settings) -> Iterator[Finding]:
    """Nodes to run on (SMILE-DATA-07), and a lake to work on."""
    if not settings.spark.enabled:
        return
    needed = {
        ("clusters", "data", "enabled"): "data" in settings.enabled_clusters,
        ("lake", "enabled"): settings.lake.enabled,
    }
    for path, is_there in needed.items():
        if not is_there:
            valid = f"false, or smile:{path[0]}{'.'.join(('', *path[1:]))}: true"
            yield Finding(("spark", "enabled"), f"got true without {'.'.join(path)}", valid, (path,))


@rule
def pods_are_as_documented(settings: Settings) -> Iterator[Finding]:
    """2 to 4 vCPU and 8 to 16 GiB each, 3 to 5 executors."""
    for role, pod in pods(settings).items():
        for field in ("cpu_request", "cpu_limit"):
            value = getattr(pod, field)
            if not millicores(CPU.low) <= millicores(value) <= millicores(CPU.high):
                yield Finding(("spark", role, field), f"got {value}", f"{CPU.low} to {CPU.high}")
        if millicores(pod.cpu_request) > millicores(pod.cpu_limit):
            path, limit = ("spark", role, "cpu_request"), ("spark", role, "cpu_limit")
            valid = f"{CPU.low} to cpu_limit, which is {pod.cpu_limit}"
            yield Finding(path, f"got {pod.cpu_request}, more than the limit", valid, (limit,))
        if not mebibytes(MEMORY.low) <= mebibytes(pod.memory) <= mebibytes(MEMORY.high):
            yield Finding(("spark", role, "memory"), f"got {pod.memory}", f"{MEMORY.low} to {MEMORY.high}")
    fewest, most = EXECUTORS
    counts = {"fewest_executors": settings.spark.fewest_executors, "most_executors": settings.spark.most_executors}
    for field, count in counts.items():
        if not fewest <= count <= most:
            yield Finding(("spark", field), f"got {count}", f"{fewest} to {most}")
    if counts["fewest_executors"] > counts["most_executors"]:
        path, reads = ("spark", "fewest_executors"), (("spark", "most_executors"),)
        yield Finding(path, f"got {counts['fewest_executors']}", f"{fewest} to {counts['most_executors']}", reads)


@rule
def nodes_hold_the_pods(settings: Settings) -> Iterator[Finding]:
    """Groups that there are, with more processors than a pod asks for: a node keeps some for itself."""
    cluster = settings.enabled_clusters.get("data")
    if not (settings.spark.enabled and cluster):
        return
    wanted = {("spark", "submitter_group"): (settings.spark.submitter_group, "0.1")}
    wanted |= {("spark", role, "group"): (pod.group, pod.cpu_request) for role, pod in pods(settings).items()}
    for path, (name, request) in wanted.items():
        if millicores(request) > millicores(CPU.high):  # refused as such
            continue
        group, reads = cluster.groups.get(name), ((*path[:-1], "cpu_request"), ("clusters", "data", "groups"))
        if group is None:
            what = f"no group {name}{suggestion(name, cluster.groups)}"
            yield Finding(path, what, ", ".join(cluster.groups) or "none: there is no group", reads)
            continue
        smallest = min(group.instance_types, key=lambda each: vcpus(each) or 0)
        if (vcpus(smallest) or 0) * 1000 <= millicores(request):
            valid = f"a group whose nodes have more than {request} vCPU"
            yield Finding(path, f"{smallest} of {name} holds no pod that asks for {request}", valid, reads)


@rule
def all_jobs_have_room_at_once(settings: Settings) -> Iterator[Finding]:
    """As many nodes as the drivers and first executors of all jobs need; how many fit a node goes by its vCPUs."""
    spark, cluster = settings.spark, settings.enabled_clusters.get("data")
    if not (spark.enabled and cluster):
        return
    for name, group in cluster.groups.items():
        vcpu = min(vcpus(each) or 0 for each in group.instance_types)
        of_a_job = sum(
            count / max(1, (vcpu * 1000 - 1) // millicores(pod.cpu_request))
            for pod, count in ((spark.driver, 1), (spark.executor, spark.fewest_executors))
            if pod.group == name
        )
        if (needed := ceil(spark.at_once * of_a_job)) > group.max_nodes:
            what = f"got {spark.at_once}: drivers and first executors need {needed} nodes of {name}"
            fit = int(group.max_nodes / of_a_job)
            valid = f"{f'1 to {fit}, or ' if fit else ''}max_nodes of {name} {needed} or more"
            reads = (("clusters", "data", "groups", name, "max_nodes"), ("spark", "fewest_executors"))
            yield Finding(("spark", "at_once"), what, valid, reads)


@rule
def jobs_are_complete(settings: Settings) -> Iterator[Finding]:
    """A program, and tables that there are."""
    for name, job in settings.spark.jobs.items():
        path, tables = ("spark", "jobs", name), settings.lake.tables
        folder = name.replace("-", "_")
        if not (CODE / folder / "main.py").is_file():
            known = sorted(file.parent.name for file in CODE.glob("*/main.py"))
            what = f"there is no jobs/{folder}/main.py{suggestion(folder, known)}"
            yield Finding(path, what, ", ".join(each.replace("_", "-") for each in known) or "none yet")
        for field in ("reads", "writes"):
            used: tuple[str, ...] = getattr(job, field)
            for index, table in enumerate(used):
                if table not in tables:
                    what = f"no table {table}{suggestion(table, tables)}"
                    yield Finding((*path, field, index), what, ", ".join(tables) or "none yet", (("lake", "tables"),))
        for index, table in enumerate(job.writes):
            if table in settings.lake.delivered:
                yield Finding((*path, "writes", index), f"a stream is delivered to {table}", "a table without a stream")
