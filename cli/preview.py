"""``smile preview``: every stack with every policy pack on the embedded default."""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cli import sandbox
from cli.offline import BANNER, execute
from cli.policies import write
from cli.sandbox import FOLDER, ROOT, Project, SandboxError
from components.core.settings.problems import SettingsError
from settings import loader

PACKS = ("encryption", "data_residency", "least_privilege", "resilience")
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
        violations: policy violations by enforcement level.
    """

    stack: str
    code: int
    output: str
    seconds: float
    resources: int
    violations: dict[str, int]


def configure(parser: argparse.ArgumentParser) -> None:
    """Stacks to preview; all of them by default."""
    parser.add_argument("stacks", nargs="*", metavar="STACK", help="dev, staging or prod; default: all")


def run(arguments: argparse.Namespace) -> int:
    """Print each preview and a table of verdicts; 1 when a preview or a mandatory control fails."""
    try:
        project = sandbox.find_project(ROOT)
        stacks = checked(project, arguments.stacks)
        print(BANNER, file=sys.stderr, flush=True)
        outcomes = list(preview_all(project, stacks))
    except SandboxError as error:
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
    return list(stacks or project.stacks)


def preview_all(project: Project, stacks: Sequence[str]) -> list[Outcome]:
    """Preview the stacks, some at the same time, and print each one's output when it and those before it are done."""
    outcomes: list[Outcome] = []
    with ThreadPoolExecutor(AT_ONCE) as pool:
        running: list[Future[Outcome]] = [pool.submit(preview, project, stack) for stack in stacks]
        for stack, future in zip(stacks, running, strict=True):
            print(f"previewing {stack} with {', '.join(PACKS)} ...", file=sys.stderr, flush=True)
            outcomes.append(future.result())
            print(outcomes[-1].output, flush=True)
    return outcomes


def preview(project: Project, stack: str) -> Outcome:
    """One preview with all packs."""
    started = time.monotonic()
    try:
        loader.from_files(stack)
    except SettingsError as error:
        return Outcome(stack, 1, str(error), time.monotonic() - started, 0, {})
    with tempfile.TemporaryDirectory() as folder:
        log, events = Path(folder) / "output", Path(folder) / "events"
        with log.open("wb") as output:
            code = execute(project, command(stack, events), output=output.fileno())
        text = log.read_text(encoding="utf-8", errors="replace")
        resources, violations = summary(events)
    return Outcome(stack, code, text, time.monotonic() - started, resources, violations)


def command(stack: str, events: Path) -> list[str]:
    """The plain Pulumi command; the only thing of ours in it is which packs it names."""
    words = ["pulumi", "preview", "--stack", stack, "--non-interactive", "--color", color(), "--event-log", str(events)]
    return words + policy_arguments(stack)


def policy_arguments(stack: str, packs: Sequence[str] = PACKS) -> list[str]:
    """The packs, each with what the stack's settings make laxer or stricter (`smile policies`), if it is one of ours.

    Raises:
        SettingsError: the settings can't be used.
    """
    configuration = FOLDER / "policies" / f"{stack}.json"
    if stack in loader.stacks():
        write(configuration, loader.from_files(stack))
    else:
        configuration.unlink(missing_ok=True)
    words: list[str] = []
    for pack in packs:
        words += ["--policy-pack", str(ROOT / "policies" / pack)]
        words += ["--policy-pack-config", str(configuration)] if configuration.is_file() else []
    return words


def color() -> str:
    """What pulumi's --color takes: as on a terminal when we write to one."""
    return "always" if sys.stdout.isatty() else "never"


def summary(events: Path) -> tuple[int, dict[str, int]]:
    """The number of resources and of violations per enforcement level, from the engine's event log."""
    resources, violations = 0, dict[str, int]()
    for line in events.read_text(encoding="utf-8").splitlines() if events.is_file() else []:
        event: dict[str, Any] = json.loads(line)
        if "policyEvent" in event:
            level = event["policyEvent"]["enforcementLevel"]
            violations[level] = violations.get(level, 0) + 1
        changes: dict[str, int] = event.get("summaryEvent", {}).get("resourceChanges", {})
        resources += sum(count for operation, count in changes.items() if operation != "delete")
    return resources, violations


def table(outcomes: Sequence[Outcome]) -> str:
    """The verdicts as aligned text."""
    rows = [f"{'stack':<10}{'resources':>10}{'mandatory':>11}{'advisory':>10}{'seconds':>9}  verdict"]
    for outcome in outcomes:
        mandatory, advisory = (outcome.violations.get(level, 0) for level in ("mandatory", "advisory"))
        verdict = "green" if outcome.code == 0 else f"FAILED (exit {outcome.code})"
        rows.append(
            f"{outcome.stack:<10}{outcome.resources:>10}{mandatory:>11}{advisory:>10}{outcome.seconds:>9.1f}  {verdict}"
        )
    return "\n".join(rows)
