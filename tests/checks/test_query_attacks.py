"""What a query may not do is refused, and each attack is shown to work on a database that runs it as it is."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest
from query_attacks import COLUMNS, FUNCTIONS, KEYS, OPEN_VIEWS, TABLES
from query_examples import CREATE, SCHEMA, SECRETS

from sandbox.checks.facts import ColumnSchema, Grant, Schema, TableSchema
from sandbox.checks.query import check_query
from sandbox.errors import QueryRefused

ATTACKS = {
    **{f"column {name}": attack for name, attack in COLUMNS.items()},
    **{f"table {name}": attack for name, attack in TABLES.items()},
    **{f"function {name}": attack for name, attack in FUNCTIONS.items()},
    **{f"key {name}": ("any", sql) for name, sql in KEYS.items()},
}


@pytest.fixture
def careless(tmp_path: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """A database that shows everything to whoever asks."""
    with duckdb.connect() as database:
        database.execute(CREATE + OPEN_VIEWS)
        yield database


def secret_file(tmp_path: Path) -> str:
    path = tmp_path / "secrets.csv"
    path.write_text(f"who\n{SECRETS[0]}\n")
    return str(path)


def returned(database: duckdb.DuckDBPyConnection, sql: str) -> str:
    return str(database.execute(sql).fetchall())


@pytest.mark.parametrize("name", ATTACKS)
def test_attack_is_refused_with_what_to_write_instead(name: str, tmp_path: Path) -> None:
    with pytest.raises(QueryRefused) as refused:
        check_query(ATTACKS[name][1].replace("FILE", secret_file(tmp_path)), SCHEMA)
    assert refused.value.sentence.endswith(".") and refused.value.advice.endswith((".", "?"))
    assert not any(secret in refused.value.sentence + refused.value.advice for secret in SECRETS)


@pytest.mark.parametrize("name", [name for name, (works, _) in ATTACKS.items() if works in ("secret", "runs")])
def test_attack_works_where_nothing_checks_it(name: str, careless: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    works, sql = ATTACKS[name]
    found = returned(careless, sql.replace("FILE", secret_file(tmp_path)))
    assert works == "runs" or any(secret in found for secret in SECRETS)


def test_most_attacks_on_keys_work_where_nothing_checks_them(careless: duckdb.DuckDBPyConnection) -> None:
    """Some of them are no valid SQL for this engine's types; the rule does not rely on that."""
    ran = 0
    for sql in KEYS.values():
        try:
            careless.execute(sql)
        except duckdb.Error:
            continue
        ran += 1
    assert ran >= 60


STARS = {
    "SELECT * FROM ehr.patients": {"pat_id", "sex", "birth_year", "zip"},
    "SELECT p.* FROM ehr.patients p": {"pat_id", "sex", "birth_year", "zip"},
    "SELECT * EXCLUDE (sex) FROM ehr.patients": {"pat_id", "birth_year", "zip"},
    "WITH q AS (SELECT * FROM ehr.patients) SELECT * FROM q": {"pat_id", "sex", "birth_year", "zip"},
    "SELECT * FROM ehr.labs ORDER BY taken_at LIMIT 3": {"pat_id", "enc_id", "loinc", "value", "taken_at"},
}


@pytest.mark.parametrize("sql", STARS)
def test_a_star_is_what_may_be_read_and_no_more(sql: str, careless: duckdb.DuckDBPyConnection) -> None:
    assert any(secret in returned(careless, sql) for secret in SECRETS)
    checked = check_query(sql, SCHEMA)
    assert {output.name for output in checked.outputs} == STARS[sql]
    assert not any(secret in returned(careless, checked.narrowed) for secret in SECRETS)


GRANT = Grant(tables={"ehr.encounters": ("pat_id", "los"), "ehr.codes": ()})


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT enc_class FROM ehr.encounters",
        "SELECT los FROM ehr.encounters WHERE enc_class = 'IP'",
        "SELECT sex FROM ehr.patients",
        "SELECT count(*) AS n FROM ehr.patients",
        "SELECT los FROM ehr.encounters WHERE EXISTS (SELECT 1 FROM ehr.patients)",
        "SELECT code FROM ehr.codes",
        "SELECT pat_id FROM ehr.encounters UNION SELECT pat_id FROM ehr.patients",
        "WITH q AS (SELECT * FROM ehr.encounters) SELECT enc_id FROM q",
    ],
)
def test_what_is_outside_the_grant_is_refused(sql: str) -> None:
    assert check_query(sql, SCHEMA).narrowed
    with pytest.raises(QueryRefused):
        check_query(sql, SCHEMA, GRANT)


def test_a_name_does_not_change_its_meaning_with_the_grant() -> None:
    """Where a column is not granted, its name may not quietly become one of the query around it, or an alias."""
    nested = "SELECT pat_id FROM ehr.patients WHERE pat_id IN (SELECT pat_id FROM ehr.encounters)"
    alias = "SELECT upper(enc_class) AS primary_dx FROM ehr.encounters WHERE primary_dx = 'IP'"
    for sql, columns in ((nested, ("los",)), (alias, ("enc_class",))):
        assert check_query(sql, SCHEMA).narrowed
        with pytest.raises(QueryRefused, match="may not be read"):
            check_query(sql, SCHEMA, Grant(tables={"ehr.encounters": columns, "ehr.patients": ("pat_id",)}))


def test_a_star_shrinks_with_the_grant() -> None:
    checked = check_query("SELECT * FROM ehr.encounters", SCHEMA, GRANT)
    assert checked.read == {"ehr.encounters": ("los", "pat_id")}
    assert check_query("SELECT count(*) AS n FROM ehr.codes", SCHEMA, GRANT).read == {"ehr.codes": ()}


def test_a_column_that_is_no_longer_given_is_refused_whatever_the_grant_says() -> None:
    grant = Grant(tables={"ehr.patients": ("pat_id", "name")})
    with pytest.raises(QueryRefused, match="may not be read"):
        check_query("SELECT name FROM ehr.patients", SCHEMA, grant)


@pytest.mark.parametrize(
    "column",
    [
        ColumnSchema(type="BIGINT", given="token"),  # a token of what?
        ColumnSchema(type="DATE", given="derived"),  # derived how?
        ColumnSchema(type="DATE"),
    ],
)
def test_a_contradiction_in_the_schema_gives_nothing(column: ColumnSchema) -> None:
    table = TableSchema(columns={"x": column, "y": ColumnSchema(type="INTEGER", given="full")})
    schema = Schema(tables={"s.t": table}, dialects={"s": "duckdb"})
    with pytest.raises(QueryRefused, match="may not be read"):
        check_query("SELECT x FROM s.t", schema)
    assert check_query("SELECT * FROM s.t", schema).read == {"s.t": ("y",)}


def test_refusals_say_which_column_it_was_and_what_was_meant() -> None:
    def refusal(sql: str) -> str:
        with pytest.raises(QueryRefused) as refused:
            check_query(sql, SCHEMA)
        return f"{refused.value.sentence} {refused.value.advice}"

    assert "name may not be read" in refusal("SELECT name FROM ehr.patients")
    assert "Did you mean admit_dt?" in refusal("SELECT admit_date FROM ehr.encounters")
    assert "Did you mean ehr.encounters?" in refusal("SELECT pat_id FROM encounters")
    assert "Did you mean ehr.encounters?" in refusal("SELECT pat_id FROM ehr.encounter")
    assert 'cohort={"pat_id"' in refusal("SELECT los FROM ehr.encounters WHERE pat_id IN (:ids)")
    assert "row_number()" in refusal("SELECT DISTINCT ON (pat_id) los FROM ehr.encounters ORDER BY pat_id, admit_dt")
    assert ":name" in refusal("SELECT code FROM ehr.codes WHERE code = ?")
    assert "AS n" in refusal("SELECT count(*) FROM ehr.codes")


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT "
        + ", ".join(["los + los AS a0", *(f"a{i} + a{i} AS a{i + 1}" for i in range(40))])
        + " FROM ehr.encounters",
        "SELECT los FROM ehr.encounters WHERE " + "(" * 2000 + "los > 1" + ")" * 2000,
        "SELECT los FROM ehr.encounters WHERE " + "NOT " * 5000 + "los > 1",
        "SELECT " + "los + " * 9000 + "los AS x FROM ehr.encounters",
        "SELECT los FROM ehr.encounters" + " UNION ALL SELECT los FROM ehr.encounters" * 600,
        "SELECT los FROM " + "(SELECT los FROM " * 300 + "ehr.encounters" + ") AS q" * 300,
        "SELECT '" + "x" * 40_000 + "' AS x FROM ehr.encounters",
    ],
    ids=["aliases", "brackets", "nots", "sums", "unions", "nesting", "length"],
)
@pytest.mark.timeout(60)
def test_a_query_made_to_take_for_ever_is_refused_or_done(sql: str) -> None:
    try:
        check_query(sql, SCHEMA)
    except QueryRefused:
        return
