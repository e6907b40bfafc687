"""SQLite itself, compiling the query over empty tables of the same shape: its authoriser tells every column it reads.

Nothing is opened and nothing runs: the database is in memory and empty, and EXPLAIN compiles without executing.
"""

from __future__ import annotations

import re
import sqlite3

from sandbox.checks.query._rules import require_reviewed_parser, sql_rules
from sandbox.checks.query._second.expected import Expected, Path, disagreement
from sandbox.errors import QueryRefused

_NO_TABLES = frozenset({"json_each"})  # the table function that a list is read with
_QUOTED_OR_PARAMETER = re.compile(r"'(?:[^']|'')*'|\"(?:[^\"]|\"\")*\"|:([a-z][a-z0-9_]*)")


def agree(narrowed: str, expected: Expected, functions: frozenset[str], dialect: str = "sqlite") -> None:
    """Raise `QueryRefused` unless SQLite compiles `narrowed` to a read of exactly the expected columns."""
    require_reviewed_parser("SQLite", sqlite3.sqlite_version, sql_rules().reviewed.sqlite)
    watched = _Watched(functions)
    database = sqlite3.connect(":memory:", cached_statements=0)
    try:
        for path, columns in expected.has.items():
            _create(database, path, columns)
        database.execute("SELECT 1 FROM json_each('[]')")  # looks into the catalog the first time
        database.set_authorizer(watched.authorize)
        parameters = {found[1]: None for found in _QUOTED_OR_PARAMETER.finditer(narrowed) if found[1]}
        database.execute("EXPLAIN " + narrowed, parameters).fetchall()
    except sqlite3.Error as problem:
        raise _cannot_compile(problem) from problem
    finally:
        database.set_authorizer(None)
        database.close()
    _compare(watched.reads, expected)


def _cannot_compile(problem: sqlite3.Error) -> QueryRefused:
    """SQLite's words quote the query at most; no row has been near it."""
    if "authoriz" in str(problem) or "prohibited" in str(problem):
        return disagreement()
    return QueryRefused(f"SQLite can't compile the query: {problem}.", "Write it as the manual of SQLite does.")


class _Watched:
    """Allows what a SELECT over the expected tables does, and notes what it reads."""

    def __init__(self, functions: frozenset[str]) -> None:
        self._functions = functions
        self.reads: set[tuple[str, str]] = set()

    def authorize(
        self, action: int, first: str | None, second: str | None, place: str | None, inner: str | None
    ) -> int:
        if action == sqlite3.SQLITE_SELECT:
            return sqlite3.SQLITE_OK
        if action == sqlite3.SQLITE_READ and first in _NO_TABLES:
            return sqlite3.SQLITE_OK
        if action == sqlite3.SQLITE_READ and first is not None:
            self.reads.add((f"{place}.{first}" if second else first, second or ""))
            return sqlite3.SQLITE_OK
        if action == sqlite3.SQLITE_FUNCTION and (second or "").lower() in self._functions:
            return sqlite3.SQLITE_OK
        return sqlite3.SQLITE_DENY


def _create(database: sqlite3.Connection, path: Path, columns: set[str]) -> None:
    if len(path) > 2:
        raise disagreement()
    schema = path[0] if len(path) == 2 else "main"
    known = {row[1] for row in database.execute("PRAGMA database_list")}
    if schema not in known:
        database.execute(f"ATTACH ':memory:' AS {_quoted(schema)}")
    listed = ", ".join(_quoted(column) for column in sorted(columns)) or '"nothing"'
    database.execute(f"CREATE TABLE {_quoted(schema)}.{_quoted(path[-1])} ({listed})")


def _compare(found: set[tuple[str, str]], expected: Expected) -> None:
    """A table that is only counted is reported once without a column, or with its row number alone."""
    wanted = {
        (f"{path[0]}.{path[1]}" if len(path) == 2 else f"main.{path[0]}").lower(): {name.lower() for name in columns}
        for path, columns in expected.reads.items()
    }
    seen: dict[str, set[str]] = {}
    for table, column in found:
        names = [table.lower()] if column else [path for path in wanted if path.endswith("." + table.lower())]
        for name in names or [table.lower()]:
            seen.setdefault(name, set()).update({column.lower()} - {""})
    if seen != wanted:
        raise disagreement()


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
