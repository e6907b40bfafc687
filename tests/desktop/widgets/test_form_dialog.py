"""A form is filled in, accepted and left by keyboard alone; what was typed is never lost."""

from __future__ import annotations

import pytest
from names import unnamed
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import QApplication, QLineEdit, QPlainTextEdit
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
