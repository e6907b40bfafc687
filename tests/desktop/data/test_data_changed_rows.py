"""Rows of a table that are said differently: nothing moves, and what is selected stays so."""

from __future__ import annotations

from typing import NamedTuple

import pytest
from PySide6.QtCore import QItemSelectionModel
from pytestqt.qtbot import QtBot

from desktop.widgets import Column, RowsTable


class Row(NamedTuple):
    name: str
    state: str


ROWS = tuple(Row(f"t_{n}", "signed" if n % 2 else "open") for n in range(20))


@pytest.fixture
def table(qtbot: QtBot) -> RowsTable[Row]:
    found: RowsTable[Row] = RowsTable(
        "Rows", [Column("Name", lambda row: row.name), Column("State", lambda row: row.state)], many=True
    )
    qtbot.addWidget(found)
    found.set_rows(ROWS, lambda row: row.name)
    return found


def select(table: RowsTable[Row], *places: int) -> None:
    flags = QItemSelectionModel.SelectionFlag
    for place in places:
        table.selectionModel().select(table.model().index(place, 0), flags.Select | flags.Rows)


def test_changed_rows_keep_place_and_selection(table: RowsTable[Row]) -> None:
    table.set_current("t_3")
    select(table, 5, 6, 9)
    table.change_rows(tuple(row._replace(state="changed") for row in ROWS))
    assert [row.name for row in table.rows()] == [row.name for row in ROWS]
    assert [row.name for row in table.selected()] == ["t_3", "t_5", "t_6", "t_9"]
    assert table.current() == Row("t_3", "changed")


def test_a_changed_row_does_not_fall_out_of_the_filter(table: RowsTable[Row]) -> None:
    table.set_filter("open")
    table.change_rows((Row("t_4", "signed"),))
    assert Row("t_4", "signed") in table.rows()
    assert len(table.rows()) == 10


def test_a_longer_text_widens_its_column_and_a_shorter_one_leaves_the_chosen_width(table: RowsTable[Row]) -> None:
    table.change_rows((Row("t_1", "changed since it was signed"),))
    assert table.columnWidth(1) > table.fontMetrics().horizontalAdvance("changed since it was signed")
    table.setColumnWidth(1, 60)
    table.change_rows((Row("t_1", "signed"),))
    assert table.columnWidth(1) == 60


def test_new_rows_keep_a_selection_with_gaps(table: RowsTable[Row]) -> None:
    select(table, 2, 3, 7, 11, 12)
    table.set_rows(ROWS[:12], lambda row: row.name)
    assert [row.name for row in table.selected()] == ["t_2", "t_3", "t_7", "t_11"]
