"""Where a resolver and an engine may read one text in two ways: outer joins with USING, and aliases spelt like columns.

Each is tried in every combination; it is refused, or narrowing changes nothing.
"""

from __future__ import annotations

import itertools

import pytest
from hospitals import DuckHospital, Hospital, Reads, SqliteHospital, schema_for

from sandbox.checks.query import check_query
from sandbox.errors import QueryRefused

ENGINES = ["duckdb", "sqlite", pytest.param("postgres", marks=pytest.mark.needs("postgresql"))]

A = "(SELECT primary_dx AS d, count(*) AS n FROM ehr.encounters WHERE enc_class = 'IP' GROUP BY primary_dx) a"
B = "(SELECT code AS d, meaning FROM ehr.codes) b"
C = "(SELECT DISTINCT primary_dx AS d, 1 AS one FROM ehr.encounters WHERE enc_class = 'OP' AND los > 2) c"
JOINS = ("JOIN", "LEFT JOIN", "RIGHT JOIN", "FULL JOIN")
CHAINS = (
    "SELECT d, meaning, one FROM {A} {j} {B} USING (d) {k} {C} USING (d)",
    "SELECT * FROM {A} {j} {B} USING (d) {k} {C} USING (d)",
    "SELECT a.d AS p, b.d AS q, c.d AS r FROM {A}, {B} {j} {C} USING (d)",
    "SELECT a.*, meaning FROM {A} {j} {B} USING (d)",
    "SELECT d, n FROM {A} {j} {B} USING (d) {k} {C} ON c.d = b.d WHERE d IS NOT NULL",
    "SELECT upper(d) AS d, n FROM {A} {j} {B} USING (d) ORDER BY d",
)
ALIASES = (("primary_dx", "substr(primary_dx, 1, 1)"), ("los", "-los"), ("enc_class", "primary_dx"), ("x", "-los"))
CLAUSES = (
    "SELECT {e} AS {a} FROM ehr.encounters WHERE {a} IS NOT NULL",
    "SELECT {e} AS {a}, count(*) AS n FROM ehr.encounters GROUP BY {a}",
    "SELECT {e} AS {a}, count(*) AS n FROM ehr.encounters GROUP BY {e}",
    "SELECT {e} AS {a}, count(*) AS n FROM ehr.encounters GROUP BY 1 HAVING max({a}) > min({e})",
    "SELECT {e} AS {a} FROM ehr.encounters ORDER BY {a}, admit_dt LIMIT 20",
    "SELECT {e} AS {a} FROM ehr.encounters ORDER BY coalesce({a}, NULL) DESC, admit_dt LIMIT 20",
    "SELECT {e} AS {a} FROM ehr.encounters ORDER BY row_number() OVER (ORDER BY {a}, admit_dt) LIMIT 20",
    "SELECT {e} AS {a} FROM ehr.encounters e ORDER BY e.{a} DESC, e.admit_dt LIMIT 20",
    "SELECT {e} AS {a}, {a} AS again FROM ehr.encounters",
    "SELECT {e} AS {a}, rank() OVER (ORDER BY {a}) AS n FROM ehr.encounters",
    "SELECT {e} AS {a}, rank() OVER (PARTITION BY {a} ORDER BY admit_dt) AS n FROM ehr.encounters QUALIFY {a} IS NULL",
    "SELECT DISTINCT {e} AS {a} FROM ehr.encounters ORDER BY {a}",
    "SELECT {e} AS {a}, (SELECT count(*) FROM ehr.codes WHERE code <> {a}) AS v FROM ehr.encounters",
    "SELECT {e} AS {a} FROM ehr.encounters UNION SELECT {e} FROM ehr.encounters ORDER BY {a} LIMIT 9",
)
CHAINED = tuple(
    dict.fromkeys(chain.format(A=A, B=B, C=C, j=j, k=k) for chain in CHAINS for j, k in itertools.product(JOINS, JOINS))
)
ALIASED = tuple(clause.format(a=a, e=e) for clause in CLAUSES for a, e in ALIASES)


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize(("queries", "at_least"), [(CHAINED, 24), (ALIASED, 30)], ids=["joins", "aliases"])
def test_narrowing_changes_nothing_or_is_refused(
    queries: tuple[str, ...], at_least: int, engine: str, request: pytest.FixtureRequest
) -> None:
    rooms: Hospital = request.getfixturevalue(f"{engine}_hospital")
    told = [changed(sql, rooms) for sql in queries]
    assert not [problem for problem in told if problem]
    assert told.count("") >= at_least  # the others are no SQL of this engine, or refused


def changed(sql: str, rooms: Hospital) -> str | None:
    """What narrowing changes, or nothing; None where the query doesn't run as it is written, or is refused."""
    try:
        before = rooms.answer(sql)
    except rooms.errors:
        return None
    try:
        narrowed = check_query(sql, schema_for(rooms.engine))
    except QueryRefused:
        return None
    after = rooms.narrowed(narrowed, {})
    if "LIMIT" not in sql:
        before, after = before.in_any_order(), after.in_any_order()
    reads: Reads | None = rooms.reads(sql) if isinstance(rooms, DuckHospital) else None
    if reads not in (None, {table: set(columns) for table, columns in narrowed.read.items()}):
        return f"{sql} reads {reads}"
    return "" if before == after else f"{sql} gives {before}, then {after}"


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("join", ["RIGHT", "FULL"])
def test_using_after_an_outer_join_is_not_a_condition_on_the_first_table(
    join: str, engine: str, request: pytest.FixtureRequest
) -> None:
    rooms: Hospital = request.getfixturevalue(f"{engine}_hospital")
    merged = f"SELECT meaning, one FROM {A} {join} JOIN {B} USING (d) LEFT JOIN {C} USING (d)"
    first = f"SELECT meaning, one FROM {A} {join} JOIN {B} ON b.d = a.d LEFT JOIN {C} ON c.d = a.d"
    assert rooms.answer(merged).in_any_order() != rooms.answer(first).in_any_order()
    with pytest.raises(QueryRefused, match="outer join that merged its column"):
        check_query(merged, schema_for(engine))
    assert changed(first, rooms) == ""


def test_using_after_a_comma_is_not_a_condition_on_the_first_table(duckdb_hospital: DuckHospital) -> None:
    after = f"SELECT count(*) AS n FROM {A}, {B} JOIN {C} USING (d)"
    first = f"SELECT count(*) AS n FROM {A}, {B} JOIN {C} ON c.d = a.d"
    assert duckdb_hospital.answer(after) != duckdb_hospital.answer(first)
    with pytest.raises(QueryRefused, match="follows a comma"):
        check_query(after, schema_for("duckdb"))


def test_a_star_beside_an_outer_join_with_using_is_sqlites_own(sqlite_hospital: SqliteHospital) -> None:
    star = f"SELECT a.* FROM {A} RIGHT JOIN {B} USING (d)"
    named = f"SELECT a.d, a.n FROM {A} RIGHT JOIN {B} USING (d)"
    assert sqlite_hospital.answer(star).in_any_order() != sqlite_hospital.answer(named).in_any_order()
    with pytest.raises(QueryRefused, match="star of one table"):
        check_query(star, schema_for("sqlite"))


def test_an_alias_inside_an_order_is_the_column_of_that_name_for_duckdb(duckdb_hospital: DuckHospital) -> None:
    sql = "SELECT age_at_admit AS los FROM ehr.encounters ORDER BY abs(los), admit_dt LIMIT 5"
    assert duckdb_hospital.reads(sql)["ehr.encounters"] == {"age_at_admit", "los", "admit_dt"}
    with pytest.raises(QueryRefused, match="an output and a column at once"):
        check_query(sql, schema_for("duckdb"))
