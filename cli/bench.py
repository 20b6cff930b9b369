"""``smile bench``: speed and memory, as ratios measured in one run, appended to bench/results.json."""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psutil

from bench import suite
from bench.measure import MEBIBYTE, MeasurementError, Run
from bootstrap import engine
from cli.sandbox import ROOT, SandboxError

RESULTS = ROOT / "bench" / "results.json"


def configure(parser: argparse.ArgumentParser) -> None:
    """How often, and how big."""
    parser.add_argument(
        "--repeats", type=int, default=2, help="runs per figure, of which the fastest counts; default 2"
    )
    parser.add_argument(
        "--sizes", type=int, nargs="+", default=suite.SIZES, help="synthetic resources; default %(default)s"
    )


def run(arguments: argparse.Namespace) -> int:
    """Measure, print the table, append the record; 1 when a measured command fails."""
    try:
        runs = suite.stacks(arguments.repeats) | suite.growth(arguments.repeats, arguments.sizes)
    except (MeasurementError, SandboxError) as error:
        print(f"smile bench: {error}", file=sys.stderr)
        return 1
    record = {
        "when": datetime.now(UTC).isoformat(timespec="seconds"),
        "machine": machine(),
        "repeats": arguments.repeats,
        "ratios": ratios(runs, arguments.sizes),
        "peak memory, MiB": memory(runs),
        "seconds": {name: round(run.seconds, 2) for name, run in runs.items()},
    }
    append(RESULTS, record)
    print(table(record))
    return 0


def ratios(runs: Mapping[str, Run], sizes: list[int]) -> dict[str, float]:
    """What the figures come to; a cost of packs is the time over the same preview without any."""

    def seconds(name: str) -> float:
        return runs[name].seconds

    found = {
        f"{stack}: all packs / no pack": seconds(f"{stack}, all packs") / seconds(f"{stack}, no pack")
        for stack in ("dev", "staging", "prod")
    }
    found["prod: no pack / empty program"] = seconds("prod, no pack") / seconds("empty program")
    for size in sizes:
        bare = seconds(f"{size} resources, no pack")
        ours, empty = (seconds(f"{size} resources, {packs}") - bare for packs in ("our packs", "empty packs"))
        found[f"{size} resources: our packs / empty packs"] = ours / empty
        found[f"{size} resources: ms per resource, our packs"] = 1000 * ours / size
        found[f"{size} resources: ms per resource, empty packs"] = 1000 * empty / size
    for packs in ("no pack", "empty packs", "our packs"):
        small, middle, *_, large = (seconds(f"{size} resources, {packs}") for size in sizes)
        slope = (middle - small) / (sizes[1] - sizes[0])
        straight = middle + slope * (sizes[-1] - sizes[1])
        found[f"{sizes[-1]} resources, {packs}: measured / on the line through {sizes[0]} and {sizes[1]}"] = (
            large / straight
        )
    return {name: round(value, 3) for name, value in found.items()}


def memory(runs: Mapping[str, Run]) -> dict[str, dict[str, float]]:
    """The highest resident memory per kind of process, at prod's size and at the largest synthetic one."""
    largest = [name for name in runs if name.endswith("our packs")][-1]
    return {
        name: {kind: round(peak) for kind, peak in sorted(runs[name].peaks.items())}
        for name in ("prod, all packs", largest)
    }


def machine() -> dict[str, Any]:
    """What the figures were measured on."""
    chosen = engine.recorded(ROOT)
    return {
        "cores": os.cpu_count(),
        "memory, MiB": round(psutil.virtual_memory().total / MEBIBYTE),
        "load before": round(os.getloadavg()[0], 2),
        "system": platform.platform(),
        "processor": processor(),
        "python": platform.python_version(),
        "engine": f"{chosen.version} ({chosen.source})" if chosen else "none",
    }


def processor() -> str:
    """The processor's name, where the system tells."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor()
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), platform.machine())


def append(file: Path, record: Mapping[str, Any]) -> None:
    """Add ``record`` to the list in ``file``, in one move."""
    earlier: list[Any] = json.loads(file.read_text(encoding="utf-8")) if file.is_file() else []
    partial = file.with_suffix(".partial")
    partial.write_text(json.dumps([*earlier, record], indent=1) + "\n", encoding="utf-8")
    partial.replace(file)


def table(record: Mapping[str, Any]) -> str:
    """The ratios, then the memory, then the seconds they come from, as aligned text."""
    lines = [f"machine: {', '.join(f'{key} {value}' for key, value in record['machine'].items())}", ""]
    lines += [f"{name:<78}{value:>9.2f}" for name, value in record["ratios"].items()]
    for name, peaks in record["peak memory, MiB"].items():
        lines += ["", f"peak memory, MiB: {name}"] + [f"  {kind:<76}{peak:>9.0f}" for kind, peak in peaks.items()]
    lines += ["", "seconds"] + [f"  {name:<76}{value:>9.1f}" for name, value in record["seconds"].items()]
    return "\n".join(lines)
