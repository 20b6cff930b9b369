"""``smile preview``: every stack with every policy pack on mock providers."""

from __future__ import annotations

import argparse
import json
import shutil
import sys
import tempfile
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cli import sandbox
from cli.offline import BANNER, execute
from cli.policies import laxer_controls, library, write
from cli.progress import MovingLine
from cli.sandbox import FOLDER, ROOT, Project, SandboxError
from components.core.settings.problems import SettingsError
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
        resources: how many the stack has after the preview.
        violations: policy violations by enforcement level; those that an exemption lets pass also under ``exempted``.
        laxer: how many controls its configuration switches off or makes laxer than they are by themselves.
    """

    stack: str
    code: int
    output: str
    seconds: float
    resources: int
    violations: dict[str, int]
    laxer: int = 0


def configure(parser: argparse.ArgumentParser) -> None:
    """Stacks to preview; all of them by default."""
    parser.add_argument("stacks", nargs="*", metavar="STACK", help="one with a Pulumi.STACK.yaml; default: all")
    parser.add_argument(
        "--stack", "-s", action="append", default=[], metavar="STACK", help="the same, as pulumi takes it"
    )


def run(arguments: argparse.Namespace) -> int:
    """Print each preview and a table of verdicts; 1 when a preview or a mandatory control fails."""
    try:
        project = sandbox.find_project(ROOT)
        stacks = checked(project, arguments.stacks + arguments.stack)
        print(BANNER, file=sys.stderr, flush=True)
        outcomes = preview_all(project, stacks)
    except (SandboxError, OSError) as error:
        print(f"smile preview: {error}", file=sys.stderr)
        return 1
    print(table(outcomes))
    return int(any(outcome.code for outcome in outcomes))


def checked(project: Project, stacks: Sequence[str]) -> list[str]:
    """The stacks to preview.

    Raises:
        SandboxError: one of them doesn't exist.
    """
    unknown = [stack for stack in stacks if stack not in project.stacks]
    if unknown:
        raise SandboxError(
            f"no stack {unknown[0]!r}: valid are {', '.join(project.stacks)} (one Pulumi.STACK.yaml each)"
        )
    return list(dict.fromkeys(stacks)) or project.stacks


def preview_all(project: Project, stacks: Sequence[str]) -> list[Outcome]:
    """Preview the stacks, some at the same time, and print each one's output when it is done."""
    outcomes: dict[str, Outcome] = {}

    def describe() -> str:
        waiting = ", ".join(stack for stack in stacks if stack not in outcomes)
        return f"previewing {waiting} with {', '.join(PACKS)}"

    print(describe(), file=sys.stderr, flush=True)
    with MovingLine(describe) as line, ThreadPoolExecutor(AT_ONCE) as pool:
        for future in as_completed([pool.submit(preview, project, stack) for stack in stacks]):
            outcome = future.result()
            outcomes[outcome.stack] = outcome
            with line.paused():
                print(outcome.output, flush=True)
    return [outcomes[stack] for stack in stacks]


def preview(project: Project, stack: str) -> Outcome:
    """One preview with all packs.

    Raises:
        SandboxError: it can't start, or its event log isn't whole.
    """
    started = time.monotonic()
    try:
        settings = loader.from_files(stack)
    except SettingsError as error:
        return Outcome(stack, 1, str(error), time.monotonic() - started, 0, {})
    with tempfile.TemporaryDirectory() as folder:
        log, events = Path(folder) / "output", Path(folder) / "events"
        words, laxer = command(stack, events), len(laxer_controls(settings))
        with log.open("wb") as output:
            code = execute(project, words, output=output.fileno())
        text = log.read_text(encoding="utf-8", errors="replace")
        try:
            resources, violations = summary(events)
        except json.JSONDecodeError as error:
            free = shutil.disk_usage(folder).free // 2**20
            raise SandboxError(
                f"the event log of {stack} in {tempfile.gettempdir()} is cut off: {free} MiB are free there; set "
                "TMPDIR to a folder with some 10 MiB for each stack"
            ) from error
    return Outcome(stack, code, text, time.monotonic() - started, resources, violations, laxer)


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


def summary(events: Path) -> tuple[int, dict[str, int]]:
    """The number of resources and of violations (see `Outcome`), from the engine's event log."""
    resources, violations = 0, dict[str, int]()
    for line in events.read_text(encoding="utf-8").splitlines() if events.is_file() else []:
        event: dict[str, Any] = json.loads(line)
        if "policyEvent" in event:
            level, message = event["policyEvent"]["enforcementLevel"], event["policyEvent"].get("message", "")
            for kind in (level, *(["exempted"] if "\nExempted until " in message else ())):
                violations[kind] = violations.get(kind, 0) + 1
        changes: dict[str, int] = event.get("summaryEvent", {}).get("resourceChanges", {})
        resources += sum(count for operation, count in changes.items() if operation != "delete")
    return resources, violations


def table(outcomes: Sequence[Outcome]) -> str:
    """The verdicts as aligned text."""
    kinds = ("mandatory", "advisory", "exempted")
    rows = [
        f"{'stack':<10}{'resources':>10}{''.join(f'{kind:>11}' for kind in kinds)}{'laxer':>7}{'seconds':>9}  verdict"
    ]
    for outcome in outcomes:
        counts = "".join(f"{outcome.violations.get(kind, 0):>11}" for kind in kinds)
        verdict = "green" if outcome.code == 0 else f"FAILED (exit {outcome.code})"
        rows.append(
            f"{outcome.stack:<10}{outcome.resources:>10}{counts}{outcome.laxer:>7}{outcome.seconds:>9.1f}  {verdict}"
        )
    return "\n".join(rows)
