"""Marks are stepped through in the order of lines, the gravest first on one line."""

from __future__ import annotations

from desktop.widgets.code_marks import LineMark, by_line, next_line, spoken

MARKS = (LineMark(9, "info", "Never executed."), LineMark(3, "warn", "New column."), LineMark(9, "bad", "Refused."))


def test_the_gravest_mark_of_a_line_comes_first() -> None:
    assert [mark.tone for mark in by_line(MARKS)[9]] == ["bad", "info"]


def test_stepping_goes_round_both_ways() -> None:
    lines = by_line(MARKS)
    assert [next_line(lines, after) for after in (1, 3, 9)] == [3, 9, 3]
    assert [next_line(lines, before, backwards=True) for before in (9, 3)] == [3, 9]
    assert next_line({}, 1) is None


def test_a_line_is_spoken_with_what_each_mark_means() -> None:
    assert spoken(by_line(MARKS)[9]) == "Line 9. Problem: Refused. Note: Never executed."
