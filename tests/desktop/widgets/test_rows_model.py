"""The model under short tables keeps Qt's rules and shows what the columns say."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QIcon
from pytestqt.modeltest import ModelTester
from pytestqt.qtbot import QtBot
from widget_rows import COLUMNS, RUNS, Run, key

from desktop.theme import colours
from desktop.widgets import Column, RowsModel

Role = Qt.ItemDataRole


def texts(model: RowsModel[Run], column: int = 0) -> list[str]:
    return [model.data(model.index(row, column)) for row in range(model.rowCount())]


def test_qt_finds_no_fault_in_it_while_rows_come_and_go(qtmodeltester: ModelTester, qtbot: QtBot) -> None:
    model = RowsModel(COLUMNS)
    qtmodeltester.check(model)
    model.set_rows(RUNS, key)
    model.set_filter("sepsis")
    model.sort(0)
    model.set_rows(())
    qtmodeltester.check(model)


def test_it_shows_what_the_columns_say(qtbot: QtBot) -> None:
    model = RowsModel(COLUMNS)
    model.set_rows(RUNS, key)
    assert texts(model) == ["run-a", "run-b", "run-c"]
    assert texts(model, 3) == ["12", "900", "30"]
    titles = [model.headerData(n, Qt.Orientation.Horizontal) for n in range(model.columnCount())]
    assert titles == ["Run", "Program", "Outcome", "Rows"]
    assert model.headerData(0, Qt.Orientation.Vertical) is None


def test_a_tone_is_a_colour_and_an_icon_stands_beside_it(qtbot: QtBot) -> None:
    model = RowsModel(COLUMNS)
    model.set_rows(RUNS, key)
    failed = model.index(1, 2)
    assert model.data(failed, Role.ForegroundRole) == colours().bad.text
    assert isinstance(model.data(failed, Role.DecorationRole), QIcon)
    assert model.data(model.index(1, 0), Role.DecorationRole) is None


def test_muted_is_a_tone_for_what_matters_less(qtbot: QtBot) -> None:
    model = RowsModel([Column[Run]("Run", key, tone=lambda run: "muted" if run.rows > 20 else "")])
    model.set_rows(RUNS, key)
    assert model.data(model.index(1, 0), Role.ForegroundRole) == colours().muted
    assert model.data(model.index(0, 0), Role.ForegroundRole) is None


def test_a_tool_tip_is_shown_as_it_is_written(qtbot: QtBot) -> None:
    model = RowsModel(COLUMNS)
    model.set_rows((Run("run-x", "<img src=x> & co"),), key)
    assert model.data(model.index(0, 1), Role.ToolTipRole) == "<qt>&lt;img src=x&gt; &amp; co</qt>"


def test_a_filter_finds_text_in_any_column_and_is_kept(qtbot: QtBot) -> None:
    model = RowsModel(COLUMNS)
    model.set_rows(RUNS, key)
    model.set_filter(" FAILED ")
    assert texts(model) == ["run-b"]
    model.set_rows((*RUNS, Run("run-d", "Falls", "failed")), key)
    assert texts(model) == ["run-b", "run-d"]
    model.set_filter("")
    assert len(texts(model)) == 4


def test_it_sorts_numbers_as_numbers_and_goes_back_to_the_order_that_was_given(qtbot: QtBot) -> None:
    model = RowsModel(COLUMNS)
    model.set_rows(RUNS, key)
    model.sort(3, Qt.SortOrder.DescendingOrder)
    assert texts(model) == ["run-b", "run-c", "run-a"]
    model.sort(1)
    assert texts(model, 1) == ["Length of stay", "Readmissions", "Sepsis bundle"]
    model.sort(-1)
    assert texts(model) == ["run-a", "run-b", "run-c"]


def test_rows_are_found_by_key_and_by_how_they_start(qtbot: QtBot) -> None:
    model = RowsModel(COLUMNS)
    model.set_rows(RUNS, key)
    assert (model.place("run-c"), model.place("run-z")) == (2, None)
    assert model.starting_with("len", 0) == 2
    assert model.starting_with("run", 1) == 1
    assert model.starting_with("readm", 2) == 0  # round again
    assert model.starting_with("zzz", 0) is None
