"""The shared file system's rules: throughput as documented, access points that keep out of each other's way."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

from components.core.settings.finding import Finding
from settings.rule import rule
from settings.stack import Settings

LEAST_MIBPS = 100
"""What prod always has (SMILE-EFS-03)."""


@rule
def production_has_its_throughput(settings: Settings) -> Iterator[Finding]:
    """100 MiB/s, provisioned (SMILE-EFS-03, OP-S-36)."""
    files = settings.files
    if not settings.is_production:
        return
    if files.throughput != "provisioned":
        yield Finding(("files", "throughput"), f'got "{files.throughput}"', "provisioned in production")
    elif files.provisioned_mibps < LEAST_MIBPS:
        got = f"got {files.provisioned_mibps}"
        yield Finding(
            ("files", "provisioned_mibps"), got, f"{LEAST_MIBPS} or more in production", (("files", "throughput"),)
        )


@rule
def access_points_are_apart(settings: Settings) -> Iterator[Finding]:
    """No folder is, or lies in, another's: what is in it would belong to two services (SMILE-EFS-06)."""
    for (name, point), (later, other) in combinations(settings.files.access_points.items(), 2):
        if inside(point.path, other.path) or inside(other.path, point.path):
            what = f"{other.path} shares files with {point.path} of {name}"
            yield Finding(("files", "access_points", later, "path"), what, "a folder of its own")


def inside(path: str, folder: str) -> bool:
    """Whether a path is a folder, or lies in it."""
    return f"{path}/".startswith(f"{folder}/")
