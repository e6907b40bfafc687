"""A form is filled in, accepted and left by keyboard alone; what was typed is never lost."""

from __future__ import annotations

import pytest
from names import unnamed
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit, QPlainTextEdit
from pytestqt.qtbot import QtBot

from desktop.widgets import Busy, Button, FormDialog, Notice, PassphraseField
from sandbox.errors import WrongPassphrase

Key = Qt.Key


class Form:
    """A dialog with two fields, shown."""

    def __init__(self, qtbot: QtBot) -> None:
        self.dialog = FormDialog("Sign draft 2", None, primary="Sign", icon="sign")
        qtbot.addWidget(self.dialog)
        self.purpose, self.secret, self.note = QLineEdit(), PassphraseField(), QPlainTextEdit()
        self.dialog.add_text("You approve exactly this program.")
        self.dialog.add("Purpose", self.purpose, "It is written into the approval.")
        self.dialog.add("Note", self.note)
        self.dialog.add("Passphrase", self.secret)
        self.accepted: list[str] = []
        self.dialog.accepted_form.connect(lambda: self.accepted.append(self.purpose.text()))
        self.dialog.open()

    def button(self, text: str) -> Button:
        return next(one for one in self.dialog.findChildren(Button) if one.text() == text)


@pytest.fixture
def form(qtbot: QtBot) -> Form:
    return Form(qtbot)


def test_every_field_has_its_label_as_its_name_and_its_help_as_description(form: Form) -> None:
    assert unnamed(form.dialog) == []
    accessible = QAccessible.queryAccessibleInterface(form.purpose)
    assert accessible.text(QAccessible.Text.Name) == "Purpose"
    assert form.purpose.accessibleDescription() == "It is written into the approval."


def test_the_first_field_has_the_keyboard(form: Form) -> None:
    assert form.dialog.focusWidget() is form.purpose


def test_enter_in_a_field_is_the_primary_button_once(form: Form, qtbot: QtBot) -> None:
    qtbot.keyClicks(form.purpose, "audit")
    qtbot.keyClick(form.purpose, Key.Key_Return)
    assert form.accepted == ["audit"] and form.dialog.isVisible()


def test_enter_in_a_text_of_several_lines_is_a_new_line(form: Form, qtbot: QtBot) -> None:
    form.note.setFocus()
    qtbot.keyClick(form.note, Key.Key_Return)
    assert form.accepted == [] and form.note.toPlainText() == "\n"


def test_enter_on_cancel_cancels(form: Form, qtbot: QtBot) -> None:
    cancel = form.button("Cancel")
    cancel.setFocus()
    qtbot.keyClick(cancel, Key.Key_Return)
    assert form.accepted == [] and not form.dialog.isVisible()


def test_what_is_not_ready_is_not_accepted(form: Form, qtbot: QtBot) -> None:
    form.dialog.set_ready(False)
    qtbot.keyClick(form.purpose, Key.Key_Return)
    assert form.accepted == [] and not form.button("Sign").isEnabled() and form.dialog.isVisible()


def test_enter_goes_to_the_next_empty_field_until_it_is_ready(form: Form, qtbot: QtBot) -> None:
    form.dialog.set_missing("Still missing: your passphrase.")
    qtbot.keyClicks(form.purpose, "audit")
    qtbot.keyClick(form.purpose, Key.Key_Return)
    assert form.dialog.focusWidget() is form.secret and form.accepted == []
    qtbot.keyClicks(form.secret, "secret words")
    form.dialog.set_missing("")
    qtbot.keyClick(form.secret, Key.Key_Return)
    assert form.accepted == ["audit"]


def test_a_grey_button_says_in_words_what_is_missing(form: Form, qtbot: QtBot) -> None:
    form.dialog.set_missing("Still missing: your passphrase.")
    [label] = [one for one in form.dialog.findChildren(QLabel) if one.text() == "Still missing: your passphrase."]
    assert label.isVisible() and not form.button("Sign").isEnabled()
    assert form.button("Sign").accessibleDescription() == "Still missing: your passphrase."
    form.dialog.busy("Signing …")
    assert not label.isVisible()
    form.dialog.busy(None)
    assert label.isVisible()
    form.dialog.set_missing("")
    assert not label.isVisible() and form.button("Sign").isEnabled()


def test_a_refused_passphrase_is_typed_over_and_a_second_refusal_is_seen(form: Form, qtbot: QtBot) -> None:
    [notice] = form.dialog.findChildren(Notice)
    qtbot.keyClicks(form.purpose, "audit")
    for again in ("", "Again (2)", "Again (3)"):
        form.secret.setFocus()
        qtbot.keyClicks(form.secret, "wrong")
        form.button("Sign").setFocus()
        form.button("Sign").click()
        assert notice.isHidden()
        form.dialog.busy("Signing …")
        form.dialog.show_problem(WrongPassphrase("The passphrase does not open your key."))
        assert notice.again == again
        assert form.dialog.focusWidget() is form.secret
        assert form.secret.selectedText() == form.secret.text() == "wrong"


def test_after_the_last_field_tab_goes_to_the_primary_button_and_only_then_to_cancel(form: Form, qtbot: QtBot) -> None:
    form.secret.setFocus()
    qtbot.keyClick(form.secret, Key.Key_Tab)
    assert form.dialog.focusWidget() is form.button("Sign")
    qtbot.keyClick(form.button("Sign"), Key.Key_Tab)
    assert form.dialog.focusWidget() is form.button("Cancel")


def test_escape_leaves(form: Form, qtbot: QtBot) -> None:
    with qtbot.waitSignal(form.dialog.rejected):
        qtbot.keyClick(form.dialog, Key.Key_Escape)


def test_while_it_is_busy_nothing_can_be_changed_and_it_says_why(form: Form, qtbot: QtBot) -> None:
    form.secret.setFocus()
    form.dialog.busy("Signing …")
    busy = form.dialog.findChild(Busy)
    assert busy is not None and busy.sentence == "Signing …"
    assert not form.purpose.isEnabled() and not form.button("Sign").isEnabled() and form.button("Cancel").isEnabled()
    form.dialog.busy(None)
    assert form.purpose.isEnabled() and form.button("Sign").isEnabled() and busy.sentence == ""
    assert form.dialog.focusWidget() is form.secret


def test_being_busy_does_not_make_ready(form: Form) -> None:
    form.dialog.set_ready(False)
    form.dialog.busy("Signing …")
    form.dialog.busy(None)
    assert not form.button("Sign").isEnabled()


def test_a_problem_stands_above_the_buttons_and_what_was_typed_stays(form: Form, qtbot: QtBot) -> None:
    qtbot.keyClicks(form.purpose, "audit")
    qtbot.keyClicks(form.secret, "wrong")
    form.dialog.busy("Signing …")
    form.dialog.show_problem(WrongPassphrase("The passphrase does not open your key."))
    [notice] = form.dialog.findChildren(Notice)
    assert (notice.sentence, notice.advice) == (
        "The passphrase does not open your key.",
        "Type it again; nothing was changed.",
    )
    assert (form.purpose.text(), form.secret.text()) == ("audit", "wrong") and form.purpose.isEnabled()


def test_finishing_closes_with_success_and_the_passphrase_is_gone(form: Form, qtbot: QtBot) -> None:
    qtbot.keyClicks(form.secret, "secret words")
    with qtbot.waitSignal(form.dialog.accepted):
        form.dialog.finish()
    assert form.secret.text() == ""


def test_it_is_no_higher_than_the_screen_and_scrolls(form: Form, qapp: QApplication) -> None:
    for number in range(40):
        form.dialog.add(f"Field {number}", QLineEdit())
    form.dialog.hide()
    form.dialog.show()
    qapp.processEvents()
    assert form.dialog.height() <= form.dialog.screen().availableGeometry().height()
