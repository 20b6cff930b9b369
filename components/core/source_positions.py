"""Where each resource of a program is made: what a finding on it points to.

The engine keeps it in the state (``sourcePosition``, ``stackTrace``), but neither in the event log of a preview nor in
what a policy pack gets. So a program that calls ``record`` writes it to a file itself, when it is asked to.
"""

from __future__ import annotations

import asyncio
import atexit
import inspect
import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from types import FrameType

import pulumi

ASKED_BY = "SOURCE_POSITIONS"
"""Variable of the environment: the folder to write ``STACK.positions.json`` to."""
SUFFIX = ".positions.json"
INSTALLED = (sys.prefix, sys.base_prefix, "<", __file__)
"""How the names of files begin that aren't the program's."""


class Recorder:
    """URN -> the lines of the program that made it, ``FILE:LINE``, the innermost first."""

    def __init__(self) -> None:
        self.positions: dict[str, list[str]] = {}
        self._types: dict[pulumi.Resource, str] = {}

    def note(self, made: pulumi.ResourceTransformationArgs) -> None:
        """Note one resource; for the root stack's transformations, which run in each resource's constructor."""
        if made.opts.urn:  # a reference to what another process made
            return
        parent = made.opts.parent
        of = f"{self._types[parent]}$" if parent in self._types else ""
        self._types[made.resource] = f"{of}{made.type_}"
        urn = f"urn:pulumi:{pulumi.get_stack()}::{pulumi.get_project()}::{of}{made.type_}::{made.name}"
        self.positions[urn] = list(lines_of_the_program(inspect.currentframe()))


def record() -> None:
    """Write the positions, if somebody asks; to be called once, before the first resource.

    They are written each time that the program lets the event loop turn, at its end and between its layers, since it is
    killed when a mandatory control is broken; and once more when the process ends.
    """
    if folder := os.environ.get(ASKED_BY):
        recorder, loop = Recorder(), asyncio.get_running_loop()
        file = Path(folder) / f"{pulumi.get_stack()}{SUFFIX}"
        written = 0

        def keep() -> None:
            nonlocal written
            if len(recorder.positions) > written:
                written = len(recorder.positions)
                write(file, recorder)

        def note(made: pulumi.ResourceTransformationArgs) -> None:
            recorder.note(made)
            loop.call_soon(keep)

        pulumi.runtime.register_stack_transformation(note)
        atexit.register(write, file, recorder)


def write(file: Path, recorder: Recorder) -> None:
    """Whole or not at all."""
    partial = file.with_suffix(".partial")
    partial.write_text(json.dumps(recorder.positions), encoding="utf-8")
    partial.replace(file)


def lines_of_the_program(frame: FrameType | None) -> Iterator[str]:
    """The call stack from a frame outwards, without what is installed."""
    while frame:
        if not frame.f_code.co_filename.startswith(INSTALLED):
            yield f"{frame.f_code.co_filename}:{frame.f_lineno}"
        frame = frame.f_back
