"""What a reviewer sees is what runs: no invisible, turning, overlaying or look-alike characters."""

from __future__ import annotations

import pytest
from query_examples import SCHEMA

from sandbox.checks.language import check_program, doubtful_characters
from sandbox.checks.query import check_query
from sandbox.errors import QueryRefused

DOUBTFUL = {
    "right-to-left override": "\u202e",
    "right-to-left embedding": "\u202b",
    "left-to-right isolate": "\u2066",
    "pop directional isolate": "\u2069",
    "right-to-left mark": "\u200f",
    "zero-width space": "\u200b",
    "zero-width joiner": "\u200d",
    "zero-width non-joiner": "\u200c",
    "word joiner": "\u2060",
    "byte order mark": "\ufeff",
    "soft hyphen": "\u00ad",
    "no-break space": "\u00a0",
    "thin space": "\u2009",
    "ideographic space": "\u3000",
    "line separator": "\u2028",
    "paragraph separator": "\u2029",
    "next line": "\u0085",
    "form feed": "\x0c",
    "vertical tab": "\x0b",
    "backspace": "\x08",
    "escape": "\x1b",
    "NUL": "\x00",
    "lone carriage return": "\r",
    "combining overlay": "a\u0338",
    "combining accent": "e\u0301",
    "enclosing circle": "a\u20dd",
    "variation selector": "\ufe0f",
    "tag letter": "\U000e0041",
    "private use": "\ue000",
    "surrogate": "\ud800",
    "unassigned": "\u0378",
    "Hangul filler": "\u3164",
    "interlinear annotation": "\ufff9",
    "Cyrillic in a Latin word": "p\u0430tient",
    "Greek omicron in a Latin word": "c\u03bfde",
    "Armenian in a Latin word": "h\u0585me",
    "a whole word of look-alikes": "\u0441\u043e\u0440",
    "fullwidth letters": "\uff4fpen",
    "mathematical letters": "\U0001d41a\U0001d41b",
}
HARMLESS = [
    "plain",
    "±2 °C, µmol/L, μmol/L",
    "Δcreatinine ≥ 1.5×",
    "Größe, naïve, señor, Ångström",
    "χ² = 3.84, α = 0.05",
    "“quoted” – dash…",
    "日本語",
    "сестра и врач",
    "I₂ m² 10⁻³",
    "a\tb",
    "€ 5",
    "→ ✓",
]


@pytest.mark.parametrize("name", DOUBTFUL)
def test_doubtful_character_is_refused_in_programs_and_queries(name: str) -> None:
    text = f"first\nsecond {DOUBTFUL[name]} x"
    (finding, *_) = doubtful_characters(text)
    assert finding[0] == 2 and finding[2]
    program = f'"""T."""\ndef main(data, report):\n    report.text("a{DOUBTFUL[name]}b")\n'
    flags = [flag for flag in check_program(program).flags if flag.severity == "refuse"]
    assert any(flag.rule == "characters" and flag.line == 3 for flag in flags)
    with pytest.raises(QueryRefused):
        check_query(f"SELECT pat_id FROM ehr.encounters WHERE primary_dx = '{DOUBTFUL[name]}'", SCHEMA)


@pytest.mark.parametrize("text", HARMLESS)
def test_what_clinicians_write_is_left_alone(text: str) -> None:
    assert not list(doubtful_characters(text))
    program = f'"""T."""\ndef main(data, report):\n    report.text("{text}")  # {text}\n'
    assert check_program(program).may_run


def test_windows_line_ends_are_line_ends() -> None:
    text = '"""T."""\r\ndef main(data, report):\r\n    report.text("a")\r\n'
    assert check_program(text).may_run


def test_an_escape_in_a_literal_can_not_smuggle_a_character_into_a_query() -> None:
    sql = "SELECT pat_id FROM ehr.encounters WHERE enc_class = '\\u202e'"
    program = f'"""T."""\ndef main(data, report):\n    data.sql("{sql}")\n'
    check = check_program(program)
    with pytest.raises(QueryRefused):
        check_query(check.queries[0].sql, SCHEMA)


def test_names_are_in_plain_letters() -> None:
    program = '"""T."""\ndef main(data, report):\n    größe = 1\n    report.value("Größe", größe)\n'
    assert {flag.line for flag in check_program(program).flags if flag.rule == "names"} == {3, 4}
