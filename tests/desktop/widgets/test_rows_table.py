"""A table of facts is worked by keyboard as by mouse and says what was chosen."""

from __future__ import annotations

import pytest
from names import unnamed
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QLineEdit, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot
from showing import show_in_front
from widget_rows import COLUMNS, RUNS, Run, key

from desktop.theme import colours
from desktop.widgets import RowsTable

Key = Qt.Key


@pytest.fixture
def table(qtbot: QtBot) -> RowsTable[Run]:
    found: RowsTable[Run] = RowsTable("Runs", COLUMNS, empty="No run yet.", many=True, sortable=True)
    qtbot.addWidget(found)
    found.resize(700, 300)
    found.set_rows(RUNS, key)
    show_in_front(qtbot, found)
    return found


def chosen_by(table: RowsTable[Run]) -> list[Run | None]:
    heard: list[Run | None] = []
    table.chosen.connect(heard.append)
    return heard


def test_it_has_a_name_and_says_why_it_is_empty(table: RowsTable[Run]) -> None:
    assert unnamed(table) == [] and table.accessibleName() == "Runs"
    assert table.accessibleDescription() == "No run yet."


def test_moving_down_chooses_once(table: RowsTable[Run], qtbot: QtBot) -> None:
    table.set_current("run-a")
    heard = chosen_by(table)
    qtbot.keyClick(table, Key.Key_Down)
    assert heard == [RUNS[1]] and table.current() == RUNS[1]


def test_home_and_end_go_to_the_first_and_the_last_row(table: RowsTable[Run], qtbot: QtBot) -> None:
    qtbot.keyClick(table, Key.Key_End)
    assert table.current() == RUNS[2]
    qtbot.keyClick(table, Key.Key_Home)
    assert table.current() == RUNS[0]


def test_enter_and_a_double_click_open(table: RowsTable[Run], qtbot: QtBot) -> None:
    opened: list[Run] = []
    table.opened.connect(opened.append)
    table.set_current("run-b")
    qtbot.keyClick(table, Key.Key_Return)
    place = table.visualRect(table.model().index(2, 1)).center()
    qtbot.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, pos=place)
    qtbot.mouseDClick(table.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert opened == [RUNS[1], RUNS[2]]


def test_typing_finds_a_row_by_any_column(table: RowsTable[Run], qtbot: QtBot) -> None:
    qtbot.keyClicks(table, "len")
    assert table.current() == RUNS[2]


def test_the_selection_is_kept_by_key_and_nothing_is_said(table: RowsTable[Run]) -> None:
    table.set_current("run-b")
    heard = chosen_by(table)
    table.set_rows((Run("run-0", "Newer"), *RUNS), key)
    assert table.current() == RUNS[1] and table.selected() == (RUNS[1],) and heard == []


def test_what_is_gone_is_not_chosen_any_more(table: RowsTable[Run]) -> None:
    table.set_current("run-b")
    table.set_rows(RUNS[:1], key)
    assert table.current() is None and table.selected() == ()
    heard = chosen_by(table)
    table.set_rows(RUNS, key)
    table.set_current("run-b")
    assert heard == [RUNS[1]]


def test_several_rows_can_be_selected(table: RowsTable[Run], qtbot: QtBot) -> None:
    table.set_current("run-a")
    qtbot.keyClick(table, Key.Key_Down, Qt.KeyboardModifier.ShiftModifier)
    assert table.selected() == RUNS[:2]


def test_a_filter_keeps_what_is_still_there(table: RowsTable[Run]) -> None:
    table.set_current("run-b")
    table.set_filter("sepsis")
    assert table.rows() == (RUNS[1],) and table.current() == RUNS[1]
    table.set_filter("length")
    assert table.current() is None


def test_a_click_on_a_title_sorts_and_keeps_the_selection(table: RowsTable[Run], qtbot: QtBot) -> None:
    table.set_current("run-b")
    head = table.horizontalHeader()
    place = QPoint(head.sectionViewportPosition(3) + 5, 10)
    qtbot.mouseClick(head.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert [run.id for run in table.rows()] == ["run-a", "run-c", "run-b"]
    assert table.current() == RUNS[1]


def test_nothing_is_copied_unless_it_is_a_list_that_may(qtbot: QtBot, table: RowsTable[Run]) -> None:
    QGuiApplication.clipboard().setText("before")
    table.set_current("run-a")
    qtbot.keyClick(table, Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QGuiApplication.clipboard().text() == "before"
    may: RowsTable[Run] = RowsTable("Checks", COLUMNS, copyable=True)
    qtbot.addWidget(may)
    may.set_rows(RUNS, key)
    may.set_current("run-b")
    qtbot.keyClick(may, Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QGuiApplication.clipboard().text() == "run-b\tSepsis bundle\tfailed\t900"


def test_tab_leaves_the_table(qtbot: QtBot) -> None:
    page, after = QWidget(), QLineEdit()
    qtbot.addWidget(page)
    table: RowsTable[Run] = RowsTable("Runs", COLUMNS)
    layout = QVBoxLayout(page)
    layout.addWidget(table)
    layout.addWidget(after)
    table.set_rows(RUNS, key)
    show_in_front(qtbot, page)
    table.setFocus()
    qtbot.keyClick(table, Key.Key_Tab)
    assert page.focusWidget() is after


def test_coming_to_it_by_keyboard_chooses_nothing_yet(table: RowsTable[Run]) -> None:
    heard = chosen_by(table)
    table.setFocus()
    assert heard == [] and table.current() is None


def test_why_it_is_empty_is_drawn(qtbot: QtBot, table: RowsTable[Run]) -> None:
    table.set_rows(())
    image = table.viewport().grab().toImage()
    drawn = {image.pixelColor(x, y).name() for x in range(image.width()) for y in range(image.height())}
    assert colours().muted.name() in drawn


def test_the_current_row_is_marked_by_a_bar_too(table: RowsTable[Run]) -> None:
    table.set_current("run-b")
    rect = table.visualRect(table.model().index(1, 0))
    image = table.viewport().grab().toImage()
    assert image.pixelColor(1, rect.center().y()) == colours().accent
