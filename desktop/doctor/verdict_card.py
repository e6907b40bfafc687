"""The verdict: the one sentence a person wants, how it was found out, and the button that tries again."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QProgressBar, QVBoxLayout

from desktop.doctor.told import Shown
from desktop.theme import BIG_ICON, Space
from desktop.widgets import Button, Heading, Label
from desktop.widgets.cards import Picture
from sandbox.reviewing.orders import Progress

_PICTURES = {"good": "shield", "warn": "warn", "bad": "bad"}


class VerdictCard(QFrame):
    """`again_wanted` when the reviewer wants every way out tried now."""

    again_wanted = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("card", True)
        self._picture = Picture("shield", BIG_ICON, "muted")
        self._verdict, self._sentence = Heading("", level=2), Label()
        self._about, self._progress = Label(role="muted"), Label(role="muted")
        self._was_focused = False
        self._bar = QProgressBar()
        self._bar.setTextVisible(False)
        self._bar.setAccessibleName("Progress")
        self.again = Button("Try every way out again", self.again_wanted.emit, kind="primary", icon="reload")
        self._lay()
        self.say_progress(None)

    def show_verdict(self, report: Shown) -> None:
        self._picture.set_picture(_PICTURES[report.tone], report.tone)
        self._verdict.setText(report.verdict)
        self._sentence.setText(report.sentence)
        self._about.setText(report.about)
        self.setAccessibleName(f"{report.verdict}. {report.sentence}")
        self._name_button("Try every way out again" if report.ways_out else "Try every way out now")

    def say_progress(self, progress: Progress | None) -> None:
        goes_on = progress is not None
        self._was_focused = self._was_focused or self.window().focusWidget() is self.again
        self.again.setEnabled(not goes_on)
        if not goes_on and self._was_focused:
            self._was_focused = False
            self.again.setFocus()
        self._bar.setVisible(goes_on)
        self._progress.setVisible(goes_on)
        if progress is not None:
            self._bar.setRange(0, progress.of)  # 0 to 0: the end is not known
            self._bar.setValue(progress.done)
            self._progress.setText(progress.sentence)

    def _name_button(self, text: str) -> None:
        self.again.setText(text)
        self.again.setAccessibleName(text)

    def _lay(self) -> None:
        texts = QVBoxLayout()
        texts.setSpacing(Space.TIGHT)
        for widget in (self._verdict, self._sentence, self._about):
            texts.addWidget(widget)
        head = QHBoxLayout()
        head.setSpacing(Space.LARGE)
        head.addWidget(self._picture, 0, Qt.AlignmentFlag.AlignTop)
        head.addLayout(texts, 1)
        head.addWidget(self.again, 0, Qt.AlignmentFlag.AlignTop)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(Space.LARGE, Space.LARGE, Space.LARGE, Space.LARGE)
        layout.setSpacing(Space.SMALL)
        layout.addLayout(head)
        layout.addWidget(self._bar)
        layout.addWidget(self._progress)
