"""``smile preview``: every stack with every policy pack on mock providers, and what a person needs of it."""

from __future__ import annotations

import argparse
import shutil
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path

from cli import sandbox
from cli.offline import BANNER, execute
from cli.policies import laxer_controls, library, write
from cli.preview_base import against
from cli.progress import MovingLine
from cli.sandbox import FOLDER, ROOT, Project, SandboxError
from components.core.settings.problems import SettingsError
from components.core.source_positions import ASKED_BY
from components.core.source_positions import SUFFIX as POSITIONS
from report.run import EventLogError, Run, read
from report.text import summary
from settings import loader

PACKS = ("all",)
"""The packs that a run of ours names: one process serves the controls of every family."""
AT_ONCE = 2
"""Stacks previewed at the same time: one preview is some seven processes already."""


@dataclass(frozen=True)
class Outcome:
    """What one preview did.

    Attributes:
        stack: its name.
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

    def told(self) -> str:
        """What a person needs first, and where the rest is."""
        if self.run is None:
            return f"{self.stack}: {self.verdict}\n\n{self.output}"
        rest = f"All of it: {shown(output_file(self.stack))}"
        return f"{self.stack}: {self.verdict}: {summary(self.run)}\n\n{rest}\n"


def configure(parser: argparse.ArgumentParser) -> None:
    """Stacks to preview, all of them by default; how much is printed; what they are compared with."""
    parser.add_argument("stacks", nargs="*", metavar="STACK", help="one with a Pulumi.STACK.yaml; default: all")
    parser.add_argument(
        "--stack", "-s", action="append", default=[], metavar="STACK", help="the same, as pulumi takes it"
    )
    parser.add_argument("--full", action="store_true", help="print all that the engine prints, not its summary")
    parser.add_argument("--diff", action="store_true", help="with the values that change, as pulumi preview --diff")
    parser.add_argument(
        "--against",
        metavar="COMMIT",
        help="show what changes since a commit, such as origin/main: its program is brought up offline first",
    )


def run(arguments: argparse.Namespace) -> int:
    """Print each preview's summary and a table of verdicts; 1 when a preview or a mandatory control fails."""
    try:
        project = sandbox.find_project(ROOT)
        stacks = checked(project, arguments.stacks + arguments.stack)
        if arguments.against:
            return against(arguments.against, stacks, PACKS, full=arguments.full, diff=arguments.diff)
        print(BANNER, file=sys.stderr, flush=True)
        outcomes = preview_all(project, stacks, full=arguments.full, diff=arguments.diff)
    except (SandboxError, EventLogError, OSError) as error:
        print(f"smile preview: {error}", file=sys.stderr)
        return 1
    print(table(outcomes))
    return int(any(outcome.code for outcome in outcomes))


def checked(project: Project, stacks: Sequence[str]) -> list[str]:
    """The stacks to preview.

    Raises:
        SandboxError: one of them doesn't exist.
    """
    return list(dict.fromkeys(map(project.checked, stacks))) or project.stacks


def preview_all(project: Project, stacks: Sequence[str], *, full: bool = False, diff: bool = False) -> list[Outcome]:
    """Preview the stacks, some at the same time, and tell of each when it is done."""
    outcomes: dict[str, Outcome] = {}

    def describe() -> str:
        waiting = ", ".join(stack for stack in stacks if stack not in outcomes)
        return f"previewing {waiting} with {', '.join(PACKS)}"

    print(describe(), file=sys.stderr, flush=True)
    with MovingLine(describe) as line, ThreadPoolExecutor(AT_ONCE) as pool:
        for future in as_completed([pool.submit(preview, project, stack, diff=diff) for stack in stacks]):
            outcome = future.result()
            outcomes[outcome.stack] = outcome
            with line.paused():
                print(outcome.output if full else outcome.told(), flush=True)
    return [outcomes[stack] for stack in stacks]


def preview(project: Project, stack: str, *, diff: bool = False) -> Outcome:
    """One preview with all packs; its output and its event log stay, for `smile report`.

    Raises:
        SandboxError: it can't start.
        EventLogError: its event log isn't whole.
    """
    started = time.monotonic()
    try:
        settings = loader.from_files(stack)
    except SettingsError as error:
        return Outcome(stack, 1, str(error), time.monotonic() - started)
    events, output = event_log(stack), output_file(stack)
    events.parent.mkdir(parents=True, exist_ok=True)
    for of_the_last in (events, positions(stack)):
        of_the_last.unlink(missing_ok=True)
    words, laxer = [*command(stack, events), *(["--diff"] if diff else [])], len(laxer_controls(settings))
    with output.open("wb") as file:
        code = execute(project, words, output=file.fileno(), variables={ASKED_BY: str(events.parent)})
    text = output.read_text(encoding="utf-8", errors="replace")
    try:
        said = read(events) if events.is_file() else None
    except EventLogError as error:
        free = shutil.disk_usage(events.parent).free // 2**20
        raise EventLogError(f"{error}; {free} MiB are free there") from error
    return Outcome(stack, code, text, time.monotonic() - started, said, laxer)


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
    """The plain Pulumi command; the only thing of ours in it is which packs it names."""
    words = ["pulumi", "preview", "--stack", stack, "--non-interactive", "--color", color(), "--event-log", str(events)]
    return words + policy_arguments(stack)


def policy_arguments(stack: str, packs: Sequence[str] = PACKS) -> list[str]:
    """The packs, each with what the stack's settings make laxer or stricter (`smile policies`), if it is one of ours.

    Raises:
        SettingsError: the settings can't be used.
        SandboxError: policies/config can't.
    """
    configuration = FOLDER / "policies" / f"{stack}.json"
    if stack in loader.stacks():
        for file in sorted((ROOT / "policies" / "config").glob("*.json")):
            check_configuration(file)
        write(configuration, loader.from_files(stack))
    else:
        configuration.unlink(missing_ok=True)
    words: list[str] = []
    for pack in packs:
        words += ["--policy-pack", str(ROOT / "policies" / pack)]
        words += ["--policy-pack-config", str(configuration)] if configuration.is_file() else []
    return words


def check_configuration(file: Path) -> None:
    """Refuse a file of policies/config with the line of each mistake; the engine takes some of them in silence.

    Raises:
        SandboxError: it isn't valid.
    """
    with library():
        from guardrails.engine.configuration import ConfigurationError
        from guardrails.engine.configuration_file import check

    try:
        check(file, overlay=True)
    except ConfigurationError as error:
        raise SandboxError(str(error)) from None


def color() -> str:
    """What pulumi's --color takes: as on a terminal when we write to one."""
    return "always" if sys.stdout.isatty() else "never"


def table(outcomes: Sequence[Outcome]) -> str:
    """The verdicts as aligned text."""
    operations, levels = ("create", "update", "replace", "delete"), ("mandatory", "advisory")
    names = (*operations, *levels, "exempted", "laxer", "seconds")
    rows = [f"{'stack':<10}{'resources':>10}{''.join(f'{name:>{len(name) + 2}}' for name in names)}  verdict"]
    for outcome in outcomes:
        run = outcome.run
        counts = run.counts if run else {}
        found = [run.at(level) if run else [] for level in levels]
        values = [
            *(counts.get(operation, 0) for operation in operations),
            *map(len, found),
            sum(bool(each.exempted) for each in found[1]),
            outcome.laxer,
            f"{outcome.seconds:.1f}",
        ]
        cells = "".join(f"{value:>{len(name) + 2}}" for name, value in zip(names, values, strict=True))
        rows.append(f"{outcome.stack:<10}{run.resources if run else 0:>10}{cells}  {outcome.verdict}")
    return "\n".join(rows)
