"""The screen itself: by keyboard, named, keeping what was typed, and as smooth with much as with little."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from data_facts import FREE, KEY_COLUMN, PLAIN_COLUMN, UNKNOWN_COLUMN, new_source, shown, source, table_row
from fakes import FakeDesk
from names import unnamed
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu
from pytestqt.qtbot import QtBot

from desktop.data import SHORTCUTS
from desktop.data.view import DataScreen
from sandbox.messages.desk import Look
from sandbox.reviewing.orders.data import (
    Decide,
    ListSources,
    ListTables,
    ReadTable,
    SourceList,
    TableList,
)
from sandbox.reviewing.orders.facts import Column

Keys = Qt.Key
CONTROL = Qt.KeyboardModifier.ControlModifier
MENUS = pytest.mark.qt_log_ignore("does not support grabbing the keyboard")
Open = Callable[..., DataScreen]


def press(screen: DataScreen, key: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    QTest.keyClick(QApplication.focusWidget() or screen, key, modifier)
    QApplication.processEvents()


def open_menu() -> QMenu:
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    return menu


@pytest.mark.parametrize(
    "sources", [(), (new_source(),), (source(tables=0),), (source(), new_source())], ids=["none", "new", "empty", "two"]
)
def test_every_widget_that_takes_the_keyboard_has_a_name(
    desk: FakeDesk, open_screen: Open, sources: tuple[object, ...]
) -> None:
    desk.asks.answers[ListSources] = SourceList(rows=sources)  # type: ignore[arg-type]
    assert not unnamed(open_screen())


def test_the_keyboard_begins_at_the_columns(open_screen: Open) -> None:
    screen = open_screen()
    assert QApplication.focusWidget() is screen.columns.table


def test_an_empty_screen_begins_at_its_next_step(desk: FakeDesk, open_screen: Open) -> None:
    desk.asks.answers[ListSources] = SourceList(rows=())
    open_screen()
    press_me = QApplication.focusWidget()
    assert press_me is not None and press_me.accessibleName() == "Connect…"


def test_the_keyboard_stays_in_the_list_of_sources(desk: FakeDesk, open_screen: Open) -> None:
    desk.asks.answers[ListSources] = SourceList(rows=(source(), new_source()))
    screen = open_screen()
    screen.sources.table.setFocus()
    press(screen, Keys.Key_Down)
    assert screen.presenter.sources.chosen == new_source()
    assert QApplication.focusWidget() is screen.sources.table


def test_a_digit_decides_the_chosen_column(desk: FakeDesk, open_screen: Open) -> None:
    screen = open_screen()
    press(screen, Keys.Key_2)
    assert desk.asks.of(Decide) == [
        Decide(source="ehr", table="enc_adm", columns=("flag_7",), told="name", given="full")
    ]


def test_several_columns_are_decided_at_once(desk: FakeDesk, open_screen: Open) -> None:
    screen = open_screen()
    QTest.keyClick(screen.columns.table, Keys.Key_A, CONTROL)
    press(screen, Keys.Key_1)
    assert desk.asks.of(Decide)[0].columns == ("flag_7", "pat_id", "enc_class")
    desk.asks.answer_all()
    assert len(screen.columns.table.selected()) == 3


def test_what_is_selected_after_a_search_can_be_decided(desk: FakeDesk, open_screen: Open) -> None:
    screen = open_screen()
    for text in ("pat_id", ""):
        screen.columns.search.setText(text)
        QTest.keyClick(screen.columns.search, Keys.Key_Return)
    QTest.keyClick(screen.columns.table, Keys.Key_A, CONTROL)
    screen.columns.table.setFocus()
    press(screen, Keys.Key_1)
    assert len(desk.asks.of(Decide)[0].columns) == 3


def test_a_digit_that_is_not_offered_decides_nothing(desk: FakeDesk, open_screen: Open) -> None:
    screen = open_screen()
    screen.columns.table.set_current("pat_id")
    press(screen, Keys.Key_3)
    assert not desk.asks.of(Decide)


@MENUS
def test_letters_open_exactly_the_choices_there_are(desk: FakeDesk, open_screen: Open) -> None:
    screen = open_screen()
    screen.columns.table.set_current("pat_id")
    press(screen, Keys.Key_G)
    assert [action.data() for action in open_menu().actions()] == ["nothing", "token"]
    open_menu().close()
    press(screen, Keys.Key_T)
    menu = open_menu()
    assert [action.data() for action in menu.actions()] == ["nothing", "name"]
    QTest.keyClick(menu, Keys.Key_N)
    assert desk.asks.of(Decide) == [Decide(source="ehr", table="enc_adm", columns=("pat_id",), told="nothing")]


@MENUS
def test_enter_opens_the_choices_of_the_cell(open_screen: Open) -> None:
    screen = open_screen()
    table = screen.columns.table
    table.setCurrentIndex(table.model().index(0, 2))
    press(screen, Keys.Key_Return)
    assert "full" in [action.data() for action in open_menu().actions()]
    open_menu().close()


def test_letters_typed_into_a_search_decide_nothing(desk: FakeDesk, open_screen: Open) -> None:
    screen = open_screen()
    screen.columns.search.setFocus()
    QTest.keyClicks(screen.columns.search, "tgu12")
    assert screen.columns.search.text() == "tgu12"
    assert not desk.asks.of(Decide) and QApplication.activePopupWidget() is None


def test_a_letter_shows_undecided_columns_only_and_all_again(open_screen: Open) -> None:
    screen = open_screen()
    press(screen, Keys.Key_U)
    assert [row.name for row in screen.columns.table.rows()] == ["flag_7"]
    press(screen, Keys.Key_U)
    assert len(screen.columns.table.rows()) == 3


def test_a_decision_moves_neither_the_rows_nor_the_selection(desk: FakeDesk, open_screen: Open) -> None:
    screen = open_screen()
    screen.columns.table.set_current("enc_class")
    press(screen, Keys.Key_1)
    desk.asks.answer_all()
    assert [row.name for row in screen.columns.table.rows()] == ["flag_7", "pat_id", "enc_class"]
    current = screen.columns.table.current()
    assert current is not None and current.name == "enc_class"


def test_control_and_arrows_go_from_table_to_table_while_deciding(desk: FakeDesk, open_screen: Open) -> None:
    screen = open_screen()
    press(screen, Keys.Key_Down, CONTROL)
    assert desk.asks.of(ReadTable)[-1].table == "patient"
    assert QApplication.focusWidget() is screen.columns.table


def test_a_table_is_found_by_its_state(desk: FakeDesk, open_screen: Open) -> None:
    screen = open_screen()
    QTest.keyClicks(screen.tables.search, "undecided")
    QTest.keyClick(screen.tables.search, Keys.Key_Return)
    assert [row.name for row in screen.tables.table.rows()] == ["enc_adm"]


def test_a_search_that_hides_the_open_table_leaves_it_open(desk: FakeDesk, open_screen: Open) -> None:
    screen = open_screen()
    QTest.keyClicks(screen.tables.search, "ward")
    QTest.keyClick(screen.tables.search, Keys.Key_Return)
    assert len(desk.asks.of(ReadTable)) == 1
    assert len(screen.columns.table.rows()) == 3


def test_f5_looks_and_the_stop_button_has_the_keyboard(desk: FakeDesk, open_screen: Open, qtbot: QtBot) -> None:
    desk.asks.answers[ListSources] = SourceList(rows=(new_source(),))
    screen = open_screen()
    press(screen, Keys.Key_F5)
    qtbot.waitUntil(lambda: bool(desk.sessions.lines))  # the button is seen to go down first
    assert desk.sessions.lines[0].sent == [Look(source="registry")]
    stop = QApplication.focusWidget()
    assert stop is not None and stop.accessibleName() == "Stop"
    QTest.keyClick(stop, Keys.Key_Space)
    assert desk.sessions.lines[0].killed


def test_the_changed_lines_of_the_agents_text_come_into_sight_and_are_found_by_key(
    desk: FakeDesk, open_screen: Open
) -> None:
    screen = open_screen()
    decided = Column(name="flag_7", type="VARCHAR", told="name", given="full", evidence=("a person decided on it",))
    desk.asks.answers[Decide] = shown(KEY_COLUMN, PLAIN_COLUMN, decided, choices=(FREE,) * 3)
    press(screen, Keys.Key_2)
    desk.asks.answer_all()
    desk.clock.pass_by(0.1)
    assert screen.told.text.textCursor().blockNumber() == 3
    screen.told.text.setFocus()
    screen.told.text.go_to(1)
    QTest.keyClick(screen.told.text, Keys.Key_F8)
    assert screen.told.text.textCursor().blockNumber() == 3


@pytest.mark.parametrize("size", [(860, 560), (1100, 740), (1700, 1000)])
def test_nothing_is_wider_than_the_screen(open_screen: Open, size: tuple[int, int]) -> None:
    screen = open_screen(size)
    assert screen.minimumSizeHint().width() <= size[0]
    right = screen.tables.bar.mapTo(screen, QPoint(screen.tables.bar.width(), 0)).x()
    assert right <= size[0]


def test_three_thousand_tables_and_columns_are_shown_and_decided_at_once(desk: FakeDesk, open_screen: Open) -> None:
    columns = tuple(Column(name=f"c_{n}", type="INTEGER") for n in range(3000))
    rows = tuple(table_row(f"t_{n}") for n in range(3000))
    desk.asks.answers[ListTables] = TableList(source="ehr", rows=rows)
    desk.asks.answers[ReadTable] = shown(*columns, name="t_0")
    desk.asks.answers[Decide] = shown(*columns, name="t_0")
    screen = open_screen()
    assert screen.tables.table.model().rowCount() == screen.columns.table.model().rowCount() == 3000
    QTest.keyClick(screen.columns.table, Keys.Key_A, CONTROL)
    press(screen, Keys.Key_1)
    assert len(desk.asks.of(Decide)[0].columns) == 3000
    desk.asks.answer_all()
    assert len(screen.columns.table.selected()) == 3000


def test_a_text_of_the_database_is_never_rich_text(desk: FakeDesk, open_screen: Open) -> None:
    column = Column(name="<b>x</b>", type="INT", description="<img src=x>\u202e", evidence=("<a href='x'>y</a>",))
    desk.asks.answers[ReadTable] = shown(column, UNKNOWN_COLUMN)
    screen = open_screen()
    screen.columns.table.set_current("<b>x</b>")
    texts = [label.text() for label in screen.columns.column.findChildren(type(screen.columns.column._why))]
    assert any("<img src=x>\\u202e" in text for text in texts)


def test_the_list_of_keys_is_short_and_said_in_words() -> None:
    assert all(keys and len(does) < 110 for keys, does in SHORTCUTS)
    assert len({keys for keys, _ in SHORTCUTS}) == len(SHORTCUTS)
