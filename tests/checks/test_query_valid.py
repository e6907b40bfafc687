"""Ordinary queries are accepted, their read set is exact, and narrowing returns the same rows."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import duckdb
import pytest
from query_examples import CREATE, IDIOMS, SCHEMA, SECRETS, VALID, VIEWS

from sandbox.checks.facts import CheckedQuery, Grant, Output
from sandbox.checks.grant import derive_grant
from sandbox.checks.query import check_query


@pytest.fixture(scope="module")
def database() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        connection.execute(CREATE + VIEWS)
        yield connection


def rows(database: duckdb.DuckDBPyConnection, sql: str, parameters: dict[str, Any]) -> tuple[list[str], list[str]]:
    """Column names, and rows in a fixed order."""
    result = database.execute(sql, parameters)
    return [column[0] for column in result.description], sorted(map(repr, result.fetchall()))


def as_written(sql: str) -> str:
    """The query as its author means it, in the engine's own notation for parameters."""
    lists = re.sub(r"IN \(:(codes|ages)\)", r"IN (SELECT unnest($\1))", sql)
    return re.sub(r"(?<![:\w]):(\w+)", r"$\1", lists)


@pytest.mark.parametrize(("sql", "read", "parameters"), VALID)
def test_query_reads_exactly_what_it_needs_and_returns_the_same_rows_narrowed(
    sql: str, read: dict[str, tuple[str, ...]], parameters: dict[str, Any], database: duckdb.DuckDBPyConnection
) -> None:
    checked = check_query(sql, SCHEMA)
    assert checked.read == read
    names, expected = rows(database, as_written(sql), parameters)
    assert rows(database, checked.narrowed, parameters) == (names, expected)
    assert [output.name for output in checked.outputs] == names
    assert set(checked.parameters) == set(parameters)
    assert set(checked.lists) == {name for name, value in parameters.items() if isinstance(value, list)}


@pytest.mark.parametrize(("sql", "parameters"), IDIOMS)
def test_narrowing_keeps_names_types_and_rows(
    sql: str, parameters: dict[str, Any], database: duckdb.DuckDBPyConnection
) -> None:
    narrowed = check_query(sql, SCHEMA).narrowed
    assert rows(database, narrowed, parameters) == rows(database, as_written(sql), parameters)
    types = [str(column[1]) for column in database.execute(narrowed, parameters).description]
    assert types == [str(column[1]) for column in database.execute(as_written(sql), parameters).description]


@pytest.mark.parametrize(("sql", "read", "parameters"), VALID)
def test_query_runs_under_exactly_its_own_grant(
    sql: str, read: dict[str, tuple[str, ...]], parameters: dict[str, Any], database: duckdb.DuckDBPyConnection
) -> None:
    grant = derive_grant([check_query(sql, SCHEMA)])
    again = check_query(sql, SCHEMA, grant)
    assert again.read == read
    assert rows(database, again.narrowed, parameters) == rows(database, as_written(sql), parameters)


@pytest.mark.parametrize(("sql", "read", "parameters"), [entry for entry in VALID if any(entry[1].values())])
def test_every_column_of_the_read_set_is_needed(
    sql: str, read: dict[str, tuple[str, ...]], parameters: dict[str, Any]
) -> None:
    """Taking any one column out of the grant makes the check refuse (a star shrinks instead)."""
    if "*" in sql.replace("count(*)", ""):
        return
    for table, columns in read.items():
        for column in columns:
            less = {**read, table: tuple(name for name in columns if name != column)}
            with pytest.raises(Exception, match=column):
                check_query(sql, SCHEMA, Grant(tables=less))


@pytest.mark.parametrize(("sql", "read", "parameters"), VALID)
def test_no_secret_and_no_other_table_is_named_in_a_narrowed_query(
    sql: str, read: dict[str, tuple[str, ...]], parameters: dict[str, Any], database: duckdb.DuckDBPyConnection
) -> None:
    narrowed = check_query(sql, SCHEMA).narrowed
    assert not re.search(r'"(PAT_NAME|mrn|comment|staff_secrets)"', narrowed)
    assert not any(secret in str(rows(database, narrowed, parameters)) for secret in SECRETS)


def outputs(sql: str) -> list[tuple[str, str, str]]:
    return [(output.name, output.kind, output.domain) for output in check_query(sql, SCHEMA).outputs]


def test_outputs_say_which_are_keys_dates_and_aggregates() -> None:
    assert outputs("SELECT pat_id, enc_id AS e, admit_dt, los, los + 1 AS more FROM ehr.encounters") == [
        ("pat_id", "patient_key", "patient"),
        ("e", "event_key", "encounter"),
        ("admit_dt", "date", ""),
        ("los", "plain", ""),
        ("more", "plain", ""),
    ]
    assert outputs(
        "SELECT date_trunc('month', admit_dt) AS m, count(*) AS n, max(los) AS l FROM ehr.encounters GROUP BY 1"
    ) == [
        ("m", "date", ""),
        ("n", "aggregate", ""),
        ("l", "aggregate", ""),
    ]


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT any_value(pat_id) AS x FROM ehr.encounters",
        "SELECT first(pat_id ORDER BY admit_dt) AS x FROM ehr.encounters",
        "SELECT lag(pat_id) OVER (ORDER BY admit_dt) AS x FROM ehr.encounters",
        "SELECT CASE WHEN los > 1 THEN pat_id END AS x FROM ehr.encounters",
        "SELECT coalesce(e.pat_id, l.pat_id) AS x FROM ehr.encounters e FULL JOIN ehr.labs l ON l.enc_id = e.enc_id",
        "SELECT arg_max(pat_id, admit_dt) AS x FROM ehr.encounters",
        "WITH q AS (SELECT pat_id AS y FROM ehr.labs) SELECT y AS x FROM q",
        "SELECT (SELECT any_value(l.pat_id) FROM ehr.labs l WHERE l.enc_id = e.enc_id) AS x FROM ehr.encounters e",
        "SELECT pat_id AS x FROM ehr.labs UNION SELECT pat_id FROM ehr.patients",
        "SELECT pat_id AS x, count(*) AS n FROM ehr.labs GROUP BY pat_id",
        "SELECT DISTINCT ON (pat_id) pat_id AS x FROM ehr.encounters ORDER BY admit_dt",
        "SELECT x FROM (SELECT DISTINCT pat_id AS x FROM ehr.labs) AS q",
    ],
)
def test_a_key_stays_a_key_wherever_it_travels(sql: str) -> None:
    assert outputs(sql)[0] == ("x", "patient_key", "patient")


def test_spelling_of_names_is_kept_for_the_program() -> None:
    checked = check_query("SELECT Pat_ID AS PatientKey, LOS AS Days FROM EHR.Encounters ORDER BY Days", SCHEMA)
    assert checked.outputs[0] == Output(name="PatientKey", kind="patient_key", domain="patient")
    assert '"PatientKey"' in checked.narrowed and '"Days"' in checked.narrowed


def test_a_checked_query_is_the_same_each_time() -> None:
    one, two = (check_query(VALID[4][0], SCHEMA, cohort=("pat_id",)) for _ in range(2))
    assert isinstance(one, CheckedQuery) and one == two
