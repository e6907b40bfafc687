"""Finding and opening tables of a source that is too large to be opened whole."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from data_facts import source, table_row
from data_view import FakeDataView, data_desk, data_screen
from fakes import FakeDesk
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from desktop.data.view import DataScreen
from sandbox.errors import PreceptorError, ProcessDied, SourceUnavailable
from sandbox.messages.desk import Look, Looked, Opening
from sandbox.reviewing.orders.data import (
    Decide,
    FindTables,
    FoundTables,
    ListSources,
    ListTables,
    SourceList,
    TableList,
)
from sandbox.reviewing.orders.facts import FoundTable
from sandbox.reviewing.orders.starting import Standing

Keys = Qt.Key
SHIFT = Qt.KeyboardModifier.ShiftModifier
ROWS = (
    FoundTable(table="enc_adm", columns=22, rows=-1, state="closed", hits=("admit_dttm",)),
    FoundTable(table="adt_move", columns=9, rows=-1, state="closed", comment="Moves between wards."),
    FoundTable(table="patient", columns=3, rows=60, state="open", called="cohort"),
)
LARGE = source(tables=0, columns=0, catalog_tables=10_000, catalog_columns=250_000)
SOME = source(tables=2, catalog_tables=10_000, catalog_columns=250_000)
OPENED = Looked(
    source="ehr", path="p", tables=1, columns=22, undecided=4, opened=1, catalog_tables=10_000, catalog_columns=250_000
)


def found(order: FindTables) -> FoundTables:
    rows = ROWS if order.words.strip() else ()
    return FoundTables(source="ehr", words=order.words, rows=rows, tables=10_000, columns=250_000, opened=1)


@pytest.fixture
def desk() -> FakeDesk:
    desk = data_desk()
    desk.asks.answers[ListSources] = SourceList(rows=(LARGE,))
    desk.asks.answers[FindTables] = found
    return desk


def searched(desk: FakeDesk, words: str) -> FakeDataView:
    view = data_screen(desk)
    view.presenter.catalog.search(words)
    desk.asks.answer_all()
    return view


def to_open(view: FakeDataView) -> tuple[Any, ...]:
    return view.last["show_to_open"]  # type: ignore[no-any-return]


def test_a_source_of_which_nothing_is_open_shows_its_catalog(desk: FakeDesk) -> None:
    view = data_screen(desk)
    assert view.stage == "catalog"
    assert view.last["show_found"][0].tables == 10_000


def test_a_source_that_is_open_as_a_whole_has_no_catalog_to_search(desk: FakeDesk) -> None:
    desk.asks.answers[ListSources] = SourceList(rows=(source(tables=3, catalog_tables=3),))
    view = data_screen(desk)
    view.presenter.find_tables()
    assert view.stage == "tables"
    assert not desk.asks.of(FindTables)


def test_open_tables_are_shown_and_the_catalog_is_a_key_away(desk: FakeDesk) -> None:
    desk.asks.answers[ListSources] = SourceList(rows=(SOME,))
    view = data_screen(desk)
    assert view.stage == "tables"
    view.presenter.find_tables()
    assert view.stage == "catalog"
    view.presenter.leave_catalog()
    assert view.stage == "tables"


def test_only_the_newest_words_are_answered(desk: FakeDesk) -> None:
    view = data_screen(desk)
    for words in ("a", "ad", "adm"):
        view.presenter.catalog.search(words)
    shown_before = view.counted["show_found"]
    desk.asks.answer_all()
    assert view.counted["show_found"] == shown_before + 1
    assert view.last["show_found"][0].words == "adm"


def test_the_button_says_what_it_opens(desk: FakeDesk) -> None:
    view = searched(desk, "admission")
    view.presenter.catalog.choose(("enc_adm",))
    assert to_open(view) == ("", "Open the table", True)
    view.presenter.catalog.choose(("enc_adm", "adt_move", "patient"))
    assert to_open(view) == ("", "Open 2 tables", True)
    view.presenter.catalog.choose(("patient",))
    assert to_open(view) == ("", "Go to the table", True)


def test_too_many_tables_at_once_are_refused_before_anything_is_read(desk: FakeDesk) -> None:
    many = tuple(FoundTable(table=f"t_{n}", columns=1, rows=-1, state="closed") for n in range(21))
    desk.asks.answers[FindTables] = FoundTables(source="ehr", words="t", rows=many, tables=99, columns=99, opened=0)
    view = searched(desk, "t")
    view.presenter.catalog.choose(tuple(row.table for row in many))
    assert to_open(view)[0] == "At most 20 tables are opened at once."
    view.presenter.catalog.open()
    assert not desk.sessions.lines


def test_opening_runs_in_the_session_that_looks_and_says_how_far_it_is(desk: FakeDesk) -> None:
    view = searched(desk, "admission")
    view.presenter.catalog.choose(("enc_adm", "adt_move"))
    view.presenter.catalog.open()
    line = desk.sessions.lines[0]
    assert (line.kind, line.sent) == ("looking", [Look(source="ehr", tables=("enc_adm", "adt_move"))])
    line.hear(Opening(source="ehr", table="adt_move", done=1, of=2))
    assert view.last["show_working"][1] == "Opening tables of ehr, 2 of 2: adt_move… 0 s"


def opened(desk: FakeDesk, view: FakeDataView) -> None:
    """The session says that the table is open; the desk reads everything again."""
    desk.sessions.lines[0].hear(OPENED)
    desk.asks.answers[ListTables] = TableList(source="ehr", rows=(table_row("enc_adm", undecided=4),))
    desk.standing = Standing(
        root="/w", exists=True, finished=True, sources=(source(tables=1, catalog_tables=10_000, catalog_columns=9),)
    )
    view.presenter.standing_changed()
    desk.asks.answer_all()


def test_an_opened_table_stands_in_the_list_with_what_is_undecided(desk: FakeDesk) -> None:
    view = searched(desk, "admission")
    view.presenter.catalog.choose(("enc_adm",))
    view.presenter.catalog.open()
    opened(desk, view)
    assert view.stage == "tables"
    assert view.notices[0][:2] == ("enc_adm is open.", "4 columns of all open tables need your decision.")
    assert [(row.name, row.undecided) for row in view.last["show_tables"][1]] == [("enc_adm", 4)]
    assert view.last["show_table"][0].table.name == "enc_adm"


@pytest.mark.parametrize("how", [SourceUnavailable("ehr can't be opened."), ProcessDied("It ended.")])
def test_what_cannot_be_opened_is_told_and_the_search_is_still_there(desk: FakeDesk, how: PreceptorError) -> None:
    view = searched(desk, "admission")
    view.presenter.catalog.choose(("enc_adm",))
    view.presenter.catalog.open()
    desk.sessions.lines[0].hear(how)
    assert view.stage == "catalog"
    assert view.problems == [how]


def test_a_table_that_is_open_is_gone_to_under_its_own_name(desk: FakeDesk) -> None:
    desk.asks.answers[ListSources] = SourceList(rows=(SOME,))
    desk.asks.answers[ListTables] = TableList(source="ehr", rows=(table_row("enc_adm"), table_row("cohort")))
    view = searched(desk, "patient")
    view.presenter.find_tables()
    view.presenter.catalog.choose(("patient",))
    view.presenter.catalog.open()
    desk.asks.answer_all()
    assert view.stage == "tables"
    assert view.last["show_table"][0].table.name == "cohort"


def test_what_is_decided_while_tables_are_opened_is_sent_afterwards(desk: FakeDesk) -> None:
    desk.asks.answers[ListSources] = SourceList(rows=(SOME,))
    view = searched(desk, "admission")
    view.presenter.catalog.choose(("adt_move",))
    view.presenter.catalog.open()
    view.presenter.deciding.take_offer("2")
    desk.asks.answer_all()
    assert not desk.asks.of(Decide)
    assert desk.busy_with["data"]
    desk.sessions.lines[0].hear(OPENED)
    desk.asks.answer_all()
    assert [order.columns for order in desk.asks.of(Decide)] == [("flag_7",)]


def test_opening_begins_once_the_last_decision_has_arrived(desk: FakeDesk) -> None:
    desk.asks.answers[ListSources] = SourceList(rows=(SOME,))
    view = searched(desk, "admission")
    view.presenter.deciding.take_offer("2")
    view.presenter.catalog.choose(("adt_move",))
    view.presenter.catalog.open()
    assert not desk.sessions.lines
    desk.asks.answer_all()
    assert desk.sessions.lines[0].sent == [Look(source="ehr", tables=("adt_move",))]


# With real keys.


def typed(screen: DataScreen, desk: FakeDesk, qtbot: QtBot, text: str) -> None:
    before = len(desk.asks.of(FindTables))
    QTest.keyClicks(screen.catalog.search, text)
    qtbot.waitUntil(lambda: len(desk.asks.of(FindTables)) > before)
    desk.asks.answer_all()
    QApplication.processEvents()


def test_typing_arrows_and_enter_open_what_was_found(
    desk: FakeDesk, open_screen: Callable[..., DataScreen], qtbot: QtBot
) -> None:
    screen = open_screen()
    assert QApplication.focusWidget() is screen.catalog.search
    typed(screen, desk, qtbot, "admission")
    assert [row.table for row in screen.catalog.table.rows()] == ["enc_adm", "adt_move", "patient"]
    QTest.keyClick(screen.catalog.search, Keys.Key_Down)
    assert QApplication.focusWidget() is screen.catalog.table
    assert [row.table for row in screen.catalog.table.selected()] == ["adt_move"]
    QTest.keyClick(screen.catalog.table, Keys.Key_Up, SHIFT)
    QTest.keyClick(screen.catalog.table, Keys.Key_Return)
    assert desk.sessions.lines[0].sent == [Look(source="ehr", tables=("enc_adm", "adt_move"))]


def test_enter_in_the_field_opens_the_first_that_was_found(
    desk: FakeDesk, open_screen: Callable[..., DataScreen], qtbot: QtBot
) -> None:
    screen = open_screen()
    typed(screen, desk, qtbot, "admission")
    QTest.keyClick(screen.catalog.search, Keys.Key_Return)
    assert desk.sessions.lines[0].sent == [Look(source="ehr", tables=("enc_adm",))]


def test_escape_leads_back_to_the_tables(desk: FakeDesk, open_screen: Callable[..., DataScreen], qtbot: QtBot) -> None:
    desk.asks.answers[ListSources] = SourceList(rows=(SOME,))
    screen = open_screen()
    screen.tables.find_more.click()
    assert QApplication.focusWidget() is screen.catalog.search
    QTest.keyClick(screen.catalog.search, Keys.Key_Escape)
    qtbot.waitUntil(lambda: not screen.catalog.isVisible())
