"""``smile bench``: speed and memory, measured in one run, written to bench/results.json."""

from __future__ import annotations

import json
import os
import platform
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import psutil

from bench import suite, terraform
from bench.figures import COMPARED, GOALS, RESULTS, figures
from bench.measure import MEBIBYTE, Run
from bootstrap import engine
from cli import sandbox
from cli.answer import Answer
from cli.progress import MovingLine
from cli.sandbox import ROOT


def run(repeats: int, sizes: Sequence[int] = suite.SIZES, output: Path = RESULTS) -> Answer:
    """Measure and write the record.

    Raises:
        MeasurementError: a measured command fails.
    """
    stacks, before = sandbox.find_project(ROOT).stacks, machine()
    left_out: list[str] = []
    runs = dict(measurements(repeats, sizes, left_out))
    record = {
        "when": datetime.now(UTC).isoformat(timespec="seconds"),
        "commit": commit(),
        "machine": before,
        "repeats": repeats,
        "left out": left_out,
        "figures": {name: round(value, 3) for name, value in figures(runs, stacks, sizes).items()},
        "runs": {name: shown(run) for name, run in runs.items()},
    }
    write(output, record)
    return Answer(record, table(record))


def measurements(repeats: int, sizes: Sequence[int], left_out: list[str]) -> Iterator[tuple[str, Run]]:
    """Measure one thing after the other, and say so; what can't be measured here is added to ``left_out``."""
    now = "bench"
    with TemporaryDirectory() as folder, MovingLine(lambda: f"bench: {now}") as line:

        def done(name: str, run: Run) -> tuple[str, Run]:
            with line.paused():
                print(f"bench: {name}: {run.seconds:.1f} s, {run.cpu_seconds:.1f} CPU s", file=sys.stderr, flush=True)
            return name, run

        for measurement in (*suite.stacks(), *suite.platforms(), *suite.growth(sizes, Path(folder))):
            now = measurement.name
            yield done(now, measurement.run(repeats))
        now = suite.TOGETHER
        yield done(now, suite.together(repeats))
        now = "terraform plan and checkov"
        if why_not := terraform.prepare(COMPARED, Path(folder)):
            left_out.append(f"the comparison with {now}: {why_not}")
        else:
            for name, run in terraform.compare(COMPARED, Path(folder)).items():
                yield done(name, run)


def shown(run: Run) -> dict[str, Any]:
    """A run as the record has it."""
    return {
        "seconds": round(run.seconds, 2),
        "CPU seconds": {kind: round(seconds, 2) for kind, seconds in sorted(run.cpu.items())},
        "peak MiB": {kind: round(peak) for kind, peak in sorted(run.peaks.items())},
    }


def commit() -> str:
    """The commit that was measured, with a mark when files differ from it; "unknown" without git."""
    words = ["git", "-C", str(ROOT), "describe", "--always", "--dirty", "--abbrev=12"]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    return done.stdout.strip() or "unknown"


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


def write(file: Path, record: Mapping[str, Any]) -> None:
    """Write the record in one move; git keeps the earlier ones."""
    partial = file.with_suffix(".partial")
    partial.write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")
    partial.replace(file)


def table(record: Mapping[str, Any]) -> str:
    """The figures with what was asked of them, then what they come from, as aligned text."""
    lines = [f"machine: {', '.join(f'{key} {value}' for key, value in record['machine'].items())}"]
    lines += [f"left out: {each}" for each in record["left out"]] + [""]
    for name, value in record["figures"].items():
        lines.append(f"{name:<78}{value:>9.2f}" + (f"  at most {GOALS[name]}" if name in GOALS else ""))
    lines += ["", f"{'':<48}{'seconds':>9}  CPU seconds; peak MiB by process"]
    for name, run in record["runs"].items():
        cpu = " ".join(f"{kind} {seconds:.1f}" for kind, seconds in run["CPU seconds"].items())
        peaks = " ".join(f"{kind} {peak}" for kind, peak in run["peak MiB"].items())
        lines.append(f"{name:<48}{run['seconds']:>9.1f}  {cpu}; {peaks}")
    return "\n".join(lines)
