"""Surfaces: a card with a title, and what a screen shows while there is nothing to show."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from desktop.theme import BIG_ICON, Space, icon

from .buttons import Button
from .snug import TopDown
from .texts import Heading, Label


class Card(QFrame):
    """A titled surface. Widgets go into `body`; what stands right of the title into `head`."""

    def __init__(self, title: str = "", subtitle: str = "") -> None:
        super().__init__()
        self.setProperty("card", True)
        if title:
            self.setAccessibleName(title)
        layout = TopDown(self)
        layout.setContentsMargins(Space.LARGE, Space.MEDIUM, Space.LARGE, Space.LARGE)
        layout.setSpacing(Space.MEDIUM)
        self._title, self._subtitle = Heading(level=3), Label(role="muted")
        self.head = QHBoxLayout()
        self.head.setSpacing(Space.SMALL)
        self.head.addLayout(_stacked(self._title, self._subtitle), 1)
        self.body = layout.body
        self.body.setSpacing(Space.SMALL)
        layout.addLayout(self.head)
        layout.end()
        self.set_title(title, subtitle)

    def set_title(self, title: str, subtitle: str = "") -> None:
        for label, text in ((self._title, title), (self._subtitle, subtitle)):
            label.setText(text)
            label.setVisible(bool(text))


class EmptyState(QWidget):
    """Why there is nothing here, and what to do about it."""

    def __init__(
        self, icon_name: str, title: str, sentence: str, action: str = "", do: Callable[[], object] | None = None
    ) -> None:
        super().__init__()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        layout = QVBoxLayout(self)
        layout.setSpacing(Space.SMALL)
        self._title, self._sentence = Heading(title, level=2), Label(sentence, role="muted")
        layout.addStretch(2)
        layout.addWidget(Picture(icon_name), 0, Qt.AlignmentFlag.AlignHCenter)
        for label in (self._title, self._sentence):
            label.setAlignment(Qt.AlignmentFlag.AlignHCenter)
            layout.addWidget(label)
        if action:
            layout.addSpacing(Space.SMALL)
            self.button = Button(action, do, kind="primary")
            layout.addWidget(self.button, 0, Qt.AlignmentFlag.AlignHCenter)
        layout.addStretch(3)

    def set_text(self, title: str, sentence: str) -> None:
        self._title.setText(title)
        self._sentence.setText(sentence)


class Picture(QWidget):
    """An icon as a picture; screen readers pass over it."""

    def __init__(self, name: str, size: int = BIG_ICON, colour: str = "muted") -> None:
        super().__init__()
        self.setFixedSize(size, size)
        self.set_picture(name, colour)

    def set_picture(self, name: str, colour: str = "muted") -> None:
        self._icon = icon(name, colour)
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        self._icon.paint(painter, self.rect())


def _stacked(*widgets: QWidget) -> QVBoxLayout:
    layout = QVBoxLayout()
    layout.setSpacing(Space.HAIR)
    for widget in widgets:
        layout.addWidget(widget)
    return layout
