"""The screen *Records*: four tabs, each with a pane and a presenter of its own."""

from __future__ import annotations

from PySide6.QtWidgets import QStackedWidget, QWidget

from desktop.desk import Desk
from desktop.records.facts import ApprovalItem, Details, LogPage, RunLine, Verdict
from desktop.records.forms import BundleForm, RevokeForm
from desktop.records.list_panes import ListPane, approvals_pane, runs_pane
from desktop.records.log_pane import LogPane
from desktop.records.presenter import RecordsPresenter, Tab
from desktop.records.verify_pane import VerifyPane
from desktop.records.verifying import Trust
from desktop.screen import Screen
from desktop.widgets import FormDialog, Segments
from sandbox.errors import PreceptorError

TITLES = (("approvals", "Approvals"), ("runs", "Runs"), ("log", "Audit log"), ("verify", "Verify a bundle"))


class RecordsScreen(Screen):
    """Shows what its presenters say; `presenter.signed` has the lists, `presenter.verifying` the bundles."""

    presenter: RecordsPresenter

    def __init__(self, desk: Desk) -> None:
        super().__init__("Records", "What was decided and what was done, signed, in files that anyone can check.")
        self.presenter = RecordsPresenter(self, desk)
        signed = self.presenter.signed
        self._form: FormDialog | None = None
        self._tabs = Segments("Records", TITLES)
        self._tabs.changed.connect(self.presenter.turn_to)
        self._approvals = approvals_pane(signed.choose_approval, signed.act)
        self._runs = runs_pane(signed.choose_run, signed.act)
        self._log = LogPane(self.presenter.read_log)
        self._verify = VerifyPane(self.presenter.verifying.start)
        self._panes: dict[str, ListPane | LogPane | VerifyPane] = {
            "approvals": self._approvals,
            "runs": self._runs,
            "log": self._log,
            "verify": self._verify,
        }
        self._stack = QStackedWidget()
        for pane in self._panes.values():
            self._stack.addWidget(pane)
        self.content.addWidget(self._tabs)
        self.content.addWidget(self._stack, 1)

    def first_focus(self) -> QWidget:
        return self._panes[self._tabs.value()].first_focus()

    def show_tab(self, tab: Tab) -> None:
        self._tabs.set_value(tab)
        self._stack.setCurrentWidget(self._panes[tab])

    # Approvals and runs.

    def show_lists(self, approvals: tuple[ApprovalItem, ...], runs: tuple[RunLine, ...]) -> None:
        self._approvals.show_rows(approvals)
        self._runs.show_rows(runs)

    def mark(self, approval: str, run: str) -> None:
        self._approvals.mark(approval)
        self._runs.mark(run)

    def show_approval(self, details: Details | None) -> None:
        self._approvals.show_details(details)

    def show_run(self, details: Details | None) -> None:
        self._runs.show_details(details)

    # The forms.

    def show_revoke(self, title: str) -> None:
        self._open(RevokeForm(title, self.presenter.signed.revoke, self))

    def show_bundle(self, title: str) -> None:
        self._open(BundleForm(title, self.presenter.signed.make_bundle, self))

    def finish_form(self) -> None:
        if self._form is not None:
            self._form.finish()

    def show_form_problem(self, problem: PreceptorError) -> None:
        if self._form is not None:
            self._form.show_problem(problem)
        else:
            self.show_problem(problem)

    def show_bundle_made(self, sentence: str, path: str) -> None:
        self._made = path
        self.notice.show_notice("good", sentence, path, "Verify it", self._on_verify_made)

    # The log and the verification.

    def show_log(self, page: LogPage) -> None:
        self._log.show_log(page)

    def fill_in(self, path: str, trust: Trust) -> None:
        self._verify.fill_in(path, trust)

    def show_verifying(self, sentence: str) -> None:
        self._verify.show_verifying(sentence)

    def show_verdict(self, found: Verdict | None) -> None:
        self._verify.show_verdict(found)

    def _open(self, form: FormDialog) -> None:
        self._form = form
        form.finished.connect(self._on_form_closed)
        form.open()

    def _on_form_closed(self) -> None:
        if self._form is not None:
            self._form.deleteLater()
            self._form = None

    def _on_verify_made(self) -> None:
        self.notice.clear()
        self.presenter.verify_made(self._made)
