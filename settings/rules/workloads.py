"""The workloads' rules: replicas and sizes as documented, services that exist, and what they use."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import NamedTuple

from components.core.settings.finding import Finding
from components.core.settings.problems import Path, suggestion
from components.workloads.quantities import mebibytes, millicores
from components.workloads.services_settings import Kind, Service
from components.workloads.settings import MOST_REPLICAS, Count
from settings.rule import rule
from settings.rules.secrets import parameter_names, secret_names
from settings.stack import REPLICAS, Settings


class Range(NamedTuple):
    """The lowest request and the highest limit that are documented."""

    low: str
    high: str


REQUESTS = {"cpu": Range("500m", "2000m"), "memory": Range("512Mi", "4Gi")}
SIZES: Mapping[Kind, Mapping[str, Range]] = {
    "api": REQUESTS,
    "web": REQUESTS,
    "worker": {"cpu": Range("250m", "1000m"), "memory": Range("256Mi", "2Gi")},
}
"""Kind -> what is measured -> range (SMILE-PERF-01, SMILE-PERF-02)."""
WHAT = {
    "sends": "queue",
    "receives": "queue",
    "publishes": "stream",
    "consumes": "consumer",
    "reads": "bucket",
    "writes": "bucket",
    "files": "access point",
    "secrets": "secret",
    "parameters": "parameter",
}
AMOUNT: Mapping[str, Callable[[str], int]] = {"cpu": millicores, "memory": mebibytes}


@rule
def replicas_are_as_documented(settings: Settings) -> Iterator[Finding]:
    """1 or 2 in development, 2 or 3 in staging, 3 or more in production."""
    workloads, kind = settings.workloads, settings.kind
    counts: dict[Path, Count] = {("workloads", "replicas"): workloads.count()}
    counts |= {("workloads", "replicas_of", name): workloads.count(name) for name in workloads.replicas_of}
    low, high = REPLICAS[kind].fewest, MOST_REPLICAS if settings.is_production else REPLICAS[kind].most
    for path, count in counts.items():
        if not low <= count.fewest <= high:
            yield Finding((*path, "fewest"), f"got {count.fewest}", f"{low} to {high} in {kind}")
        if not count.fewest <= count.most <= high:
            valid = f"{min(max(low, count.fewest), high)} to {high} in {kind}"
            yield Finding((*path, "most"), f"got {count.most}", valid, ((*path, "fewest"), ("workloads", "replicas")))


@rule
def sizes_are_as_documented(settings: Settings) -> Iterator[Finding]:
    """A request within its limit, both within the documented range."""
    for kind, measures in SIZES.items():
        for measure, (low, high) in measures.items():
            amount, resources = AMOUNT[measure], settings.workloads.resources(kind)
            ends = {("workloads", kind, field): getattr(resources, field) for field in fields(measure)}
            for path, value in ends.items():
                if not amount(low) <= amount(value) <= amount(high):
                    yield Finding(path, f"got {value}", f"{low} to {high}")
            (path, request), (limit_path, limit) = ends.items()
            if amount(request) > amount(limit):
                yield Finding(path, f"got {request}, more than the limit, {limit}", f"{low} to {limit}", (limit_path,))


def fields(measure: str) -> tuple[str, str]:
    """The settings of a measure."""
    return f"{measure}_request", f"{measure}_limit"


@rule
def named_services_exist(settings: Settings) -> Iterator[Finding]:
    """Replicas and versions are those of services of the catalogue."""
    catalogue = settings.services.catalogue
    for field in ("replicas_of", "versions"):
        for name in getattr(settings.workloads, field):
            yield from unknown(("workloads", field, name), "service", name, catalogue, ("services", "catalogue"))


@rule
def colours_with_requests_run(settings: Settings) -> Iterator[Finding]:
    """No requests go to a colour without pods, and no service is without any (SMILE-DEPLOY-09)."""
    for name in settings.services.catalogue:
        versions = settings.workloads.versions_of(name)
        path = ("workloads", "versions", name)
        if not versions:
            yield Finding(path, "no version", "an image tag for blue, green or both")
        for colour, share in settings.release.of(name).by_colour.items():
            if share and versions and name in settings.services.public and colour not in versions:
                what = f"{colour} gets {share} % of the requests, and has no pods"
                yield Finding((*path, colour), what, "an image tag", (("release", "weights", name),))


@rule
def uses_exist(settings: Settings) -> Iterator[Finding]:
    """What a service uses is there (SMILE-SEC-18)."""
    there: Mapping[str, tuple[Path, Iterable[str]]] = {
        "sends": (("queues", "queues"), settings.queues.queues),
        "receives": (("queues", "queues"), settings.queues.queues),
        "publishes": (("streams", "streams"), settings.streams.streams),
        "consumes": (("streams", "streams"), settings.streams.consumers),
        "reads": (("storage", "buckets"), settings.storage.of_services),
        "writes": (("storage", "buckets"), settings.storage.of_services),
        "files": (("files", "access_points"), settings.files.access_points),
        "secrets": (("secrets",), secret_names(settings)),
    }
    for name, service in settings.services.catalogue.items():
        own = {"parameters": (("secrets",), parameter_names(settings, name))}
        for field, (where, known) in {**there, **own}.items():
            used: tuple[str, ...] = getattr(service, field)
            path = ("services", "catalogue", name, field)
            for index, each in enumerate(used):
                yield from unknown((*path, index), WHAT[field], each, known, where)
        yield from twice(name, service)


def twice(name: str, service: Service) -> Iterator[Finding]:
    """What a service names more than once."""
    for field in (
        *("sends", "receives", "publishes", "consumes"),
        *("reads", "writes", "secrets", "parameters", "files"),
    ):
        used: tuple[str, ...] = getattr(service, field)
        for index, each in enumerate(used):
            if each in used[:index]:
                yield Finding(("services", "catalogue", name, field, index), f"got {each} again", "each of them once")


@rule
def jobs_are_workers(settings: Settings) -> Iterator[Finding]:
    """Only what takes no requests may end (SMILE-EKS-07), and one job isn't done twice."""
    for name, service in settings.services.catalogue.items():
        if service.schedule is None:
            continue
        if service.kind != "worker":
            path = ("services", "catalogue", name, "schedule")
            yield Finding(path, f"a service of kind {service.kind} always runs", "none, or kind: worker")
        if len(settings.workloads.versions_of(name)) > 1:
            yield Finding(("workloads", "versions", name), "a job in two colours is done twice", "blue or green")


def unknown(path: Path, what: str, name: str, known: Iterable[str], where: Path) -> Iterator[Finding]:
    """A name that isn't there."""
    names = list(known)
    if name not in names:
        what = f"no {what} {name}{suggestion(name, names)}"
        yield Finding(path, what, ", ".join(names) or f"none: {where[0]} has none", (where,))
