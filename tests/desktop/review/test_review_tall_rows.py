"""A row that is wrapped over many lines of the screen was seen when all of it was, not when its end was."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from pytestqt.qtbot import QtBot
from showing import show_in_front

from desktop.review.program_text import ProgramText
from desktop.review.sheet import plain

TALL = 31
PROGRAM = "\n".join(["a = 1"] * (TALL - 1) + [f"x = '{'y' * 4000}'"] + ["b = 2"] * 20)


@pytest.fixture
def text(qtbot: QtBot) -> ProgramText:
    text = ProgramText("This draft", wraps=True)
    qtbot.addWidget(text)
    text.resize(600, 400)
    show_in_front(qtbot, text)
    text.show_sheet(plain(PROGRAM), "new")
    return text


@pytest.fixture
def rows(text: ProgramText) -> Callable[[], set[int]]:
    """Every row that was told from now on."""
    found: set[int] = set()
    text.read.connect(lambda sheet, first, last, letters: found.update(range(first, last + 1)))
    return lambda: found


def test_a_jump_to_its_end_is_no_reading_of_it(text: ProgramText, rows: Callable[[], set[int]]) -> None:
    bar = text.verticalScrollBar()
    bar.setValue(bar.maximum())
    assert text.first_row() == TALL
    assert rows() == set(range(TALL + 1, PROGRAM.count("\n") + 2))


def test_scrolled_through_from_its_beginning_it_is_read(text: ProgramText, rows: Callable[[], set[int]]) -> None:
    bar = text.verticalScrollBar()
    for value in range(0, bar.maximum() + 1, 3):
        bar.setValue(value)
    bar.setValue(bar.maximum())
    assert TALL in rows()
