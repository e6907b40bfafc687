"""Doctor on the screen: the verdict, what was looked at, and every way out that was tried."""

from __future__ import annotations

from PySide6.QtWidgets import QVBoxLayout, QWidget

from desktop.desk import Desk
from desktop.doctor.findings_card import FindingsCard
from desktop.doctor.presenter import DoctorPresenter
from desktop.doctor.told import Shown
from desktop.doctor.verdict_card import VerdictCard
from desktop.doctor.ways_card import WaysCard
from desktop.screen import Screen
from desktop.theme import Space
from desktop.widgets import scrolled
from sandbox.reviewing.orders import Progress

_SUBTITLE = "Whether programs are kept in on this very computer, tried and not assumed."


class DoctorScreen(Screen):
    def __init__(self, desk: Desk) -> None:
        super().__init__("Doctor", _SUBTITLE)
        self.verdict, self.findings, self.ways = VerdictCard(), FindingsCard(), WaysCard()
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 0, Space.MEDIUM, 0)
        column.setSpacing(Space.LARGE)
        column.addWidget(self.verdict)
        column.addWidget(self.findings)
        column.addWidget(self.ways, 1000)  # all room there is; without it the others stay as high as they are
        column.addStretch(1)
        self._area = scrolled(page)
        self.content.addWidget(self._area, 1)
        self._area.hide()
        self.presenter = self._presenter = DoctorPresenter(self, desk)
        self.verdict.again_wanted.connect(self._presenter.run)

    def show_report(self, report: Shown) -> None:
        self._area.show()
        self.verdict.show_verdict(report)
        self.findings.show_findings(report.findings)
        self.findings.setVisible(bool(report.findings))
        self.ways.show_ways(report)
        self.ways.setVisible(bool(report.ways_out))

    def say_progress(self, progress: Progress | None) -> None:
        self.verdict.say_progress(progress)

    def first_focus(self) -> QWidget:
        return self.verdict.again
