"""Pulumi's file backend, read for what the engine knows of its stacks: their states, and who holds their locks."""

from __future__ import annotations

import json
import os
import re
import socket
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import psutil

_URN = re.compile(r"urn:pulumi:(?P<name>[^:]+)::(?P<project>[^:]+)::")


class BackendError(Exception):
    """A stack's state can't be read; the message names the file and the remedy."""


@dataclass(frozen=True)
class Stack:
    """A stack of a project."""

    project: str
    name: str

    @classmethod
    def of(cls, urn: str) -> Stack:
        """The stack that a resource belongs to."""
        match = _URN.match(urn)
        return cls(match["project"], match["name"]) if match else cls("", "")


class Backend:
    """The folder of a file backend. The engine replaces a stack's state in one move, and locks a stack it changes."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder / ".pulumi"

    def file(self, stack: Stack) -> Path:
        """Where the backend keeps the state of the stack."""
        return self._folder / "stacks" / stack.project / f"{stack.name}.json"

    def version(self, stack: Stack) -> str:
        """Changes whenever the engine saves the state; empty when the stack has none."""
        try:
            status = self.file(stack).stat()
        except FileNotFoundError:
            return ""
        return f"{status.st_ino}-{status.st_mtime_ns}-{status.st_size}"

    def check(self, stack: Stack) -> None:
        """Refuse a state that was cut short, before the engine does without naming the file.

        Raises:
            BackendError: names the file, and the copy of the state before.
        """
        file = self.file(stack)
        if file.is_file() and not file.read_bytes().rstrip().endswith(b"}"):
            raise BackendError(_damaged(file, "its end is missing"))

    def recorded(self, stack: Stack) -> set[tuple[str, str]]:
        """URN and id of each resource in the state that the engine takes to be there.

        What it has deleted to replace it stays in the state, marked as such, until its successor is made.
        """
        file = self.file(stack)
        state = _latest(_parsed(file, file.read_bytes())) if file.is_file() else {}
        resources: list[dict[str, Any]] = state.get("resources") or []
        return {(each["urn"], each.get("id", "")) for each in resources if not each.get("pendingReplacement")}

    def drop_pending_operations(self, stack: Stack) -> bool:
        """Take the operations out of the state of which the engine never saw the end; whether there were any."""
        file = self.file(stack)
        content = file.read_bytes() if file.is_file() else b""
        if b'"pending_operations"' not in content:
            return False
        state = _parsed(file, content)
        if not _latest(state).pop("pending_operations", None):
            return False
        partial = file.with_name(f".{file.name}.{os.getpid()}")
        partial.write_text(json.dumps(state, indent=4), encoding="utf-8")
        partial.replace(file)
        return True

    def stacks(self) -> Iterator[Stack]:
        """The stacks that have a state."""
        return (Stack(file.parent.name, file.stem) for file in (self._folder / "stacks").glob("*/*.json"))

    def is_locked(self, stack: Stack) -> bool:
        """Whether an engine that still runs, or runs on another machine, holds the stack."""
        return any(_holder(lock)[1] for lock in self._locks(stack.project, stack.name))

    def lift_locks(self, project: str) -> Iterator[tuple[str, int]]:
        """Lift the locks of engines that are gone; tells each one's stack and process."""
        for lock in self._locks(project, "*"):
            process, alive = _holder(lock)
            if not alive:
                lock.unlink(missing_ok=True)
                yield lock.parent.name, process

    def _locks(self, project: str, stack: str) -> Iterator[Path]:
        return (self._folder / "locks" / "organization").glob(f"{project}/{stack}/*.json")


def _parsed(file: Path, content: bytes) -> dict[str, Any]:
    try:
        return cast("dict[str, Any]", json.loads(content))
    except ValueError as error:
        raise BackendError(_damaged(file, error)) from None


def _damaged(file: Path, reason: object) -> str:
    return (
        f"{file}: not a usable state ({reason}); put {file.name}.bak, the state before, in its place, or move the "
        "file away to start with an empty stack"
    )


def _latest(state: dict[str, Any]) -> dict[str, Any]:
    """What a file of the backend says of the stack's resources."""
    return cast("dict[str, Any]", state.get("checkpoint", {}).get("latest") or {})


def _holder(lock: Path) -> tuple[int, bool]:
    """The process that made a lock, and whether it still runs.

    A zombie, and a process that is younger than the lock and so merely has the same number, count as gone.
    """
    try:
        since, content = lock.stat().st_mtime, json.loads(lock.read_bytes() or "{}")
    except FileNotFoundError:
        return 0, False
    except ValueError:  # half a lock, of an engine that was killed while it wrote it
        return 0, False
    number = int(content.get("pid", 0))
    if content.get("hostname", socket.gethostname()) != socket.gethostname():
        return number, True
    try:
        process = psutil.Process(number)
        return number, process.status() != psutil.STATUS_ZOMBIE and process.create_time() <= since + 1
    except psutil.NoSuchProcess:
        return number, False
