"""The screen *Records* as a person meets it."""

from __future__ import annotations

from typing import Any

import pytest
from fakes import FakeDesk
from names import unnamed
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QPushButton
from pytestqt.qtbot import QtBot
from records_parts import APPROVAL, RUN, VERDICT
from showing import show_in_front

from desktop.records import build
from desktop.records.forms import BundleForm, RevokeForm
from desktop.records.view import RecordsScreen
from sandbox.errors import BadInput
from sandbox.reviewing.orders.records import BundleMade, MakeBundle, Revoke, VerifyBundle


@pytest.fixture
def screen(desk: FakeDesk, qtbot: QtBot) -> RecordsScreen:
    made = build(desk)  # type: ignore[arg-type]
    assert isinstance(made, RecordsScreen)
    qtbot.addWidget(made)
    made.resize(1100, 760)
    show_in_front(qtbot, made)
    made.presenter.arrive({"approval": APPROVAL.id})
    desk.asks.answer_all()
    return made


def button(widget: Any, text: str) -> QPushButton:
    return next(one for one in widget.findChildren(QPushButton) if one.text() == text and one.isVisible())


def texts(widget: Any) -> str:
    return "\n".join(label.text() for label in widget.findChildren(QLabel) if label.isVisible())


@pytest.mark.parametrize("tab", ["approvals", "runs", "log", "verify"])
def test_everything_that_takes_the_keyboard_has_a_name(screen: RecordsScreen, desk: FakeDesk, tab: str) -> None:
    screen.presenter.turn_to(tab)  # type: ignore[arg-type]
    desk.asks.answer_all()
    assert unnamed(screen) == []
    assert screen.first_focus().isVisible()


def test_an_approval_is_shown_in_words_as_a_program_and_as_signed(screen: RecordsScreen, qtbot: QtBot) -> None:
    assert "Quality improvement" in texts(screen)
    button(screen, "Program").click()
    assert screen._approvals._details._program.isVisible()
    button(screen, "As signed").click()
    assert screen._approvals._details._statement.isVisible()


def test_another_approval_keeps_the_form_in_which_records_are_shown(screen: RecordsScreen, desk: FakeDesk) -> None:
    button(screen, "As signed").click()
    screen.presenter.signed.choose_approval(APPROVAL.id)
    desk.asks.answer_all()
    assert screen._approvals._details._statement.isVisible()
    assert button(screen, "As signed").isChecked()


def test_tabs_are_turned_by_keyboard_and_read_when_they_are(screen: RecordsScreen, desk: FakeDesk) -> None:
    button(screen, "Audit log").click()
    desk.asks.answer_all()
    assert "The log is whole: 214 entries" in texts(screen)
    assert screen._log._table.isVisible()


def test_the_log_is_searched(screen: RecordsScreen, desk: FakeDesk, qtbot: QtBot) -> None:
    screen.presenter.turn_to("log")
    desk.asks.answer_all()
    qtbot.keyClicks(screen._log._search, "finished")
    qtbot.keyClick(screen._log._search, Qt.Key.Key_Return)
    assert [row.n for row in screen._log._table.rows()] == [214]


def test_revoking_needs_a_reason_and_the_passphrase(screen: RecordsScreen, desk: FakeDesk) -> None:
    button(screen, "Revoke…").click()
    form = screen.findChild(RevokeForm)
    assert not button(form, "Revoke").isEnabled()
    form._reason.setText("The definition was wrong.")
    form._passphrase.setText("secret")
    assert unnamed(form) == []
    desk.asks.answers[Revoke] = APPROVAL
    button(form, "Revoke").click()
    desk.asks.answer_all()
    assert desk.asks.of(Revoke)[0].reason == "The definition was wrong."
    assert screen._form is None


def test_a_bundle_that_was_made_is_verified_from_its_notice(screen: RecordsScreen, desk: FakeDesk) -> None:
    desk.asks.answers[MakeBundle] = BundleMade(path="/home/bundle", files=(), sentence="28 files are in bundle.")
    button(screen, "Bundle…").click()
    form = screen.findChild(BundleForm)
    form._to.set_path("/home/bundle")
    button(form, "Make the bundle").click()
    desk.asks.answer_all()
    assert screen.notice.sentence == "28 files are in bundle."
    button(screen.notice, "Verify it").click()
    desk.asks.answer_all()
    assert desk.asks.of(VerifyBundle) == [VerifyBundle(path="/home/bundle", own=True)]
    assert VERDICT.sentence.removesuffix(".") in texts(screen)


def test_a_refused_bundle_stays_in_its_form(screen: RecordsScreen, desk: FakeDesk) -> None:
    desk.asks.answers[MakeBundle] = BadInput("The folder for the bundle exists already.")
    button(screen, "Bundle…").click()
    form = screen.findChild(BundleForm)
    button(form, "Make the bundle").click()
    desk.asks.answer_all()
    assert form.isVisible() and "exists already" in texts(form)


def test_a_named_key_has_a_field_only_when_it_is_wanted(screen: RecordsScreen, desk: FakeDesk) -> None:
    screen.presenter.turn_to("verify")
    assert not screen._verify._key.isVisible()
    button(screen, "A key I name").click()
    assert screen._verify._key.isVisible()
    screen._verify._path.set_path("/b")
    screen._verify._key.set_path("abcd")
    button(screen, "Verify").click()
    assert desk.asks.of(VerifyBundle) == [VerifyBundle(path="/b", trusted=("abcd",))]
    assert not button(screen, "Verify").isEnabled()


def test_enter_in_the_path_of_a_bundle_verifies_it(screen: RecordsScreen, desk: FakeDesk, qtbot: QtBot) -> None:
    screen.presenter.turn_to("verify")
    screen._verify._path.set_path("/b")
    qtbot.keyClick(screen._verify._path._line, Qt.Key.Key_Return)
    assert desk.asks.of(VerifyBundle) == [VerifyBundle(path="/b", own=True)]


def test_a_run_record_shows_no_program(screen: RecordsScreen, desk: FakeDesk) -> None:
    screen.presenter.arrive({"run": RUN.id})
    desk.asks.answer_all()
    shown = [one.text() for one in screen._runs.findChildren(QPushButton) if one.isVisible()]
    assert "Program" not in shown and "Show its results" in shown
