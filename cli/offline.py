"""``smile offline -- CMD``: any command on the mock providers, without an AWS account."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from cli import process, sandbox
from cli.answer import Answer
from cli.program import Program
from cli.sandbox import Project, SandboxError

BANNER = "offline: mock providers stand for AWS; no account is touched, no credential is read"
OWN_STACKS = {"init", "ls", "rm", "select", "rename"}


def run(program: Program, command: Sequence[str]) -> Answer:
    """Run the command; the exit code is the command's own, or 128 + n after signal n.

    Raises:
        SandboxError: it can't start.
    """
    if not command:
        raise SandboxError("no command; for instance: smile offline -- pulumi preview --stack dev")
    project = program.here
    print(BANNER, file=sys.stderr, flush=True)
    code = execute(project, command)
    return Answer(code=code if code >= 0 else 128 - code)


def execute(
    project: Project, command: Sequence[str], *, output: int | None = None, variables: Mapping[str, str] | None = None
) -> int:
    """Run ``command`` in the project's shadow with mock providers of its own; returns the exit code.

    Args:
        project: whose program it is.
        command: the words of the command.
        output: a file descriptor for standard output and error; None for the caller's own.
        variables: of the command's environment, besides those of every offline command.

    Raises:
        SandboxError: the stack or the command is unknown, or the mock providers don't start or die.
    """
    with sandbox.writing():
        shadow = sandbox.mirror(project)
        process.end_leftovers()
        for line in sandbox.recover(project):
            print(f"offline: {line}", file=sys.stderr)
    with mock_providers(disposable=is_destroy(command)) as (providers, server):
        environment = sandbox.environment(providers, project.virtualenv) | dict(variables or {})
        ensure_stack(project, command, environment)
        lift_protection(project, command, environment)
        command = without_generated_code(command)
        try:
            code = process.run(command, shadow, environment, output)
        except OSError as error:
            raise SandboxError(f"{command[0]}: {error.strerror}; valid: a command on PATH, such as pulumi") from None
        if server.poll() is not None:
            raise SandboxError(
                f"the mock providers ended (exit {server.returncode}) while {command[0]} ran; run the command again"
            )
    if code < 0 and code != -signal.SIGPIPE:
        killed = f"{command[0]} was ended by {process.name_of_signal(code)}"
        print(f"offline: {killed}; run the command again, it goes on from the state last saved", file=sys.stderr)
    return code


@contextmanager
def mock_providers(*, disposable: bool = False) -> Generator[tuple[str, subprocess.Popen[str]]]:
    """The mock providers' process for the time of one command, with what PULUMI_DEBUG_PROVIDERS must say.

    Args:
        disposable: they delete what AWS would protect from deletion.

    Raises:
        SandboxError: they don't start.
    """
    words = [sys.executable, "-m", "offline", "--database", str(sandbox.DATABASE), "--state", str(sandbox.STATE)]
    words += ["--disposable"] * disposable
    with sandbox.writing():
        log = tempfile.TemporaryFile("w+", dir=sandbox.FOLDER)  # noqa: SIM115 - closed below
    with (
        log,
        subprocess.Popen(
            words, cwd=sandbox.ROOT, env=sandbox.without_proxy(os.environ), text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log,
            process_group=0,  # Ctrl-C is for the engine, which needs them to the end
        ) as server,
    ):  # fmt: skip
        line = server.stdout.readline() if server.stdout else ""
        if not line.startswith("{"):
            server.wait()
            free = shutil.disk_usage(sandbox.FOLDER).free // 2**20  # its log lies on the same disk
            unsaid = f"exit {server.returncode} without a word; {free} MiB are free; {sandbox.KEPT}"
            raise SandboxError(f"the mock providers don't start: {last_words(log) or line.strip() or unsaid}")
        if said := last_words(log):
            print(f"offline: {said}", file=sys.stderr)
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
    if not stack or sandbox.has_state(project, stack):
        return
    if project.stacks:
        project.checked(stack)
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
    """``pulumi import`` without the program text that it would print, for which no schema here has nested types."""
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
