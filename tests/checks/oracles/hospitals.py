"""The made-up hospital in DuckDB, SQLite and PostgreSQL, and what each of the three says that a query reads.

Each holds its tables twice with the same keys: under their physical names (`main`), for narrowed queries, and under
the names of the dictionary (`ehr`, `reg`, the derivations already made), so that a query runs there as it was
written; `kept` are those of them with the patients of a cohort alone. What is said of reading comes from the
engine's own parser and binder.
"""

from __future__ import annotations

import json
import re
import sqlite3
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Mapping
from contextlib import AbstractContextManager
from typing import Any

import duckdb
import msgspec
from query_examples import CREATE, SCHEMA, VIEWS
from written_queries import COHORT_KEYS

from sandbox.checks.facts import CheckedQuery, Schema

Reads = dict[str, set[str]]
_SCHEMAS = ("ehr", "reg", "kept")
_KEPT = "".join(
    f"CREATE TABLE kept.{table} AS SELECT * FROM ehr.{table} WHERE pat_id IN {COHORT_KEYS};"
    for table in ("patients", "encounters", "labs")
)


class Answer(msgspec.Struct, frozen=True):
    """What an engine returns, in words that can be compared; floats to nine places."""

    names: list[str]
    rows: list[tuple[str, ...]]

    def in_any_order(self) -> Answer:
        return Answer(self.names, sorted(self.rows))


def schema_for(engine: str) -> Schema:
    """The hospital's dictionary, its sources of that engine."""
    return msgspec.structs.replace(SCHEMA, dialects=dict.fromkeys(SCHEMA.dialects, engine))


def _answer(names: list[str], rows: list[tuple[Any, ...]]) -> Answer:
    return Answer(names, [tuple(map(_word, row)) for row in rows])


def _word(value: Any) -> str:
    return f"{value:.9g}" if isinstance(value, float) else repr(value)


class Hospital(AbstractContextManager["Hospital", None], ABC):
    """One engine with both sets of tables."""

    engine: str
    errors: type[Exception]  # of its driver

    def __exit__(self, *problem: object) -> None:
        self.close()

    @abstractmethod
    def close(self) -> None:
        """Let go of the database."""

    @abstractmethod
    def change(self, statement: str) -> None:
        """Run a statement that returns nothing."""

    @abstractmethod
    def answer(self, sql: str) -> Answer:
        """What a query without parameters returns."""

    @abstractmethod
    def narrowed(self, checked: CheckedQuery, given: Mapping[str, Any]) -> Answer:
        """What a narrowed query returns, its parameters bound; the tables of a cohort are there."""


class DuckHospital(Hospital):
    engine = "duckdb"
    errors = duckdb.Error

    def __init__(self) -> None:
        self.connection = duckdb.connect()
        self.connection.execute("SET threads = 1; CREATE SCHEMA kept;")
        self.connection.execute(CREATE + VIEWS.replace("CREATE VIEW", "CREATE TABLE") + _KEPT)
        self.connection.execute("CREATE TEMP TABLE cohort_pat_id (k BIGINT)")
        self.connection.execute(f"INSERT INTO cohort_pat_id SELECT unnest({list(COHORT_KEYS)})")

    def close(self) -> None:
        self.connection.close()

    def change(self, statement: str) -> None:
        self.connection.execute(statement)

    def answer(self, sql: str, parameters: dict[str, Any] | None = None) -> Answer:
        result = self.connection.execute(sql, parameters)
        return _answer([column[0] for column in result.description or ()], result.fetchall())

    def narrowed(self, checked: CheckedQuery, given: Mapping[str, Any]) -> Answer:
        return self.answer(checked.narrowed, dict(given))

    def reads(self, sql: str) -> Reads:
        """The columns that DuckDB's binder asked of each table, before its optimizer took any away."""
        row = self.connection.execute("SELECT json_serialize_plan(?)", [sql]).fetchone()
        plan = json.loads(row[0]) if row else {}
        assert not plan["error"], plan
        found: Reads = {}
        for node in _nodes(plan):
            if node.get("type") == "LOGICAL_GET" and node.get("function_data"):
                table = f"{node['function_data']['schema']}.{node['function_data']['table']}"
                places = [column["index"] for column in node["column_indexes"]]
                found.setdefault(table, set()).update(node["names"][place] for place in places if place < 2**63)
        return found


def _nodes(document: Any) -> Iterator[dict[str, Any]]:
    """Every object of a JSON document."""
    inside = document.values() if isinstance(document, dict) else document if isinstance(document, list) else ()
    if isinstance(document, dict):
        yield document
    for part in inside:
        yield from _nodes(part)


class SqliteHospital(Hospital):
    engine = "sqlite"
    errors = sqlite3.Error

    def __init__(self) -> None:
        self.connection = sqlite3.connect(":memory:", cached_statements=0)  # a cached statement asks no authoriser
        for schema in _SCHEMAS:
            self.connection.execute(f"ATTACH ':memory:' AS {schema}")
        for statement in _statements("sqlite"):
            self.connection.execute(statement)
        self.connection.execute("CREATE TEMP TABLE cohort_pat_id (k BIGINT)")
        self.connection.executemany("INSERT INTO cohort_pat_id VALUES (?)", [(key,) for key in COHORT_KEYS])

    def close(self) -> None:
        self.connection.close()

    def change(self, statement: str) -> None:
        self.connection.execute(statement)

    def answer(self, sql: str, parameters: Mapping[str, Any] | None = None) -> Answer:
        cursor = self.connection.execute(sql, parameters or {})
        return _answer([column[0] for column in cursor.description], cursor.fetchall())

    def narrowed(self, checked: CheckedQuery, given: Mapping[str, Any]) -> Answer:
        lists = {name: json.dumps(value) for name, value in given.items() if isinstance(value, list)}
        return self.answer(checked.narrowed, {**given, **lists})

    def reads(self, sql: str) -> Reads:
        """What SQLite asks its authoriser for while it compiles the query."""
        found: Reads = {}

        def note(action: int, table: str | None, column: str | None, schema: str | None, _: str | None) -> int:
            if action == sqlite3.SQLITE_READ and schema is not None:
                found.setdefault(f"{schema}.{table}", set()).update({column} - {"", None})
            return sqlite3.SQLITE_OK

        self.connection.set_authorizer(note)
        try:
            self.connection.execute(f"EXPLAIN {sql}", dict.fromkeys(re.findall(r":([a-z]\w*)", sql)))
        finally:
            self.connection.set_authorizer(None)
        return found


class PostgresHospital(Hospital):
    """Its superuser may become `reader`, who may read what a test grants, and one reader for each column, who may
    read all but that one (`without ehr.labs.value`)."""

    engine = "postgres"

    def __init__(self, connection: Any) -> None:
        self.errors = connection.Error
        self._cursor = connection.cursor(adbc_stmt_kwargs={"adbc.postgresql.use_copy": "false"})
        for schema in ("main", *_SCHEMAS):
            self.run(f"CREATE SCHEMA {schema}")
        for statement in _statements("postgres"):
            self.run(statement)
        self.run("CREATE TEMP TABLE cohort_pat_id AS SELECT unnest(ARRAY[7, 14, 21, 35]::bigint[]) AS k")
        self.run("CREATE ROLE reader", "GRANT USAGE ON SCHEMA ehr, reg TO reader")
        self.columns = self._columns()
        for table, columns in self.columns.items():
            for column in columns:
                self._make_reader(table, column)

    def close(self) -> None:
        self._cursor.close()

    def change(self, statement: str) -> None:
        self.run(statement)

    def run(self, *statements: str) -> list[tuple[Any, ...]]:
        """Each statement by itself; the rows of the last."""
        for statement in statements:
            self._cursor.execute(statement)
        return list(self._cursor.fetchall()) if self._cursor.description else []

    def answer(self, sql: str) -> Answer:
        self._cursor.execute(sql)
        return _answer([column[0] for column in self._cursor.description], self._cursor.fetchall())

    def narrowed(self, checked: CheckedQuery, given: Mapping[str, Any]) -> Answer:
        """Prepared with its parameters, so that the server itself tells their types, and executed."""
        places = {name: f"${place}" for place, name in enumerate(checked.parameters, 1)}
        text = _TOKEN.sub(lambda found: places[found[1]] if found[1] else found[0], checked.narrowed)
        values = ", ".join(_parameter(given[name]) for name in checked.parameters)
        self.run(f"PREPARE narrowed AS {text}")
        try:
            return self.answer(f"EXECUTE narrowed({values})" if values else "EXECUTE narrowed")
        finally:
            self.run("DEALLOCATE narrowed")

    def refusal(self, sql: str, reads: Mapping[str, Iterable[str]]) -> str:
        """Why one who may read these columns and nothing else may not run the query; nothing if he may."""
        self.run("BEGIN")
        try:
            for table, columns in reads.items():
                self.run(f"GRANT SELECT ({', '.join(columns)}) ON {table} TO reader")
            return self._refused(sql, "reader")
        finally:
            self.run("ROLLBACK")

    def refusal_without(self, sql: str, table: str, column: str) -> str:
        """Why one who may read all columns but this may not run the query; nothing if he may."""
        self.run("BEGIN")
        try:
            # The executor starts, and so asks what the role may read, but reads nothing.
            return self._refused(f"EXPLAIN {sql}", f"without {table}.{column}")
        finally:
            self.run("ROLLBACK")

    def _refused(self, sql: str, role: str) -> str:
        self.run(f'SET LOCAL ROLE "{role}"')
        try:
            self.run(sql)
        except self.errors as problem:
            return str(problem)
        return ""

    def _columns(self) -> dict[str, list[str]]:
        rows = self.run(
            "SELECT table_schema || '.' || table_name, column_name FROM information_schema.columns"
            " WHERE table_schema IN ('ehr', 'reg') ORDER BY ordinal_position"
        )
        return {table: [column for other, column in rows if other == table] for table, _ in rows}

    def _make_reader(self, table: str, column: str) -> None:
        role = f'"without {table}.{column}"'
        self.run(f"CREATE ROLE {role}", f"GRANT USAGE ON SCHEMA ehr, reg TO {role}")
        for other, columns in self.columns.items():
            given = [name for name in columns if (other, name) != (table, column)]
            self.run(f"GRANT SELECT ({', '.join(given)}) ON {other} TO {role}")


_TOKEN = re.compile(r"""'(?:[^']|'')*'|"(?:[^"]|"")*"|:([a-z]\w*)""")  # quoted, or a parameter


def _parameter(value: Any) -> str:
    if isinstance(value, list):
        return _literal("{" + ", ".join(str(item) for item in value) + "}")
    return _literal(value)


def _statements(engine: str) -> Iterator[str]:
    """The same tables for another engine: made in DuckDB, copied value by value."""
    with DuckHospital() as made:
        names = made.connection.execute(
            "SELECT schema_name, table_name FROM duckdb_tables() WHERE NOT temporary ORDER BY ALL"
        ).fetchall()
        for schema, table in names:
            result = made.connection.execute(f'SELECT * FROM "{schema}"."{table}"')
            columns = ", ".join(
                f'"{name}" {_TYPES.get(str(kind), kind)}' for name, kind, *_ in result.description or ()
            )
            yield f'CREATE TABLE "{schema}"."{table}" ({columns})'
            rows = ", ".join(f"({', '.join(map(_literal, row))})" for row in result.fetchall())
            yield f'INSERT INTO "{schema}"."{table}" VALUES {rows}'


_TYPES = {"DOUBLE": "DOUBLE PRECISION"}


def _literal(value: Any) -> str:
    if value is None:
        return "NULL"
    return repr(value) if isinstance(value, int | float) else "'" + str(value).replace("'", "''") + "'"
