"""A table of two million rows asks for what is in sight and holds next to nothing."""

from __future__ import annotations

import pytest
from names import unnamed
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from pytestqt.modeltest import ModelTester
from pytestqt.qtbot import QtBot
from showing import show_in_front

from desktop.widgets import PagedTable
from desktop.widgets.pages import COLUMNS, KEPT, ROWS

Window = tuple[int, int, int, int]


class Source:
    """Answers what it is asked for, when told to."""

    def __init__(self) -> None:
        self.asked: list[Window] = []
        self.table: PagedTable

    def fetch(self, first: int, count: int, column: int, columns: int) -> None:
        self.asked.append((first, count, column, columns))

    def answer(self) -> None:
        for first, count, column, columns in self.asked:
            rows = range(first, first + count)
            self.table.arrived(first, column, tuple(tuple(f"{r}/{column + c}" for c in range(columns)) for r in rows))


@pytest.fixture
def source(qtbot: QtBot) -> Source:
    found = Source()
    names = [f"column {n}" for n in range(300)]
    found.table = PagedTable("By month", names, 2_000_000, found.fetch, numeric=[True], sortable=True)
    qtbot.addWidget(found.table)
    found.table.resize(800, 400)
    show_in_front(qtbot, found.table)
    return found


def shown(table: PagedTable, row: int, column: int) -> str:
    return str(table.model().data(table.model().index(row, column)))


def test_it_asks_for_the_first_window_once(source: Source, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: bool(source.asked))
    source.table.viewport().repaint()
    qtbot.wait(120)
    assert source.asked == [(0, ROWS, 0, COLUMNS)]
    assert shown(source.table, 0, 0) == "\N{HORIZONTAL ELLIPSIS}"


def test_what_arrived_is_shown(source: Source, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: bool(source.asked))
    source.answer()
    assert shown(source.table, 3, 1) == "3/1"


def test_jumping_about_asks_only_for_where_it_stops(source: Source, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: bool(source.asked))
    source.asked.clear()
    for row in (500_000, 900_000, 1_400_000):
        source.table.go_to_row(row)
        source.table.viewport().repaint()
    qtbot.waitUntil(lambda: bool(source.asked))
    assert {first for first, *_rest in source.asked} <= {1_399_800, 1_400_000}


def test_the_last_window_is_no_larger_than_the_table(source: Source, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: bool(source.asked))
    source.asked.clear()
    qtbot.keyClick(source.table, Qt.Key.Key_End)
    source.table.horizontalScrollBar().setValue(source.table.horizontalScrollBar().maximum())
    qtbot.waitUntil(lambda: bool(source.asked))
    assert all(first + count <= 2_000_000 and column + columns <= 300 for first, count, column, columns in source.asked)
    assert source.asked[-1][0] == 2_000_000 - ROWS


def test_reading_through_it_holds_a_few_pages_only(source: Source, qtbot: QtBot) -> None:
    for row in range(0, 40 * ROWS, ROWS):
        source.asked.clear()
        source.table.go_to_row(row)
        source.table.viewport().repaint()
        source.table._on_paused()
        source.answer()
    assert len(source.table._model.pages) <= KEPT


def test_after_a_refusal_scrolling_asks_again(source: Source, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: bool(source.asked))
    source.asked.clear()
    source.table.refused()
    source.table.viewport().repaint()
    qtbot.waitUntil(lambda: source.asked == [(0, ROWS, 0, COLUMNS)])


def test_a_sort_that_is_wanted_is_told_and_what_was_held_is_dropped(source: Source, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: bool(source.asked))
    source.answer()
    with qtbot.waitSignal(source.table.sort_asked) as told:
        source.table.horizontalHeader().setSortIndicator(2, Qt.SortOrder.DescendingOrder)
    assert told.args == [2, True]
    source.asked.clear()
    source.table.forget()
    qtbot.waitUntil(lambda: source.asked == [(0, ROWS, 0, COLUMNS)])


def test_nothing_is_copied_from_results(source: Source, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: bool(source.asked))
    source.answer()
    QGuiApplication.clipboard().setText("before")
    source.table.go_to_row(0)
    qtbot.keyClick(source.table, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QGuiApplication.clipboard().text() == "before"


def test_qt_finds_no_fault_in_its_model(qtbot: QtBot, qtmodeltester: ModelTester) -> None:
    table = PagedTable("Small", ["a", "b"], 3, lambda *_window: None)
    qtbot.addWidget(table)
    table.arrived(0, 0, (("1", "2"), ("3", "4"), ("5", "6")))
    qtmodeltester.check(table.model())


def test_a_table_without_rows_says_so(qtbot: QtBot) -> None:
    table = PagedTable("Small", ["a"], 0, lambda *_window: None)
    qtbot.addWidget(table)
    show_in_front(qtbot, table)
    assert unnamed(table) == [] and table.accessibleDescription() == "The table has no rows."
