"""What is counted from another date of the row: days since it, and the age on that day, run on real engines."""

from __future__ import annotations

import sqlite3
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest

from sandbox.checks.facts import ColumnSchema, Derivation, Schema, TableSchema
from sandbox.checks.query import check_query
from sandbox.errors import QueryRefused

sys.path.insert(0, str(Path(__file__).parents[1] / "sources"))
from postgresql import own_server

ROWS = [
    ("2022-03-10", "2022-03-01"),
    ("2022-03-01", "2022-03-10"),
    ("2022-03-01", "2004-02-29"),
    ("2022-02-28", "2004-02-29"),
    ("2022-05-06", "1925-05-06"),
    ("1915-03-01", "2020-06-01"),
    (None, "2000-01-01"),
    ("2022-01-01", None),
]
DAYS = [9, -9, 6575, 6574, 35429, -38444, None, None]
AGES = [0, None, 18, 17, 90, None, None, None]
KINDS = [("DATE", "DATE"), ("TIMESTAMP", "DATE"), ("DATE", "TIMESTAMP")]
CASES = [("days_since", DAYS), ("age_at", AGES)]


def narrowed(dialect: str, derivation: Derivation, kinds: tuple[str, str] = ("DATE", "DATE"), sql: str = "") -> str:
    event = ColumnSchema(
        type=kinds[0],
        given="derived",
        derivation=derivation,
        physical="EVENT_DT",
        anchor="START DT",
        anchor_type=kinds[1],
    )
    physical = ("t",) if dialect in ("sqlite", "postgres") else ("main", "t")
    table = TableSchema(columns={"x": event, "n": ColumnSchema(type="INTEGER", given="full")}, physical=physical)
    schema = Schema(tables={"s.t": table}, dialects={"s": dialect})
    return check_query(sql or "SELECT n, x FROM s.t ORDER BY n", schema).narrowed


def create(kinds: tuple[str, str]) -> str:
    values = ", ".join(
        f"({n}, {cell(event, kinds[0])}, {cell(start, kinds[1])})" for n, (event, start) in enumerate(ROWS)
    )
    return f'CREATE TABLE t (n INTEGER, "EVENT_DT" {kinds[0]}, "START DT" {kinds[1]}); INSERT INTO t VALUES {values}'


def cell(day: str | None, kind: str) -> str:
    late = " 23:59:59" if kind == "TIMESTAMP" else ""
    return "NULL" if day is None else f"'{day}{late}'"


@pytest.mark.parametrize("kinds", [*KINDS, ("VARCHAR", "VARCHAR")])
@pytest.mark.parametrize(("derivation", "expected"), CASES)
def test_duckdb_counts_whole_days_and_completed_years(
    derivation: Derivation, expected: list[Any], kinds: tuple[str, str]
) -> None:
    with duckdb.connect() as database:
        database.execute(create(kinds))
        found = database.execute(narrowed("duckdb", derivation, kinds)).fetchall()
    assert [row[1] for row in found] == expected


@pytest.mark.parametrize("kinds", KINDS)
@pytest.mark.parametrize(("derivation", "expected"), CASES)
def test_sqlite_counts_the_same(derivation: Derivation, expected: list[Any], kinds: tuple[str, str]) -> None:
    database = sqlite3.connect(":memory:")
    try:
        database.executescript(create(kinds))
        found = database.execute(narrowed("sqlite", derivation, kinds)).fetchall()
        assert [row[1] for row in found] == expected
        compared = narrowed("sqlite", derivation, kinds, sql="SELECT n FROM s.t WHERE x > 10")
        assert len(database.execute(compared).fetchall()) == sum(one is not None and one > 10 for one in expected)
    finally:
        database.close()


@pytest.fixture(scope="module")
def postgres() -> Iterator[Any]:
    with own_server() as server, server.connect() as connection, connection.cursor() as cursor:
        yield cursor


@pytest.mark.parametrize("kinds", KINDS)
@pytest.mark.parametrize(("derivation", "expected"), CASES)
def test_postgresql_counts_the_same(
    postgres: Any, derivation: Derivation, expected: list[Any], kinds: tuple[str, str]
) -> None:
    for statement in ("DROP TABLE IF EXISTS t", *create(kinds).split("; ")):
        postgres.execute(statement)
    postgres.execute(narrowed("postgres", derivation, kinds))
    assert [row[1] for row in postgres.fetchall()] == expected


@pytest.mark.parametrize("dialect", ["tsql", "oracle", "spark"])
@pytest.mark.parametrize("derivation", ["days_since", "age_at"])
def test_the_other_dialects_write_both_dates_and_the_cap(dialect: str, derivation: Derivation) -> None:
    text = narrowed(dialect, derivation)
    assert "START DT" in text and "EVENT_DT" in text
    assert ("90" in text) == (derivation == "age_at")


@pytest.mark.parametrize("dialect", ["postgres", "oracle"])
def test_dates_kept_as_text_are_refused_where_they_might_not_be_dates(dialect: str) -> None:
    with pytest.raises(QueryRefused, match="keeps as text"):
        narrowed(dialect, "days_since", ("VARCHAR", "DATE"))


def test_the_date_itself_is_not_to_be_had() -> None:
    """Neither the event nor the date it is counted from is a column of the narrowed table."""
    for sql in ('SELECT "START DT" FROM s.t', "SELECT EVENT_DT FROM s.t", "SELECT date_trunc('day', x) AS d FROM s.t"):
        with duckdb.connect() as database, pytest.raises((QueryRefused, duckdb.Error)):
            database.execute(create(("DATE", "DATE")))
            database.execute(narrowed("duckdb", "days_since", sql=sql))


def test_without_its_anchor_nothing_is_given() -> None:
    column = ColumnSchema(type="DATE", given="derived", derivation="age_at")
    schema = Schema(tables={"s.t": TableSchema(columns={"x": column})}, dialects={"s": "duckdb"})
    with pytest.raises(QueryRefused):
        check_query("SELECT x FROM s.t", schema)
