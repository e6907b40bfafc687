"""Narrowing changes no result: the rows of a query as it was written, and those of its narrowed text, are the same.

The first runs on tables under the dictionary's names, the second on the physical ones, in three database engines.
"""

from __future__ import annotations

import re

import pytest
from expected import REFUSED, checked, queries, refusals
from hospitals import DuckHospital, Hospital, SqliteHospital
from query_examples import SCHEMA
from written_queries import Written, written

ENGINES = ["duckdb", "sqlite", pytest.param("postgres", marks=pytest.mark.needs("postgresql"))]
EMPTY = {"given: an empty list"}


def hospital(engine: str, request: pytest.FixtureRequest) -> Hospital:
    found = request.getfixturevalue(f"{engine}_hospital")
    assert isinstance(found, Hospital)
    return found


@pytest.mark.parametrize("engine", ENGINES)
def test_narrowing_changes_no_row(engine: str, request: pytest.FixtureRequest) -> None:
    rooms = hospital(engine, request)
    wrong = {query.name: told for query in queries(engine) if (told := difference(query, rooms))}
    assert not wrong


def difference(query: Written, rooms: Hospital) -> str:
    """What is not the same before and after; nothing if all is."""
    plain = query.plainly(rooms.engine)
    before = rooms.answer(plain.replace("ehr.", "kept.") if query.cohort else plain)
    after = rooms.narrowed(checked(query, rooms.engine, scoped=True), query.given)
    if not is_ordered(plain):
        before, after = before.in_any_order(), after.in_any_order()
    if not before.rows and query.name not in EMPTY:
        return "it returns nothing, and so proves nothing"
    return "" if before == after else f"{before.names} {before.rows[:3]} became {after.names} {after.rows[:3]}"


def is_ordered(sql: str) -> bool:
    """Whether an ORDER BY stands behind the last bracket that is no part of it."""
    while "(" in sql:
        less = re.sub(r"\([^()]*\)", "", sql)
        if less == sql:
            break
        sql = less
    return "ORDER BY" in sql


def test_an_order_is_only_one_outside_of_brackets() -> None:
    assert is_ordered("SELECT a FROM t ORDER BY f(a, (b))")
    assert not is_ordered("SELECT f(a) OVER (PARTITION BY g(b) ORDER BY c) FROM (SELECT a FROM t ORDER BY b) q")


@pytest.mark.parametrize("engine", ["duckdb", "sqlite"])
def test_the_engine_reads_the_physical_columns_of_the_read_set_alone(
    engine: str, request: pytest.FixtureRequest
) -> None:
    rooms = hospital(engine, request)
    assert isinstance(rooms, DuckHospital | SqliteHospital)
    wrong = {}
    for query in queries(engine):
        if not query.given:
            found = rooms.reads(checked(query, engine).narrowed)
            expected = physical(checked(query, engine).read)
            if found != expected and query.name != "nested: a named query that is not used":
                wrong[query.name] = (found, expected)
    assert not wrong


def physical(read: dict[str, tuple[str, ...]]) -> dict[str, set[str]]:
    return {
        ".".join(SCHEMA.tables[table].physical): {SCHEMA.tables[table].columns[name].physical or name for name in names}
        for table, names in read.items()
    }


@pytest.mark.parametrize("engine", ENGINES)
def test_only_these_valid_queries_are_refused(engine: str, request: pytest.FixtureRequest) -> None:
    rooms = hospital(engine, request)
    expected = {name: told[engine] for name, told in REFUSED.items() if engine in told}
    found = refusals(engine)
    assert found.keys() == expected.keys()
    assert all(expected[name] in sentence for name, sentence in found.items())
    for query in written():
        if query.name in found:
            rooms.answer(query.plainly(engine))
