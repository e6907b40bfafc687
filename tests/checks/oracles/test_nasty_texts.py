"""Texts and names that end quotes, start comments or stand for values come through the check as they are."""

from __future__ import annotations

import pytest
from hospitals import Hospital, schema_for
from query_examples import PATIENT

from sandbox.checks.facts import ColumnSchema, Schema, TableSchema
from sandbox.checks.query import check_query
from sandbox.errors import QueryRefused

NASTY = [
    "'", "''", '"', '""', "\\", "\\'", "\\n", "--", "/*", "*/", ";", "$1", ":x", "?", "%s", "%", "{}", "x' OR '1'='1",
    "'; DROP TABLE codes; --", "E'\\x41'", "$$", "[a]", "`a`", "a.b", "Größe",
]  # fmt: skip
ENGINES = ["duckdb", "sqlite", pytest.param("postgres", marks=pytest.mark.needs("postgresql"))]


@pytest.mark.parametrize("engine", ENGINES)
def test_a_nasty_text_stays_the_same_text(engine: str, request: pytest.FixtureRequest) -> None:
    rooms: Hospital = request.getfixturevalue(f"{engine}_hospital")
    wrong = {}
    for text in NASTY:
        quoted = "'" + text.replace("'", "''") + "'"
        sql = f"SELECT {quoted} AS x FROM ehr.codes WHERE code <> {quoted} AND code NOT IN ({quoted}, 'J18.9') LIMIT 1"
        assert rooms.answer(sql).rows == [(repr(text),)]
        if (found := rooms.narrowed(check_query(sql, schema_for(engine)), {}).rows) != [(repr(text),)]:
            wrong[text] = found
    assert not wrong


@pytest.mark.parametrize("engine", ENGINES)
def test_a_nasty_name_of_a_table_and_of_its_columns_stays_the_same_name(
    engine: str, request: pytest.FixtureRequest
) -> None:
    rooms: Hospital = request.getfixturevalue(f"{engine}_hospital")
    for number, name in enumerate(NASTY):
        table, column, key = (quoted(part) for part in (f"{name}{number}", f"{name} x", f"{name} k"))
        rooms.change(f"CREATE TABLE main.{table} ({column} VARCHAR, {key} BIGINT)")
        rooms.change(f"INSERT INTO main.{table} VALUES ('in', 7), ('out', 8)")
        checked = check_query("SELECT x FROM s.t WHERE x <> ''", renamed(engine, name, number), cohort=("pat_id",))
        assert rooms.narrowed(checked, {}).rows == [("'in'",)], name


def quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def renamed(engine: str, name: str, number: int) -> Schema:
    columns = {
        "x": ColumnSchema(type="VARCHAR", given="full", physical=f"{name} x"),
        "pat_id": ColumnSchema(type="BIGINT", **PATIENT, physical=f"{name} k"),
    }
    table = TableSchema(columns=columns, physical=("main", f"{name}{number}"))
    return Schema(tables={"s.t": table}, dialects={"s": engine})


@pytest.mark.parametrize("engine", ENGINES)
def test_a_nasty_name_of_an_output_stays_the_same_name_or_is_refused(
    engine: str, request: pytest.FixtureRequest
) -> None:
    rooms: Hospital = request.getfixturevalue(f"{engine}_hospital")
    accepted = set()
    for name in NASTY:
        sql = f"SELECT q.code AS {quoted(name)} FROM (SELECT code FROM ehr.codes) q"
        try:
            checked = check_query(sql, schema_for(engine))
        except QueryRefused:
            continue
        assert rooms.narrowed(checked, {}).names == rooms.answer(sql).names == [name]
        accepted.add(name)
    assert {'"', '""', "Größe"} <= set(NASTY) - accepted <= {'"', '""', "Größe", "`a`"}
