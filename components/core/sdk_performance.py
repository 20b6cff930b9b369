"""Work-arounds for eight costs of Pulumi's Python SDK; docs/adr/0013-sdk-performance.md has the measurements.

1. ``pulumi.runtime.stack.wait_for_rpcs`` calls ``asyncio.wait(outputs, return_when=FIRST_COMPLETED)`` over all
   outstanding outputs once for each output that completes. Each call adds a callback to every output and removes it
   again: O(n²) in the number of outputs; see https://github.com/pulumi/pulumi/pull/22411.
2. ``pulumi.log.debug`` makes a blocking gRPC call to the engine from the event loop for each of the SDK's own debug
   lines, about four for each resource. The engine shows none of them unless it runs with ``--debug``.
3. Nearly all objects that the SDK makes live as long as the program, and the garbage collector of Python looks at them
   again and again, and once more when the process ends. What it would free is a few percent of what there is.
4. Of a service's package all modules are imported, whatever is used of it, and
5. their annotations are evaluated, which nobody asks for: see ``sdk_imports``.
6. For each resource, ``pulumi.runtime.resource._get_stack_trace`` asks the file system whether the source of each frame
   has changed, and makes a URI of its name.
7. Where a control ends a run, the engine interrupts the program and gives it five seconds, then kills it
   (``ExecPlugin`` in sdk/go/common/resource/plugin/plugin.go). A program that waits for an answer doesn't end by then:
   Python first joins the threads of the SDK, which wait for the same engine.
8. An annotation that is a text is compiled anew wherever it stands: ``pulumi.Output[str]`` at each property.

What the SDK does only when the program's code has run to its end can begin earlier: see ``early_registration``.
"""

from __future__ import annotations

import asyncio
import atexit
import gc
import inspect
import os
import re
import signal
import typing
from collections import deque
from collections.abc import Callable, Iterable
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from typing import Any, cast

import psutil
import pulumi.log
import pulumi.runtime.resource
import pulumi.runtime.stack
from pulumi.runtime import settings
from pulumi.runtime.proto import source_pb2

from components.core import sdk_imports

DEBUG_FLAG = re.compile(r"--debug(=(?!false|f$|0).*)?|-[a-zA-Z]*d|--verbose(=.*)?|-[a-zA-Z]*v(=?\d*)")
"""``--debug``, ``-d``, or short flags in one word: ``-yd``; ``-v=9``, with which the engine's own log has these lines.
``-sdev`` matches too, which does no harm.
"""

SETTINGS = cast("Any", settings.SETTINGS)  # its attributes go through a proxy that type checkers don't see through

wait_for_remote_calls = pulumi.runtime.stack.wait_for_rpcs


def apply() -> None:
    """Take effect in this process. To be called once, before the first resource, and best before other imports."""
    sdk_imports.install()
    pulumi.runtime.stack.wait_for_rpcs = wait_for_rpcs
    pulumi.runtime.resource._get_stack_trace = stack_trace  # noqa: SLF001 # pyright: ignore[reportPrivateUsage]
    if not debug_requested():
        pulumi.log.debug = discard
    typing.compile = lru_cache(maxsize=None)(compile)  # pyright: ignore[reportAttributeAccessIssue]
    if engine_command():  # the process is the program's alone, and ends with it
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        gc.disable()
        atexit.register(gc.freeze)  # the process ends without a last collection


async def wait_for_rpcs(await_all_outstanding_tasks: bool = True) -> None:  # noqa: FBT001, FBT002 - the SDK's own
    """Wait for all remote calls and outputs, also those added meanwhile; raises what any of them raises.

    At the same time: the published one looks at outputs only when no call is outstanding. That is at once in a program
    that runs to its end before the first call begins, but here calls have begun (`early_registration`), and what an
    ``apply`` raises would be told after minutes, or never where a call waits for an output that never completes.
    """
    if not await_all_outstanding_tasks:
        return await wait_for_remote_calls(await_all_outstanding_tasks=False)
    while True:
        calls = asyncio.ensure_future(wait_for_remote_calls(await_all_outstanding_tasks=False))
        await drain(take_outstanding_outputs, calls)
        if not SETTINGS.rpc_manager.rpcs:
            return None


def take_outstanding_outputs() -> list[asyncio.Future[Any]]:
    """The outputs that nobody waits for yet, taken off the SDK's list."""
    with SETTINGS.lock:
        outputs = list(SETTINGS.outputs)
        SETTINGS.outputs.clear()
    return outputs


async def drain(take: Callable[[], Iterable[asyncio.Future[Any]]], *first: asyncio.Future[Any]) -> None:
    """Await some futures, and those that ``take`` hands out until it has no more, in the order in which they complete.

    Each future gets one callback, whatever the number of the others, and what completes together is looked at together.
    """
    completed: deque[asyncio.Future[Any]] = deque()
    some, outstanding = asyncio.Event(), 0

    def complete(future: asyncio.Future[Any]) -> None:
        completed.append(future)
        some.set()

    while True:
        for future in (*first, *take()):
            future.add_done_callback(complete)
            outstanding += 1
        first = ()
        if not outstanding:
            return
        await some.wait()
        some.clear()
        while completed:
            completed.popleft().result()
            outstanding -= 1


def discard(*_: object, **__: object) -> None:
    """Stands in for ``pulumi.log.debug`` when nobody reads debug lines."""


CONSTRUCTORS = 3
"""Of a resource: its own, CustomResource's or ComponentResource's, and Resource's; the program's frames are above."""


def stack_trace() -> source_pb2.StackTrace:
    """Where the resource that is being made is made, the innermost frame first; empty outside of a constructor."""
    frame, seen = inspect.currentframe(), 0
    while frame and seen < CONSTRUCTORS:
        seen += frame.f_code.co_name == "__init__"
        frame = frame.f_back
    frames: list[source_pb2.StackFrame] = []
    while frame:
        frames.append(stack_frame(frame.f_code.co_filename, frame.f_lineno))
        frame = frame.f_back
    return source_pb2.StackTrace(frames=frames)


@lru_cache(maxsize=4096)
def stack_frame(file: str, line: int) -> source_pb2.StackFrame:
    """A frame as the engine takes it; without a place where the code comes from no file."""
    try:
        return source_pb2.StackFrame(pc=source_pb2.SourcePosition(uri=Path(file).as_uri(), line=line))
    except ValueError:  # <frozen runpy>
        return source_pb2.StackFrame()


def debug_requested() -> bool:
    """Whether the engine shows debug lines.

    The engine doesn't say so to the program: it's read from the command line of the ``pulumi`` process above this one,
    and from PULUMI_OPTION_DEBUG, which that reads too. True in case of doubt: sending lines that the engine drops costs
    time, dropping lines that somebody asked for costs more.
    """
    if os.environ.get("PULUMI_OPTION_DEBUG", "false").lower() not in {"", "false", "f", "0"}:
        return True
    command = engine_command()
    return not command or any(DEBUG_FLAG.fullmatch(word) for word in command[1:])


def engine_command() -> list[str]:
    """The command line of the ``pulumi`` whose language host runs this program; empty where it runs in none.

    Such as with the Automation API's inline programs, in a process that may go on for long, and that may have been
    started by ``pulumi env run``.
    """
    try:
        above = pairwise(psutil.Process().parents())
        return next(
            engine.cmdline()
            for host, engine in above
            if host.name().startswith("pulumi-language-") and engine.name() == "pulumi"
        )
    except (psutil.Error, StopIteration):
        return []
