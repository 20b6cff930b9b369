"""What the measurements come to, and what was asked of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from bench.measure import Run
from bench.suite import AS_BEFORE, CONTROLS, EMPTY, NONE, PUBLISHED, TOGETHER

RESULTS = Path(__file__).with_name("results.json")
COMPARED = 1000
"""Resources that are also planned by Terraform."""

CPU = ", CPU"
CONTROLS_TO_NONE = f"prod: {CONTROLS} / {NONE}"
AS_IT_IS = f"prod, {NONE}: as it is / {PUBLISHED}{CPU}"
WITH_CONTROLS = f"prod, {CONTROLS}: as it is / {AS_BEFORE}{CPU}"
SECONDS = f"{TOGETHER}: seconds"
GROWTH = f"10000 / 1000 resources, {CONTROLS}, beyond the empty program"
LARGEST = f"10000 resources, {CONTROLS}: MiB of the largest process"
TERRAFORM = f"{COMPARED} resources: {CONTROLS} / terraform plan and checkov"
GOALS = {
    CONTROLS_TO_NONE: 1.25,
    AS_IT_IS: 0.55,
    WITH_CONTROLS: 0.38,
    SECONDS: 16,
    GROWTH: 11,
    LARGEST: 1024,
    TERRAFORM: 1,
}
"""Figure -> at most what was asked of it."""


def figures(runs: Mapping[str, Run], stacks: Sequence[str], sizes: Sequence[int]) -> dict[str, float]:
    """What the runs come to: wall time, unless CPU is named.

    Args:
        runs: what was measured, by name.
        stacks: those of the project.
        sizes: numbers of synthetic resources, ascending.
    """
    found: dict[str, float] = {}
    for stack in stacks:
        with_controls, without = runs[f"{stack}, {CONTROLS}"], runs[f"{stack}, {NONE}"]
        found[f"{stack}: {CONTROLS} / {NONE}"] = with_controls.seconds / without.seconds
        found[f"{stack}: {CONTROLS} / {NONE}{CPU}"] = with_controls.cpu_seconds / without.cpu_seconds
    for packs, before in ((NONE, PUBLISHED), (CONTROLS, AS_BEFORE)):
        ours, earlier = runs[f"prod, {packs}"], runs[f"prod, {before}"]
        found[f"prod, {packs}: as it is / {before}"] = ours.seconds / earlier.seconds
        found[f"prod, {packs}: as it is / {before}{CPU}"] = ours.cpu_seconds / earlier.cpu_seconds
    found[SECONDS] = runs[TOGETHER].seconds
    floor, small = runs["empty program"].seconds, runs[f"{sizes[1]} resources, {CONTROLS}"].seconds
    for size in sizes[2:]:
        beyond = f"{size} / {sizes[1]} resources, {CONTROLS}, beyond the empty program"
        found[beyond] = (runs[f"{size} resources, {CONTROLS}"].seconds - floor) / (small - floor)
    found[f"{sizes[-1]} resources, {CONTROLS}: MiB of the largest process"] = max(
        runs[f"{sizes[-1]} resources, {CONTROLS}"].peaks.values()
    )
    return found | against_others(runs, sizes)


def against_others(runs: Mapping[str, Run], sizes: Sequence[int]) -> dict[str, float]:
    """Our pack against the floor of any pack, and a preview with controls against Terraform's plan with checkov."""
    size = f"{sizes[1]} resources"
    bare = runs[f"{size}, {NONE}"].seconds
    ours, empty = (runs[f"{size}, {packs}"].seconds - bare for packs in (CONTROLS, EMPTY))
    found = {f"{size}: what {CONTROLS} add / what an {EMPTY} adds": ours / empty} if empty > 0 else {}
    plan, check = (runs.get(f"{COMPARED} resources, {tool}") for tool in ("terraform plan", "checkov"))
    previewed = runs.get(f"{COMPARED} resources, {CONTROLS}")
    if plan and check and previewed:
        found[TERRAFORM] = previewed.seconds / (plan.seconds + check.seconds)
    return found
