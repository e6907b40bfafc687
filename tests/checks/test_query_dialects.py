"""Six dialects: what is written is what runs, in the engine's own names, lists and forms, and two parsers agree."""

from __future__ import annotations

import json
import sqlite3
from datetime import date
from pathlib import Path
from typing import Any

import msgspec
import pytest
from click.testing import CliRunner
from query_examples import SCHEMA

from sandbox.checks.facts import ColumnSchema, Schema, TableSchema
from sandbox.checks.query import _rules, check_query
from sandbox.checks.query._second import pgparse, sqlite, sqloxide
from sandbox.checks.query._second.expected import Expected
from sandbox.checks.worker import Checks
from sandbox.cli.check import command
from sandbox.errors import QueryRefused
from sandbox.jail import Limits, Role, spawn

DIALECTS = _rules.DIALECTS
OTHERS = DIALECTS[1:]
OLDEST = date.today().year - 90


def schema(dialect: str) -> Schema:
    return msgspec.structs.replace(SCHEMA, dialects={"ehr": dialect, "reg": dialect})


def narrowed(sql: str, dialect: str, **more: Any) -> str:
    return check_query(sql, schema(dialect), **more).narrowed


def refusal(sql: str, dialect: str) -> str:
    with pytest.raises(QueryRefused) as refused:
        check_query(sql, schema(dialect))
    return f"{refused.value.sentence} {refused.value.advice}"


# Names.


@pytest.mark.parametrize("dialect", DIALECTS)
def test_bare_names_in_any_case_are_the_dictionarys(dialect: str) -> None:
    checked = check_query("SELECT Pat_Id, E.LOS AS Days FROM EHR.Encounters e ORDER BY days", schema(dialect))
    assert checked.read == {"ehr.encounters": ("los", "pat_id")}
    assert [output.name for output in checked.outputs] == ["pat_id", "Days"]


def test_quoted_names_fold_as_the_engine_folds_them() -> None:
    for dialect, quoted in (
        ("sqlite", '"PAT_ID"'),
        ("tsql", "[PAT_ID]"),
        ("spark", "`PAT_ID`"),
        ("oracle", '"PAT_ID"'),
    ):
        assert narrowed(f"SELECT {quoted} FROM ehr.encounters", dialect)
    assert narrowed('SELECT "pat_id" FROM ehr.encounters', "postgres")
    for dialect, quoted in (("postgres", '"PAT_ID"'), ("oracle", '"pat_id"')):
        with pytest.raises(QueryRefused):
            check_query(f"SELECT {quoted} FROM ehr.encounters", schema(dialect))


def test_names_that_differ_in_case_are_two_names_where_the_engine_says_so() -> None:
    sql = 'SELECT q."A" FROM (SELECT los AS "a", enc_class AS "A" FROM ehr.encounters) q'
    assert 'AS "A"' in narrowed(sql, "postgres")
    with pytest.raises(QueryRefused, match="same name"):
        check_query(sql, schema("sqlite"))


@pytest.mark.parametrize("dialect", ["postgres", "oracle"])
def test_the_spelling_of_an_output_is_kept_wherever_it_is_spoken_of(dialect: str) -> None:
    for order in ("Days", "days"):
        text = narrowed(f"SELECT los + 1 AS Days FROM ehr.encounters ORDER BY {order}", dialect)
        assert text.endswith('ORDER BY "Days"')
    text = narrowed("SELECT los AS Days FROM ehr.encounters UNION SELECT value FROM ehr.labs ORDER BY days", dialect)
    assert text.endswith('ORDER BY "Days"')


def test_the_name_of_an_output_is_read_where_the_engine_reads_it() -> None:
    where = "SELECT los + 1 AS more FROM ehr.encounters WHERE more > 3"
    group = "SELECT upper(enc_class) AS kind, count(*) AS n FROM ehr.encounters GROUP BY kind"
    assert [dialect for dialect in OTHERS if accepts(where, dialect)] == ["sqlite"]
    assert [dialect for dialect in OTHERS if accepts(group, dialect)] == ["postgres", "sqlite", "spark"]
    assert "can't use" in refusal(where, "postgres")


def test_a_column_comes_before_an_output_of_its_name() -> None:
    sql = "SELECT upper(enc_class) AS enc_class FROM ehr.encounters WHERE enc_class = 'IP'"
    for dialect in OTHERS:
        assert (
            narrowed(sql, dialect)
            .replace("[", '"')
            .replace("]", '"')
            .replace("`", '"')
            .endswith('WHERE "encounters"."enc_class" = \'IP\'')
        )


def accepts(sql: str, dialect: str) -> bool:
    try:
        check_query(sql, schema(dialect))
    except QueryRefused:
        return False
    return True


NASTY = [
    "a b",
    "select",
    "a;drop table t--",
    "a'b",
    "Ü",
    "a.b",
    "a]b",
    "a`b",
    'a"b',
    "a\\b",
    "/* */",
    "#x",
    "@x",
    "$1",
    ":x",
]


@pytest.mark.parametrize("name", NASTY)
@pytest.mark.parametrize("dialect", DIALECTS)
def test_physical_names_are_quoted_whatever_they_are(name: str, dialect: str) -> None:
    """Both parsers read the name back as it is, or the query is refused; SQLite compiles it on a table of that name."""
    column = ColumnSchema(type="INTEGER", given="full", physical=name)
    table = TableSchema(columns={"x": column}, physical=("main", name))
    try:
        text = check_query("SELECT x FROM s.t", Schema(tables={"s.t": table}, dialects={"s": dialect})).narrowed
    except QueryRefused as refused:
        assert dialect != "sqlite" and name in ("a]b", "a`b", 'a"b', "a\\b", "#x", ":x", "@x"), refused
        return
    assert "main" in text and ";" not in text.replace(name, "")


# Parameters, lists, cohorts.

LISTS = {
    "duckdb": "IN (SELECT UNNEST($codes))",
    "postgres": "= ANY(:codes)",
    "sqlite": 'IN (SELECT "value" FROM JSON_EACH(:codes))',
    "tsql": "IN (SELECT [value] FROM OPENJSON(:codes) WITH ([value] NVARCHAR(4000) '$'))",
    "oracle": "IN (SELECT \"v\" FROM JSON_TABLE(:codes, '$[*]' COLUMNS(\"v\" VARCHAR2(4000) PATH '$')))",
    "spark": "IN (SELECT EXPLODE(:codes))",
}
COHORTS = {"tsql": "#cohort_pat_id", "oracle": "ORA$PTT_COHORT_PAT_ID"}


@pytest.mark.parametrize("dialect", DIALECTS)
def test_a_list_of_any_length_is_one_parameter(dialect: str) -> None:
    sql = "SELECT los FROM ehr.encounters WHERE primary_dx IN (:codes) AND los > :days"
    checked = check_query(sql, schema(dialect))
    assert (sorted(checked.parameters), checked.lists) == (["codes", "days"], ("codes",))
    assert LISTS[dialect] in checked.narrowed and checked.narrowed.endswith(("> :days", "> $days"))


def test_lists_have_the_type_of_what_they_are_compared_with() -> None:
    sql = "SELECT los FROM ehr.encounters WHERE admit_dt IN (:days) AND los IN (:stays)"
    assert "DATETIME2 '$'" in (text := narrowed(sql, "tsql")) and "FLOAT '$'" in text
    assert "TIMESTAMP PATH" in (text := narrowed(sql, "oracle")) and "NUMBER PATH" in text


@pytest.mark.parametrize("dialect", DIALECTS)
def test_a_cohort_is_a_temporary_table_as_the_dialect_names_them(dialect: str) -> None:
    checked = check_query("SELECT los FROM ehr.encounters", schema(dialect), cohort=("pat_id",))
    name = COHORTS.get(dialect, "cohort_pat_id")
    assert checked.cohort == {"pat_id": name} and name in checked.narrowed
    with pytest.raises(QueryRefused, match="used by a table"):
        opening, closing = {"tsql": "[]", "spark": "``"}.get(dialect, '""')
        sql = f"WITH {opening}{name}{closing} AS (SELECT pat_id AS k FROM ehr.patients) SELECT los FROM ehr.encounters"
        check_query(sql, schema(dialect), cohort=("pat_id",))


@pytest.fixture
def empty_sqlite() -> Any:
    database = sqlite3.connect(":memory:")
    database.execute("CREATE TABLE t (x)")
    yield database
    database.close()


def run(
    database: sqlite3.Connection, sql: str, column: ColumnSchema, values: list[Any], **parameters: Any
) -> list[Any]:
    table = TableSchema(columns={"x": column}, physical=("main", "t"))
    checked = check_query(sql, Schema(tables={"s.t": table}, dialects={"s": "sqlite"}))
    database.executemany("INSERT INTO t VALUES (?)", [[value] for value in values])
    return [row[0] for row in database.execute(checked.narrowed, parameters).fetchall()]


@pytest.mark.parametrize(
    ("given", "inside", "outside"),
    [(["a", "b"], ["a"], ["c"]), ([], [], ["a", "c", None]), ([None, "a"], ["a"], [])],
)
def test_a_list_means_what_in_means_in_sqlite(
    given: list[Any], inside: list[Any], outside: list[Any], empty_sqlite: sqlite3.Connection
) -> None:
    column = ColumnSchema(type="VARCHAR", given="full")
    found = run(empty_sqlite, "SELECT x FROM s.t WHERE x IN (:l)", column, ["a", "c", None], l=json.dumps(given))
    assert found == inside
    assert run(empty_sqlite, "SELECT x FROM s.t WHERE x NOT IN (:l)", column, [], l=json.dumps(given)) == outside


# Derivations: on SQLite by running them, elsewhere by their form.

DERIVED = [
    ("DATE", "year", ["1980-05-06", f"{OLDEST - 8}-01-02", None], [1980, OLDEST, None]),
    ("INTEGER", "year", [1980, OLDEST - 8, None], [1980, OLDEST, None]),
    ("DATE", "month", ["2022-05-06", f"{OLDEST - 3}-05-06", None], ["2022-05-01", f"{OLDEST}-01-01", None]),
    ("VARCHAR", "zip3", ["02139", "03601", "9", None], ["021", "000", "9", None]),
    ("INTEGER", "zip3", [2139, 3601, 90210, None], ["021", "000", "902", None]),
    ("INTEGER", "age_capped", [0, 90, 117, None], [0, 90, 90, None]),
]


@pytest.mark.parametrize(("kind", "derivation", "values", "expected"), DERIVED)
def test_derivations_give_the_same_on_sqlite_as_on_duckdb(
    kind: str, derivation: Any, values: list[Any], expected: list[Any], empty_sqlite: sqlite3.Connection
) -> None:
    column = ColumnSchema(type=kind, given="derived", derivation=derivation)
    assert run(empty_sqlite, "SELECT x FROM s.t", column, values) == expected


@pytest.mark.parametrize("kind", ["DATE", "TIMESTAMP", "INTEGER", "VARCHAR"])
@pytest.mark.parametrize("derivation", ["year", "month", "zip3", "age_capped"])
@pytest.mark.parametrize("dialect", OTHERS)
def test_every_derivation_is_written_in_every_dialect(dialect: str, derivation: Any, kind: str) -> None:
    column = ColumnSchema(type=kind, given="derived", derivation=derivation)
    table = TableSchema(columns={"x": column}, physical=("main", "t"))
    text = check_query("SELECT x FROM s.t", Schema(tables={"s.t": table}, dialects={"s": dialect})).narrowed
    assert "CASE WHEN" in text and ("036" in text) == (derivation == "zip3")


# Nothing is translated.

TRANSLATIONS = [
    ("postgres", "SELECT median(los) AS m FROM ehr.encounters", "percentile_cont"),
    ("postgres", "SELECT date_diff('day', admit_dt, disch_dt) AS d FROM ehr.encounters", ""),
    ("sqlite", "SELECT CAST(admit_dt AS DATE) AS d FROM ehr.encounters", "sqlite"),
    ("sqlite", "SELECT date_trunc('month', admit_dt) AS d FROM ehr.encounters", "start of month"),
    ("tsql", "SELECT los FROM ehr.encounters LIMIT 5", "top"),
    ("tsql", "SELECT length(enc_class) AS n FROM ehr.encounters", "len("),
    ("tsql", "SELECT los FROM ehr.encounters WHERE admit_dt > now()", "getdate"),
    ("oracle", "SELECT los FROM ehr.encounters LIMIT 5", "fetch"),
    ("oracle", "SELECT ifnull(los, 0) AS l FROM ehr.encounters", "nvl"),
    ("spark", "SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY los) AS m FROM ehr.encounters", "percentile("),
    ("spark", "SELECT strftime(admit_dt, '%Y') AS y FROM ehr.encounters", "date_format"),
]


@pytest.mark.parametrize(("dialect", "sql", "instead"), TRANSLATIONS)
def test_what_another_dialect_says_is_refused_with_what_to_write_instead(dialect: str, sql: str, instead: str) -> None:
    assert instead in refusal(sql, dialect).lower()


@pytest.mark.parametrize("dialect", OTHERS)
def test_comments_are_not_part_of_what_runs(dialect: str) -> None:
    text = narrowed("SELECT los /* the stay */ FROM ehr.encounters -- all of them", dialect)
    assert "stay" not in text and "all of" not in text


# The second parsers.

READS = {("main", "codes")}
PARSERS = {
    "sqlite": sqlite.agree,
    "postgres": pgparse.agree,
    **dict.fromkeys(("tsql", "oracle", "spark"), sqloxide.agree),
}
OTHERWISE = [
    "SELECT code FROM main.codes, main.labs",
    "SELECT code FROM codes",
    "SELECT code FROM main.codes WHERE EXISTS (SELECT 1 FROM main.labs)",
    "SELECT nosuch(code) FROM main.codes",
    "SELECT code FROM main.codes; SELECT 1",
    "DELETE FROM main.codes",
    "DROP TABLE main.codes",
    "SELECT 1 FROM nosuch(3)",
    "not SQL",
    "SELECT code FROM main.codes UNION SELECT x FROM main.labs",
]


def agree(text: str, dialect: str, reads: set[tuple[str, ...]] = READS) -> None:
    columns: dict[tuple[str, ...], set[str]] = {path: {"code"} for path in reads}
    has = {("main", "codes"): {"code", "meaning"}, ("main", "labs"): {"x"}}
    expected = Expected(reads=columns, has=has, named_queries={"q"})
    PARSERS[dialect](text, expected, _rules.dialect_file(dialect).agreed.functions, dialect)


@pytest.mark.parametrize("dialect", OTHERS)
def test_both_parsers_agree_on_plain_text(dialect: str) -> None:
    agree("SELECT code FROM main.codes", dialect)
    agree("WITH q AS (SELECT code FROM main.codes) SELECT upper(code) AS x FROM q", dialect)


@pytest.mark.parametrize("text", OTHERWISE)
@pytest.mark.parametrize("dialect", OTHERS)
def test_what_the_second_parser_reads_otherwise_is_refused(dialect: str, text: str) -> None:
    if dialect == "sqlite" and text == "SELECT code FROM codes":
        return  # the same table to SQLite, which is asked what it is and not how it is written
    with pytest.raises(QueryRefused):
        agree(text, dialect)


@pytest.mark.parametrize("dialect", OTHERS)
def test_a_table_that_the_second_parser_does_not_see_is_missed(dialect: str) -> None:
    with pytest.raises(QueryRefused, match="do not agree"):
        agree("SELECT code FROM main.codes", dialect, READS | {("main", "labs")})


def test_on_windows_another_parser_stands_in_for_postgresqls_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.platform", "win32")
    assert accepts(
        "SELECT pat_id, count(*) FILTER (WHERE los > 2) AS n FROM ehr.encounters GROUP BY pat_id", "postgres"
    )
    assert accepts("SELECT extract(year FROM admit_dt) AS y FROM ehr.encounters WHERE primary_dx IN (:l)", "postgres")
    monkeypatch.setattr(sqloxide, "version", lambda package: "99.0.1")
    assert "sqloxide 99.0.1" in refusal("SELECT los FROM ehr.encounters", "postgres")


def test_sqlite_tells_every_column() -> None:
    for text in ("SELECT meaning FROM main.codes", "SELECT code FROM main.codes ORDER BY meaning"):
        with pytest.raises(QueryRefused, match="do not agree"):
            agree(text, "sqlite")


@pytest.mark.parametrize(
    ("module", "name", "dialects"),
    [(pgparse, "pgparse", ["postgres"]), (sqloxide, "sqloxide", ["tsql", "oracle", "spark"])],
)
def test_an_unreviewed_parser_refuses_every_query(
    module: Any, name: str, dialects: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "version", lambda package: "99.0.1")
    for dialect in dialects:
        assert f"{name} 99.0.1 has not been reviewed" in refusal("SELECT los FROM ehr.encounters", dialect)


def test_an_unreviewed_sqlite_refuses_every_query(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sqlite3, "sqlite_version", "4.0.0")
    assert "SQLite 4.0.0 has not been reviewed" in refusal("SELECT los FROM ehr.encounters", "sqlite")


def test_queries_of_every_dialect_are_checked_in_the_jail() -> None:
    with spawn(Role.CHECKS, limits=Limits(memory_mb=3072, cpu_seconds=120)) as child:
        checks = Checks(child.channel, seconds=60)
        for dialect in DIALECTS:
            checks.prepare(schema(dialect))
            assert checks.query("SELECT count(*) AS n FROM ehr.encounters").read == {"ehr.encounters": ()}


@pytest.mark.parametrize("dialect", DIALECTS)
def test_the_command_checks_a_query_in_any_dialect(dialect: str, tmp_path: Path) -> None:
    given = tmp_path / "g.json"
    given.write_bytes(msgspec.json.encode({"schema": SCHEMA}))
    asked = ["query", "--grant", str(given), "--dialect", dialect]
    allowed = CliRunner().invoke(command, asked, input="SELECT los FROM ehr.encounters")
    assert allowed.exit_code == 0 and "reads ehr.encounters(los)" in allowed.output
    assert "enc_adm" in allowed.output
    refused = CliRunner().invoke(command, asked, input="SELECT nosuch(los) AS x FROM ehr.encounters")
    assert isinstance(refused.exception, QueryRefused) and refused.exception.advice
