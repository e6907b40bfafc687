"""What every page of the first start is: a title, a lead, a body, a notice, and a row of buttons below."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from desktop.theme import Space
from desktop.widgets import Busy, Button, Heading, Label, Notice
from sandbox.errors import PreceptorError

WIDEST = 128  # letters


class Pane(QWidget):
    """Enter is the button that has the focus, else the primary one. With `fills` the body takes what room there is."""

    def __init__(self, title: str, lead: str, primary: Button, *, fills: bool = False) -> None:
        super().__init__()
        self.setAccessibleName(title)
        self.heading, self.lead = Heading(title), Label(lead, role="muted")
        self.primary = primary
        self.notice, self._busy = Notice(), Busy()
        self._inside = QWidget()
        self._inside.setMaximumWidth(self.fontMetrics().averageCharWidth() * WIDEST)
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
        self._buttons.addStretch(1)
        for button in (*right, self.primary):
            self._buttons.addWidget(button)

    def set_busy(self, sentence: str) -> None:
        """While something goes on nothing can be changed; afterwards the keyboard is where it was."""
        busy = bool(sentence)
        if busy:
            self._was_focused = self.window().focusWidget()
            self.notice.clear()
            self._busy.start(sentence)
        else:
            self._busy.stop()
        self._form.setEnabled(not busy)
        self.primary.setEnabled(not busy)
        if not busy and self._was_focused is not None and self.isAncestorOf(self._was_focused):
            self._was_focused.setFocus()

    def show_problem(self, problem: PreceptorError) -> None:
        self.notice.show_problem(problem)

    def first_focus(self) -> QWidget:
        """Where the keyboard is when the page comes."""
        return self.primary

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() not in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            super().keyPressEvent(event)
            return
        focused = self.window().focusWidget()
        button = focused if isinstance(focused, QPushButton) else self.primary
        if button.isVisible():
            button.click()

    def _lay(self, fills: bool) -> None:
        inside = QVBoxLayout(self._inside)
        inside.setContentsMargins(Space.PAGE, Space.PAGE, Space.PAGE, Space.WIDE)
        inside.setSpacing(Space.MEDIUM)
        for widget in (self.heading, self.lead):
            inside.addWidget(widget)
        inside.addWidget(self._form, int(fills))
        inside.addWidget(self.notice)
        inside.addLayout(self._buttons)
        if not fills:
            inside.addStretch(1)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._inside, 1)
        layout.addStretch(0)
