"""Exclusions hold in every query, whatever is granted, also in tables that know a patient only through an event."""

from __future__ import annotations

from functools import cache
from typing import Any

import duckdb
import msgspec
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from query_examples import CREATE, ENCOUNTER, IDIOMS, SCHEMA, VALID

from sandbox.checks.exclusions import reaches, routes
from sandbox.checks.facts import ColumnSchema, Exclusion, Grant, KeyList, RowScope, TableSchema
from sandbox.checks.query import check_query
from sandbox.checks.query._rules import DIALECTS
from sandbox.errors import QueryRefused

ORDER: dict[str, Any] = {"given": "token", "key": "event", "domain": "order"}
VALUE = ColumnSchema(type="INTEGER", given="full")
EVENTS = {
    "ehr.orders": TableSchema(
        physical=("main", "orders"),
        columns={
            "order_id": ColumnSchema(type="BIGINT", **ORDER),
            "enc_id": ColumnSchema(type="BIGINT", **ENCOUNTER, physical="ENC_NO"),
            "item": VALUE,
        },
        joins={"enc_id": ("ehr.encounters", "enc_id")},
    ),
    "ehr.answers": TableSchema(  # two tables away from a patient, through a key that no program may name
        physical=("main", "answers"),
        columns={"answer": VALUE},
        unseen={"order_id": ColumnSchema(type="BIGINT", key="event", domain="order", physical="ORD")},
        joins={"order_id": ("ehr.orders", "order_id")},
    ),
    "ehr.births": TableSchema(  # a mother and, in half of the rows, a child
        physical=("main", "births"),
        columns={
            "mother": ColumnSchema(type="BIGINT", given="token", key="patient", domain="patient"),
            "child": ColumnSchema(type="BIGINT", given="token", key="patient", domain="patient"),
            "weight": VALUE,
        },
    ),
}
SCHEMA_E = msgspec.structs.replace(SCHEMA, tables={**SCHEMA.tables, **EVENTS})
MORE = """
CREATE TABLE orders AS SELECT (5000 + i)::BIGINT AS order_id, CASE WHEN i % 50 = 0 THEN NULL WHEN i % 51 = 0 THEN 1
  ELSE 1000 + i % 400 END AS "ENC_NO", i::INTEGER AS item FROM range(900) r(i);
CREATE TABLE answers AS SELECT (5000 + i % 900)::BIGINT AS "ORD", i::INTEGER AS answer FROM range(2000) r(i);
CREATE TABLE births AS SELECT (i % 40)::BIGINT AS mother, CASE WHEN i % 2 = 0 THEN 50 + i % 50 END::BIGINT AS child,
  i::INTEGER AS weight FROM range(80) r(i);
INSERT INTO births VALUES (NULL, NULL, 999);
UPDATE labs SET "PAT_NO" = NULL WHERE value > 6.9;
"""
TEST_PATIENTS = Exclusion(
    words="test patients", table="ehr.patients", key="pat_id", condition="sex = 'M'", columns=("sex",)
)
BY_MRN = Exclusion(
    words="opted out", table="ehr.patients", key="pat_id", columns=("mrn",), identifier="mrn",
    keys=KeyList(name="l-mrn", count=2, commitment="x"),
)  # fmt: skip
BY_KEY = Exclusion(
    words="staff", table="ehr.patients", key="pat_id", columns=("pat_id",), identifier="pat_id",
    keys=KeyList(name="l-key", count=2, commitment="x"),
)  # fmt: skip
LISTS: dict[str, pa.Array] = {
    "l-mrn": pa.array(["MRN-SECRET8", "MRN-SECRET22", "not one of ours"]),
    "l-key": pa.array([14, 28, 10**12], pa.int64()),
}
OUT = {
    "test patients": "sex = 'M'",
    "opted out": "mrn IN ('MRN-SECRET8', 'MRN-SECRET22')",
    "staff": '"PAT_NO" IN (14, 28)',
}
WHO = (TEST_PATIENTS, BY_MRN, BY_KEY)
EVENT_QUERIES: list[tuple[str, dict[str, Any]]] = [
    ("SELECT item FROM ehr.orders", {}),
    ("SELECT count(*) AS n, max(answer) AS m FROM ehr.answers", {}),
    ("SELECT answer FROM ehr.answers UNION ALL SELECT item FROM ehr.orders", {}),
    ("SELECT weight FROM ehr.births b WHERE NOT EXISTS (SELECT 1 FROM ehr.encounters e WHERE e.pat_id = b.child)", {}),
    ("SELECT o.item, e.los FROM ehr.orders o FULL JOIN ehr.encounters e ON o.enc_id = e.enc_id", {}),
    (
        "SELECT value, sum(value) OVER (PARTITION BY enc_id ORDER BY taken_at) AS s FROM ehr.labs WHERE pat_id IS NULL",
        {},
    ),
]
PLAIN = [(sql, parameters) for sql, _, parameters in VALID] + IDIOMS
QUERIES = [one for one in PLAIN if "limit" not in one[0].lower() and "reg." not in one[0].lower()] + EVENT_QUERIES


@cache
def without(who: tuple[Exclusion, ...] = ()) -> duckdb.DuckDBPyConnection:
    """The database without them: taken out by hand, with every row that says of nobody whose it is."""
    database = duckdb.connect()
    database.execute(CREATE + MORE)
    if not who:
        return database
    out = " OR ".join(f"({OUT[one.words]})" for one in who)
    database.execute(f'CREATE TABLE gone AS SELECT "PAT_NO" AS p FROM "PAT_MASTER" WHERE {out}')
    for table in ('"PAT_MASTER"', "enc_adm", "labs"):
        database.execute(f'DELETE FROM {table} WHERE "PAT_NO" IS NULL OR "PAT_NO" IN (FROM gone)')
    database.execute("DELETE FROM births WHERE mother IN (FROM gone) OR coalesce(child IN (FROM gone), FALSE)")
    database.execute("DELETE FROM births WHERE mother IS NULL AND child IS NULL")
    database.execute('DELETE FROM orders WHERE "ENC_NO" IS NULL OR "ENC_NO" NOT IN (SELECT "ENC_NO" FROM enc_adm)')
    database.execute('DELETE FROM answers WHERE "ORD" NOT IN (SELECT order_id FROM orders)')
    return database


def asked(
    database: duckdb.DuckDBPyConnection, sql: str, parameters: dict[str, Any], who: tuple[Exclusion, ...]
) -> list[str]:
    checked = check_query(sql, SCHEMA_E, exclusions=who)
    cursor = database.cursor()
    for name, wanted in checked.keys.items():
        cursor.register(name, pa.table({"k": LISTS[wanted.list]}))
    return sorted(map(repr, cursor.execute(checked.narrowed, parameters).fetchall()))


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(QUERIES), st.sets(st.sampled_from(WHO), min_size=1))
def test_no_form_of_query_sees_an_excluded_patient(query: tuple[str, dict[str, Any]], who: set[Exclusion]) -> None:
    sql, parameters = query
    out = tuple(one for one in WHO if one in who)
    assert asked(without(), sql, parameters, out) == asked(without(out), sql, parameters, ())


@pytest.mark.parametrize("who", WHO, ids=lambda one: one.words)
@pytest.mark.parametrize("table", ["patients", "encounters", "labs", "orders", "answers", "births"])
def test_each_table_holds_their_rows_without_the_exclusion_and_none_with_it(table: str, who: Exclusion) -> None:
    sql = f"SELECT count(*) AS n FROM ehr.{table}"
    before, after = asked(without(), sql, {}, ()), asked(without(), sql, {}, (who,))
    assert before != after, "the patients can be counted without the exclusion, or it proves nothing"
    assert after == asked(without((who,)), sql, {}, ())


def test_exclusions_hold_whatever_is_granted() -> None:
    """The grant need not name the patient key, the table it leads to, or the column that decides."""
    grant = Grant(tables={"ehr.answers": ("answer",)})
    schema = msgspec.structs.replace(
        SCHEMA_E,
        tables={"ehr.answers": EVENTS["ehr.answers"]},
        unseen={name: table for name, table in SCHEMA_E.tables.items() if name != "ehr.answers"},
    )
    checked = check_query("SELECT answer FROM ehr.answers", schema, grant, exclusions=(TEST_PATIENTS,))
    assert checked.read == {"ehr.answers": ("answer",)}
    expected = without((TEST_PATIENTS,)).execute("SELECT answer FROM answers").fetchall()
    assert sorted(without().execute(checked.narrowed).fetchall()) == sorted(expected) != []
    with pytest.raises(QueryRefused, match="no table ehr.patients"):
        check_query("SELECT sex FROM ehr.patients", schema, grant, exclusions=(TEST_PATIENTS,))


def test_a_table_that_leads_to_no_patient_is_known_to_be_not_covered() -> None:
    covered = {table for table in SCHEMA_E.tables if reaches(BY_MRN, table, SCHEMA_E)}
    assert covered == {"ehr.patients", "ehr.encounters", "ehr.labs", "ehr.orders", "ehr.answers", "ehr.births"}
    assert [one.column for one in routes("ehr.births", "patient", SCHEMA_E)] == ["child", "mother"]
    (way,) = routes("ehr.answers", "patient", SCHEMA_E)
    assert (way.column, way.through, way.further[0].through) == ("order_id", "ehr.orders", "ehr.encounters")
    narrowed = check_query("SELECT code FROM ehr.codes", SCHEMA_E, exclusions=WHO).narrowed
    assert narrowed == check_query("SELECT code FROM ehr.codes", SCHEMA_E).narrowed


def test_joins_in_a_circle_lead_nowhere_and_end() -> None:
    orders = msgspec.structs.replace(EVENTS["ehr.orders"], joins={"order_id": ("ehr.answers", "order_id")})
    schema = msgspec.structs.replace(SCHEMA_E, tables={"ehr.orders": orders, "ehr.answers": EVENTS["ehr.answers"]})
    assert routes("ehr.orders", "patient", schema) == ()


def test_a_patient_key_and_an_event_key_of_another_kind_are_no_way() -> None:
    wrong = msgspec.structs.replace(EVENTS["ehr.orders"], joins={"order_id": ("ehr.encounters", "enc_id")})
    schema = msgspec.structs.replace(SCHEMA_E, tables={**SCHEMA_E.tables, "ehr.orders": wrong})
    assert routes("ehr.orders", "patient", schema) == ()
    assert not reaches(BY_MRN, "reg.implants", SCHEMA_E), "a key of another source is not taken for one of this"


@pytest.mark.parametrize("dialect", DIALECTS)
def test_every_dialect_narrows_to_rows_and_leaves_patients_out(dialect: str) -> None:
    schema = msgspec.structs.replace(SCHEMA_E, dialects=dict.fromkeys(SCHEMA_E.dialects, dialect))
    scope = RowScope(words="long", condition="item > 3 AND NOT item IN (7, 8)", columns=("item",))
    grant = Grant(tables={"ehr.orders": ("order_id",)}, rows={"ehr.orders": (scope,)})
    checked = check_query("SELECT count(order_id) AS n FROM ehr.orders", schema, grant, exclusions=WHO)
    assert {one.list for one in checked.keys.values()} == {"l-mrn", "l-key"}
    for part in (*checked.keys, "item", "PAT_MASTER", "enc_adm", "sex"):
        assert part in checked.narrowed
