# ruff: noqa: E501  queries read better on one line
"""Forms that are read as longer ones, those of them that are not, and what is refused with what to write."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from query_examples import SCHEMA

from sandbox.checks.query import check_query
from sandbox.checks.query._check import DIALECTS
from sandbox.errors import QueryRefused

JOINS = "SELECT e.los FROM (ehr.encounters e JOIN ehr.patients p ON p.pat_id = e.pat_id)"


def schema(dialect: str) -> Any:
    return msgspec.structs.replace(SCHEMA, dialects=dict.fromkeys(SCHEMA.dialects, dialect))


def narrowed(sql: str, dialect: str) -> str:
    return check_query(sql, schema(dialect)).narrowed


def refusal(sql: str, dialect: str) -> str:
    with pytest.raises(QueryRefused) as refused:
        check_query(sql, schema(dialect))
    return f"{refused.value.sentence} {refused.value.advice}"


@pytest.mark.parametrize("dialect", DIALECTS)
def test_brackets_around_the_first_joins_say_nothing(dialect: str) -> None:
    plain = JOINS.replace("(", "").replace(")", "")
    rest = " LEFT JOIN ehr.labs l ON l.enc_id = e.enc_id WHERE l.value IS NULL"
    for brackets in (JOINS, JOINS.replace("(", "((").replace(")", "))")):
        assert narrowed(brackets + rest, dialect) == narrowed(plain + rest, dialect)


@pytest.mark.parametrize("dialect", DIALECTS)
def test_brackets_that_say_something_are_refused_with_what_to_write(dialect: str) -> None:
    right = (
        "SELECT c.code FROM ehr.codes c LEFT JOIN (ehr.codes a JOIN ehr.codes b ON a.code = b.code) ON c.code = a.code"
    )
    assert "JOIN (SELECT …" in refusal(right, dialect)
    assert refusal(JOINS + " q", dialect)


@pytest.mark.parametrize("dialect", DIALECTS)
def test_brackets_hide_no_column_from_the_read_set(dialect: str) -> None:
    with pytest.raises(QueryRefused, match="may not be read"):
        check_query(JOINS.replace("e.los", "p.name"), schema(dialect))
    assert check_query(JOINS, schema(dialect)).read == {
        "ehr.encounters": ("los", "pat_id"),
        "ehr.patients": ("pat_id",),
    }


@pytest.mark.parametrize("dialect", DIALECTS)
def test_a_window_named_once_is_the_window_written_out(dialect: str) -> None:
    named = "SELECT sum(los) OVER {0} AS s, avg(los) OVER {0} AS a FROM ehr.encounters{1}"
    window = "(PARTITION BY enc_class ORDER BY admit_dt)"
    assert narrowed(named.format("w", f" WINDOW w AS {window}"), dialect) == narrowed(named.format(window, ""), dialect)


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT sum(los) OVER w AS s FROM ehr.encounters WINDOW w AS (ORDER BY pat_id)",
        "SELECT sum(los) OVER (w ORDER BY los) AS s FROM ehr.encounters WINDOW w AS (PARTITION BY enc_class)",
        "SELECT sum(los) OVER w AS s FROM ehr.encounters WINDOW w AS (ORDER BY los), v AS (w)",
        "SELECT sum(los) OVER w AS s FROM ehr.encounters WINDOW w AS (ORDER BY los), v AS (ORDER BY mrn)",
        "SELECT sum(los) OVER v AS s FROM ehr.encounters WINDOW w AS (ORDER BY los)",
        "SELECT sum(los) OVER w AS s FROM ehr.encounters WINDOW w AS (ORDER BY los), w AS (ORDER BY admit_dt)",
        "SELECT los FROM ehr.encounters WINDOW w AS (ORDER BY mrn)",
        "SELECT (SELECT sum(l.value) OVER w FROM ehr.labs l) AS s, sum(los) OVER w AS t FROM ehr.encounters WINDOW w AS (ORDER BY los)",
    ],
)
@pytest.mark.parametrize("dialect", DIALECTS)
def test_a_window_that_is_more_than_a_name_is_refused(sql: str, dialect: str) -> None:
    assert refusal(sql, dialect)


def test_fetch_is_kept_where_the_engine_has_it_and_limit_is_advised_where_not() -> None:
    three = "SELECT los FROM ehr.encounters ORDER BY los FETCH FIRST {} ONLY"
    for dialect in ("postgres", "oracle"):
        assert narrowed(three.format("3 ROWS"), dialect).endswith("FETCH FIRST 3 ROWS ONLY")
        assert narrowed(three.format("ROW"), dialect).endswith("FETCH FIRST 1 ROWS ONLY")
    assert narrowed(three.format("3 ROWS"), "duckdb").endswith("LIMIT 3")
    for dialect in ("sqlite", "spark"):
        assert "LIMIT 3" in refusal(three.format("3 ROWS"), dialect)
    for dialect in ("postgres", "oracle", "duckdb"):
        assert refusal(three.format("3 ROWS").replace("ONLY", "WITH TIES"), dialect)
        assert refusal(three.format("3 PERCENT ROWS"), dialect)


@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize("word", ["values", "select", "from"])
def test_a_parameter_named_like_a_word_of_sql_is_told_what_to_be_called(word: str, dialect: str) -> None:
    told = refusal(f"SELECT los FROM ehr.encounters WHERE enc_class IN (:{word})", dialect)
    assert f"The parameter :{word} is named like a word of SQL" in told and f"Write :the_{word}" in told
    assert narrowed(f"SELECT los FROM ehr.encounters WHERE enc_class IN (:the_{word})", dialect)


def test_a_row_stands_in_a_set_of_group_by_alone() -> None:
    sets = "SELECT enc_class, primary_dx, count(*) AS n FROM ehr.encounters GROUP BY GROUPING SETS ((enc_class, primary_dx), ())"
    assert '(("encounters"."enc_class", "encounters"."primary_dx"), ())' in narrowed(sets, "postgres")
    for row in ("(enc_class, los)", "ROW(enc_class, los)"):
        assert refusal(f"SELECT {row} AS x FROM ehr.encounters", "postgres")
        assert refusal(
            f"SELECT count(*) AS n FROM ehr.encounters GROUP BY GROUPING SETS (({row}, enc_class))", "postgres"
        )


def test_distinct_on_reads_an_output_before_a_column_and_so_is_refused() -> None:
    """PostgreSQL takes the name for the output; narrowed it was the column, which the server refused."""
    both = "SELECT DISTINCT ON (enc_class) los AS enc_class, primary_dx FROM ehr.encounters ORDER BY enc_class, los"
    assert "is an output and a column at once" in refusal(both, "postgres")


@pytest.mark.parametrize(
    ("on", "order", "accepted"),
    [
        ("enc_class", "enc_class, los DESC", True),
        ("enc_class, primary_dx", "primary_dx, enc_class", True),
        ("enc_class, primary_dx", "primary_dx", True),
        ("1", "enc_class", True),
        ("e.enc_class", "1, 2", True),
        ("upper(enc_class)", "upper(e.enc_class), los", True),
        ("enc_class", "los", False),
        ("enc_class, primary_dx", "enc_class, los, primary_dx", False),
        ("upper(enc_class)", "lower(enc_class)", False),
    ],
)
def test_distinct_on_is_ordered_by_its_own_columns_first(on: str, order: str, accepted: bool) -> None:
    sql = f"SELECT DISTINCT ON ({on}) enc_class, primary_dx, los FROM ehr.encounters e ORDER BY {order}"
    if accepted:
        assert "DISTINCT ON" in narrowed(sql, "postgres")
    else:
        assert "Order by the columns of DISTINCT ON first" in refusal(sql, "postgres")


@pytest.mark.parametrize("dialect", DIALECTS)
def test_the_spelling_of_a_nested_output_reaches_the_program(dialect: str) -> None:
    for sql in (
        "SELECT q.Days FROM (SELECT los AS Days FROM ehr.encounters) q",
        "WITH q AS (SELECT los AS Days FROM ehr.encounters) SELECT q.days FROM q",
    ):
        assert [output.name for output in check_query(sql, schema(dialect)).outputs] == ["Days"]
    two = "SELECT q.Days FROM (SELECT los AS days FROM ehr.encounters UNION ALL SELECT value AS DAYS FROM ehr.labs) q"
    assert [output.name for output in check_query(two, schema(dialect)).outputs] == ["days"]
    told = refusal("SELECT count(*) AS Stays FROM ehr.encounters JOIN ehr.labs ON Stays = 1", "postgres")
    assert "Stays is the name of an output" in told


def test_a_long_sum_is_refused_before_the_resolver_looks_through_it() -> None:
    long = " + ".join(["los"] * 3_000)
    assert "nested too deeply" in refusal(f"SELECT {long} AS x FROM ehr.encounters", "sqlite")
    choices = " OR ".join(f"los = {number}" for number in range(100))
    assert narrowed(f"SELECT los FROM ehr.encounters WHERE {choices}", "sqlite")
