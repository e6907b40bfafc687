"""That something goes on, and how much of a limit is used."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt, QTimer
from PySide6.QtGui import QHideEvent, QPainter, QPaintEvent, QPen, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QVBoxLayout, QWidget

from desktop.theme import ICON, Space, colours

from .announcing import announce
from .snug import Snug
from .texts import Label

_TURN_MS = 60
_TURN_DEGREES = 24


class Busy(Snug):
    """A turning arc and a sentence; hidden when idle."""

    def __init__(self) -> None:
        super().__init__()
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(Space.SMALL)
        self._sentence = Label(role="muted")
        layout.addWidget(Spinner())
        layout.addWidget(self._sentence, 1)
        self.hide()

    def start(self, sentence: str) -> None:
        self.say(sentence)
        self.show()
        announce(self, sentence)

    def say(self, sentence: str) -> None:
        """Another sentence; not announced, for it may come often."""
        self._sentence.setText(sentence)
        self.setAccessibleName(sentence)

    def stop(self) -> None:
        self.hide()

    @property
    def sentence(self) -> str:
        """What it says; empty when idle."""
        return "" if self.isHidden() else self._sentence.text()


class Spinner(QWidget):
    """The arc. Turns only while it can be seen."""

    def __init__(self) -> None:
        super().__init__()
        self.setFixedSize(ICON + 2, ICON + 2)
        self._angle = 0
        self._timer = QTimer(self)
        self._timer.setInterval(_TURN_MS)
        self._timer.timeout.connect(self._on_tick)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._timer.start()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._timer.stop()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        circle = QRectF(self.rect()).adjusted(2, 2, -2, -2)
        painter.setPen(QPen(colours().line, 2))
        painter.drawEllipse(circle)
        painter.setPen(QPen(colours().accent, 2, c=Qt.PenCapStyle.RoundCap))
        painter.drawArc(circle, -self._angle * 16, 100 * 16)

    def _on_tick(self) -> None:
        self._angle = (self._angle + _TURN_DEGREES) % 360
        self.update()


class Meter(Snug):
    """How much of a limit is used: a thin bar and words. `of` 0: no limit, no bar."""

    def __init__(self, name: str) -> None:
        super().__init__()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(Space.TIGHT)
        head = QHBoxLayout()
        self._text = Label(role="muted")
        self._text.setAlignment(Qt.AlignmentFlag.AlignRight)
        head.addWidget(Label(name))
        head.addWidget(self._text, 1)
        self._bar = QProgressBar()
        self._bar.setTextVisible(False)
        self._bar.setRange(0, 1000)
        self._bar.setAccessibleName(name)
        layout.addLayout(head)
        layout.addWidget(self._bar)

    def set(self, value: float, of: float, text: str) -> None:
        self._bar.setVisible(of > 0)
        self._bar.setValue(round(1000 * min(value / of, 1)) if of > 0 else 0)
        self._text.setText(text)
        self._bar.setAccessibleDescription(text)
