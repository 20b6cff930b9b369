"""Runs a command so that neither Ctrl-C nor a kill leaves a process behind."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import threading
import uuid
from collections.abc import Generator, Mapping, Sequence
from pathlib import Path
from types import FrameType
from typing import cast

import psutil

RUN = "SMILE_OFFLINE_RUN"
"""Variable of every process of a run: the number and the birth of the process that started it, and which run it is."""

GRACE = 2.0
"""Seconds from the second Ctrl-C, with which the engine gives up what it waits for, until it is killed."""


def run(command: Sequence[str], folder: Path, variables: Mapping[str, str], output: int | None = None) -> int:
    """Run a command to its end; its exit code, or minus the signal that ended it.

    The first SIGINT or SIGTERM is the command's to handle: the engine finishes what it has begun, and saves its state.

    Args:
        command: its words.
        folder: where it runs.
        variables: its environment.
        output: a file descriptor for standard output and error; None for our own.

    Raises:
        OSError: there is no such command, or it can't be started.
    """
    mark = f"{_identity(os.getpid())}/{uuid.uuid4()}"
    alone = threading.current_thread() is threading.main_thread()  # only there can signals be handled
    # A terminal sends Ctrl-C to every process of the group in its foreground, and only these may read from it. Without
    # a terminal the signal may be for us alone, so the command gets a group of its own and the signal from us.
    apart = alone and not (sys.stdin and sys.stdin.isatty())
    process = subprocess.Popen(
        command, cwd=folder, env={**variables, RUN: mark}, stdout=output,
        stderr=subprocess.STDOUT if output is not None else None, process_group=0 if apart else None,
    )  # fmt: skip
    with _interruptible(process, passing_on=apart) if alone else contextlib.nullcontext():
        code = process.wait()
    if code < 0:  # what it had started, it could not end
        end_leftovers(mark)
    return code


@contextlib.contextmanager
def _interruptible(process: subprocess.Popen[bytes], *, passing_on: bool) -> Generator[None]:
    """While a process runs, its signals end it, and not us."""
    seen: list[int] = []

    def handle(number: int, _: FrameType | None) -> None:
        if passing_on and process.poll() is None:
            with contextlib.suppress(ProcessLookupError):  # it ended while we got the signal
                os.killpg(process.pid, number)
        seen.append(number)
        if len(seen) == 2:
            killer = threading.Timer(GRACE, process.kill)
            killer.daemon = True
            killer.start()

    before = {number: signal.signal(number, handle) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def end_leftovers(mark: str = "") -> None:
    """End the engine's processes of a run, or, without a mark, of all runs whose starter is gone."""
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error, OSError):  # another user's, or gone meanwhile
            found = process.environ().get(RUN, "")
            stale = found == mark if mark else found and not _started(found)
            if stale and any("pulumi" in word for word in process.cmdline()):
                process.kill()
                process.wait(timeout=GRACE)


def _identity(process: int) -> str:
    return f"{process}-{psutil.Process(process).create_time()}"


def _started(mark: str) -> bool:
    """Whether the process that started the run still lives."""
    identity = mark.partition("/")[0]
    try:
        return _identity(int(identity.partition("-")[0])) == identity
    except (psutil.NoSuchProcess, ValueError):
        return False


def name_of_signal(code: int) -> str:
    """`SIGKILL` of -9."""
    return cast("str", signal.Signals(-code).name)
