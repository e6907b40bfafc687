"""Nothing that is no key comes out marked as one, and no key comes out unmarked: tried on a real database."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from key_choices import CREATE, ENCOUNTERS, FORGED, ORDERED, PATIENTS, SCHEMA, WELCOME

from sandbox.checks.facts import CheckedQuery, ColumnSchema, Schema, TableSchema
from sandbox.checks.query import check_query
from sandbox.errors import QueryRefused

KEYS = {"patient": PATIENTS, "encounter": ENCOUNTERS}


@pytest.fixture(scope="module")
def hospital() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as database:
        database.execute(CREATE)
        yield database


def columns(database: duckdb.DuckDBPyConnection, sql: str) -> list[set[Any]]:
    rows = database.execute(sql).fetchall()
    return [
        {str(value) if isinstance(value, list) else value for value in column} for column in zip(*rows, strict=True)
    ]


def holds_a_key(values: set[Any]) -> bool:
    return any(f"{start}00000" in str(value) for value in values for start in (70, 80))


def assert_marked_right(checked: CheckedQuery, found: list[set[Any]]) -> None:
    for output, values in zip(checked.outputs, found or [set()] * len(checked.outputs), strict=True):
        if output.kind in ("patient_key", "event_key"):
            assert values - {None} <= KEYS[output.domain], output
        else:
            assert not holds_a_key(values), output


@pytest.mark.parametrize("name", FORGED)
def test_a_value_of_ones_own_does_not_pass_for_a_key(name: str, hospital: duckdb.DuckDBPyConnection) -> None:
    columns(hospital, FORGED[name])  # the database has nothing against it
    with pytest.raises(QueryRefused) as refused:
        check_query(FORGED[name], SCHEMA)
    assert refused.value.advice


@pytest.mark.parametrize("name", [name for name in FORGED if name.startswith(("lag with", "lead with"))])
def test_what_lag_returns_for_want_of_a_row_is_not_what_the_column_holds(
    name: str, hospital: duckdb.DuckDBPyConnection
) -> None:
    (returned,) = columns(hospital, FORGED[name])
    assert returned - PATIENTS - {None}


def test_a_parameter_does_not_pass_for_a_key(hospital: duckdb.DuckDBPyConnection) -> None:
    sql = "SELECT lag(pat_id, 1, {}) OVER (ORDER BY dt) AS k FROM s.stays"
    assert (42,) in hospital.execute(sql.format("$p"), {"p": 42}).fetchall()
    for written in (sql.format(":p"), "SELECT coalesce(pat_id, :p) AS k FROM s.stays"):
        with pytest.raises(QueryRefused, match="mixed with other values"):
            check_query(written, SCHEMA)
    assert check_query("SELECT lag(pat_id, :p) OVER (ORDER BY dt) AS k FROM s.stays", SCHEMA).parameters == ("p",)


@pytest.mark.parametrize("name", ORDERED)
def test_a_key_does_not_order_by_its_place(name: str, hospital: duckdb.DuckDBPyConnection) -> None:
    columns(hospital, ORDERED[name])
    with pytest.raises(QueryRefused):
        check_query(ORDERED[name], SCHEMA)


def test_a_place_in_brackets_does_order_where_nothing_checks_it(hospital: duckdb.DuckDBPyConnection) -> None:
    rows = hospital.execute(ORDERED["a place in brackets"]).fetchall()
    assert [key for _, key in rows] == sorted(key for _, key in rows)


def test_what_follows_the_brackets_around_a_query_is_not_lost() -> None:
    with pytest.raises(QueryRefused):
        check_query("(SELECT los FROM s.stays) LIMIT 3", SCHEMA)


def test_a_name_that_is_an_output_and_a_key_at_once_is_refused() -> None:
    for sql in (
        "SELECT los AS pat_id, enc_id FROM s.stays ORDER BY abs(pat_id)",
        "SELECT DISTINCT ON (pat_id) los AS pat_id FROM s.stays",
        "SELECT a.los AS pat_id FROM s.stays a JOIN s.people b USING (pat_id) ORDER BY pat_id",
    ):
        with pytest.raises(QueryRefused, match="at once"):
            check_query(sql, SCHEMA)


@pytest.mark.parametrize("call", ["concat_ws(',', *)", "max(*)", "coalesce(*)", "-(*)", "approx_count_distinct(*)"])
def test_a_star_counts_and_does_nothing_else(call: str) -> None:
    with pytest.raises(QueryRefused, match="star"):
        check_query(f"SELECT {call} AS x FROM s.stays", SCHEMA)


@pytest.mark.parametrize("sql", WELCOME)
def test_everyday_uses_of_keys_pass_and_are_marked_right(sql: str, hospital: duckdb.DuckDBPyConnection) -> None:
    checked = check_query(sql, SCHEMA)
    found = columns(hospital, checked.narrowed)
    assert found
    assert_marked_right(checked, found)


def test_a_key_with_a_derivation_is_a_contradiction_and_gives_nothing() -> None:
    for given_as in ("token", "derived", "full"):
        column = ColumnSchema(type="BIGINT", given=given_as, key="patient", domain="p", derivation="age_capped")  # type: ignore[arg-type]
        schema = Schema(tables={"s.t": TableSchema(columns={"x": column})}, dialects={"s": "duckdb"})
        with pytest.raises(QueryRefused, match="may not be read"):
            check_query("SELECT x FROM s.t", schema)


PARTS = ("e.pat_id", "e.enc_id", "e.los", "42", "NULL")
OVER = "OVER (PARTITION BY e.los % 3 ORDER BY e.dt)"
NESTED = "FROM s.stays n WHERE n.enc_id = e.enc_id"
SHAPES = (
    "({a})", "coalesce({a}, {b})", "CASE WHEN e.los > 3 THEN {a} ELSE {b} END", "CASE WHEN e.los > 9 THEN {a} END",
    "CASE e.los WHEN 3 THEN {a} ELSE {b} END", "if(e.los > 3, {a}, {b})", "nullif({a}, {b})", "greatest({a}, {b})",
    "least({a}, {b})", f"lag({{a}}, 1, {{b}}) {OVER}", f"lead({{a}}, 1, {{b}}) {OVER}", f"lag({{a}}) {OVER}",
    f"first_value({{a}}) {OVER}", f"nth_value({{a}}, 2) {OVER}", f"any_value({{a}}) {OVER}", f"max({{a}}) {OVER}",
    f"arg_max({{a}}, {{b}}) {OVER}", f"sum({{a}}) {OVER}", f"count({{a}}) {OVER}", f"rank() {OVER}",
    f"(SELECT any_value({{a}}) {NESTED})", f"(SELECT arg_max(n.pat_id, {{a}}) {NESTED})",
    f"(SELECT arg_min({{a}}, n.dt) {NESTED})", f"(SELECT first({{a}} ORDER BY n.dt) {NESTED})",
    f"(SELECT mode({{a}}) {NESTED})", f"(SELECT any_value({{a}}) FILTER (WHERE n.los > 2) {NESTED})",
    "(SELECT {a} UNION ALL SELECT {b} LIMIT 1)", "(SELECT {a} EXCEPT SELECT {b} LIMIT 1)", "{a} + {b}", "-{a}",
    "CAST({a} AS BIGINT)", "concat({a}, {b})", "{a} = {b}", "{a} IN ({b})", "{a} IS NULL", "abs({a})",
)  # fmt: skip
EXPRESSIONS = st.recursive(
    st.sampled_from((*PARTS, "CAST('7' AS BIGINT)")),
    lambda part: st.builds(lambda shape, a, b: shape.format(a=a, b=b), st.sampled_from(SHAPES), part, part),
    max_leaves=4,
)
QUERIES = st.sampled_from(
    [
        "SELECT {a} AS k FROM s.stays e",
        "SELECT DISTINCT {a} AS k, {b} AS x FROM s.stays e",
        "SELECT q.x AS k FROM (SELECT {a} AS x, {b} AS y FROM s.stays e) q",
        "WITH q AS (SELECT {a} AS pat_id FROM s.stays e) SELECT coalesce(q.pat_id, {b}) AS k FROM q, s.stays e",
        "SELECT {a} AS k FROM s.stays e UNION ALL SELECT {b} FROM s.stays e",
        "SELECT {a} AS k FROM s.stays e EXCEPT SELECT {b} FROM s.stays e",
        "SELECT {a} AS k FROM s.stays e INTERSECT SELECT {b} FROM s.stays e",
        "SELECT pat_id AS k FROM s.people FULL JOIN (SELECT {a} AS pat_id, {b} AS x FROM s.stays e) q USING (pat_id)",
        "SELECT e.los AS x, {a} AS k FROM s.stays e ORDER BY {b}",
        "SELECT {a} AS k FROM s.stays e QUALIFY {b} = 1",
        "SELECT q.k, count(*) AS n FROM (SELECT {a} AS k, {b} AS x FROM s.stays e) q GROUP BY ROLLUP (q.k, q.x)",
    ]
)


def assert_harmless(database: duckdb.DuckDBPyConnection, sql: str) -> None:
    """It is refused, or fails, or every key that it returns is marked as one and nothing else is."""
    try:
        checked = check_query(sql, SCHEMA)
        found = columns(database, checked.narrowed)
    except (QueryRefused, duckdb.Error):
        return
    assert_marked_right(checked, found)


@pytest.mark.parametrize("shape", SHAPES)
def test_each_construct_marks_every_key_and_nothing_else(hospital: duckdb.DuckDBPyConnection, shape: str) -> None:
    for a, b in itertools.product(PARTS, PARTS if "{b}" in shape else ("",)):
        assert_harmless(hospital, f"SELECT {shape.format(a=a, b=b)} AS k FROM s.stays e")


@given(QUERIES, EXPRESSIONS, EXPRESSIONS)
@settings(max_examples=150, deadline=None)
def test_whatever_passes_marks_every_key_and_nothing_else(
    hospital: duckdb.DuckDBPyConnection, query: str, a: str, b: str
) -> None:
    assert_harmless(hospital, query.format(a=a, b=b))
