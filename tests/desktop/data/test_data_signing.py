"""Signing tables: which, what changes, the passphrase, and how it goes on."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from data_facts import KEY_COLUMN, PLAIN_COLUMN, shown, source, table_row
from data_view import FakeDataView, data_desk, data_screen
from fakes import FakeDesk
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from desktop.data.signing import changes_of
from desktop.data.view import DataScreen
from sandbox.errors import WrongPassphrase
from sandbox.reviewing.orders.data import Decide, ListSources, ReadTable, SignTables, SourceList, TableList
from sandbox.reviewing.orders.facts import Column

Open = Callable[..., DataScreen]
SIGNED = TableList(
    source="ehr", rows=(table_row("enc_adm", "signed"), table_row("patient", "signed"), table_row("ward", "changed"))
)


@pytest.fixture
def desk() -> FakeDesk:
    desk = data_desk()
    desk.asks.answers[ReadTable] = lambda order: shown(
        KEY_COLUMN, PLAIN_COLUMN, name=order.table, signed=(("name", "token"), ("name", "nothing")), state="changed"
    )
    return desk


def choose(view: FakeDataView, *names: str) -> None:
    view.presenter.tables.choose(names[0], names)


def to_sign(view: FakeDataView) -> tuple[str, str, list[str]]:
    found = view.last["show_to_sign"][0]
    return found.sentence, found.action, [row.name for row in found.tables]


def test_the_open_table_is_what_would_be_signed(desk: FakeDesk) -> None:
    assert to_sign(data_screen(desk)) == (
        "enc_adm: 2 columns told, 2 given, 1 undecided (told nothing, given nothing).",
        "Sign table…",
        ["enc_adm"],
    )


def test_several_tables_are_signed_at_once_and_those_that_are_signed_are_left_out(desk: FakeDesk) -> None:
    view = data_screen(desk)
    choose(view, "enc_adm", "patient", "ward")
    sentence, action, names = to_sign(view)
    assert names == ["enc_adm", "ward"]
    assert action == "Sign 2 tables…"
    assert sentence.endswith("1 more chosen table is signed already.")


def test_a_table_that_is_signed_as_decided_is_not_signed_again(desk: FakeDesk) -> None:
    view = data_screen(desk)
    choose(view, "patient")
    assert to_sign(view) == ("patient is signed as it is decided.", "Sign…", [])
    view.presenter.sign()
    desk.asks.answer_all()
    assert "open_signing" not in view.last


def test_the_dialog_says_which_tables_and_how_much(desk: FakeDesk) -> None:
    view = data_screen(desk)
    view.presenter.sign()
    dialog = view.last["open_signing"][0]
    assert dialog.title == "Sign table enc_adm of ehr"
    assert "2 columns of table enc_adm in ehr" in dialog.sentence
    assert dialog.warning == "1 column is undecided: told nothing and given nothing until you decide."
    assert [(one.name, one.told, one.given, one.before) for one in dialog.tables] == [
        ("enc_adm", "2 of 3", "2 of 3", "never signed")
    ]


def test_the_dialog_says_what_changes_against_the_signed_version(desk: FakeDesk) -> None:
    view = data_screen(desk)
    choose(view, "ward")
    view.presenter.sign()
    desk.asks.answer_all()
    table = view.last["open_signing"][0].tables[0]
    assert (table.name, table.before) == ("ward", "signed before")
    assert table.changes == (
        "1 column is different.",
        "enc_class: told was name, given was nothing; now told values, given full",
    )


def test_a_new_column_and_a_change_of_nothing_told_are_said_too() -> None:
    new = shown(KEY_COLUMN, PLAIN_COLUMN, signed=(("name", "token"), None), state="changed")
    assert changes_of(new) == ("1 column is new.", "enc_class: new; told values, given full")
    same = shown(KEY_COLUMN, signed=(("name", "token"),), state="changed")
    assert changes_of(same) == ("Nothing is told or given differently.",)
    hidden = shown(Column(name="a\u200bb", type="INT", told="name"), signed=(("nothing", "nothing"),), state="changed")
    assert changes_of(hidden) == (
        "1 column is different.",
        "a\\u200bb: told was nothing; now told name, given nothing",
    )


def test_exactly_the_tables_of_the_dialog_are_signed(desk: FakeDesk) -> None:
    view = data_screen(desk)
    choose(view, "enc_adm", "ward")
    view.presenter.sign()
    desk.asks.answer_all()
    choose(view, "patient")
    view.presenter.signing.sign("a passphrase")
    order = desk.asks.of(SignTables)[0]
    assert (order.source, order.tables, order.passphrase) == ("ehr", ("enc_adm", "ward"), "a passphrase")


def test_a_wrong_passphrase_leaves_the_dialog_open(desk: FakeDesk) -> None:
    view = data_screen(desk)
    view.presenter.sign()
    desk.asks.answers[SignTables] = WrongPassphrase("This passphrase does not open the reviewer's key.")
    view.presenter.signing.sign("wrong")
    desk.asks.answer_all()
    assert [type(one) for one in view.refused] == [WrongPassphrase]
    assert not view.finished and not view.notices


def test_after_signing_the_next_unsigned_table_is_open_and_the_index_is_offered(desk: FakeDesk) -> None:
    view = data_screen(desk)
    view.presenter.sign()
    desk.asks.answers[SignTables] = SIGNED
    view.presenter.signing.sign("right")
    desk.asks.answer_all()
    assert view.finished == ["signing"]
    assert view.last["show_tables"][2] == "ward"
    assert desk.asks.of(ReadTable)[-1] == ReadTable(source="ehr", table="ward")
    sentence, advice, action, do = view.notices[0]
    assert sentence == "Table enc_adm of ehr is signed."
    assert "no patient's name slips into a question" in advice
    assert action == "Index identifiers" and do is not None
    do()
    assert desk.sessions.lines[0].kind == "looking"


@pytest.mark.parametrize(("in_list", "then"), [(("enc_adm", "ward"), "ward"), (("enc_adm", "patient"), "enc_adm")])
def test_after_signing_it_goes_on_within_what_the_list_shows(
    desk: FakeDesk, in_list: tuple[str, ...], then: str
) -> None:
    view = data_screen(desk)
    view.in_list = in_list
    view.presenter.sign()
    desk.asks.answers[SignTables] = SIGNED
    view.presenter.signing.sign("right")
    desk.asks.answer_all()
    assert view.last["show_tables"][2] == then
    assert desk.asks.of(ReadTable)[-1] == ReadTable(source="ehr", table=then)


def test_a_list_that_shows_one_table_stays_at_it_after_signing(desk: FakeDesk, open_screen: Open) -> None:
    screen = open_screen()
    screen.tables.search.setText("enc_adm")
    QTest.keyClick(screen.tables.search, Qt.Key.Key_Return)
    assert [row.name for row in screen.tables.table.rows()] == ["enc_adm"]
    screen.presenter.sign()
    desk.asks.answers[SignTables] = SIGNED
    screen.presenter.signing.sign("right")
    desk.asks.answer_all()
    assert [row.name for row in screen.tables.table.selected()] == ["enc_adm"]
    assert desk.asks.of(ReadTable)[-1].table == "enc_adm"
    QTest.keyClick(screen.columns.table, Qt.Key.Key_1)
    assert desk.asks.of(Decide)[-1].table == "enc_adm"


def test_a_source_whose_look_changed_since_it_was_indexed_is_offered_an_index(desk: FakeDesk) -> None:
    desk.asks.answers[ListSources] = SourceList(rows=(source(known=True, known_is_old=True),))
    view = data_screen(desk)
    view.presenter.sign()
    desk.asks.answers[SignTables] = SIGNED
    view.presenter.signing.sign("right")
    desk.asks.answer_all()
    assert view.notices[0][2] == "Index identifiers"


def test_an_indexed_source_is_not_offered_an_index(desk: FakeDesk) -> None:
    desk.asks.answers[ListSources] = SourceList(rows=(source(known=True),))
    view = data_screen(desk)
    view.presenter.sign()
    desk.asks.answers[SignTables] = SIGNED
    view.presenter.signing.sign("right")
    desk.asks.answer_all()
    assert view.notices[0][2] == ""


def test_when_everything_is_signed_the_table_stays_and_is_read_as_signed(desk: FakeDesk) -> None:
    view = data_screen(desk)
    view.presenter.sign()
    rows = (table_row("enc_adm", "signed"), table_row("patient", "signed"), table_row("ward", "signed"))
    desk.asks.answers[SignTables] = TableList(source="ehr", rows=rows)
    view.presenter.signing.sign("right")
    desk.asks.answer_all()
    assert view.last["show_tables"][2] == "enc_adm"
    assert to_sign(view)[0] == "enc_adm is signed as it is decided."
    assert len(desk.asks.of(ReadTable)) == 2


def test_signing_waits_until_the_last_decision_has_arrived(desk: FakeDesk) -> None:
    view = data_screen(desk)
    view.presenter.deciding.decide(told="nothing")
    view.presenter.sign()
    assert "open_signing" not in view.last
    desk.asks.answer_all()
    assert "open_signing" in view.last


def test_a_locked_desk_opens_no_dialog_that_was_still_on_its_way(desk: FakeDesk) -> None:
    view = data_screen(desk)
    view.presenter.deciding.decide(told="nothing")
    view.presenter.sign()
    view.presenter.lock()
    desk.asks.answer_all()
    assert "open_signing" not in view.last
    assert view.closed == 1


def test_leaving_drops_what_is_being_gathered(desk: FakeDesk) -> None:
    view = data_screen(desk)
    choose(view, "ward")
    desk.asks.answer_all()
    view.presenter.sign()
    view.presenter.leave()
    desk.asks.answer_all()
    assert "open_signing" not in view.last


def test_the_whole_start_is_read_again_after_signing(desk: FakeDesk) -> None:
    view = data_screen(desk)
    view.presenter.told.show_whole(True)
    desk.asks.answer_all()
    view.presenter.sign()
    desk.asks.answers[SignTables] = SIGNED
    view.presenter.signing.sign("right")
    desk.asks.answer_all()
    assert view.last["show_told"][1] == "Source ehr: 1 tables.\n"
    assert sum(type(one).__name__ == "ReadAgentText" for one in desk.asks.given) == 2
