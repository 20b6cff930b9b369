"""``smile rollback``: a stack as an earlier commit has it; previewed first, and refused where data would be lost."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from cli import offline
from cli.answer import Answer, CommandError
from cli.deploy import execute, left_to_pulumi, target_of
from cli.deploy_plans import unplannable
from cli.preview import policy_arguments
from cli.preview_base import as_it_was, commit_of, extract, git, root_of
from cli.program import Program
from cli.sandbox import FOLDER, ROOT, VIRTUALENV, Project
from report.run import Run, Step, read
from report.text import destroyed, summary

BY_HAND = "docs/runbooks/deployment.md, Rollback, says how to go on by hand"
LOCK = "requirements.lock"
Pulumi = Callable[[Sequence[str], BinaryIO | None], int]
"""Runs a command in the folder of the commit's program; its output goes to a file, or is shown. Gives the exit code."""


class RollbackError(CommandError):
    """Why nothing was changed."""


@dataclass(frozen=True, kw_only=True)
class Rollback:
    """One commit's program, and where it is applied.

    Attributes:
        program: which.
        stack: its name.
        commit: the whole hash.
        folder: of what belongs to it: the program, the plan, what pulumi said.
        pulumi: runs pulumi there.
    """

    program: Program
    stack: str
    commit: str
    folder: Path
    pulumi: Pulumi

    @property
    def label(self) -> str:
        """What the stack is called among those of all programs."""
        return self.program.label(self.stack)

    @property
    def plan(self) -> Path:
        """What the preview found, and exactly what is applied."""
        return self.folder / f"{self.label}.plan.json"

    def preview(self) -> Run:
        """What going back does; judged by the packs of today.

        Raises:
            RollbackError: data would be lost, a control would be broken, or pulumi failed.
            EventLogError: pulumi's log can't be read.
        """
        log, output = self.folder / f"{self.label}.events.json", self.folder / f"{self.label}.txt"
        for of_the_last in (log, self.plan):
            of_the_last.unlink(missing_ok=True)
        words = ["pulumi", "preview", "--stack", self.stack, "--non-interactive", "--color", "never"]
        words += [
            "--event-log",
            str(log),
            "--save-plan",
            str(self.plan),
            *policy_arguments(self.stack, program=self.program),
        ]
        with output.open("wb") as file:
            code = self.pulumi(words, file)
        if not log.is_file():
            said = output.read_text(encoding="utf-8", errors="replace").strip()[-2000:]
            raise RollbackError(f"pulumi ended with {code}:\n{said}")
        run = read(log)
        print(f"{self.label} as of {self.commit[:12]}: {summary(run)}\n\nAll of it: {output}", flush=True)
        check(run, code)
        return run

    def apply(self) -> int:
        """Exactly the plan; gives pulumi's exit code.

        Raises:
            RollbackError: no plan can hold.
        """
        if names := unplannable(self.plan):
            raise RollbackError(f"no plan can hold, since this makes {', '.join(names)}; {BY_HAND}")
        words = ["pulumi", "up", "--yes", "--plan", str(self.plan), "--stack", self.stack, "--non-interactive"]
        return self.pulumi([*words, *policy_arguments(self.stack, program=self.program)], None)


def run(  # noqa: PLR0913 - the command's options
    program: Program, name: str, stack: str, *, only_preview: bool, is_agreed: bool, is_offline: bool
) -> Answer:
    """Preview, ask, apply.

    Args:
        program: whose stack.
        name: of the commit.
        stack: that goes back.
        only_preview: whether to end after the preview.
        is_agreed: whether nobody need be asked.
        is_offline: whether it is done in the mock cloud.

    Raises:
        RollbackError: it is refused, fails, or nobody agrees.
        DeployError: the stack's account can't be used.
    """
    rollback = prepared(program, name, stack, is_offline=is_offline)
    counts = rollback.preview().counts
    about = {"stack": stack, "commit": rollback.commit, "changes": counts}
    if only_preview or not counts.keys() - {"same"}:
        return Answer(about | {"applied": False})
    if not (is_agreed or agreed(stack)):
        raise RollbackError("nothing was changed")
    code = rollback.apply()
    return Answer(about | {"applied": code == 0}, code=code)


def prepared(program: Program, name: str, stack: str, *, is_offline: bool) -> Rollback:
    """The commit's program, ready to run.

    Raises:
        RollbackError: it isn't a commit to go back to.
        DeployError: the stack's account can't be used.
        SandboxError: git doesn't know the commit, or there is no engine.
        SettingsError: the stack's settings can't be used.
    """
    commit = checked(program, name, stack)
    folder = (FOLDER if is_offline else ROOT / ".smile") / "rollback" / commit[:12]
    root = root_of(folder)
    if not root.is_dir():
        folder.mkdir(parents=True, exist_ok=True)
        extract(commit, root)
        (root / ".venv").symlink_to(VIRTUALENV)
    if (root / LOCK).read_bytes() != (ROOT / LOCK).read_bytes():
        print(f"smile rollback: {LOCK} of {commit[:12]} is another: it runs with today's libraries", file=sys.stderr)
    source = as_it_was(program, root)
    pulumi = in_mock_cloud(program, source) if is_offline else in_account(program, stack, source)
    return Rollback(program=program, stack=stack, commit=commit, folder=folder, pulumi=pulumi)


def checked(program: Program, name: str, stack: str) -> str:
    """The hash of a commit that a stack may go back to.

    Raises:
        RollbackError: it isn't in our history or has no such stack, or files are changed.
        SandboxError: git doesn't know it.
    """
    commit = commit_of(name)
    if changed := git("status", "--porcelain", "--untracked-files=no").decode().splitlines():
        raise RollbackError(f"{len(changed)} files are changed, such as {changed[0][3:]}; commit or stash them first")
    if git("merge-base", "HEAD", commit).decode().strip() != commit:
        raise RollbackError(f"{name} isn't an ancestor of HEAD; valid: a commit of git log, such as HEAD~1")
    file = (program.folder / f"Pulumi.{stack}.yaml").relative_to(ROOT).as_posix()
    if not git("ls-tree", "--name-only", commit, file).strip():
        raise RollbackError(f"{name} has no {file}")
    return commit


def in_account(program: Program, stack: str, source: Path) -> Pulumi:
    """Runs pulumi in the stack's real account."""
    target = target_of(program, stack)

    def pulumi(words: Sequence[str], output: BinaryIO | None) -> int:
        target.announce(words)
        if output is None:  # something is changed
            signal.signal(signal.SIGINT, left_to_pulumi)
            return execute(words, target.environment, source)
        return subprocess.run(
            words, cwd=source, env=target.environment, stdout=output, stderr=output, check=False
        ).returncode

    return pulumi


def in_mock_cloud(program: Program, source: Path) -> Pulumi:
    """Runs pulumi on the mock providers."""
    project = Project(source, program.project.name)
    print(offline.BANNER, file=sys.stderr, flush=True)
    return lambda words, output: offline.execute(project, words, output=output.fileno() if output else None)


def check(run: Run, code: int) -> None:
    """Refuse what loses data, breaks a control, or didn't end well.

    Raises:
        RollbackError: it does.
    """
    if lost := [step for step in run.steps if is_lost(step)]:
        named = "\n".join(destroyed(step) for step in lost)
        raise RollbackError(f"refused, for this holds data that would be gone:\n{named}\n{BY_HAND}")
    if run.failed or code:
        raise RollbackError(f"refused: the preview failed, or breaks a mandatory control; {BY_HAND}")


def is_lost(step: Step) -> bool:
    """Whether data goes with it."""
    return step.is_destructive and step.is_stateful


def agreed(stack: str) -> bool:
    """Whether somebody at the terminal types the stack's name."""
    if not sys.stdin.isatty():
        print("smile rollback: nobody is there to ask; say --yes", file=sys.stderr)
        return False
    return input(f"Type {stack} to apply exactly this: ").strip() == stack
