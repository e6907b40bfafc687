"""The line at the bottom: what goes on, what was done last, and which workspace this is."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout, QWidget

from desktop.theme import Space
from desktop.widgets import Label, announce


class StatusLine(QWidget):
    """Words only. What is told is also read out by a screen reader."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("status")
        self._busy: dict[str, str] = {}
        self._going_on = Label("", role="small")
        self._told = Label("", role="small")
        self._place = Label("", role="small")
        layout = QHBoxLayout(self)
        layout.setContentsMargins(Space.LARGE, Space.TIGHT, Space.LARGE, Space.TIGHT)
        layout.setSpacing(Space.LARGE)
        for label, stretch in ((self._going_on, 0), (self._told, 1), (self._place, 0)):
            label.setWordWrap(False)
            layout.addWidget(label, stretch)

    def tell(self, sentence: str) -> None:
        self._told.setText(sentence)
        announce(self._told, sentence)

    def show_place(self, words: str) -> None:
        self._place.setText(words)

    def set_busy(self, what: str, sentence: str) -> None:
        if sentence:
            self._busy[what] = sentence
        else:
            self._busy.pop(what, None)
        self._going_on.setText("  ·  ".join(self._busy.values()))
        self._going_on.setVisible(bool(self._busy))

    @property
    def busy(self) -> dict[str, str]:
        return dict(self._busy)
