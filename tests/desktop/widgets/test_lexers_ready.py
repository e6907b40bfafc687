"""Lexers that are made beside the window colour as those that are made when they are needed."""

from __future__ import annotations

from desktop.widgets.code_spans import get_ready, lines_of

PROGRAM = 'x = data.sql("SELECT a FROM ehr.b")  # note\n'


def test_colours_are_the_same_while_the_lexers_are_being_made() -> None:
    before = list(lines_of(PROGRAM, "python"))
    get_ready()
    assert list(lines_of(PROGRAM, "python")) == before
