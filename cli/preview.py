"""``smile preview``: every stack with every policy pack on mock providers, and what a person needs of it."""

from __future__ import annotations

import os
import shutil
import sys
import time
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cli.answer import Answer
from cli.offline import BANNER, execute
from cli.preview_base import against
from cli.program import Program, smile
from cli.progress import MovingLine
from cli.sandbox import FOLDER, ROOT, SandboxError
from components.core.settings.problems import SettingsError
from components.core.source_positions import ASKED_BY
from components.core.source_positions import SUFFIX as POSITIONS
from report.run import EventLogError, Run, read
from report.tables import table
from report.text import summary

PACKS = ("all",)
"""The packs that a run of ours names: one process serves the controls of every family."""
AT_ONCE = (os.cpu_count() or 1) + 1
"""Stacks previewed at the same time: one keeps a core and a half busy, and one core while it starts and ends."""


@dataclass(frozen=True)
class Outcome:
    """What one preview did.

    Attributes:
        stack: its name; of a program in platforms/, after that program's.
        code: the engine's exit code.
        output: all that it printed.
        seconds: wall-clock time.
        run: what the engine said; None where it didn't start.
        laxer: how many controls its configuration switches off or makes laxer than they are by themselves.
    """

    stack: str
    code: int
    output: str
    seconds: float
    run: Run | None = None
    laxer: int = 0

    @property
    def verdict(self) -> str:
        """In two words."""
        return "green" if self.code == 0 else f"FAILED (exit {self.code})"

    @property
    def data(self) -> dict[str, Any]:
        """For ``--json``."""
        counts = self.run.counts if self.run else {}
        mandatory, advisory = (self.run.at(level) if self.run else [] for level in ("mandatory", "advisory"))
        return {
            "stack": self.stack,
            "resources": self.run.resources if self.run else 0,
            **{name: counts.get(name, 0) for name in ("create", "update", "replace", "delete")},
            "mandatory": len(mandatory),
            "advisory": len(advisory),
            "exempted": sum(bool(each.exempted) for each in advisory),
            "laxer": self.laxer,
            "seconds": round(self.seconds, 1),
            "verdict": "green" if self.code == 0 else "failed",
            "exit": self.code,
            "output": str(output_file(self.stack)),
            "events": str(event_log(self.stack)),
        }

    def told(self) -> str:
        """What a person needs first, and where the rest is."""
        if self.run is None:
            return f"{self.stack}: {self.verdict}\n\n{self.output}"
        rest = f"All of it: {shown(output_file(self.stack))}"
        return f"{self.stack}: {self.verdict}: {summary(self.run)}\n\n{rest}\n"


def run(  # noqa: PLR0913 - the command's options
    stacks: Sequence[str],
    commit: str | None,
    *,
    full: bool,
    diff: bool,
    as_json: bool,
    programs: Sequence[Program] = (),
) -> Answer:
    """Each preview's summary and a table of verdicts; 1 when a preview or a mandatory control fails.

    Raises:
        SandboxError: a preview can't start.
        EventLogError: its event log isn't whole.
    """
    wanted = [(program, checked(program, stacks)) for program in programs or (smile(),)]
    if commit:
        options = [name for name, is_given in {"--full": full, "--diff": diff, "--json": as_json}.items() if is_given]
        ((program, names), *others) = wanted
        if others:
            raise SandboxError("--against: of one program at a time; valid: with --platform NAME, or without")
        return against(commit, program, names, PACKS, options)
    print(BANNER, file=sys.stderr, flush=True)
    outcomes = [outcome for program, names in wanted for outcome in preview_all(program, names, full=full, diff=diff)]
    data = {"stacks": [outcome.data for outcome in outcomes]}
    return Answer(data, verdicts(outcomes), int(any(outcome.code for outcome in outcomes)))


def checked(program: Program, stacks: Sequence[str]) -> list[str]:
    """The stacks to preview.

    Raises:
        SandboxError: one of them doesn't exist.
    """
    return list(dict.fromkeys(map(program.project.checked, stacks))) or program.project.stacks


def preview_all(program: Program, stacks: Sequence[str], *, full: bool = False, diff: bool = False) -> list[Outcome]:
    """Preview the stacks, some at the same time, and tell of each when it is done."""
    outcomes: dict[str, Outcome] = {}
    labels = [program.label(stack) for stack in stacks]

    def describe() -> str:
        waiting = ", ".join(each for each in labels if each not in outcomes)
        return f"previewing {waiting} with {', '.join(PACKS)}" if waiting else "previewed"

    print(describe(), file=sys.stderr, flush=True)
    with MovingLine(describe) as line, ThreadPoolExecutor(AT_ONCE) as pool:
        for future in as_completed([pool.submit(preview, program, stack, diff=diff) for stack in stacks]):
            outcome = future.result()
            outcomes[outcome.stack] = outcome
            with line.paused():
                print(outcome.output if full else outcome.told(), flush=True)
    return [outcomes[each] for each in labels]


def preview(program: Program, stack: str, *, diff: bool = False) -> Outcome:
    """One preview with all packs; its output and its event log stay, for `smile report`.

    Raises:
        SandboxError: it can't start.
        EventLogError: its event log isn't whole.
    """
    started, name = time.monotonic(), program.label(stack)
    try:
        configuration, laxer = program.policies_of(stack)
    except SettingsError as error:
        return Outcome(name, 1, str(error), time.monotonic() - started)
    events, output = event_log(name), output_file(name)
    events.parent.mkdir(parents=True, exist_ok=True)
    for of_the_last in (events, positions(name)):
        of_the_last.unlink(missing_ok=True)
    words = [*command(stack, events), *pack_words(PACKS, configuration), *(["--diff"] if diff else [])]
    with output.open("wb") as file:
        code = execute(program.project, words, output=file.fileno(), variables={ASKED_BY: str(events.parent)})
    text = output.read_text(encoding="utf-8", errors="replace")
    try:
        said = read(events) if events.is_file() else None
    except EventLogError as error:
        free = shutil.disk_usage(events.parent).free // 2**20
        raise EventLogError(f"{error}; {free} MiB are free there") from error
    return Outcome(name, code, text, time.monotonic() - started, said, laxer)


def output_file(stack: str) -> Path:
    """What the last preview of a stack printed."""
    return FOLDER / "previews" / f"{stack}.txt"


def event_log(stack: str) -> Path:
    """What the last preview of a stack did, event by event."""
    return FOLDER / "previews" / f"{stack}.events.json"


def positions(stack: str) -> Path:
    """Where the program of the last preview of a stack makes each resource."""
    return FOLDER / "previews" / f"{stack}{POSITIONS}"


def shown(file: Path) -> str:
    """A path as somebody in the project's folder names it."""
    return str(file.relative_to(ROOT) if file.is_relative_to(ROOT) else file)


def command(stack: str, events: Path) -> list[str]:
    """The plain Pulumi command, without the packs: the only thing of ours in it."""
    return ["pulumi", "preview", "--stack", stack, "--non-interactive", "--color", color(), "--event-log", str(events)]


def policy_arguments(stack: str, packs: Sequence[str] = PACKS, program: Program | None = None) -> list[str]:
    """The packs, each with what they are told of a stack (`smile policies`), if the program has it.

    Raises:
        SettingsError: the settings can't be used.
        SandboxError: what the packs are told can't.
    """
    program = program or smile()
    return pack_words(packs, program.policies_of(stack)[0] if stack in program.project.stacks else None)


def pack_words(packs: Sequence[str], configuration: Path | None) -> list[str]:
    """The packs, each with the same file of levels and parameters, if there is one."""
    given = ["--policy-pack-config", str(configuration)] if configuration else []
    return [word for pack in packs for word in ("--policy-pack", str(ROOT / "policies" / pack), *given)]


def color() -> str:
    """What pulumi's --color takes: as on a terminal when we write to one, but for NO_COLOR (https://no-color.org)."""
    return "always" if sys.stdout.isatty() and not os.environ.get("NO_COLOR") else "never"


def verdicts(outcomes: Iterable[Outcome]) -> str:
    """As a table; without the files."""
    rows = [{**outcome.data, "seconds": f"{outcome.seconds:.1f}", "verdict": outcome.verdict} for outcome in outcomes]
    head = [name for name in rows[0] if name not in {"exit", "output", "events"}]
    return table(head, ([row[name] for name in head] for row in rows), right=head[1:-1])
