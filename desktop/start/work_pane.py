"""The page while Preceptor works: what was done, what goes on, and what failed."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QProgressBar, QWidget

from desktop.start.pane import Pane
from desktop.start.state_rows import StateRows
from desktop.start.steps import TITLES, Step
from desktop.start.works import WorkLine
from desktop.theme import Space
from desktop.widgets import Button, Card, Label
from desktop.widgets.texts import ToneName
from sandbox.errors import Fault, PreceptorError
from sandbox.reviewing.orders import Progress


class WorkPane(Pane):
    """`again` repeats a failed step; `disconnect_wanted`, `doctor_wanted` and `later` are the other ways on."""

    again = Signal()
    disconnect_wanted = Signal()
    doctor_wanted = Signal()
    later = Signal()

    def __init__(self) -> None:
        super().__init__("", "", Button("Try again", self._on_primary, kind="primary", icon="reload"))
        self._take_away = Button("Connect another way", self.disconnect_wanted.emit, icon="left")
        self._later = Button("Leave it for later", self.later.emit, kind="quiet")
        self.rows = StateRows()
        self._bar, self._sentence = QProgressBar(), Label(role="muted")
        self._bar.setTextVisible(False)
        self._bar.setAccessibleName("Progress")
        card = Card()
        card.body.setSpacing(Space.MEDIUM)
        for widget in (self.rows, self._bar, self._sentence):
            card.body.addWidget(widget)
        self.body.addWidget(card)
        self.add_buttons([self._take_away], [self._later])

    def show_work(self, step: Step, lead: str) -> None:
        self.heading.setText(TITLES[step])
        self.setAccessibleName(TITLES[step])
        self.lead.setText(lead)

    def show_lines(self, lines: tuple[WorkLine, ...]) -> None:
        self.rows.show_rows(lines)

    def say_progress(self, progress: Progress | None) -> None:
        """None: nothing goes on any more."""
        goes_on = progress is not None
        self._bar.setVisible(goes_on)
        self._sentence.setVisible(goes_on)
        if progress is not None:
            self.notice.clear()
            self._show_ways_on(False)
            self._bar.setRange(0, progress.of)  # 0 to 0: the end is not known
            self._bar.setValue(progress.done)
            self._sentence.setText(progress.sentence)

    def show_failed(self, problem: PreceptorError, may_disconnect: bool) -> None:
        tone: ToneName = "bad" if isinstance(problem, Fault) else "warn"
        self.notice.show_notice(tone, problem.sentence, problem.advice, "See what Doctor says", self.doctor_wanted.emit)
        self._show_ways_on(True)
        self._take_away.setVisible(may_disconnect)
        self.primary.setFocus()

    def first_focus(self) -> QWidget:
        return self

    def _on_primary(self) -> None:
        self.again.emit()

    def _show_ways_on(self, shown: bool) -> None:
        for button in (self.primary, self._later, self._take_away):
            button.setVisible(shown)
