"""``smile report``: what previews, updates or refreshes did and found, in a format for a person or another tool."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from importlib import import_module
from pathlib import Path

from cli.answer import Answer, NoSuchValueError
from cli.cost.of_run import cost_of
from cli.files import expecting, prepare
from cli.preview_base import base_log, folder_of
from cli.program import Program
from cli.report_places import LOG, described
from cli.sandbox import FOLDER, SandboxError
from components.core.settings.problems import SettingsError
from report.run import Run, read

FORMATS = {
    "markdown": "report.markdown",
    "sarif": "report.sarif",
    "junit": "report.junit",
    "json": "report.findings_json",
    "html": "cli.report_page",
}
"""Name -> the module that has it, as ``render(runs: Sequence[Run]) -> str``; imported when asked for."""


@dataclass(frozen=True)
class Asked:
    """Which runs are meant.

    Attributes:
        program: whose.
        stacks: previewed before; all that were where none is named.
        against: the commit that they were previewed against.
        events: event logs, instead of stacks.
        base_events: the same before the change.
        positions: where resources are made, if that doesn't lie beside the logs.
    """

    program: Program
    stacks: Sequence[str] = ()
    against: str | None = None
    events: Sequence[Path] = ()
    base_events: Sequence[Path] = ()
    positions: Sequence[Path] = ()


def run(asked: Asked, name: str, output: Path | None) -> Answer:
    """Write the report; 1 where a run failed or broke a mandatory control.

    Raises:
        CommandError: there is none to report on.
        EventLogError: a file is no event log.
    """
    if output:
        prepare(output)
    runs = [with_cost(asked.program, each) for each in runs_of(asked)]
    text = renderer(name)(runs)
    if output:
        output.write_text(text, encoding="utf-8")
    return Answer(text="" if output else text, code=int(any(each.failed for each in runs)))


def renderer(name: str) -> Callable[[Sequence[Run]], str]:
    """The function of a format."""
    return import_module(FORMATS[name]).render


def runs_of(asked: Asked) -> list[Run]:
    """The runs that are meant, each with what it is compared with.

    Raises:
        SandboxError: a stack was never previewed, or a file can't be read.
        EventLogError: a file is no event log.
    """
    if asked.events:
        with expecting("an event log of pulumi"):
            logs, bases = asked.events, {base.stack: base for base in map(read, asked.base_events)}
            runs = [replace(each, base=bases.get(each.stack)) for each in map(named, logs)]
    elif asked.base_events:
        raise SandboxError("--base-events: has no effect alone; valid: with --events, or --against COMMIT in its place")
    else:
        folder = folder_of(asked.against) if asked.against else FOLDER
        labels = {stack: asked.program.label(stack) for stack in stacks_of(asked.program, folder, asked)}
        logs = [log_of(folder, label) for label in labels.values()]
        runs = [previewed(folder, stack, label) for stack, label in labels.items()]
    with expecting("STACK.positions.json of a preview, or what `pulumi stack export` writes"):
        return described(runs, logs, asked.positions, asked.program)


def named(log: Path) -> Run:
    """The run of a log; one that came to no resource doesn't know its stack, but the name of its file may.

    Raises:
        EventLogError: it isn't one.
        OSError: it can't be read.
    """
    run = read(log)
    return run if run.stack or not log.name.endswith(LOG) else replace(run, stack=log.name.removesuffix(LOG))


def previewed(folder: Path, stack: str, label: str) -> Run:
    """What the last preview of a stack left under its label.

    Raises:
        EventLogError: it isn't whole.
        OSError: it isn't there.
    """
    base = base_log(folder, label)
    # a run that came to no resource doesn't know its stack
    return replace(read(log_of(folder, label)), stack=stack, base=read(base) if base.is_file() else None)


def with_cost(program: Program, run: Run) -> Run:
    """The run with what its stack costs before and after, where the program has it and the engine came to its end.

    Raises:
        CostError: prices or assumptions can't be read.
    """
    if not run.is_finished or run.stack not in program.project.stacks:
        return run
    try:
        kind = program.kind(run.stack)
    except (SettingsError, NoSuchValueError):  # the preview says so, or nobody can
        return run
    return replace(run, cost=cost_of(run, kind))


def log_of(folder: Path, label: str) -> Path:
    """What the last preview of a stack did, event by event."""
    return folder / "previews" / f"{label}.events.json"


def stacks_of(program: Program, folder: Path, asked: Asked) -> list[str]:
    """The stacks to report on.

    Raises:
        SandboxError: one of them, or all, don't exist or were never previewed.
    """
    there = [stack for stack in program.project.stacks if log_of(folder, program.label(stack)).is_file()]
    stacks = list(dict.fromkeys(map(program.project.checked, asked.stacks))) or there
    if not stacks or set(stacks) - set(there):
        missing = [stack for stack in stacks if stack not in there]
        options = [*program.options, *(["--against", asked.against] if asked.against else [])]
        again = " ".join(["smile preview", *missing, *options])
        raise SandboxError(f"no preview of {', '.join(missing) or 'any stack'} in {folder}; run: {again}")
    return stacks
