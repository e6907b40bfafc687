"""Writing made-up tables into one DuckDB file, encrypted under a login when there is one.

with new_database(path, password) as store:
    store.create(SCHEMA)
    store.append("PATIENT", {"pat_id": ..., ...})
"""

from __future__ import annotations

import os
import secrets
import tomllib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib import resources
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa

from sandbox.errors import BadInput, SourceUnavailable, StorageFault

MARK = "preceptor_demo_mark"  # a macro, so that no table of ours stands between the hospital's
Table = dict[str, Any]


def schema(name: str) -> dict[str, Any]:
    """The tables described in one of our TOML files."""
    return tomllib.loads((resources.files("resources.demo") / name).read_text(encoding="utf-8"))


class Store:
    """The open database, and how many rows each table has."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self._connection = connection
        self._tables: dict[str, Table] = {}
        self.counts: dict[str, int] = {}

    def create(self, tables: Mapping[str, Table]) -> None:
        """Create the tables, with keys and comments as described."""
        for name, table in tables.items():
            self._tables[name], self.counts[name] = table, 0
            columns = [f"{_quoted(column)} {_type(about)}" for column, about in table["columns"].items()]
            if "key" in table:
                columns.append(f"PRIMARY KEY ({_quoted(table['key'])})")
            self._connection.execute(f"CREATE TABLE {_quoted(name)} ({', '.join(columns)})")
            self._comment(name, table)

    def append(self, name: str, columns: Mapping[str, Any]) -> None:
        """Add rows: one array per column, in any order; a column that is left out is null."""
        data = pa.table({key: _array(values) for key, values in columns.items()})
        names = ", ".join(_quoted(key) for key in columns)
        self._connection.register("rows_to_add", data)
        self._connection.execute(f"INSERT INTO {_quoted(name)} ({names}) SELECT {names} FROM rows_to_add")
        self._connection.unregister("rows_to_add")
        self.counts[name] += data.num_rows

    def mark(self, words: str) -> None:
        """Mark the database as made up, so that only such a one is taken for a demonstration."""
        self._connection.execute(f"CREATE MACRO {MARK}() AS '{words}'")

    def _comment(self, name: str, table: Table) -> None:
        if "comment" in table:
            self._connection.execute(f"COMMENT ON TABLE {_quoted(name)} IS {_literal(table['comment'])}")
        for column, about in table["columns"].items():
            if isinstance(about, list):
                target = f"{_quoted(name)}.{_quoted(column)}"
                self._connection.execute(f"COMMENT ON COLUMN {target} IS {_literal(about[1])}")


@contextmanager
def new_database(path: Path, password: str | None) -> Iterator[Store]:
    """A new database file at `path`, which appears there whole or not at all."""
    if path.exists():
        raise BadInput(f"{path.name} exists already.", "Choose another file name, or delete it first.")
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f".{path.name}.{secrets.token_hex(4)}.part")
    try:
        connection = duckdb.connect()
        try:
            # DuckDB's wheel writes encrypted files only with its built-in library, which it calls unsafe
            # because of its random numbers; what is written here is made up.
            connection.execute("SET force_mbedtls_unsafe = 'true'")
            _attach(connection, beside, password, read_only=False)
            yield Store(connection)
            connection.execute("USE memory; DETACH demo")
        except duckdb.IOException as problem:  # its text names the statement
            raise StorageFault(
                f"{path.name} could not be written.", "Have 100 MB free where it is to be, then try again."
            ) from problem
        finally:
            connection.close()
        os.replace(beside, path)
    finally:
        for left in (beside, beside.with_name(beside.name + ".wal")):
            left.unlink(missing_ok=True)


@contextmanager
def opened(path: Path, password: str | None) -> Iterator[duckdb.DuckDBPyConnection]:
    """An existing database, read-only, with its tables in the search path."""
    connection = duckdb.connect()
    try:
        _attach(connection, path, password, read_only=True)
        yield connection
    except duckdb.Error as problem:
        raise SourceUnavailable(f"{path.name} can't be read as a DuckDB database with this login.") from problem
    finally:
        connection.close()


def _attach(connection: duckdb.DuckDBPyConnection, path: Path, password: str | None, *, read_only: bool) -> None:
    options = [f"ENCRYPTION_KEY {_literal(password)}"] if password else []
    options += ["READ_ONLY"] if read_only else []
    tail = f" ({', '.join(options)})" if options else ""
    connection.execute(f"ATTACH {_literal(str(path))} AS demo{tail}")
    connection.execute("USE demo")


def _array(values: Any) -> Any:
    return pa.array(values) if isinstance(values, np.ndarray | list) else values


def _type(about: str | list[str]) -> str:
    return about if isinstance(about, str) else about[0]


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
