"""Undoing decisions, filtering columns, choosing forms, and the page: what the screen asks and says."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from data_facts import FREE, KEY_COLUMN, PLAIN_COLUMN, UNKNOWN_COLUMN, shown
from data_view import FakeDataView, data_desk, data_screen
from fakes import FakeDesk
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from desktop.data.dialogs import PageDialog
from desktop.data.view import DataScreen
from desktop.data.wording import since_sentence
from sandbox.errors import BadInput
from sandbox.reviewing.orders.data import (
    Decide,
    Derive,
    FormsShown,
    ReadForms,
    ReadTable,
    TakeBack,
    Undoable,
    WritePage,
)
from sandbox.reviewing.orders.facts import Column

Keys = Qt.Key
CONTROL = Qt.KeyboardModifier.ControlModifier
Open = Callable[..., DataScreen]
UNDO = Undoable(columns=1, first="flag_7", told=("name",), given=("full",))
DECIDED = Column(name="flag_7", type="VARCHAR", told="name", given="full", evidence=("a person decided on it",))


@pytest.fixture
def desk() -> FakeDesk:
    desk = data_desk()
    desk.asks.answers[Decide] = shown(KEY_COLUMN, PLAIN_COLUMN, DECIDED, choices=(FREE,) * 3, undo=UNDO)
    return desk


def undo(view: FakeDataView) -> tuple[str, int]:
    return view.last["show_undo"]  # type: ignore[no-any-return]


def test_what_was_decided_can_be_undone_and_is_said_at_once(desk: FakeDesk) -> None:
    view = data_screen(desk)
    assert undo(view) == ("", 0)
    view.presenter.deciding.take_offer("2")
    assert undo(view) == ("flag_7: told name, given full", 1)
    desk.asks.answer_all()
    assert undo(view) == ("flag_7: told name, given full", 1)


def test_undoing_goes_behind_the_decisions_that_are_on_their_way(desk: FakeDesk) -> None:
    view = data_screen(desk)
    view.presenter.deciding.take_offer("2")
    view.presenter.deciding.take_back()
    assert undo(view) == ("", 0)
    view.presenter.deciding.take_back()
    desk.asks.answer_all()
    assert desk.asks.of(TakeBack) == [TakeBack(source="ehr", table="enc_adm")]
    assert view.last["show_columns"][0][0].undecided
    assert view.went_to[-1] == "flag_7"


def test_a_decision_that_gives_each_column_its_own_is_one_to_be_undone(desk: FakeDesk) -> None:
    view = data_screen(desk)
    view.presenter.deciding.choose("flag_7", ("flag_7", "pat_id", "enc_class"))
    view.presenter.deciding.take_offer("2")
    assert undo(view) == ("3 columns: told name, given token or full", 1)
    desk.asks.answer_all()
    assert [order.goes_on for order in desk.asks.of(Decide)] == [False, True]


def test_a_refusal_to_undo_is_told(desk: FakeDesk) -> None:
    view = data_screen(desk)
    view.presenter.deciding.take_offer("2")
    desk.asks.answers[TakeBack] = BadInput("enc_adm was signed since that decision, so nothing was taken back.")
    view.presenter.deciding.take_back()
    desk.asks.answer_all()
    assert "was signed since" in view.problems[0].sentence


def test_decisions_that_are_not_sent_yet_are_work_that_closing_would_end(desk: FakeDesk) -> None:
    view = data_screen(desk)
    view.presenter.deciding.take_offer("2")
    assert "deciding" not in desk.busy_with
    view.presenter.deciding.decide(told="nothing")
    assert desk.busy_with["deciding"] == "2 decisions on the way…"
    desk.asks.answer_all()
    assert "deciding" not in desk.busy_with


def test_columns_are_found_by_name_class_and_reason(desk: FakeDesk) -> None:
    view = data_screen(desk)
    for text, names in (
        ("pat", ["pat_id"]),
        ("patient key", ["pat_id"]),
        ("no rule", ["flag_7"]),
        ("xyzzy", []),
        ("", ["flag_7", "pat_id", "enc_class"]),
    ):
        view.presenter.deciding.find(text)
        assert view.column_names == names


def test_only_what_changed_since_the_signature_can_be_shown(desk: FakeDesk) -> None:
    signed = (("name", "token"), ("name", "nothing"), None)
    desk.asks.answers[ReadTable] = shown(KEY_COLUMN, PLAIN_COLUMN, UNKNOWN_COLUMN, signed=signed, gone=("old",))
    view = data_screen(desk)
    view.presenter.deciding.show_which("changed")
    assert view.column_names == ["flag_7", "enc_class"]
    counts = view.last["show_columns"][2]
    assert (counts.all, counts.undecided, counts.changed) == (3, 1, 2)
    sentence = since_sentence(view.last["show_table"][0].since)
    assert sentence == "Since it was signed: 1 column is new, 1 is gone, 1 is different. Gone: old."


def test_forms_are_asked_for_once_the_keyboard_rests(desk: FakeDesk) -> None:
    view = data_screen(desk)
    for name in ("pat_id", "enc_class", "flag_7"):
        view.presenter.deciding.choose(name, (name,))
    assert not desk.asks.of(ReadForms)
    desk.clock.pass_by(0.2)
    desk.asks.answer_all()
    assert [order.column for order in desk.asks.of(ReadForms)] == ["flag_7"]
    view.presenter.deciding.choose("pat_id", ("pat_id", "flag_7"))
    desk.clock.pass_by(0.2)
    assert len(desk.asks.of(ReadForms)) == 1
    assert view.last["show_forms"] == (None,)


def test_a_chosen_form_is_an_order_and_can_be_undone(desk: FakeDesk) -> None:
    view = data_screen(desk)
    view.presenter.deciding.derive("days_since:admit_dt")
    assert undo(view) == ("flag_7: told name, days since admit_dt", 1)  # nothing of it was told
    assert desk.asks.of(Derive) == [Derive(source="ehr", table="enc_adm", column="flag_7", form="days_since:admit_dt")]


def test_the_page_is_written_where_it_is_wanted_and_offered_to_be_opened(desk: FakeDesk) -> None:
    view = data_screen(desk)
    view.presenter.page.ask_where()
    assert view.last["open_page"][0].endswith("what-is-told.pdf")
    view.presenter.page.write("/home/me/told.pdf")
    assert desk.busy_with["page"]
    desk.asks.answer_all()
    assert desk.asks.of(WritePage) == [WritePage(to="/home/me/told.pdf")]
    assert view.finished == ["page"] and "page" not in desk.busy_with
    sentence, _, action, do = view.notices[0]
    assert (sentence, action) == ("All that is told and given of 1 signed table is in told.pdf.", "Open it")
    assert do is not None
    do()
    assert view.last["open_file"] == ("/home/me/told.pdf",)


# With real keys.


def press(screen: DataScreen, key: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    QTest.keyClick(QApplication.focusWidget() or screen, key, modifier)
    QApplication.processEvents()


def test_what_a_search_hides_is_not_decided_although_it_was_chosen(desk: FakeDesk, open_screen: Open) -> None:
    screen = open_screen()
    press(screen, Keys.Key_A, CONTROL)
    screen.columns.search.setText("flag")
    QTest.keyClick(screen.columns.search, Keys.Key_Return)
    screen.columns.table.setFocus()
    press(screen, Keys.Key_1)
    screen.columns.search.setText("enc")
    QTest.keyClick(screen.columns.search, Keys.Key_Return)
    screen.columns.table.setFocus()
    press(screen, Keys.Key_A, CONTROL)
    press(screen, Keys.Key_1)
    desk.asks.answer_all()
    assert [order.columns for order in desk.asks.of(Decide)] == [("flag_7",), ("enc_class",)]


def test_control_z_undoes_and_the_button_says_what(desk: FakeDesk, open_screen: Open) -> None:
    screen = open_screen()
    press(screen, Keys.Key_Z, CONTROL)
    assert not desk.asks.of(TakeBack)
    press(screen, Keys.Key_2)
    desk.asks.answer_all()
    assert screen.columns.bar._undo.accessibleName() == "Undo flag_7: told name, given full"
    press(screen, Keys.Key_Z, CONTROL)
    desk.asks.answer_all()
    assert len(desk.asks.of(TakeBack)) == 1
    assert not screen.columns.bar._undo.isEnabled()


def test_undoing_leaves_all_that_is_chosen_chosen(desk: FakeDesk, open_screen: Open) -> None:
    several = Undoable(columns=3, first="flag_7", told=("name",), given=("full",))
    desk.asks.answers[Decide] = shown(KEY_COLUMN, PLAIN_COLUMN, DECIDED, choices=(FREE,) * 3, undo=several)
    screen = open_screen()
    table, window = screen.columns.table, screen.window().windowHandle()
    for key, modifier in ((Keys.Key_A, CONTROL), (Keys.Key_2, Qt.KeyboardModifier.NoModifier)):
        QTest.keyClick(window, key, modifier)
        desk.asks.answer_all()
    QTest.keyPress(window, Keys.Key_Z, CONTROL)  # the answer comes while the key is down
    desk.asks.answer_all()
    QTest.keyRelease(window, Keys.Key_Z, CONTROL)
    assert len(desk.asks.of(TakeBack)) == 1
    assert len(table.selected()) == 3
    QTest.keyClick(window, Keys.Key_2)
    assert {name for order in desk.asks.of(Decide)[-2:] for name in order.columns} == {"pat_id", "enc_class", "flag_7"}


def test_undoing_goes_to_a_column_that_is_not_chosen_and_to_that_alone(desk: FakeDesk, open_screen: Open) -> None:
    screen = open_screen()
    table, window = screen.columns.table, screen.window().windowHandle()
    QTest.keyClick(window, Keys.Key_2)
    desk.asks.answer_all()
    table.set_current("pat_id")
    QTest.keyPress(window, Keys.Key_Z, CONTROL)
    desk.asks.answer_all()
    QTest.keyRelease(window, Keys.Key_Z, CONTROL)
    assert [row.name for row in table.selected()] == ["flag_7"]


def test_what_is_given_is_told_by_name_and_what_is_told_stays_so(desk: FakeDesk) -> None:
    view = data_screen(desk)
    view.presenter.deciding.choose("flag_7", ("flag_7", "enc_class"))
    view.presenter.deciding.decide(given="full")
    desk.asks.answer_all()
    assert [(one.columns, one.told, one.given, one.goes_on) for one in desk.asks.of(Decide)] == [
        (("flag_7",), "name", "full", False),
        (("enc_class",), None, "full", True),
    ]
    view.presenter.deciding.choose("flag_7", ("flag_7",))
    view.presenter.deciding.decide(given="nothing")
    assert desk.asks.of(Decide)[-1].told is None


def test_the_name_of_what_is_not_given_after_all_is_not_told(desk: FakeDesk) -> None:
    view = data_screen(desk)
    desk.asks.answers[Derive] = BadInput("Nothing is derived from flag_7.")
    view.presenter.deciding.derive("month")
    desk.asks.answer_all()
    assert not desk.asks.of(Decide)
    assert [one.sentence for one in view.problems] == ["Nothing is derived from flag_7."]


def test_digits_give_as_well_as_tell(desk: FakeDesk, open_screen: Open) -> None:
    screen = open_screen()
    press(screen, Keys.Key_7)
    press(screen, Keys.Key_5)  # no token is offered for it
    desk.asks.answer_all()
    assert desk.asks.of(Decide) == [
        Decide(source="ehr", table="enc_adm", columns=("flag_7",), told="name", given="full")
    ]


@pytest.mark.qt_log_ignore("does not support grabbing the keyboard", "does not support raise")
def test_a_form_is_chosen_by_key(desk: FakeDesk, open_screen: Open, qtbot: QtBot) -> None:
    desk.asks.answers[ReadForms] = lambda order: FormsShown(
        source="ehr", table="enc_adm", column=order.column, open=("month", "year", "days_since:admit_dt")
    )
    screen = open_screen()
    desk.clock.pass_by(0.2)
    desk.asks.answer_all()
    press(screen, Keys.Key_D)
    menu = screen.columns.column._forms_menu
    qtbot.waitUntil(menu.isVisible)
    assert [action.data() for action in menu.actions() if action.menu() is None] == ["month", "year"]
    QTest.keyClick(menu, Keys.Key_M)
    assert desk.asks.of(Derive) == [Derive(source="ehr", table="enc_adm", column="flag_7", form="month")]


def test_a_letter_shows_what_changed_and_all_again(desk: FakeDesk, open_screen: Open) -> None:
    signed = (("name", "token"), ("values", "full"), None)
    desk.asks.answers[ReadTable] = shown(KEY_COLUMN, PLAIN_COLUMN, UNKNOWN_COLUMN, signed=signed)
    screen = open_screen()
    press(screen, Keys.Key_C)
    assert [row.name for row in screen.columns.table.rows()] == ["flag_7"]
    press(screen, Keys.Key_C)
    assert len(screen.columns.table.rows()) == 3


def test_the_page_is_asked_for_by_key_and_its_refusal_stays_in_the_dialog(desk: FakeDesk, open_screen: Open) -> None:
    desk.asks.answers[WritePage] = BadInput("told.pdf is there already.", "Choose a new name.")
    screen = open_screen()
    screen.presenter.page.ask_where()
    dialog = screen.dialogs.open_dialog
    assert isinstance(dialog, PageDialog)
    assert Path(dialog.place.path()).name == "what-is-told.pdf"
    QTest.keyClick(dialog.place, Keys.Key_Return)
    desk.asks.answer_all()
    assert screen.dialogs.open_dialog is dialog and dialog.place.isEnabled()
    assert len(desk.asks.of(WritePage)) == 1
