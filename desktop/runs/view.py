"""The screen *Runs*: lists at the left, one thing at the right."""

from __future__ import annotations

from functools import partial

from PySide6.QtWidgets import QApplication, QStackedWidget, QWidget

from desktop.desk import Desk
from desktop.runs.ended_pane import EndedPane
from desktop.runs.export_form import ExportForm
from desktop.runs.facts import Ended, Offer, Progress, ReadyItem, RunItem
from desktop.runs.list_pane import ListPane
from desktop.runs.offer_pane import OfferPane
from desktop.runs.presenter import RunsPresenter
from desktop.runs.progress_pane import ProgressPane
from desktop.runs.results_pane import ResultsPane
from desktop.runs.results_presenter import ExportOffer, ResultsPage, ResultsPresenter
from desktop.screen import Screen
from desktop.theme import Space
from desktop.widgets import EmptyState, scrolled, two_panes
from sandbox.errors import PreceptorError


class RunsScreen(Screen):
    """Shows what its two presenters say: `presenter` for the screen, `results` for one run's results."""

    presenter: RunsPresenter

    def __init__(self, desk: Desk) -> None:
        super().__init__("Runs", "Signed programs run here, on this computer; their results stay here.")
        self.results = ResultsPresenter(self, desk)
        self.presenter = RunsPresenter(self, desk, self.results)
        presenter = self.presenter
        self._desk = desk
        self._form: ExportForm | None = None
        self._list = ListPane(presenter.choose_approval, presenter.choose_run)
        self._nothing = EmptyState("play", "", "")
        self._offer = OfferPane(presenter.start, partial(presenter.act, "review"))
        self._progress = ProgressPane(presenter.stop)
        self._ended = EndedPane(presenter.act)
        self._results = ResultsPane(presenter.act, self.show_problem)
        self._results.connect_to(
            self.results.read_rows,
            self.results.read_figure,
            self.results.export,
            self.results.copy_wanted,
            self.results.review,
        )
        self._stack = QStackedWidget()
        self._places = {one: scrolled(one) for one in (self._offer, self._ended)}
        for page in (self._nothing, self._progress, self._results, *self._places.values()):
            self._stack.addWidget(page)
        self._stack.setContentsMargins(Space.LARGE, 0, 0, 0)
        self.content.addWidget(two_panes(self._list, self._stack, (2, 3), "runs"), 1)

    def first_focus(self) -> QWidget:
        return self._list.first_focus()

    # What the presenter of the screen says.

    def show_lists(self, ready: tuple[ReadyItem, ...], runs: tuple[RunItem, ...]) -> None:
        self._list.show_lists(ready, runs)

    def mark(self, approval: str, run: str) -> None:
        self._list.mark(approval, run)

    def show_nothing(self, any_ready: bool, any_runs: bool) -> None:
        if any_ready:
            self._nothing.set_text("Choose what to run", "Everything at the left was signed by you and may run now.")
        elif any_runs:
            self._nothing.set_text("Choose a run", "Its results, or what became of it, are shown here.")
        else:
            self._nothing.set_text("Nothing to run yet", "A draft runs once you have read and signed it in Review.")
        self._turn_to(self._nothing)

    def show_offer(self, offer: Offer) -> None:
        self._offer.show_offer(offer)
        self._turn_to(self._places[self._offer])

    def show_progress(self, progress: Progress) -> None:
        self._progress.show_progress(progress)
        if self._stack.currentWidget() is not self._progress:
            self._turn_to(self._progress)

    def show_ended(self, ended: Ended) -> None:
        self._ended.show_ended(ended)
        self._turn_to(self._places[self._ended])

    # What the presenter of the results says.

    def show_opening(self, sentence: str) -> None:
        self._results.show_opening(sentence)
        self._turn_to(self._results)

    def show_results(self, page: ResultsPage) -> None:
        self._results.show_results(page)
        self._turn_to(self._results)

    def clear_results(self) -> None:
        self._results.clear()
        if self._form is not None:
            self._form.reject()

    def show_export(self, offer: ExportOffer) -> None:
        self._form = ExportForm(offer, self.results.sign_export, self)
        self._form.finished.connect(self._on_form_closed)
        self._form.open()

    def show_exported(self, sentence: str) -> None:
        if self._form is not None:
            self._form.finish()
        self.notice.show_notice("good", sentence)

    def show_export_problem(self, problem: PreceptorError) -> None:
        if self._form is not None:
            self._form.show_problem(problem)
        else:
            self.show_problem(problem)

    def say(self, sentence: str) -> None:
        self.notice.show_notice("info", sentence)

    def _turn_to(self, page: QWidget) -> None:
        """Show a page. Who was on the one before is back in the list: no key falls on a button that came by itself."""
        before, focus = self._stack.currentWidget(), QApplication.focusWidget()
        if before is not None and page is not before and focus is not None and before.isAncestorOf(focus):
            self._list.focus_what_is_marked()
        self._stack.setCurrentWidget(page)

    def _on_form_closed(self) -> None:
        if self._form is not None:
            self._form.deleteLater()
            self._form = None
