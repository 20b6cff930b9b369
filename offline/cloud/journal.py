"""Keeps the cloud and the engine's states in agreement, whatever was killed and when.

The engine saves the state of a stack in one move, as a rule once, at the end of a run. So the journal holds each change
with the version that the state had then. A change under the version that the state still has was made by a run that
never ended: it is undone, and cloud and state are again as they were before that run. Once there is another version,
the engine has seen the end of the run, and knows what it did, except for an operation whose answer it never got: such a
resource is in the cloud and not in the state, or the other way round.
"""

# ruff: noqa: S608 - only table and column names of this file are put into statements, values never

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final, Literal

from offline.cloud.backend import Backend, Stack

Kind = Literal["create", "update", "delete"]
_ROWS: Final = {
    "resource": "number", "claim": "resource", "handle": "resource", "part": "resource", "mention": "resource"
}  # fmt: skip
"""The tables that hold a resource, and the column of its number."""


@dataclass(frozen=True)
class Change:
    """An entry of the journal."""

    kind: Kind
    version: str  # of the stack's state when it was made
    resource: int
    urn: str
    id: str
    before: str | None  # JSON: the rows of the resource by table; None of one that was created


class Journal:
    """The journal in an open database; every method is called inside a transaction."""

    def __init__(self, db: sqlite3.Connection, backend: Backend) -> None:
        self._db = db
        self._backend = backend

    def add(self, kind: Kind, resource: int) -> None:
        """Note that a resource was created, or is about to be updated or deleted."""
        urn, id_ = self._db.execute("SELECT urn, id FROM resource WHERE number = ?", (resource,)).fetchone()
        stack = Stack.of(urn)
        self._db.execute(
            "INSERT INTO change (kind, project, stack, state, resource, urn, id, before) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (
                kind, stack.project, stack.name, self._backend.version(stack), resource, urn, id_,
                None if kind == "create" else self._rows(resource),
            ),
        )  # fmt: skip

    def settle(self) -> list[str]:
        """Undo what the states don't know of, of every stack that no engine is at work on; tells what was undone."""
        told: list[str] = []
        # First the entries, then the locks: an engine has locked its stack before it makes a change, and saved the
        # state before it unlocks.
        rows = self._db.execute("SELECT DISTINCT project, stack FROM change").fetchall()
        for stack in sorted({*(Stack(*row) for row in rows), *self._backend.stacks()}, key=str):
            if self._backend.is_locked(stack):
                continue
            if undone := self._settle(stack):
                told.append(f"stack {stack.name}: {undone} changes of a run that was interrupted are undone")
            if self._backend.drop_pending_operations(stack):
                told.append(f"stack {stack.name}: pending operations of a run that was interrupted are dropped")
        return told

    def _settle(self, stack: Stack) -> int:
        where = "FROM change WHERE project = ? AND stack = ?"
        rows = self._db.execute(
            f"SELECT kind, state, resource, urn, id, before {where} ORDER BY number DESC", (stack.project, stack.name)
        )
        changes = [Change(*row) for row in rows]
        unknown = self._unknown(changes, stack) if changes else []
        for change in unknown:
            self._undo(change)
        self._db.execute(f"DELETE {where}", (stack.project, stack.name))
        return len(unknown)

    def _unknown(self, changes: Iterable[Change], stack: Stack) -> list[Change]:
        """The changes that the state doesn't know of, the last one first."""
        version, recorded = self._backend.version(stack), self._backend.recorded(stack)
        return [
            change
            for change in changes
            if change.version == version
            or (change.kind == "create" and (change.urn, change.id) not in recorded and self._exists(change))
            or (change.kind == "delete" and (change.urn, change.id) in recorded and not self._exists(change))
        ]

    def _exists(self, change: Change) -> bool:
        """Whether the resource is there, or another one that took its place under the same URN and id."""
        found = self._db.execute("SELECT 1 FROM resource WHERE urn = ? AND id = ?", (change.urn, change.id))
        return found.fetchone() is not None

    def _undo(self, change: Change) -> None:
        self._db.execute("DELETE FROM resource WHERE number = ?", (change.resource,))
        rows: dict[str, list[list[Any]]] = json.loads(change.before or "{}")
        for table, content in rows.items():
            for row in content:
                self._db.execute(f"INSERT OR IGNORE INTO {table} VALUES ({', '.join('?' * len(row))})", row)

    def _rows(self, resource: int) -> str:
        """All that the database says of a resource."""
        return json.dumps(
            {
                table: self._db.execute(f"SELECT * FROM {table} WHERE {column} = ?", (resource,)).fetchall()
                for table, column in _ROWS.items()
            }
        )
