"""Widgets that are as high as their text needs at the width they have, and never higher.

(Qt knows only the height at an imagined width, so that a wrapped text either is cut off or takes room for nothing.)
"""

from __future__ import annotations

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QSpacerItem, QVBoxLayout, QWidget


def at_its_width(widget: QWidget, hint: QSize) -> QSize:
    """The hint, with the height that the content needs at the widget's width."""
    height = widget.heightForWidth(widget.width())
    return QSize(hint.width(), height) if height > 0 else hint


class Snug(QWidget):
    """A group of widgets that leaves what room is left over to others."""

    def __init__(self) -> None:
        super().__init__()
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)

    def sizeHint(self) -> QSize:
        return at_its_width(self, super().sizeHint())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self.updateGeometry()


class TopDown(QVBoxLayout):
    """A column that ends with room left over, unless something in its `body` wants that room. Expands only then."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__() if parent is None else super().__init__(parent)
        self.body = QVBoxLayout()

    def end(self) -> None:
        """Add `body` and, below it, what takes the room left over."""
        self.addLayout(self.body)
        self.addItem(QSpacerItem(0, 0, QSizePolicy.Policy.Minimum, QSizePolicy.Policy.Expanding))

    def expandingDirections(self) -> Qt.Orientation:
        return self.body.expandingDirections()

    def setGeometry(self, rect: QRect) -> None:
        fills = bool(self.body.expandingDirections() & Qt.Orientation.Vertical)
        place = self.count() - 2
        if self.stretch(place) != int(fills):
            self.setStretch(place, int(fills))
        super().setGeometry(rect)
