"""Words of a program are found line by line, counted as Qt counts."""

from __future__ import annotations

import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.widgets.code_spans import MOST, Language, Line, lines_of, utf16_length


def lines(text: str, language: Language = "python") -> list[Line]:
    return [line for line in lines_of(text, language) if line is not None]


def kinds(text: str, language: Language = "python") -> dict[str, str]:
    """Words of the text (without letters beyond the basic plane) and their kinds."""
    rows = text.split("\n")
    spans = [
        (row[a : a + n], kind) for row, line in zip(rows, lines(text, language), strict=True) for a, n, kind in line
    ]
    return {word.strip(): kind for word, kind in spans}


@given(st.text(max_size=200), st.sampled_from(["python", "sql", "json"]))
def test_there_is_one_line_of_spans_for_each_line_and_no_span_leaves_it(text: str, language: Language) -> None:
    found = lines(text, language)
    rows = text.split("\n")
    assert len(found) == len(rows)
    for row, line in zip(rows, found, strict=True):
        assert all(start >= 0 and start + length <= utf16_length(row) for start, length, _kind in line)


def test_positions_are_those_of_utf16() -> None:
    before = "x = '\N{DNA DOUBLE HELIX}'  "
    [line] = lines(before + "# note")
    assert line[-1] == (len(before) + 1, 6, "comment")


@pytest.mark.parametrize(
    ("text", "language", "wanted"),
    [
        ("def f(): return 1  # why", "python", {"def": "keyword", "f": "name", "1": "number", "# why": "comment"}),
        ("SELECT a FROM t WHERE b = 'x' -- why", "sql", {"SELECT": "keyword", "'x'": "string", "-- why": "comment"}),
        ('{"a": [1, true, "b"]}', "json", {"1": "number", "true": "number", '"b"': "string"}),
    ],
)
def test_each_language_has_its_words(text: str, language: Language, wanted: dict[str, str]) -> None:
    assert wanted.items() <= kinds(text, language).items()


def test_a_query_in_a_program_is_read_as_sql() -> None:
    program = 'rows = data.sql(\n    """\n    SELECT a FROM t WHERE b > :start\n    """,\n    start=1)\n'
    found = kinds(program)
    assert found["SELECT"] == found["WHERE"] == "keyword"
    assert found["start"] == "name"  # a parameter, though START is a keyword too
    assert found['"""'] == "string"


def test_what_only_looks_like_a_query_stays_text() -> None:
    assert set(kinds("x = 'selected cases'").values()) == {"string"}


def test_text_has_no_colours_and_a_giant_line_neither() -> None:
    assert lines("def", "text") == []
    assert lines("[" + "1," * MOST + "1]", "json") == [()]


def test_lexing_can_be_consumed_in_slices() -> None:
    """On one line of many words there are breaths in between."""
    found = list(lines_of("[" + "1," * 2000 + "1]", "json"))
    assert found.count(None) > 5 and len([line for line in found if line is not None]) == 1


def test_pygments_is_not_loaded_before_a_text_is_coloured() -> None:
    code = (
        "import sys, desktop.theme, desktop.widgets; print('pygments' in sys.modules, 'PySide6.QtSvg' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False", "False"]
