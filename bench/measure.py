"""One command under observation: its seconds, and the peak memory of each kind of process in it."""

from __future__ import annotations

import subprocess
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import psutil

SAMPLE_SECONDS = 0.05
MEBIBYTE = 1024 * 1024

KINDS = (
    ("provider", "-m offline"),
    ("pack", "pulumi.policy"),
    ("program", "pulumi-language-python-exec"),
    ("language host", "pulumi-language-python"),
    ("engine", "pulumi preview"),
)
"""Kind of process and what its command line contains; the first that fits."""


@dataclass(frozen=True)
class Run:
    """What one run took.

    Attributes:
        seconds: wall-clock time.
        peaks: highest resident memory of one process, MiB, by kind of process.
    """

    seconds: float
    peaks: dict[str, float] = field(default_factory=dict[str, float])


class MeasurementError(Exception):
    """A measured command failed, so its time means nothing."""


def measure(command: Sequence[str], folder: Path, environment: dict[str, str]) -> Run:
    """Run ``command`` to its end and observe it.

    Raises:
        MeasurementError: it failed; carries the end of its output.
    """
    peaks: dict[str, float] = {}
    done = threading.Event()
    watcher = threading.Thread(target=watch, args=(peaks, done))
    started = time.monotonic()
    watcher.start()
    try:
        result = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
        seconds = time.monotonic() - started
    finally:
        done.set()
        watcher.join()
    if result.returncode:
        raise MeasurementError(f"{' '.join(command)} failed: {(result.stdout + result.stderr)[-2000:]}")
    return Run(seconds, peaks)


def watch(peaks: dict[str, float], done: threading.Event) -> None:
    """Keep the highest resident memory of each kind of descendant in ``peaks`` until ``done``."""
    me = psutil.Process()
    while not done.wait(SAMPLE_SECONDS):
        for process in me.children(recursive=True):
            try:
                line = " ".join(process.cmdline())
                memory = process.memory_info().rss / MEBIBYTE
            except psutil.Error:
                continue  # it ended while we looked
            kind = next((name for name, part in KINDS if part in line), None)
            if kind:
                peaks[kind] = max(peaks.get(kind, 0.0), memory)


def best(runs: Sequence[Run]) -> Run:
    """The fastest of several runs, with the highest memory of any: noise only ever adds time."""
    peaks: dict[str, float] = {}
    for run in runs:
        for kind, memory in run.peaks.items():
            peaks[kind] = max(peaks.get(kind, 0.0), memory)
    return Run(min(run.seconds for run in runs), peaks)
