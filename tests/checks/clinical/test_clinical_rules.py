"""The clinical rules: their examples and pages, what they need, and what hostile texts do to them."""

from __future__ import annotations

import json
from importlib import resources

import msgspec
import pytest
from clinical_hospital import hospital

from sandbox.checks.clinical import RULES, clinical_flags, why
from sandbox.checks.clinical._examples import BadRules, check_examples, flagged
from sandbox.checks.clinical._words import clinical_file, is_named
from sandbox.checks.facts import ColumnSchema, Schema, TableSchema
from sandbox.checks.language import check_program

SCHEMA = hospital()


def programs_of_the_demo() -> list[str]:
    text = resources.files("resources").joinpath("conversations", "readmissions.json").read_text("utf-8")
    found: list[str] = []

    def walk(part: object) -> None:
        if isinstance(part, str):
            if "def main(" in part:
                found.append(part)
        elif isinstance(part, dict | list):
            for inner in part.values() if isinstance(part, dict) else part:
                walk(inner)

    walk(json.loads(text))
    return found


def body(*lines: str) -> str:
    return "\n    ".join(("def main(data, report):", *lines)) + "\n"


def test_every_example_of_every_rule_does_what_it_says() -> None:
    assert check_examples() >= 3 * len(RULES)


def test_an_example_that_does_the_opposite_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    file = clinical_file()
    wrong = msgspec.structs.replace(file.rules[0], matches=file.rules[0].does_not_match)
    monkeypatch.setattr(
        "sandbox.checks.clinical._examples.clinical_file",
        lambda: msgspec.structs.replace(file, rules=(wrong, *file.rules[1:])),
    )
    with pytest.raises(BadRules, match="the opposite"):
        check_examples()


@pytest.mark.parametrize("rule", RULES)
def test_every_rule_has_a_page_that_can_be_read_in_a_minute(rule: str) -> None:
    page = why(rule)
    assert 100 <= len(page.split()) <= 200
    assert "What to do:" in page and why(rule.removeprefix("clinical.")) == page


@pytest.mark.parametrize("name", ["clinical.nothing", "../rules/sql", "clinical.", "query", ""])
def test_only_a_rule_has_a_page(name: str) -> None:
    assert why(name) == ""


def test_the_programs_of_the_recorded_conversation_have_no_clinical_flag() -> None:
    programs = programs_of_the_demo()
    assert len(programs) >= 3
    for text in programs:
        assert clinical_flags(text, schema=SCHEMA, parameters=check_program(text).parameters) == ()


def test_without_a_schema_the_rules_that_need_none_still_speak() -> None:
    query = "SELECT avg(h.cost) AS c FROM x.stays h LEFT JOIN x.labs l ON l.k = h.k WHERE l.value > 1"
    assert flagged(query, None) == {"clinical.mean_of_skewed", "clinical.left_join_made_inner"}
    assert flagged("SELECT k FROM x.labs WHERE loinc = 'nothing'", None) == set()


def test_the_line_is_that_of_the_expression_inside_the_query() -> None:
    text = body('data.sql("""SELECT enc_class,', "  count(*) AS n,", "  avg(los) AS los", 'FROM ehr.encounters""")')
    (flag,) = clinical_flags(text, schema=SCHEMA)
    assert (flag.line, flag.rule) == (4, "clinical.mean_of_skewed")


def test_a_helper_of_the_program_is_read_where_it_is_called() -> None:
    helper = "def middle(frame):\n    return frame['los'].mean()\n"
    text = helper + body('s = data.sql("SELECT los FROM ehr.encounters")', "report.value('mean', middle(s))")
    assert [(flag.line, flag.rule) for flag in clinical_flags(text, schema=SCHEMA)] == [(2, "clinical.mean_of_skewed")]


def test_a_table_whose_rows_are_not_known_is_not_said_to_multiply() -> None:
    column = ColumnSchema(type="DOUBLE", given="full")
    key = ColumnSchema(type="BIGINT", given="token", key="event", domain="stay")
    tables = {name: TableSchema(columns={"k": key, "x": column}) for name in ("s.a", "s.b")}
    query = "SELECT sum(a.x) AS x FROM s.a a JOIN s.b b ON b.k = a.k"
    unknown = Schema(tables=tables, dialects={"s": "duckdb"})
    several = msgspec.structs.replace(tables["s.b"], repeats=("k",))
    known = msgspec.structs.replace(unknown, tables={**tables, "s.b": several})
    assert flagged(query, unknown) == set()
    assert flagged(query, known) == {"clinical.row_multiplying_join"}


def test_close_codes_are_suggested() -> None:
    text = body("s = data.sql(\"SELECT enc_csn FROM ehr.enc_dx WHERE dx_cd = 'I5021'\")")
    (flag,) = clinical_flags(text, schema=SCHEMA)
    assert flag.rule == "clinical.unknown_code" and "'I5021'" in flag.reason and "I50.21" in flag.instead


@pytest.mark.parametrize(
    ("kind", "name", "expected"),
    [
        ("skewed", "HospLengthOfStay", True),
        ("skewed", "mean_los", True),
        ("skewed", "closed", False),
        ("age", "language", False),
        ("birth", "BIRTH_DT", True),
        ("unit", "unit_name", True),
        ("unit", "community", False),
    ],
)
def test_a_word_is_a_part_of_a_name_and_not_any_letters(kind: str, name: str, expected: bool) -> None:
    assert is_named(kind, name) is expected


def doubling(steps: int) -> str:
    again = ["s['los'] = s['los'] + s['los']"] * steps
    return body('s = data.sql("SELECT los FROM ehr.encounters")', *again, "report.value('m', s['los'].mean())")


def doubling_query(steps: int) -> str:
    first = "c0 AS (SELECT los FROM ehr.encounters)"
    ctes = [first, *(f"c{n} AS (SELECT los + los AS los FROM c{n - 1})" for n in range(1, steps))]
    return body(f'data.sql("WITH {", ".join(ctes)} SELECT avg(los) AS m FROM c{steps - 1}")')


def test_a_column_made_of_itself_again_and_again_is_still_read() -> None:
    for text in (doubling(200), doubling_query(50)):
        assert {flag.rule for flag in clinical_flags(text, schema=SCHEMA)} == {"clinical.mean_of_skewed"}


def test_functions_that_call_each_other_many_times_end_in_a_flag() -> None:
    calls = "\n".join(f"def f{n}(x):\n    return [{', '.join([f'f{n + 1}(x)'] * 60)}]" for n in range(5))
    text = f"{calls}\ndef f5(x):\n    return x\n" + body("f0(1)")
    assert [flag.rule for flag in clinical_flags(text)] == ["clinical.unread"]


def test_names_and_values_of_a_program_can_not_imitate_the_text_around_them() -> None:
    text = body('s = data.sql("SELECT enc_stat FROM ehr.enc_adm")', "s[s['enc_stat'] == '\\x1b[2J' + '']")
    text += "    s[s['enc_stat'] == '\\u202eX" + "y" * 5000 + "']\n"
    (flag,) = clinical_flags(text, schema=SCHEMA)
    assert flag.reason.isprintable() and len(flag.reason) <= 400


@pytest.mark.parametrize(
    "text",
    [
        "def main(:",
        "\0",
        "",
        "x = 1\n" * 5,
        body("data.sql()"),
        body("data.sql('SELECT')"),
        body("data.sql('DROP TABLE t')"),
    ],
)
def test_what_is_no_program_or_no_query_has_no_clinical_flag(text: str) -> None:
    assert clinical_flags(text, schema=SCHEMA) == ()


def test_a_deeply_nested_expression_ends_in_a_flag_or_in_none() -> None:
    text = body("x = " + "-" * 1500 + "1")
    assert {flag.rule for flag in clinical_flags(text)} <= {"clinical.unread"}
