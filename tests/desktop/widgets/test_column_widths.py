"""A table that is too narrow cuts the columns that may be cut, and leaves out those that may go, before it scrolls."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot
from showing import show_in_front
from widget_rows import RUNS, Run, key

from desktop.widgets import Column, RowsTable
from desktop.widgets.widths import share

TOOL_TIP = Qt.ItemDataRole.ToolTipRole


@pytest.mark.parametrize(
    ("room", "shared"),
    [
        (600, [200, 60, 100, 40]),
        (400, [200, 60, 100, 40]),
        (390, [200, 60, 90, 40]),
        (340, [190, 60, 50, 40]),
        (239, [129, 60, 50, 0]),
        (210, [100, 60, 50, 0]),
        (160, [66, 60, 33, 0]),
        (10, [50, 60, 25, 0]),
    ],
)
def test_the_last_column_gives_way_first_then_one_goes_then_all_are_cut(room: int, shared: list[int]) -> None:
    assert share([200, 60, 100, 40], least=[100, 60, 50, 40], leaves=[0, 0, 0, 1], room=room) == shared


@pytest.fixture
def table(qtbot: QtBot) -> RowsTable[Run]:
    columns = [
        Column[Run]("Run", lambda run: run.id),
        Column[Run]("Program", lambda run: run.title * 3, least=8),
        Column[Run]("Rows", lambda run: f"{run.rows:,}", leaves=1),
    ]
    made: RowsTable[Run] = RowsTable("Runs", columns)
    qtbot.addWidget(made)
    made.resize(700, 300)
    made.set_rows(RUNS, key)
    show_in_front(qtbot, made)
    return made


def widths(table: RowsTable[Run]) -> list[int]:
    return [table.columnWidth(place) for place in range(3)]


def test_a_narrow_table_does_not_scroll_sideways_and_a_wide_one_has_all_again(table: RowsTable[Run]) -> None:
    before = widths(table)
    table.resize(sum(before) - 40, 300)
    assert widths(table) == [before[0], before[1] - 40 - (table.width() - table.viewport().width()), before[2]]
    table.resize(before[0] + 120, 300)
    QApplication.processEvents()
    assert table.isColumnHidden(2)
    assert table.horizontalScrollBar().maximum() == 0
    table.resize(700, 300)
    assert widths(table) == before and not table.isColumnHidden(2)


def test_a_column_that_may_be_cut_says_all_of_it_in_its_tool_tip(table: RowsTable[Run]) -> None:
    model = table.model()
    assert model.index(0, 1).data(TOOL_TIP) == "<qt>ReadmissionsReadmissionsReadmissions</qt>"
    assert model.index(0, 0).data(TOOL_TIP) is None


def test_a_width_that_the_reviewer_chose_stays(table: RowsTable[Run]) -> None:
    table.setColumnWidth(1, 90)
    table.resize(650, 300)
    assert table.columnWidth(1) == 90
