"""One command under observation: its seconds, and the CPU seconds and peak memory of each kind of process in it."""

from __future__ import annotations

import subprocess
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from cli.answer import CommandError

SAMPLE_SECONDS = 0.05
MEBIBYTE = 1024 * 1024

KINDS = (
    ("provider", "-m offline"),
    ("pack", "pulumi.policy"),
    ("program", "pulumi-language-python-exec"),
    ("language host", "pulumi-language-python"),
    ("engine", "pulumi preview"),
    ("checkov", "checkov"),
    ("terraform", "terraform"),
    ("smile", "cli.__main__"),
)
"""Kind of process and what its command line contains; the first that fits."""


@dataclass(frozen=True)
class Run:
    """What one run took.

    Attributes:
        seconds: wall-clock time.
        peaks: highest resident memory of one process, MiB, by kind of process.
        cpu: CPU seconds, user and system, of all processes of a kind, as last seen: up to SAMPLE_SECONDS too few each.
    """

    seconds: float
    peaks: dict[str, float] = field(default_factory=dict[str, float])
    cpu: dict[str, float] = field(default_factory=dict[str, float])

    @property
    def cpu_seconds(self) -> float:
        """CPU seconds of all processes together."""
        return sum(self.cpu.values())


class MeasurementError(CommandError):
    """A measured command failed, so its time means nothing."""


class Observer:
    """Looks at the descendants of this process while a command runs."""

    def __init__(self) -> None:
        self.peaks: dict[str, float] = {}
        self._cpu: dict[tuple[int, float], tuple[str, float]] = {}

    def watch(self, done: threading.Event) -> None:
        """Sample until ``done``."""
        me = psutil.Process()
        while not done.wait(SAMPLE_SECONDS):
            for process in me.children(recursive=True):
                try:
                    self.sample(process)
                except psutil.Error:
                    continue  # it ended while we looked

    def sample(self, process: psutil.Process) -> None:
        """Take down what one process has used by now."""
        me = (process.pid, process.create_time())
        with process.oneshot():
            kind = kind_of(" ".join(process.cmdline()))  # each time: a child has its parent's until it has begun
            memory, times = process.memory_info().rss / MEBIBYTE, process.cpu_times()
        if kind:
            self.peaks[kind] = max(self.peaks.get(kind, 0.0), memory)
            self._cpu[me] = (kind, times.user + times.system)

    @property
    def cpu(self) -> dict[str, float]:
        """CPU seconds by kind of process."""
        total: dict[str, float] = {}
        for kind, seconds in self._cpu.values():
            total[kind] = total.get(kind, 0.0) + seconds
        return total


def kind_of(command_line: str) -> str | None:
    """The kind of process, or None for what isn't measured."""
    return next((name for name, part in KINDS if part in command_line), None)


def measure(command: Sequence[str], folder: Path, environment: dict[str, str]) -> Run:
    """Run ``command`` to its end and observe it.

    Raises:
        MeasurementError: it failed; carries the end of its output.
    """
    observer, done = Observer(), threading.Event()
    watcher = threading.Thread(target=observer.watch, args=(done,))
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
    return Run(seconds, observer.peaks, observer.cpu)


def best(runs: Sequence[Run]) -> Run:
    """The fastest of several runs, with the least CPU time and the most memory of any: noise only ever adds time."""
    peaks: dict[str, float] = {}
    for run in runs:
        for kind, memory in run.peaks.items():
            peaks[kind] = max(peaks.get(kind, 0.0), memory)
    thriftiest = min(runs, key=lambda run: run.cpu_seconds)
    return Run(min(run.seconds for run in runs), peaks, thriftiest.cpu)
