"""The mock cloud: what exists in each account, in one SQLite file.

Every operation is one transaction in a write-ahead log, so a process killed at any moment leaves the cloud as it was
before or after that operation. Several processes may use a file at once; each write waits for the others' to end.

Each change is kept in a journal until the engine has saved a state that knows of it: see `journal.py`.
"""

# ruff: noqa: S608 - only column and table names of this file are put into statements, values never

from __future__ import annotations

import json
import sqlite3
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from offline.cloud.backend import Backend
from offline.cloud.journal import Journal, Kind

_VERSION: Final = 3
_UPGRADED: Final = (0, 2)
"""Formats that lack tables of this one, and no more; 0 is an empty file."""
_WAIT_MS: Final = 20_000
_SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS resource (
    number INTEGER PRIMARY KEY AUTOINCREMENT, -- never used twice
    account TEXT NOT NULL,
    region TEXT NOT NULL,            -- empty for global services
    type TEXT NOT NULL,
    id TEXT NOT NULL,
    urn TEXT NOT NULL,
    inputs TEXT NOT NULL,            -- JSON, as checked
    outputs TEXT NOT NULL            -- JSON, inputs and computed properties
);
CREATE INDEX IF NOT EXISTS resource_by_id ON resource (id, type);
CREATE TABLE IF NOT EXISTS claim (  -- what only one resource may hold: a name, an address, a slot
    scope TEXT NOT NULL,
    value TEXT NOT NULL,
    resource INTEGER NOT NULL REFERENCES resource (number) ON DELETE CASCADE,
    PRIMARY KEY (scope, value)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS claim_by_resource ON claim (resource);
CREATE TABLE IF NOT EXISTS handle ( -- values by which others refer to a resource: id, ARN, name
    value TEXT NOT NULL,
    resource INTEGER NOT NULL REFERENCES resource (number) ON DELETE CASCADE,
    PRIMARY KEY (value, resource)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS handle_by_resource ON handle (resource);
CREATE TABLE IF NOT EXISTS part (   -- ids of what AWS makes along with a resource, such as a VPC's default group
    value TEXT NOT NULL,
    resource INTEGER NOT NULL REFERENCES resource (number) ON DELETE CASCADE,
    PRIMARY KEY (value, resource)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS part_by_resource ON part (resource);
CREATE TABLE IF NOT EXISTS mention ( -- values that a resource's inputs contain
    value TEXT NOT NULL,
    resource INTEGER NOT NULL REFERENCES resource (number) ON DELETE CASCADE,
    PRIMARY KEY (value, resource)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS mention_by_resource ON mention (resource);
CREATE TABLE IF NOT EXISTS counter ( -- the last number that AWS gave, of what it never gives twice
    name TEXT PRIMARY KEY,
    last INTEGER NOT NULL
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS change (  -- the journal: what was done since a stack's state was last seen to know all
    number INTEGER PRIMARY KEY,
    kind TEXT NOT NULL,              -- create, update or delete
    project TEXT NOT NULL,
    stack TEXT NOT NULL,
    state TEXT NOT NULL,             -- version of the stack's state at that time
    resource INTEGER NOT NULL,
    urn TEXT NOT NULL,
    id TEXT NOT NULL,
    before TEXT                      -- JSON, rows of the resource as it was; none of one that was created
);
"""


class StoreError(Exception):
    """The database file cannot be used; the message names the file and the remedy."""


class TakenError(Exception):
    """Something that only one resource may hold is held by another one."""

    def __init__(self, scope: str, value: str, holder: Stored) -> None:
        super().__init__(f"{scope} {value!r} is taken by {holder.id}")
        self.scope, self.value, self.holder = scope, value, holder


@dataclass(frozen=True)
class Stored:
    """A resource as it exists in the cloud."""

    number: int
    account: str
    region: str
    type: str
    id: str
    urn: str
    inputs: dict[str, Any]
    outputs: dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Draft:
    """A resource about to be written: where, what, and what others may know it by."""

    account: str
    region: str
    type: str
    id: str
    urn: str
    inputs: dict[str, Any]
    outputs: dict[str, Any]
    claims: tuple[tuple[str, str], ...] = ()
    handles: frozenset[str] = frozenset()
    parts: frozenset[str] = frozenset()
    mentions: frozenset[str] = frozenset()


_COLUMNS: Final = (
    "resource.number, resource.account, resource.region, resource.type, resource.id, resource.urn, "
    "resource.inputs, resource.outputs"
)


def _stored(row: tuple[Any, ...]) -> Stored:
    return Stored(*row[:6], inputs=json.loads(row[6]), outputs=json.loads(row[7]))


class Cloud:
    """An open database file; without a backend, nothing is kept in the journal.

    Raises:
        StoreError: the file is no database of ours, or can't be written.
    """

    def __init__(self, path: Path, backend: Backend | None = None) -> None:
        self.path = path
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._db = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
            self._db.execute(f"PRAGMA busy_timeout = {_WAIT_MS}")
            version = self._db.execute("PRAGMA user_version").fetchone()[0]
            if version not in (*_UPGRADED, _VERSION):
                message = f"{path}: written by another version of smile (format {version}, this one reads "
                raise StoreError(f"{message}{_VERSION}); use that version, or move the file away to start empty")
            if (state := self._db.execute("PRAGMA quick_check(1)").fetchone()[0]) != "ok":
                raise StoreError(_damaged(path, state))
            self._db.execute("PRAGMA journal_mode = WAL")
            self._db.execute("PRAGMA synchronous = NORMAL")
            self._db.execute("PRAGMA foreign_keys = ON")
            if version in _UPGRADED:
                self._db.executescript(f"BEGIN IMMEDIATE; {_SCHEMA} PRAGMA user_version = {_VERSION}; COMMIT;")
        except sqlite3.DatabaseError as error:
            raise StoreError(_damaged(path, error)) from error
        except OSError as error:
            raise StoreError(f"{path}: cannot be created: {error.strerror}") from error

        self._journal = Journal(self._db, backend) if backend else None

    def settle(self) -> list[str]:
        """Undo what runs did that never ended; tells what was undone."""
        if self._journal is None:
            return []
        with self.transaction():
            return self._journal.settle()

    def _log(self, kind: Kind, number: int) -> None:
        if self._journal is not None:
            self._journal.add(kind, number)

    def close(self) -> None:
        """Let the file go."""
        self._db.close()

    @contextmanager
    def transaction(self) -> Generator[None]:
        """All writes inside, or none of them."""
        try:
            self._db.execute("BEGIN IMMEDIATE")
        except sqlite3.Error as error:
            raise StoreError(f"{self.path}: {error}") from error
        try:
            yield
            self._db.execute("COMMIT")
        except BaseException as failure:
            if self._db.in_transaction:
                self._db.execute("ROLLBACK")
            if isinstance(failure, sqlite3.Error):
                raise StoreError(f"{self.path}: {failure}; nothing was changed") from failure
            raise

    def find(self, account: str, type_: str, id_: str, urn: str = "") -> Stored | None:
        """The resource of that type and id; of several (settings put twice on one thing), the one of that URN."""
        row = self._db.execute(
            f"SELECT {_COLUMNS} FROM resource WHERE account = ? AND type = ? AND id = ? "
            "ORDER BY urn = ? DESC, number DESC",
            (account, type_, id_, urn),
        ).fetchone()
        return _stored(row) if row else None

    def of_type(self, account: str, region: str | None, type_: str) -> list[Stored]:
        """All resources of a type, in the order they were created; region None: of every region."""
        rows = self._db.execute(
            f"SELECT {_COLUMNS} FROM resource WHERE account = ? AND type = ? AND region = coalesce(?, region) "
            "ORDER BY number",
            (account, type_, region),
        )
        return [_stored(row) for row in rows]

    def named(self, account: str, value: str) -> list[Stored]:
        """Resources that are known by an id, ARN or name."""
        rows = self._db.execute(
            f"SELECT {_COLUMNS} FROM handle JOIN resource ON resource.number = handle.resource "
            "WHERE handle.value = ? AND resource.account = ?",
            (value, account),
        )
        return [_stored(row) for row in rows]

    def has_part(self, account: str, value: str) -> bool:
        """Whether something of that id was made along with a resource of the account."""
        return (
            self._db.execute(
                "SELECT 1 FROM part JOIN resource ON resource.number = part.resource "
                "WHERE part.value = ? AND resource.account = ?",
                (value, account),
            ).fetchone()
            is not None
        )

    def users(self, resource: Stored) -> list[Stored]:
        """Resources of the same account whose inputs contain this one's id, ARN or name."""
        rows = self._db.execute(
            f"SELECT DISTINCT {_COLUMNS} FROM handle JOIN mention ON mention.value = handle.value "
            "JOIN resource ON resource.number = mention.resource "
            "WHERE handle.resource = ? AND mention.resource <> handle.resource AND resource.account = ?",
            (resource.number, resource.account),
        )
        return [_stored(row) for row in rows]

    def holder(self, scope: str, value: str) -> Stored | None:
        """Who holds something that only one resource may hold."""
        row = self._db.execute(
            f"SELECT {_COLUMNS} FROM claim JOIN resource ON resource.number = claim.resource "
            "WHERE claim.scope = ? AND claim.value = ?",
            (scope, value),
        ).fetchone()
        return _stored(row) if row else None

    def count(self, name: str, least: int) -> int:
        """The next number of a counter, which never gives one twice; call inside a transaction.

        Args:
            name: of the counter.
            least: what is in use already; the number is higher.
        """
        row = self._db.execute("SELECT last FROM counter WHERE name = ?", (name,)).fetchone()
        number = max(row[0] if row else 0, least) + 1
        self._db.execute("INSERT OR REPLACE INTO counter VALUES (?, ?)", (name, number))
        return number

    def add(self, draft: Draft) -> None:
        """Bring a resource into being. Raises TakenError; call inside a transaction."""
        cursor = self._db.execute(
            "INSERT INTO resource (account, region, type, id, urn, inputs, outputs) VALUES (?, ?, ?, ?, ?, ?, ?)",
            (
                draft.account,
                draft.region,
                draft.type,
                draft.id,
                draft.urn,
                json.dumps(draft.inputs),
                json.dumps(draft.outputs),
            ),
        )
        number = cursor.lastrowid or 0
        self._index(number, draft)
        self._log("create", number)

    def change(self, number: int, draft: Draft) -> None:
        """Replace what is known of a resource. Raises TakenError; call inside a transaction."""
        self._log("update", number)
        self._db.execute(
            "UPDATE resource SET urn = ?, inputs = ?, outputs = ? WHERE number = ?",
            (draft.urn, json.dumps(draft.inputs), json.dumps(draft.outputs), number),
        )
        for table in ("claim", "handle", "part", "mention"):
            self._db.execute(f"DELETE FROM {table} WHERE resource = ?", (number,))
        self._index(number, draft)

    def remove(self, number: int) -> None:
        """End a resource. Call inside a transaction."""
        self._log("delete", number)
        self._db.execute("DELETE FROM resource WHERE number = ?", (number,))

    def _index(self, number: int, draft: Draft) -> None:
        for scope, value in draft.claims:
            if (holder := self.holder(scope, value)) is not None and holder.number != number:
                raise TakenError(scope, value, holder)
        rows = [(scope, value, number) for scope, value in draft.claims]
        self._db.executemany("INSERT OR IGNORE INTO claim VALUES (?, ?, ?)", rows)
        self._db.executemany("INSERT INTO handle VALUES (?, ?)", [(value, number) for value in draft.handles])
        self._db.executemany("INSERT INTO part VALUES (?, ?)", [(value, number) for value in draft.parts])
        self._db.executemany("INSERT INTO mention VALUES (?, ?)", [(value, number) for value in draft.mentions])


def _damaged(path: Path, reason: object) -> str:
    reason = " ".join(str(reason).split())
    return (
        f"{path}: not a usable offline database ({reason}); restore it from a copy, or move it away to start with an "
        "empty cloud and run `pulumi refresh`. The file was left as it is"
    )
