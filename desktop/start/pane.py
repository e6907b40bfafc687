"""What every page of the first start is: a title, a lead, a body, a notice, and a row of buttons below."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from desktop.theme import Space
from desktop.widgets import Busy, Button, Heading, Label, Notice
from desktop.widgets.form_fields import Hint, next_empty, offer_secret
from sandbox.errors import PreceptorError

WIDEST = 128  # letters
WIDEST_FILLED = 176


class Pane(QWidget):
    """Enter is the button that has the focus, else the primary one, else it goes to the next empty field.

    With `fills` the body takes what room there is, and has the `notice` in it.
    """

    def __init__(self, title: str, lead: str, primary: Button, *, fills: bool = False) -> None:
        super().__init__()
        self.setAccessibleName(title)
        self.heading, self.lead = Heading(title), Label(lead, role="muted")
        self.primary = primary
        self.notice, self._busy, self._missing = Notice(), Busy(), Hint()
        self._ready, self._is_busy = True, False
        self._inside = QWidget()
        letter = self.fontMetrics().averageCharWidth()
        self.lead.setMaximumWidth(letter * WIDEST)
        self._inside.setMaximumWidth(letter * (WIDEST_FILLED if fills else WIDEST))
        self._form = QWidget()
        self.body = QVBoxLayout(self._form)
        self.body.setContentsMargins(0, 0, 0, 0)
        self.body.setSpacing(Space.LARGE)
        self._buttons = QHBoxLayout()
        self._buttons.setSpacing(Space.SMALL)
        self._was_focused: QWidget | None = None
        self._lay(fills)

    def add_buttons(self, left: list[Button], right: list[Button]) -> None:
        """Buttons at both ends of the row; the primary one is the last."""
        for button in left:
            self._buttons.addWidget(button)
        self._buttons.addWidget(self._busy, 1)
        self._buttons.addWidget(self._missing, 1)
        self._buttons.addStretch(0)
        for button in (*right, self.primary):
            self._buttons.addWidget(button)

    def set_busy(self, sentence: str) -> None:
        """While something goes on nothing can be changed; afterwards the keyboard is where it was."""
        self._is_busy = busy = bool(sentence)
        if busy:
            self._was_focused = self.window().focusWidget()
            self.notice.put_away()
            self._busy.start(sentence)
        else:
            self._busy.stop()
        self._form.setEnabled(not busy)
        self._missing.setVisible(not busy and bool(self._missing.text))
        self._enable()
        if not busy and self._was_focused is not None and self.isAncestorOf(self._was_focused):
            self._was_focused.setFocus()

    def set_missing(self, sentence: str) -> None:
        """What has to be filled in first, said beside the button; an empty sentence: it is ready."""
        self._ready = not sentence
        self._missing.say(sentence)
        self._missing.setVisible(not self._is_busy and not self._ready)
        self.primary.setAccessibleDescription(sentence)
        self._enable()

    def show_problem(self, problem: PreceptorError) -> None:
        self.notice.show_problem(problem)
        offer_secret(self._form)

    def first_focus(self) -> QWidget:
        """Where the keyboard is when the page comes."""
        return self.primary

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() not in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            super().keyPressEvent(event)
            return
        focused = self.window().focusWidget()
        button = focused if isinstance(focused, QPushButton) else self.primary
        if button.isVisible() and button.isEnabled():
            button.click()
        elif (empty := next_empty(self._form, focused)) is not None:
            empty.setFocus()
        else:
            self._missing.stress()

    def _enable(self) -> None:
        self.primary.setEnabled(self._ready and not self._is_busy)

    def _lay(self, fills: bool) -> None:
        inside = QVBoxLayout(self._inside)
        inside.setContentsMargins(Space.PAGE, Space.PAGE, Space.PAGE, Space.WIDE)
        inside.setSpacing(Space.MEDIUM)
        for widget in (self.heading, self.lead):
            inside.addWidget(widget)
        inside.addWidget(self._form, int(fills))
        if not fills:
            inside.addWidget(self.notice)
        inside.addLayout(self._buttons)
        if not fills:
            inside.addStretch(1)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._inside, 1)
        layout.addStretch(0)
