"""The dialogs: by keyboard, named, complete, and keeping what was typed."""

from __future__ import annotations

from collections.abc import Callable

from data_facts import KEY_COLUMN, PLAIN_COLUMN, shown, table_row
from fakes import FakeDesk
from names import unnamed
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit

from desktop.data.dialogs import ConnectDialog
from desktop.data.sign_dialog import SignDialog
from desktop.data.view import DataScreen
from sandbox.errors import BadInput, WrongPassphrase
from sandbox.reviewing.orders.data import AddSource, ListTables, ReadTable, SignTables, TableList

Keys = Qt.Key
CONTROL = Qt.KeyboardModifier.ControlModifier
Open = Callable[..., DataScreen]


def sign_by_keys(screen: DataScreen) -> None:
    QTest.keyClick(QApplication.focusWidget() or screen, Keys.Key_Return, CONTROL)
    QApplication.processEvents()


def typed(field: QLineEdit, text: str) -> None:
    field.clear()
    QTest.keyClicks(field, text)


def test_the_dialogs_are_named_too(desk: FakeDesk, open_screen: Open) -> None:
    screen = open_screen()
    screen.dialogs.open_connect()
    assert screen.dialogs.open_dialog is not None
    assert not unnamed(screen.dialogs.open_dialog)
    screen.presenter.sign()
    assert isinstance(screen.dialogs.open_dialog, SignDialog)
    assert not unnamed(screen.dialogs.open_dialog)


def test_signing_by_keyboard_alone(desk: FakeDesk, open_screen: Open) -> None:
    screen = open_screen()
    sign_by_keys(screen)
    dialog = screen.dialogs.open_dialog
    assert isinstance(dialog, SignDialog)
    typed(dialog.passphrase, "right")
    QTest.keyClick(dialog.passphrase, Keys.Key_Return)
    assert desk.asks.of(SignTables) == [SignTables(source="ehr", tables=("enc_adm",), seen=("",), passphrase="right")]
    desk.asks.answer_all()
    assert screen.dialogs.open_dialog is None
    assert screen.notice.sentence == "Table enc_adm of ehr is signed."


def test_every_table_that_is_signed_can_be_read_in_full(desk: FakeDesk, open_screen: Open) -> None:
    long = "hospital_billing_line_item_adjustments_archive"
    desk.asks.answers[ListTables] = TableList(source="ehr", rows=tuple(table_row(f"{long}_{n}") for n in range(40)))
    screen = open_screen()
    QTest.keyClick(screen.tables.table, Keys.Key_A, CONTROL)
    screen.presenter.sign()
    assert isinstance(screen.dialogs.open_dialog, SignDialog)
    tables = screen.dialogs.open_dialog.tables
    assert len(tables.rows()) == 40
    assert tables.columnWidth(0) > tables.fontMetrics().horizontalAdvance(f"{long}_39")


def test_nothing_is_signed_without_a_passphrase(desk: FakeDesk, open_screen: Open) -> None:
    screen = open_screen()
    sign_by_keys(screen)
    assert isinstance(screen.dialogs.open_dialog, SignDialog)
    QTest.keyClick(screen.dialogs.open_dialog.passphrase, Keys.Key_Return)
    assert not desk.asks.of(SignTables)


def test_after_a_wrong_passphrase_another_can_be_typed(desk: FakeDesk, open_screen: Open) -> None:
    desk.asks.answers[SignTables] = WrongPassphrase("This passphrase does not open the reviewer's key.")
    screen = open_screen()
    screen.presenter.sign()
    dialog = screen.dialogs.open_dialog
    assert isinstance(dialog, SignDialog)
    typed(dialog.passphrase, "wrong")
    QTest.keyClick(dialog.passphrase, Keys.Key_Return)
    desk.asks.answer_all()
    assert screen.dialogs.open_dialog is dialog
    assert dialog.passphrase.isEnabled() and dialog.passphrase.selectedText()


def test_what_changes_is_in_the_dialog_to_the_letter(desk: FakeDesk, open_screen: Open) -> None:
    desk.asks.answers[ReadTable] = lambda order: shown(
        KEY_COLUMN, PLAIN_COLUMN, name=order.table, signed=(("name", "token"), ("name", "nothing")), state="changed"
    )
    screen = open_screen()
    screen.tables.table.set_current("ward")
    desk.asks.answer_all()
    screen.presenter.sign()
    desk.asks.answer_all()
    assert isinstance(screen.dialogs.open_dialog, SignDialog)
    changes = screen.dialogs.open_dialog.changes
    assert changes is not None
    assert changes.toPlainText() == (
        "ward\n  1 column is different.\n  enc_class: told was name, given was nothing; now told values, given full"
    )


def test_a_refused_source_keeps_what_was_typed(desk: FakeDesk, open_screen: Open) -> None:
    desk.asks.answers[AddSource] = BadInput("A name here has letters, digits, - and _ only.")
    screen = open_screen()
    screen.dialogs.open_connect()
    dialog = screen.dialogs.open_dialog
    assert isinstance(dialog, ConnectDialog)
    typed(dialog.name, "Bad name!")
    dialog.place.set_path("/hospital/ehr.duckdb")
    typed(dialog.login, "a login")
    QTest.keyClick(dialog.login, Keys.Key_Return)
    desk.asks.answer_all()
    assert screen.dialogs.open_dialog is dialog
    assert (dialog.name.text(), dialog.place.path(), dialog.login.text()) == (
        "Bad name!",
        "/hospital/ehr.duckdb",
        "a login",
    )
    assert dialog.name.isEnabled()


def test_a_lock_closes_the_dialog_with_what_was_typed(open_screen: Open) -> None:
    screen = open_screen()
    screen.presenter.sign()
    assert screen.dialogs.open_dialog is not None
    screen.presenter.lock()
    assert screen.dialogs.open_dialog is None
