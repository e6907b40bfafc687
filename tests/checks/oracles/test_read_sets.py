"""The read set that the query check computes is what three database engines say that the query reads.

Nothing here asks sqlglot: the query runs as it was written, on tables under the dictionary's names. DuckDB tells what
its binder asked of each table, SQLite tells its authoriser, and PostgreSQL refuses whoever lacks a column.
"""

from __future__ import annotations

import re

import pytest
from expected import checked, queries, scoped
from hospitals import DuckHospital, PostgresHospital, Reads, SqliteHospital, schema_for
from query_examples import IDIOMS, VALID
from written_queries import ENGINES, Written

from sandbox.checks.facts import CheckedQuery
from sandbox.checks.query import check_query

# No engine looks at a named query that nothing uses; the read set counts what is written.
UNUSED = "nested: a named query that is not used"


def test_there_are_two_hundred_queries_and_a_hundred_for_each_engine() -> None:
    names = {engine: {query.name for query in queries(engine)} for engine in ENGINES}
    assert len(set().union(*names.values())) >= 200
    assert min(map(len, names.values())) >= 100


def read_set(checked: CheckedQuery) -> Reads:
    return {table: set(columns) for table, columns in checked.read.items()}


def test_duckdb_binds_exactly_the_read_set(duckdb_hospital: DuckHospital) -> None:
    wrong = {}
    for query in queries("duckdb"):
        found = duckdb_hospital.reads(query.plainly("duckdb"))
        if found != read_set(checked(query, "duckdb")) and query.name != UNUSED:
            wrong[query.name] = found
    assert not wrong


@pytest.mark.parametrize("sql", [sql for sql, *_ in (*VALID, *IDIOMS) if not re.search(r"(?<!:):[a-z]", sql)])
def test_duckdb_binds_exactly_the_read_set_of_the_other_examples(sql: str, duckdb_hospital: DuckHospital) -> None:
    assert duckdb_hospital.reads(sql) == read_set(check_query(sql, schema_for("duckdb")))


def test_sqlite_asks_its_authoriser_for_exactly_the_read_set(sqlite_hospital: SqliteHospital) -> None:
    """But for the columns of USING: SQLite makes a condition of them without asking for the second one."""
    wrong = {}
    for query in queries("sqlite"):
        sql, ours = query.plainly("sqlite"), read_set(checked(query, "sqlite"))
        shared = {name.strip() for names in re.findall(r"USING \(([^)]*)\)", sql) for name in names.split(",")}
        found = sqlite_hospital.reads(sql)
        if found.keys() != ours.keys() or any(
            found[table] - ours[table] or ours[table] - found[table] - shared for table in ours
        ):
            wrong[query.name] = found
    assert not wrong


@pytest.mark.needs("postgresql")
def test_who_may_read_the_read_set_and_nothing_else_may_run_the_query(postgres_hospital: PostgresHospital) -> None:
    """Where a query reads no column of a table, PostgreSQL still wants any one of them."""
    wrong = {}
    for query in queries("postgres"):
        columns = postgres_hospital.columns
        reads = {table: read or columns[table][:1] for table, read in checked(query, "postgres").read.items()}
        if problem := postgres_hospital.refusal(query.plainly("postgres"), reads):
            wrong[query.name] = problem
    assert not wrong


@pytest.mark.needs("postgresql")
def test_who_lacks_any_one_column_of_the_read_set_may_not_run_the_query(postgres_hospital: PostgresHospital) -> None:
    needed = 0
    wrong = []
    for query in queries("postgres"):
        for table, columns in checked(query, "postgres").read.items():
            for column in columns:
                problem = postgres_hospital.refusal_without(query.plainly("postgres"), table, column)
                needed += f"permission denied for table {table.partition('.')[2]}" in problem
                if not problem:
                    wrong.append((query.name, table, column))
    assert wrong == [(UNUSED, "ehr.encounters", "los")]
    assert needed > 600


def test_the_oracles_tell_one_column_from_another(
    duckdb_hospital: DuckHospital, sqlite_hospital: SqliteHospital
) -> None:
    for hospital in (duckdb_hospital, sqlite_hospital):
        nested = "SELECT los FROM ehr.encounters WHERE EXISTS (SELECT 1 FROM ehr.codes WHERE code = primary_dx)"
        assert hospital.reads(nested) == {"ehr.encounters": {"los", "primary_dx"}, "ehr.codes": {"code"}}
        assert hospital.reads("SELECT count(*) AS n FROM ehr.codes") == {"ehr.codes": set()}


@pytest.mark.needs("postgresql")
def test_the_server_refuses_for_want_of_the_column_alone(postgres_hospital: PostgresHospital) -> None:
    sql = "SELECT los FROM ehr.encounters"
    assert "permission denied" in postgres_hospital.refusal(sql, {"ehr.encounters": ["pat_id"]})
    assert "permission denied" in postgres_hospital.refusal_without(sql, "ehr.encounters", "los")
    assert not postgres_hospital.refusal(sql, {"ehr.encounters": ["los"]})
    assert not postgres_hospital.refusal_without(sql, "ehr.encounters", "pat_id")


@pytest.mark.parametrize("query", scoped(), ids=lambda query: query.name)
@pytest.mark.parametrize("engine", ["duckdb", "postgres", "sqlite"])
def test_a_cohort_adds_its_key_and_nothing_else(query: Written, engine: str) -> None:
    plain, narrow = checked(query, engine), checked(query, engine, scoped=True)
    with_key = {table for table in plain.read if "pat_id" in schema_for(engine).tables[table].columns}
    assert read_set(narrow) == {
        table: {*columns, *(query.cohort if table in with_key else ())} for table, columns in plain.read.items()
    }
