"""Settings on the screen: nothing is nameless, what is wrong is pointed to, secrets leave no trace in the fields."""

from __future__ import annotations

import msgspec
from fakes import STANDING, FakeDesk
from names import unnamed
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QLabel, QLineEdit
from pytestqt.qtbot import QtBot
from showing import show_in_front

from desktop.settings import build
from desktop.settings.dialogs import KeyDialog, PinDialog
from desktop.settings.view import SettingsScreen
from desktop.widgets import Button
from sandbox.errors import BadInput, WrongPassphrase
from sandbox.reviewing.orders import Done
from sandbox.reviewing.orders.settings import ChangeSettings, KeepModelKey, ReadSettings, SettingsShown
from sandbox.reviewing.orders.starting import DemoScript, SetPin, SourceStanding, Standing
from sandbox.workspace import Settings

SHOWN = SettingsShown(
    settings=Settings(reviewer="A Reviewer", model_url="https://models.example.org"),
    root="/workspace",
    fingerprint="0123456789abcdef" * 4,
    store="os",
    keyring="",
    has_model_key=True,
    model_key_for="https://models.example.org",
    has_pin=True,
    versions={"Preceptor": "1.0", "Python": "3.11"},
    public_key="-----BEGIN PUBLIC KEY-----",
)
EHR = SourceStanding(name="ehr", location="/data/ehr.duckdb", login=True, looked=True, tables=24, signed=9)


def arrived(qtbot: QtBot, standing: Standing = STANDING) -> tuple[FakeDesk, SettingsScreen]:
    desk = FakeDesk(msgspec.structs.replace(standing, sources=(EHR,)))
    desk.asks.answers = {ReadSettings: SHOWN}
    screen = build(desk)
    assert isinstance(screen, SettingsScreen)
    qtbot.addWidget(screen)
    screen.resize(1024, 640)
    show_in_front(qtbot, screen)
    screen.presenter.arrive({})
    desk.asks.answer_all()
    return desk, screen


def texts(screen: SettingsScreen) -> list[str]:
    return [label.text() for label in screen.findChildren(QLabel)]


def button(screen: SettingsScreen, name: str) -> Button:
    return next(one for one in screen.findChildren(Button) if one.accessibleName() == name)


def type_over(qtbot: QtBot, line: QLineEdit, text: str) -> None:
    line.setFocus()
    line.selectAll()
    qtbot.keyClicks(line, text)


def test_nothing_that_takes_the_focus_is_nameless(qtbot: QtBot) -> None:
    assert not unnamed(arrived(qtbot)[1])


def test_the_fingerprint_is_shown_in_groups_and_copied_without(qtbot: QtBot) -> None:
    desk, screen = arrived(qtbot)
    assert " ".join(["0123 4567 89ab cdef"] * 4) in texts(screen)
    screen.who.fingerprint.click()
    assert QGuiApplication.clipboard().text() == SHOWN.fingerprint
    assert desk.told == ["The fingerprint is copied."]


def test_every_number_says_its_range_in_its_help(qtbot: QtBot) -> None:
    _, screen = arrived(qtbot)
    assert "From 1 to 240." in screen.limits.lines["lock_after_minutes"].accessibleDescription()


def test_a_changed_field_is_named_as_not_saved_and_enter_saves(qtbot: QtBot) -> None:
    desk, screen = arrived(qtbot)
    type_over(qtbot, screen.limits.lines["program_seconds"], "900")
    assert "Longest run" in screen.bar.sentence
    qtbot.keyClick(screen.limits.lines["program_seconds"], Qt.Key.Key_Return)
    saved = msgspec.structs.replace(SHOWN, settings=msgspec.structs.replace(SHOWN.settings, program_seconds=900))
    desk.asks.answers[ChangeSettings] = saved
    desk.asks.answer_all()
    assert screen.bar.sentence == "Everything is saved."
    assert screen.limits.lines["program_seconds"].text() == "900"


def test_what_can_not_be_saved_has_the_focus_and_the_reason(qtbot: QtBot) -> None:
    desk, screen = arrived(qtbot)
    line = screen.limits.lines["lock_after_minutes"]
    type_over(qtbot, line, "0")
    screen.who.fingerprint.setFocus()
    button(screen, "Save").click()
    assert screen.focusWidget() is line
    assert "from 1 to 240" in line.accessibleDescription()
    assert not desk.asks.of(ChangeSettings)


def test_a_refused_address_stays_as_it_was_typed(qtbot: QtBot) -> None:
    desk, screen = arrived(qtbot)
    desk.asks.answers[ChangeSettings] = BadInput("The model's address in the settings is no URL.")
    type_over(qtbot, screen.model.lines["model_url"], "nonsense")
    button(screen, "Save").click()
    desk.asks.answer_all()
    assert screen.model.lines["model_url"].text() == "nonsense"
    assert screen.focusWidget() is screen.model.lines["model_url"]
    assert screen.notice.sentence == "The model's address in the settings is no URL."


def test_discard_brings_back_what_is_saved(qtbot: QtBot) -> None:
    _, screen = arrived(qtbot)
    type_over(qtbot, screen.model.lines["model"], "another")
    button(screen, "Discard").click()
    assert screen.model.lines["model"].text() == SHOWN.settings.model


def test_a_pin_is_set_when_both_are_the_same(qtbot: QtBot) -> None:
    desk, screen = arrived(qtbot)
    button(screen, "Change the PIN…").click()
    dialog = screen._dialogs[0]
    assert isinstance(dialog, PinDialog)
    assert not unnamed(dialog)
    passphrase, pin, repeat = dialog.findChildren(QLineEdit)
    qtbot.keyClicks(passphrase, "four unrelated words")
    qtbot.keyClicks(pin, "4821")
    qtbot.keyClicks(repeat, "4822")
    qtbot.keyClick(repeat, Qt.Key.Key_Return)
    assert not desk.asks.of(SetPin)
    qtbot.keyClick(repeat, Qt.Key.Key_Backspace)
    qtbot.keyClicks(repeat, "1")
    qtbot.keyClick(repeat, Qt.Key.Key_Return)
    assert desk.asks.of(SetPin) == [SetPin(passphrase="four unrelated words", pin="4821")]
    desk.asks.answers[SetPin] = WrongPassphrase("This passphrase does not open the reviewer's key.")
    desk.asks.answer_all()
    assert dialog.isVisible()
    desk.asks.answers[SetPin] = Done(sentence="The PIN is set.")
    qtbot.keyClick(repeat, Qt.Key.Key_Return)
    desk.asks.answer_all()
    assert not dialog.isVisible()
    assert desk.told == ["The PIN is set."]
    assert not [line.text() for line in (passphrase, pin, repeat) if line.text()]


def test_a_key_is_stored_through_a_dialog_that_says_for_whom(qtbot: QtBot) -> None:
    desk, screen = arrived(qtbot)
    button(screen, "Store another key…").click()
    dialog = screen._dialogs[0]
    assert isinstance(dialog, KeyDialog)
    assert any("https://models.example.org only" in label.text() for label in dialog.findChildren(QLabel))
    (line,) = dialog.findChildren(QLineEdit)
    qtbot.keyClicks(line, "sk-secret")
    qtbot.keyClick(line, Qt.Key.Key_Return)
    assert desk.asks.of(KeepModelKey) == [KeepModelKey(key="sk-secret")]


def test_locking_closes_what_holds_a_secret(qtbot: QtBot) -> None:
    _, screen = arrived(qtbot)
    button(screen, "Store another key…").click()
    dialog = screen._dialogs[0]
    qtbot.keyClicks(dialog.findChildren(QLineEdit)[0], "sk-secret")
    screen.presenter.lock()
    assert not dialog.isVisible()
    assert dialog.findChildren(QLineEdit)[0].text() == ""


def test_in_a_demo_the_model_can_not_be_changed(qtbot: QtBot) -> None:
    script = DemoScript(question="?", comment="", comment_on="", purpose="", tables=())
    _, screen = arrived(qtbot, msgspec.structs.replace(STANDING, store="throwaway", demo=script))
    assert screen.model.lines["model_url"].isReadOnly()
    assert not button(screen, "Store a key…").isVisible()


def test_sources_are_listed_and_lead_to_data(qtbot: QtBot) -> None:
    desk, screen = arrived(qtbot)
    assert any("9 of 24 tables signed" in text for text in texts(screen))
    button(screen, "Open Data").click()
    assert desk.went == [("data", {})]
