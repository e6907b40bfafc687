"""One sentence on why there is nothing to see yet, and what can be done."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from desktop.theme import Space
from desktop.widgets import Busy, Button, Card, Heading, Label, Notice, PathField
from sandbox.errors import PreceptorError


class OpeningPage(QWidget):
    """`again` and `elsewhere` (with a path) are what the reviewer can choose."""

    again = Signal()
    elsewhere = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("screen-opening")
        self.setAccessibleName("Opening")
        self._title = Heading("Opening your workspace", level=1)
        self._where = Label("", role="muted")
        self._notice = Notice()
        self._busy = Busy()
        self._path = PathField("Folder of another workspace", mode="folder")
        self._again = Button("Try again", self.again.emit, kind="primary", icon="reload")
        self._other = Button("Open that folder", self._on_other, icon="folder")
        self._choices = QWidget()
        rows = QVBoxLayout(self._choices)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.addWidget(self._path)
        buttons = QHBoxLayout()
        buttons.addStretch(1)
        buttons.addWidget(self._other)
        buttons.addWidget(self._again)
        rows.addLayout(buttons)
        self._card = Card()
        for widget in (self._title, self._where, self._notice, self._busy, self._choices):
            self._card.body.addWidget(widget)
        self._card.setMinimumWidth(self.fontMetrics().averageCharWidth() * 64)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(Space.PAGE, Space.PAGE, Space.PAGE, Space.PAGE)
        layout.addStretch(2)
        middle = QHBoxLayout()
        middle.addStretch(1)
        middle.addWidget(self._card)
        middle.addStretch(1)
        layout.addLayout(middle)
        layout.addStretch(3)
        self._choices.hide()
        self._card.hide()

    def show_opening(self, root: str) -> None:
        """At first nothing is shown unless it takes a while: a card that flashes by helps nobody."""
        self._title.setText("Opening your workspace")
        self._where.setText(root)
        self._notice.clear()
        if self._card.isVisible():
            self._busy.start("Opening …")

    def show_waiting(self) -> None:
        self._card.show()
        self._busy.start("Waiting for the workspace's folder to answer …")
        self._choices.show()

    def show_problem(self, problem: PreceptorError) -> None:
        self._card.show()
        self._busy.stop()
        self._title.setText("This workspace is not open")
        self._notice.show_problem(problem)
        self._choices.show()
        self._again.setFocus()

    def _on_other(self) -> None:
        if self._path.path():
            self.elsewhere.emit(self._path.path())
