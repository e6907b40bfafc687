"""A row scope holds whatever a query is built of, and what may stand in one is a plain condition on one table."""

from __future__ import annotations

from functools import cache, lru_cache
from typing import Any

import duckdb
import msgspec
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from query_examples import CREATE, IDIOMS, SCHEMA, VALID, VIEWS

from sandbox.checks.facts import Grant, KeyList, RowScope
from sandbox.checks.grant import grant_text
from sandbox.checks.query import check_condition, check_query
from sandbox.errors import QueryRefused

PHYSICAL = {"ehr.patients": '"PAT_MASTER"', "ehr.encounters": "enc_adm", "ehr.labs": "labs"}
# By table: conditions as a reviewer writes them, and the same on the physical columns.
CONDITIONS = {
    "ehr.encounters": [
        ("admit_dt >= '2022-06-01'", "admit_dt >= '2022-06-01'"),
        ("enc_class = 'IP' AND (los > 2 OR age_at_admit > 90)", "enc_class = 'IP' AND (los > 2 OR age_at_admit > 90)"),
        ("primary_dx LIKE 'I50%' OR primary_dx IN ('J18.9')", "\"dx 1\" LIKE 'I50%' OR \"dx 1\" IN ('J18.9')"),
        ("disch_dt < '2022-12-01'", "disch_dt < '2022-12-01'"),  # NULL for a patient who is still there
        ("NOT enc_id IS NULL AND encounters.los BETWEEN 1 AND 3", "los BETWEEN 1 AND 3"),
        ("los < 0", "los < 0"),
    ],
    "ehr.labs": [("loinc = '2160-0'", "loinc = '2160-0'"), ("value < 5", "value < 5")],
    "ehr.patients": [("sex = 'F'", "sex = 'F'"), ("birth_year >= '1950-01-01'", "birth_dt >= '1950-01-01'")],
}
QUERIES = [(sql, parameters) for sql, _, parameters in VALID] + IDIOMS
WITHOUT_ORDER = [one for one in QUERIES if "limit" not in one[0].lower()]


@cache
def whole() -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect()
    connection.execute(CREATE + VIEWS)
    return connection


@lru_cache(maxsize=64)
def without(conditions: tuple[tuple[str, str], ...]) -> duckdb.DuckDBPyConnection:
    """The database from which the other rows were deleted."""
    connection = duckdb.connect()
    connection.execute(CREATE)
    for table, condition in conditions:
        connection.execute(f"DELETE FROM {PHYSICAL[table]} WHERE NOT coalesce({condition}, FALSE)")
    return connection


def answer(database: duckdb.DuckDBPyConnection, sql: str, parameters: dict[str, Any]) -> list[str]:
    return sorted(map(repr, database.execute(sql, parameters).fetchall()))


def everything(**rows: tuple[RowScope, ...]) -> Grant:
    tables = {
        name: tuple(sorted(column for column, facts in table.columns.items() if facts.given != "nothing"))
        for name, table in SCHEMA.tables.items()
    }
    return Grant(tables=tables, rows={name.replace("__", "."): scopes for name, scopes in rows.items()})


def scope(table: str, condition: str) -> RowScope:
    return RowScope(words="a test", condition=condition, columns=check_condition(condition, table, SCHEMA))


SCOPES = [(table, asked, meant) for table, found in CONDITIONS.items() for asked, meant in found]


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(WITHOUT_ORDER), st.sampled_from(SCOPES), st.sampled_from(SCOPES))
def test_no_form_of_query_sees_a_row_outside_its_scopes(
    query: tuple[str, dict[str, Any]], first: tuple[str, str, str], second: tuple[str, str, str]
) -> None:
    sql, parameters = query
    if first[0] == second[0]:
        second = first
    scopes = {table.replace(".", "__"): (scope(table, asked),) for table, asked, _ in (first, second)}
    database = without(tuple(sorted({(table, meant) for table, _, meant in (first, second)})))
    expected = answer(database, check_query(sql, SCHEMA, everything()).narrowed, parameters)
    assert answer(whole(), check_query(sql, SCHEMA, everything(**scopes)).narrowed, parameters) == expected


ESCAPES = [
    "SELECT count(*) AS n FROM ehr.encounters",
    "SELECT enc_id FROM ehr.encounters UNION ALL SELECT enc_id FROM ehr.encounters",
    "SELECT enc_id FROM ehr.labs INTERSECT SELECT enc_id FROM ehr.encounters",
    "SELECT value FROM ehr.labs l WHERE EXISTS (SELECT 1 FROM ehr.encounters e WHERE e.enc_id = l.enc_id)",
    "SELECT value FROM ehr.labs l WHERE NOT EXISTS (SELECT 1 FROM ehr.encounters e WHERE e.enc_id = l.enc_id)",
    "SELECT p.pat_id, e.los FROM ehr.patients p LEFT JOIN ehr.encounters e ON p.pat_id = e.pat_id OR TRUE",
    "SELECT e.los FROM ehr.encounters e FULL JOIN ehr.labs l ON FALSE",
    "SELECT max(los) OVER (ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING) AS m FROM ehr.encounters",
    "SELECT (SELECT count(*) FROM ehr.encounters x WHERE x.pat_id = p.pat_id OR TRUE) AS m FROM ehr.patients p",
    "WITH t AS (SELECT * FROM ehr.encounters), x AS (SELECT * FROM t) SELECT count(*) AS n FROM x WHERE TRUE",
    "SELECT count(*) FILTER (WHERE TRUE) AS n FROM ehr.encounters AS t",
    "SELECT count(*) AS n FROM ehr.encounters WHERE disch_dt IS NULL OR disch_dt IS NOT NULL",
]


@pytest.mark.parametrize("sql", ESCAPES)
def test_what_reads_every_row_without_a_scope_reads_none_beside_it(sql: str) -> None:
    asked, meant = CONDITIONS["ehr.encounters"][0]
    free = answer(whole(), check_query(sql, SCHEMA, everything()).narrowed, {})
    scoped = check_query(sql, SCHEMA, everything(ehr__encounters=(scope("ehr.encounters", asked),))).narrowed
    expected = answer(without((("ehr.encounters", meant),)), check_query(sql, SCHEMA, everything()).narrowed, {})
    assert free != expected, "the attack works without the scope, or it proves nothing"
    assert answer(whole(), scoped, {}) == expected


def test_several_scopes_of_a_table_all_hold() -> None:
    two = tuple(scope("ehr.encounters", text) for text in ("los > 1", "enc_class = 'IP'"))
    narrowed = check_query("SELECT count(*) AS n FROM ehr.encounters", SCHEMA, everything(ehr__encounters=two)).narrowed
    (meant,) = whole().execute("SELECT count(*) FROM enc_adm WHERE los > 1 AND enc_class = 'IP'").fetchall()
    assert answer(whole(), narrowed, {}) == [repr(meant)]


def test_a_scope_may_read_a_column_that_the_program_is_not_given() -> None:
    grant = Grant(tables={"ehr.labs": ("value",)}, rows={"ehr.labs": (scope("ehr.labs", "comment LIKE 'Asta%'"),)})
    checked = check_query("SELECT value FROM ehr.labs", SCHEMA, grant)
    assert checked.read == {"ehr.labs": ("value",)}
    assert len(answer(whole(), checked.narrowed, {})) == 1500
    with pytest.raises(QueryRefused, match="may not be read"):
        check_query("SELECT comment FROM ehr.labs", SCHEMA, grant)
    assert any("comment decides, and is not given for that" in line for line in grant_text(grant))


def test_a_cohort_scope_compares_keys_as_keys() -> None:
    keys = KeyList(name="l-1", count=3, commitment="x")
    cohort = RowScope(words="this cohort", key="pat_id", columns=("pat_id",), keys=keys)
    checked = check_query("SELECT enc_id FROM ehr.encounters", SCHEMA, everything(ehr__encounters=(cohort,)))
    ((name, wanted),) = checked.keys.items()
    assert (wanted.list, wanted.table, wanted.column) == ("l-1", "ehr.encounters", "pat_id")
    database = whole().cursor()
    database.register(name, pa.table({"k": pa.array([0, 7, 5000], pa.int64())}))
    expected = database.execute('SELECT "ENC_NO" FROM enc_adm WHERE "PAT_NO" IN (0, 7)').fetchall()
    assert expected
    assert answer(database, checked.narrowed, {}) == sorted(map(repr, expected))
    with pytest.raises(QueryRefused, match="is used by a table"):
        check_query(
            f'WITH "{name}" AS (SELECT pat_id AS k FROM ehr.encounters) SELECT e.enc_id FROM ehr.encounters e',
            SCHEMA,
            everything(ehr__encounters=(cohort,)),
        )


REFUSED = [
    ("los > :least", "parameter, :least", "Write the value itself"),
    ("enc_id IN (:ids)", "parameter", "Write the value itself"),
    ("los > (SELECT 1)", "holds a query", "columns of this table alone"),
    ("EXISTS (SELECT 1 FROM ehr.labs)", "holds a query", "columns of this table alone"),
    ("enc_id IN (SELECT enc_id FROM ehr.labs)", "holds a query", "columns of this table alone"),
    ("ward = 'A'", "no column ward", "dictionary show"),
    ("admit_date > '2022-01-01'", "no column admit_date", "Did you mean admit_dt"),
    ("l.value > 1", "names l, another table", "Write something like"),
    ("pat_id + 1 = 2", "computed with", "bring a list"),
    ("pat_id = 4711", "may only be compared with a key", "bring a list"),
    ("enc_id IN (1, 2)", "may only be compared with a key", "bring a list"),
    ("pat_id = enc_id", "identify different things", "bring a list"),
    ("CAST(pat_id AS VARCHAR) LIKE '47%'", "may not be cast", "bring a list"),
    ("count(*) > 1", "several rows", "one row"),
    ("mean(los) > 1", "several rows", "one row"),
    ("row_number() OVER (ORDER BY los) = 1", "several rows", "one row"),
    ("los", "no condition", "Write something like"),
    ("los + 1", "neither true nor false", "Write something like"),
    ("los > 1 OR 2", "neither true nor false", "Write something like"),
    ("1 = 1", "names no column", "Write something like"),
    ("", "no condition", "Write something like"),
    ("los > 1) OR (1 = 1", "brackets", "Write something like"),
    ("los > 1) UNION SELECT 1 AS n FROM s.t WHERE (1 = 1", "more than a condition", "Write something like"),
    ("los > 1) LIMIT (1", "more than a condition", "Write something like"),
    ("los > 1 -- and more", "no comments", "words before"),
    ("los > 1 /* and more */", "no comments", "words before"),
    ("md5(enc_class) = 'x'", "not on the list", "compute it in the program"),
    ("los > 1; DROP TABLE x", "can't be read", "quotes and brackets"),
]


@pytest.mark.parametrize(("condition", "why", "instead"), REFUSED)
def test_what_is_no_plain_condition_is_refused_with_what_to_write(condition: str, why: str, instead: str) -> None:
    with pytest.raises(QueryRefused) as refused:
        check_condition(condition, "ehr.encounters", SCHEMA)
    assert why in refused.value.sentence
    if why != "can't be read":
        assert instead in refused.value.advice


def test_a_direct_identifier_may_not_stand_in_a_signed_condition() -> None:
    patients = SCHEMA.tables["ehr.patients"]
    mrn = msgspec.structs.replace(patients.columns["mrn"], identifies=True)
    named = msgspec.structs.replace(patients, columns={**patients.columns, "mrn": mrn})
    schema = msgspec.structs.replace(SCHEMA, tables={**SCHEMA.tables, "ehr.patients": named})
    for condition in ("mrn = 'MRN-SECRET7'", "mrn LIKE 'MRN%'", "upper(mrn) = 'X'"):
        assert check_condition(condition, "ehr.patients", SCHEMA) == ("mrn",), "without the mark it is any text"
        with pytest.raises(QueryRefused, match="mrn"):
            check_condition(condition, "ehr.patients", schema)
    assert check_condition("mrn IS NOT NULL", "ehr.patients", schema) == ("mrn",)


def test_a_scope_that_reads_other_columns_than_were_signed_for_is_refused() -> None:
    lying = RowScope(words="a test", condition="los > 1", columns=("enc_class",))
    with pytest.raises(QueryRefused, match="other columns than were signed for"):
        check_query("SELECT enc_id FROM ehr.encounters", SCHEMA, everything(ehr__encounters=(lying,)))


def test_a_condition_of_several_lines_can_not_look_like_more_than_it_is() -> None:
    with pytest.raises(QueryRefused, match="not one line of plain text"):
        check_condition("los > 1\nehr.patients: everything", "ehr.encounters", SCHEMA)
