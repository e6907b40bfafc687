"""The picture on the welcome page: who talks, who sees, and who stands between."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QFrame, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from desktop.theme import Space, colours
from desktop.widgets import Label
from desktop.widgets.cards import Picture

_WORDS = (
    "The agent talks with the model and writes a program. You read it and sign. "
    "Only then the program runs, sees your data, and reports to you."
)


class FlowPicture(QWidget):
    """Five stations and the ways between them, in words for a screen reader."""

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName(_WORDS)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(Space.TIGHT)
        for part in (
            _station("send", "Model", "elsewhere", "muted"),
            _Way(both=True),
            _station("text", "Agent", "talks, can’t see", "accent"),
            _Way(),
            _station("sign", "You", "read and sign", "accent"),
            _Way(),
            _station("play", "Program", "sees, can’t talk", "accent"),
            _Way(both=True),
            _station("data", "Data", "stays here", "muted"),
        ):
            row.addWidget(part, 1 if isinstance(part, _Way) else 2)


def _station(picture: str, title: str, caption: str, colour: str) -> QFrame:
    frame = QFrame()
    column = QVBoxLayout(frame)
    column.setContentsMargins(Space.TIGHT, Space.SMALL, Space.TIGHT, Space.SMALL)
    column.setSpacing(Space.HAIR)
    column.addWidget(Picture(picture, Space.WIDE, colour), 0, Qt.AlignmentFlag.AlignHCenter)
    for text, role in ((title, "strong"), (caption, "small")):
        label = Label(text, role="strong" if role == "strong" else "small")
        label.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        column.addWidget(label)
    return frame


class _Way(QWidget):
    """A line with an arrow at its end, or at both."""

    def __init__(self, both: bool = False) -> None:
        super().__init__()
        self._both = both
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)

    def sizeHint(self) -> QSize:
        return QSize(Space.PAGE, Space.WIDE)

    def minimumSizeHint(self) -> QSize:
        return QSize(Space.LARGE, Space.WIDE)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(colours().edge, 1.5, c=Qt.PenCapStyle.RoundCap))
        y = Space.SMALL + Space.WIDE / 2
        left, right = QPointF(Space.HAIR, y), QPointF(self.width() - Space.HAIR, y)
        painter.drawLine(left, right)
        self._arrow(painter, right, -1)
        if self._both:
            self._arrow(painter, left, 1)

    @staticmethod
    def _arrow(painter: QPainter, tip: QPointF, back: int) -> None:
        for side in (-1, 1):
            painter.drawLine(tip, tip + QPointF(back * Space.TIGHT, side * Space.TIGHT))
