"""The run that goes on: what, how long, how much it read, its steps, and the way to stop it."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from desktop.runs.facts import Progress, StepLine
from desktop.runs.steps_table import show_steps, steps_table
from desktop.runs.tiles import Tiles
from desktop.theme import Space
from desktop.widgets import Busy, Button, Heading, Meter


class ProgressPane(QWidget):
    """Shows a `Progress`; `stop` is called when the reviewer wants it to end."""

    def __init__(self, stop: Callable[[], None]) -> None:
        super().__init__()
        self._title = Heading("", 2)
        self._busy = Busy()
        self._stop = Button("Stop the run", stop, kind="danger", icon="stop")
        self._time = Meter("Time")
        self._read = Tiles("What was read so far")
        self._steps_shown: tuple[StepLine, ...] | None = None
        self._steps = steps_table("No step yet. The program's steps appear here as they come.")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(Space.LARGE)
        layout.addLayout(self._head())
        layout.addWidget(self._time)
        layout.addWidget(self._read)
        layout.addWidget(self._steps, 100)
        layout.addStretch(1)  # the room of what is hidden until the program begins

    def show_progress(self, progress: Progress) -> None:
        self._title.setText(progress.title)
        if self._busy.isHidden():
            self._busy.start(progress.sentence)
        elif self._busy.sentence != progress.sentence:
            self._busy.say(progress.sentence)
        self._stop.setEnabled(progress.may_stop)
        self._time.set(progress.share, 1.0, progress.elapsed)
        for widget in (self._time, self._read, self._steps):
            widget.setVisible(progress.began)
        self._read.set_values(progress.read)
        if progress.steps != self._steps_shown:
            self._steps_shown = progress.steps
            show_steps(self._steps, progress.steps)
            self._steps.scrollToBottom()

    def _head(self) -> QHBoxLayout:
        words = QVBoxLayout()
        words.setSpacing(Space.SMALL)
        words.addWidget(self._title)
        words.addWidget(self._busy)
        row = QHBoxLayout()
        row.setSpacing(Space.MEDIUM)
        row.addLayout(words, 1)
        row.addWidget(self._stop, 0, Qt.AlignmentFlag.AlignTop)
        return row
