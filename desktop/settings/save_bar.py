"""What is not saved yet, and the two ways to end that."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout

from desktop.theme import ICON, Space
from desktop.widgets import Button, Label
from desktop.widgets.cards import Picture


class SaveBar(QFrame):
    saved = Signal()
    discarded = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._picture = Picture("good", ICON, "good")
        self._sentence = Label(role="strong")
        self._discard = Button("Discard", self.discarded.emit)
        self._save = Button("Save", self.saved.emit, kind="primary", icon="check", shortcut="Ctrl+S")
        rule = QFrame()
        rule.setProperty("rule", True)
        rule.setFixedHeight(1)
        row = QHBoxLayout()
        row.setSpacing(Space.SMALL)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(Space.MEDIUM)
        layout.addWidget(rule)
        layout.addLayout(row)
        row.addWidget(self._picture)
        row.addWidget(self._sentence, 1)
        row.addWidget(self._discard)
        row.addWidget(self._save)

    def show_changes(self, labels: tuple[str, ...], wrong: int, busy: bool) -> None:
        self._discard.setEnabled(bool(labels) and not busy)
        self._save.setEnabled(bool(labels) and not busy)
        self._sentence.setText(_sentence(labels, wrong, busy))
        picture, colour = ("warn", "warn") if wrong else ("edit", "accent") if labels else ("good", "good")
        self._picture.set_picture(picture, colour)

    @property
    def sentence(self) -> str:
        return self._sentence.text()


def _sentence(labels: tuple[str, ...], wrong: int, busy: bool) -> str:
    if busy:
        return "Saving…"
    if not labels:
        return "Everything is saved."
    ending = "; what is marked can't be saved yet." if wrong else "."
    return f"Not saved: {', '.join(labels)}{ending}"
