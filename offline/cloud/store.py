"""The 'cloud': what exists in each account, in one SQLite file.

Every operation is one transaction in a write-ahead log, so a process killed at any moment leaves the cloud as it was
before or after that operation. Several processes may use a file at once; each write waits for the others' to end.
"""

# ruff: noqa: S608 - only column and table names of this file are put into statements, values never

from __future__ import annotations

import json
import sqlite3
import uuid
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

_VERSION: Final = 1
_WAIT_MS: Final = 20_000
_SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS resource (
    number INTEGER PRIMARY KEY,
    account TEXT NOT NULL,
    region TEXT NOT NULL,            -- empty for global services
    type TEXT NOT NULL,
    id TEXT NOT NULL,
    urn TEXT NOT NULL,
    inputs TEXT NOT NULL,            -- JSON, as checked
    outputs TEXT NOT NULL,           -- JSON, inputs and computed properties
    session TEXT                     -- run that created it, until the engine is known to have recorded it
);
CREATE INDEX IF NOT EXISTS resource_by_id ON resource (id, type);
CREATE INDEX IF NOT EXISTS resource_unrecorded ON resource (urn) WHERE session IS NOT NULL;
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
    unrecorded: bool  # created, but not yet known to be in the engine's state


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
    "resource.inputs, resource.outputs, resource.session"
)


def _stored(row: tuple[Any, ...]) -> Stored:
    return Stored(*row[:6], inputs=json.loads(row[6]), outputs=json.loads(row[7]), unrecorded=row[8] is not None)


class Cloud:
    """An open database file. Raises StoreError for a file that is not one, or that cannot be written."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._session = uuid.uuid4().hex
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._db = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
            self._db.execute(f"PRAGMA busy_timeout = {_WAIT_MS}")
            version = self._db.execute("PRAGMA user_version").fetchone()[0]
            if version not in (0, _VERSION):
                message = f"{path}: written by another version of smile (format {version}, this one reads "
                raise StoreError(f"{message}{_VERSION}); use that version, or move the file away to start empty")
            if (state := self._db.execute("PRAGMA quick_check(1)").fetchone()[0]) != "ok":
                raise StoreError(_damaged(path, state))
            self._db.execute("PRAGMA journal_mode = WAL")
            self._db.execute("PRAGMA synchronous = NORMAL")
            self._db.execute("PRAGMA foreign_keys = ON")
            if version == 0:
                self._db.executescript(f"BEGIN IMMEDIATE; {_SCHEMA} PRAGMA user_version = {_VERSION}; COMMIT;")
        except sqlite3.DatabaseError as error:
            raise StoreError(_damaged(path, error)) from error
        except OSError as error:
            raise StoreError(f"{path}: cannot be created: {error.strerror}") from error

    def close(self, *, recorded: bool) -> None:
        """End the session. `recorded`: the engine ended by itself, so it knows of all that was created."""
        if recorded:
            self._db.execute("UPDATE resource SET session = NULL WHERE session = ?", (self._session,))
        self._db.close()

    def record(self, number: int) -> None:
        """The engine has shown that it knows the resource."""
        self._db.execute("UPDATE resource SET session = NULL WHERE number = ? AND session IS NOT NULL", (number,))

    def unrecorded(self, account: str, urn: str) -> list[Stored]:
        """What a run that never ended created for this URN, and the engine does not know of."""
        rows = self._db.execute(
            f"SELECT {_COLUMNS} FROM resource WHERE urn = ? AND account = ? AND session IS NOT NULL",
            (urn, account),
        )
        return [_stored(row) for row in rows]

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

    def add(self, draft: Draft) -> None:
        """Bring a resource into being. Raises TakenError; call inside a transaction."""
        cursor = self._db.execute(
            "INSERT INTO resource (session, account, region, type, id, urn, inputs, outputs) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (
                self._session,
                draft.account,
                draft.region,
                draft.type,
                draft.id,
                draft.urn,
                json.dumps(draft.inputs),
                json.dumps(draft.outputs),
            ),
        )
        self._index(cursor.lastrowid or 0, draft)
        # The engine records a resource before it hands out its outputs, so what the inputs mention is recorded.
        self._db.execute(
            "UPDATE resource SET session = NULL WHERE session IS NOT NULL AND number IN (SELECT handle.resource FROM "
            "mention JOIN handle ON handle.value = mention.value WHERE mention.resource = ? AND handle.resource <> ?)",
            (cursor.lastrowid, cursor.lastrowid),
        )

    def change(self, number: int, draft: Draft) -> None:
        """Replace what is known of a resource. Raises TakenError; call inside a transaction."""
        self._db.execute(
            "UPDATE resource SET urn = ?, inputs = ?, outputs = ? WHERE number = ?",
            (draft.urn, json.dumps(draft.inputs), json.dumps(draft.outputs), number),
        )
        for table in ("claim", "handle", "part", "mention"):
            self._db.execute(f"DELETE FROM {table} WHERE resource = ?", (number,))
        self._index(number, draft)

    def remove(self, number: int) -> None:
        """End a resource. Call inside a transaction."""
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
    return (
        f"{path}: not a usable offline database ({reason}); restore it from a copy, or move it away to start with an "
        "empty cloud and run `pulumi refresh`. The file was left as it is"
    )
