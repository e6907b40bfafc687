"""SQLite files opened as files that may have been made by anybody: only with the objects that this program writes.

    database = open_guarded(path, is_expected=lambda one: one.name == "entry", options="mode=ro")

A view, a trigger or an expression in a schema is a program that runs when it is read. So the objects are compared one
by one before anything else is asked, and a statement that takes too many steps ends.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

_STEPS = 1_000_000
MOST_STEPS = 300  # times `_STEPS`: a few seconds. Steps and not time, which also passes while nobody asks for a row
_MOST_OBJECTS = 100


class Unexpected(sqlite3.DatabaseError):
    """The file holds what this program doesn't write."""


class SchemaObject(NamedTuple):
    """One line of `sqlite_master`."""

    type: str
    name: str
    sql: str | None


class _Guarded(sqlite3.Connection):
    """A connection whose statements each have their number of steps."""

    left = MOST_STEPS

    def execute(self, *args: Any) -> sqlite3.Cursor:
        self.left = MOST_STEPS
        return super().execute(*args)

    def executemany(self, *args: Any) -> sqlite3.Cursor:
        self.left = MOST_STEPS
        return super().executemany(*args)

    def step(self) -> bool:
        self.left -= 1
        return self.left < 0


def open_guarded(
    path: Path, is_expected: Callable[[SchemaObject], bool], required: frozenset[str], options: str, **connect: Any
) -> sqlite3.Connection:
    """The open file, or `sqlite3.DatabaseError`: damaged, an object is there that isn't expected, or one is missing."""
    database = sqlite3.connect(f"{path.as_uri()}?{options}", uri=True, factory=_Guarded, **connect)
    try:
        database.set_progress_handler(database.step, _STEPS)
        for pragma in ("trusted_schema = OFF", "cell_size_check = ON", "temp_store = MEMORY"):
            database.execute(f"PRAGMA {pragma}")  # a confined process reaches no other folder to sort in
        rows = database.execute("SELECT type, name, sql FROM sqlite_master LIMIT ?", (_MOST_OBJECTS + 1,))
        found = [SchemaObject(*row) for row in rows]
        names = {one.name for one in found}
        if len(names) < len(found) or not required <= names or not all(map(is_expected, found)):
            raise Unexpected("the file holds other objects than are written here")
    except BaseException:
        database.close()
        raise
    return database


def shadows_of(table: str) -> dict[str, str]:
    """What FTS5 makes beside a contentless table without column sizes, by name."""
    return {
        f"{table}_data": f"CREATE TABLE '{table}_data'(id INTEGER PRIMARY KEY, block BLOB)",
        f"{table}_idx": f"CREATE TABLE '{table}_idx'(segid, term, pgno, PRIMARY KEY(segid, term)) WITHOUT ROWID",
        f"{table}_config": f"CREATE TABLE '{table}_config'(k PRIMARY KEY, v) WITHOUT ROWID",
    }
