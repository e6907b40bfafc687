"""Text on a screen: headings, labels, chips. Plain text always, whatever it came from."""

from __future__ import annotations

from typing import Literal

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget

from desktop.theme import Type

from .snug import at_its_width

Role = Literal["body", "muted", "small", "mono", "strong"]
ToneName = Literal["plain", "info", "good", "warn", "bad"]

_HEADINGS = {1: Type.PAGE, 2: Type.SECTION, 3: Type.TITLE}
_ROLES = {"body": Type.BODY, "muted": Type.BODY, "small": Type.SMALL, "mono": Type.MONO, "strong": Type.STRONG}


class _Wrapped(QLabel):
    """As high as its text needs at its width, never higher: what is left over belongs to others."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setWordWrap(True)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)

    def sizeHint(self) -> QSize:
        hint = super().sizeHint()
        if self.wordWrap():
            return at_its_width(self, hint)
        return hint

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self.updateGeometry()


class Heading(_Wrapped):
    """A title; level 1 is that of a screen."""

    def __init__(self, text: str = "", level: Literal[1, 2, 3] = 1) -> None:
        super().__init__(text)
        self.setFont(_HEADINGS[level].font())


class Label(_Wrapped):
    """A sentence or more; wraps. With `selectable` the text can be marked and copied, by keyboard too."""

    def __init__(self, text: str = "", role: Role = "body", selectable: bool = False) -> None:
        super().__init__(text)
        self.setProperty("role", role)
        self.setFont(_ROLES[role].font())
        if selectable:
            flags = Qt.TextInteractionFlag
            self.setTextInteractionFlags(flags.TextSelectableByMouse | flags.TextSelectableByKeyboard)


class Chip(QLabel):
    """One or two words with a tone. The word carries the meaning, the colour repeats it."""

    def __init__(self, text: str = "", tone: ToneName = "plain") -> None:
        super().__init__(text)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setProperty("chip", True)
        self.setProperty("tone", tone)
        self.setFont(Type.LABEL.font())
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Maximum)

    def set_chip(self, text: str, tone: ToneName = "plain") -> None:
        self.setText(text)
        set_tone(self, tone)


def tip_of(text: str) -> str:
    """The text as a tool tip: shown as it is written, wrapped. (Qt would take what looks like HTML for HTML.)"""
    from html import escape

    return f"<qt>{escape(text).replace(chr(10), '<br>')}</qt>" if text else ""


def set_tone(widget: QWidget, tone: str) -> None:
    """Give the widget, and what lies in it, the look of that tone."""
    if widget.property("tone") != tone:
        widget.setProperty("tone", tone)
        for one in (widget, *widget.findChildren(QWidget)):
            one.style().unpolish(one)
            one.style().polish(one)
