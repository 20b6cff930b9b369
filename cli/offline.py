"""``smile offline -- CMD``: any command on the embedded default, without an AWS account."""

from __future__ import annotations

import argparse
import json
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from cli import sandbox
from cli.sandbox import Project, SandboxError

BANNER = "offline: the embedded default stands in for AWS; no account is touched, no credential is read"
RESUME = "what was finished is recorded, run the command again"
OWN_STACKS = {"init", "ls", "rm", "select", "rename"}


def configure(parser: argparse.ArgumentParser) -> None:
    """Take everything after ``--`` as the command."""
    parser.add_argument("command", nargs=argparse.REMAINDER, metavar="-- CMD", help="for instance: -- pulumi up --yes")


def run(arguments: argparse.Namespace) -> int:
    """Run the command; the exit code is the command's own, or 1 when it can't start."""
    command: list[str] = arguments.command[1:] if arguments.command[:1] == ["--"] else arguments.command
    try:
        if not command:
            raise SandboxError("no command; for instance: smile offline -- pulumi preview --stack dev")
        project = sandbox.find_project(Path.cwd())
        print(BANNER, file=sys.stderr, flush=True)
        return execute(project, command)
    except SandboxError as error:
        print(f"smile offline: {error}", file=sys.stderr)
        return 1


def execute(project: Project, command: Sequence[str], *, output: int | None = None) -> int:
    """Run ``command`` in the project's shadow with its own stand-in; returns the exit code.

    Args:
        project: whose program it is.
        command: the words of the command.
        output: a file descriptor for standard output and error; None for the caller's own.

    Raises:
        SandboxError: the stack is unknown, or the stand-in doesn't start or dies.
    """
    shadow = sandbox.mirror(project)
    for line in sandbox.recover(project):
        print(f"offline: {line}", file=sys.stderr)
    with stand_in(disposable=is_destroy(command)) as (providers, server):
        variables = sandbox.environment(providers)
        ensure_stack(project, command, variables)
        lift_protection(project, command, variables)
        command = without_generated_code(command)
        error = subprocess.STDOUT if output is not None else None
        code = subprocess.run(command, cwd=shadow, env=variables, stdout=output, stderr=error, check=False).returncode
        if code < 0:
            server.kill()  # unlike the end of a run, this tells the stand-in that the engine may not know all it did
            raise SandboxError(f"{command[0]} was ended by {signal.Signals(-code).name}; {RESUME}")
        if server.poll() is not None:
            raise SandboxError(f"the stand-in ended (exit {server.returncode}) while {command[0]} ran; {RESUME}")
    return code


@contextmanager
def stand_in(*, disposable: bool = False) -> Generator[tuple[str, subprocess.Popen[str]]]:
    """The stand-in's process for the time of one command, with what PULUMI_DEBUG_PROVIDERS must say.

    Args:
        disposable: it deletes what AWS would protect from deletion.

    Raises:
        SandboxError: it doesn't start.
    """
    words = [sys.executable, "-m", "offline", "--database", str(sandbox.DATABASE), *["--disposable"] * disposable]
    with (
        tempfile.TemporaryFile("w+") as log,
        subprocess.Popen(
            words, cwd=sandbox.ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log, text=True
        ) as server,
    ):
        line = server.stdout.readline() if server.stdout else ""
        if not line.startswith("{"):
            server.wait()
            raise SandboxError(f"the stand-in doesn't start: {last_words(log) or line.strip()}")
        ports: dict[str, int] = json.loads(line)
        try:
            yield ",".join(f"{package}:{port}" for package, port in ports.items()), server
        finally:
            server.terminate()


def last_words(log: IO[str]) -> str:
    """The last line of a process's standard error."""
    log.seek(0)
    lines = log.read().strip().splitlines()
    return lines[-1] if lines else ""


def ensure_stack(project: Project, command: Sequence[str], variables: dict[str, str]) -> None:
    """Create the offline stack that ``command`` names, if it isn't there yet.

    Raises:
        SandboxError: the project has stack files, and none for that stack.
    """
    if Path(command[0]).name != "pulumi" or (command[1:2] == ["stack"] and command[2:3] and command[2] in OWN_STACKS):
        return
    stack = stack_of(command)
    if not stack or project.checkpoint(stack).exists():
        return
    if project.stacks and stack not in project.stacks:
        raise SandboxError(
            f"no stack {stack!r}: {project.source} has no Pulumi.{stack}.yaml; valid: {', '.join(project.stacks)}"
        )
    made = subprocess.run(
        ["pulumi", "stack", "init", "--no-select", stack],
        cwd=project.shadow, env=variables, capture_output=True, text=True, check=False,
    )  # fmt: skip
    if made.returncode and "already exists" not in made.stderr:
        raise SandboxError(f"the offline stack {stack!r} can't be made: {made.stderr.strip()}")


def lift_protection(project: Project, command: Sequence[str], variables: dict[str, str]) -> None:
    """Before ``pulumi destroy``, let the offline stack go, all of it: it is disposable, unlike the real one."""
    stack = stack_of(command)
    if not is_destroy(command) or not stack:
        return
    print(
        f"offline: lifting the protection of stack {stack}; on AWS, destroy is refused while it stands", file=sys.stderr
    )
    exported = state(project, variables, "export", stack)
    if exported.returncode:
        return  # destroy fails on the same state, and says why
    content = json.loads(exported.stdout)
    for resource in content["deployment"].get("resources", ()):
        resource |= {"protect": False, "retainOnDelete": False}
    state(project, variables, "import", stack, json.dumps(content))


def state(
    project: Project, variables: dict[str, str], action: str, stack: str, content: str | None = None
) -> subprocess.CompletedProcess[str]:
    """Export or import the state of an offline stack."""
    return subprocess.run(
        ["pulumi", "stack", action, "--stack", stack],
        cwd=project.shadow, env=variables, input=content, capture_output=True, text=True, check=False,
    )  # fmt: skip


def is_destroy(command: Sequence[str]) -> bool:
    """Whether a command is to take down a whole stack."""
    return "destroy" in command and "--exclude-protected" not in command


def without_generated_code(command: Sequence[str]) -> list[str]:
    """``pulumi import`` without the program text that it would print: that needs a schema, which no stand-in serves."""
    words = list(command)
    if words[:2] == ["pulumi", "import"] and not any(word.startswith("--generate-code") for word in words):
        print("offline: importing into the state; no program text is generated", file=sys.stderr)
        words.insert(2, "--generate-code=false")
    return words


def stack_of(command: Sequence[str]) -> str | None:
    """The stack that a pulumi command names with --stack or -s."""
    for position, word in enumerate(command):
        if word in {"--stack", "-s"} and position + 1 < len(command):
            return command[position + 1]
        if word.startswith("--stack="):
            return word.removeprefix("--stack=")
    return os.environ.get("PULUMI_STACK")
