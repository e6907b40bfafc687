"""What the Doctor screen does: shows the kept report, or tries every way out again. No Qt in here."""

from __future__ import annotations

from typing import Protocol

from desktop.desk import Desk, Latest, Place
from desktop.doctor.told import Shown, shown
from sandbox.errors import PreceptorError
from sandbox.reviewing.orders import Progress
from sandbox.reviewing.orders.settings import DoctorReport, ReadDoctor, RunDoctor


class DoctorView(Protocol):
    def show_report(self, report: Shown) -> None: ...

    def say_progress(self, progress: Progress | None) -> None: ...

    def show_problem(self, problem: PreceptorError) -> None: ...

    def clear_problem(self) -> None: ...


class DoctorPresenter:
    def __init__(self, view: DoctorView, desk: Desk) -> None:
        self._view = view
        self._desk = desk
        self._reads = Latest(desk.asks)
        self._has_report = False
        self._running = False

    def arrive(self, place: Place) -> None:
        """Show what was found last; nothing is tried without being asked for."""
        if not self._has_report and not self._running:
            self._reads.ask(ReadDoctor(), self._read, self._view.show_problem)

    def leave(self) -> None:
        """A trial that is under way goes on; its report is here when one comes back."""

    def lock(self) -> None:
        """A report holds nothing of results."""

    def standing_changed(self) -> None:
        """The report speaks for the machine, not for the workspace."""

    def run(self) -> None:
        """Try every way out now; a second press meanwhile does nothing."""
        if self._running:
            return
        self._running = True
        self._reads.drop()
        self._view.clear_problem()
        self._say(Progress(sentence="Trying every way out, outside and inside each jail…"))
        self._desk.asks.ask(RunDoctor(), self._tried, self._failed, self._say)

    def _read(self, report: DoctorReport) -> None:
        self._has_report = bool(report.probes)
        self._view.show_report(shown(report, was_tried=False))

    def _tried(self, report: DoctorReport) -> None:
        self._over()
        self._has_report = True
        self._view.show_report(shown(report))
        self._desk.tell(report.sentence)

    def _failed(self, problem: PreceptorError) -> None:
        self._over()
        self._view.show_problem(problem)

    def _over(self) -> None:
        self._running = False
        self._view.say_progress(None)
        self._desk.busy("doctor", "")

    def _say(self, progress: Progress) -> None:
        self._desk.busy("doctor", "Trying every way out…")
        self._view.say_progress(progress)
