"""Keeps what was read of resource types in a file, since reading an SDK and the services' models takes seconds.

The file can't go stale: its name says from which versions of the packages, with which code and from where it was made.
"""

from __future__ import annotations

import contextlib
import hashlib
import pickle
import sqlite3
import sys
from collections.abc import Callable, Mapping
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any, Protocol

_SOURCES = ("pulumi_aws", "pulumi_eks", "pulumi_kubernetes", "pulumi_random", "pulumi_tls", "cfn-lint", "botocore")


class Kept(Protocol):
    """What is kept: a resource type, with all that was derived from it so far."""

    @property
    def token(self) -> str:
        """Its type token."""
        ...

    @property
    def derived(self) -> Mapping[Any, Any]:
        """Results of functions of it."""
        ...


class TypeCache:
    """An open file of resource types; where it can't be used, nothing is kept."""

    def __init__(self, folder: Path) -> None:
        file = folder / f"{_key()}.sqlite"
        try:
            folder.mkdir(parents=True, exist_ok=True)
            for other in set(folder.glob("*.sqlite")) - {file}:
                other.unlink(missing_ok=True)
            self._db: sqlite3.Connection | None = sqlite3.connect(file, check_same_thread=False)
            self._db.execute("CREATE TABLE IF NOT EXISTS type (token TEXT PRIMARY KEY, content BLOB NOT NULL)")
        except (OSError, sqlite3.Error):
            self._db = None
        self._types: dict[str, tuple[Kept, int]] = {}  # with how much was derived when it was read

    def load(self, token: str) -> Any:
        """The resource type, if it was kept."""
        if self._db is None:
            return None
        with contextlib.suppress(sqlite3.Error):
            row = self._db.execute("SELECT content FROM type WHERE token = ?", (token,)).fetchone()
            if row is not None:
                kept: Kept = pickle.loads(row[0])  # noqa: S301 - our own file
                self._types[token] = kept, len(kept.derived)
                return kept
        return None

    def add(self, kept: Kept) -> None:
        """Keep a resource type that was just read."""
        self._types[kept.token] = kept, -1

    def save(self, complete: Callable[[Any], None]) -> None:
        """Write what is new, after `complete` has derived what later runs will want to know of it."""
        if self._db is None:
            return
        new = [kept for kept, known in self._types.values() if len(kept.derived) > known]
        for kept in new:
            complete(kept)
        with contextlib.suppress(sqlite3.Error), self._db:
            rows = ((kept.token, pickle.dumps(kept)) for kept in new)
            self._db.executemany("INSERT OR REPLACE INTO type VALUES (?, ?)", rows)
        self._db.close()


def _key() -> str:
    """What the content depends on: Python, the packages that it is read from and where they are, and our code."""
    made = hashlib.sha256(f"{sys.version}\n{sys.prefix}\n{_versions()}".encode())
    for file in sorted(Path(__file__).parent.glob("*.py")):
        made.update(file.read_bytes())
    return made.hexdigest()[:32]


def _versions() -> Mapping[str, str]:
    found: dict[str, str] = {}
    for package in _SOURCES:
        with contextlib.suppress(PackageNotFoundError):
            found[package] = version(package)
    return found
