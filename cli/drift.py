"""``smile drift``: what AWS has otherwise than the program, property by property; changes nothing."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from cli import offline
from cli.answer import Answer
from cli.deploy import DeployError, Target, target_of
from cli.drift_trail import blamed
from cli.program import Program
from cli.sandbox import FOLDER, ROOT
from doctor.account import clients
from report.drift import GRADES, Drift, read
from report.drift_text import data, text

CODES: Mapping[str, int] = dict(zip(GRADES, (0, 3, 4, 5, 6), strict=True))
"""Grade of the gravest difference -> exit code; 1 where nobody could look, 2 for a wrong option."""


def run(program: Program, stack: str, *, is_offline: bool) -> Answer:
    """What differs; the exit code is that of the gravest difference.

    Raises:
        DeployError: it can't be looked for.
        EventLogError: pulumi didn't come to its end.
        SandboxError: the mock cloud can't start.
    """
    drift = offline_drift(program, stack) if is_offline else real_drift(program, stack)
    code = CODES[drift.grade]
    return Answer(data(stack, drift, code), text(stack, drift), code)


def real_drift(program: Program, stack: str) -> Drift:
    """Of a stack in its account, with who it was.

    Raises:
        DeployError: it can't be looked for.
        EventLogError: pulumi didn't come to its end.
        SettingsError: the stack's settings can't be used.
    """
    target = target_of(program, stack)
    drift = looked(program, stack, ROOT / ".smile" / "drift", target)
    blame, notes = blamed(drift.differences, clients(), target.where.region)
    return replace(drift, blame=blame, notes=notes)


def looked(program: Program, stack: str, folder: Path, target: Target) -> Drift:
    """What pulumi found.

    Raises:
        DeployError: it failed.
        EventLogError: it didn't come to its end.
    """
    log, output = files(folder, program.label(stack))
    words = command(stack, log)
    target.announce(words)
    with output.open("wb") as file:
        done = subprocess.run(words, cwd=program.folder, env=target.environment, stdout=file, stderr=file, check=False)
    return told(done.returncode, log, output)


def offline_drift(program: Program, stack: str) -> Drift:
    """Of a stack in the mock cloud.

    Raises:
        SandboxError: it can't start.
        DeployError: pulumi failed.
        EventLogError: it didn't come to its end.
    """
    print(offline.BANNER, file=sys.stderr, flush=True)
    log, output = files(FOLDER / "drift", program.label(stack))
    with output.open("wb") as file:
        code = offline.execute(program.here, command(stack, log), output=file.fileno())
    return told(code, log, output)


def files(folder: Path, label: str) -> tuple[Path, Path]:
    """The event log, of which none is there yet, and what pulumi prints."""
    folder.mkdir(parents=True, exist_ok=True)
    log = folder / f"{label}.events.json"
    log.unlink(missing_ok=True)
    return log, folder / f"{label}.txt"


def command(stack: str, log: Path) -> Sequence[str]:
    """The plain pulumi command; without packs, which judge the program and not what AWS has."""
    words = ["pulumi", "preview", "--refresh", "--stack", stack, "--non-interactive", "--color", "never"]
    return [*words, "--event-log", str(log)]


def told(code: int, log: Path, output: Path) -> Drift:
    """What a run found that came to its end.

    Raises:
        DeployError: it failed.
        EventLogError: it didn't come to its end.
    """
    if code or not log.is_file():
        last = output.read_text(encoding="utf-8", errors="replace").strip()[-2000:]
        raise DeployError(f"pulumi ended with {code}; all that it said is in {output}, at last:\n{last}")
    return read(log)
