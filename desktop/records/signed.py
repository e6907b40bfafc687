"""Approvals and run records: the lists, one of them in full, and what can be done with it. No Qt in here."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Protocol

from desktop.desk import Latest
from desktop.records.facts import Action, ApprovalItem, Details, RunLine
from desktop.records.words import approval_details, approval_item, run_details, run_line
from sandbox.errors import PreceptorError
from sandbox.reviewing.orders.records import (
    BundleMade,
    ListRecords,
    MakeBundle,
    ReadApproval,
    ReadRun,
    RecordLists,
    RecordText,
    Revoke,
)

if TYPE_CHECKING:
    from desktop.desk import Desk
    from sandbox.reviewing.orders.review import ApprovalRow
    from sandbox.reviewing.orders.runs import RunRow


class SignedView(Protocol):
    """The two tabs as their presenter sees them. `None` for details: nothing is chosen."""

    def show_lists(self, approvals: tuple[ApprovalItem, ...], runs: tuple[RunLine, ...]) -> None: ...

    def mark(self, approval: str, run: str) -> None: ...

    def show_approval(self, details: Details | None) -> None: ...

    def show_run(self, details: Details | None) -> None: ...

    def show_revoke(self, title: str) -> None: ...

    def show_bundle(self, title: str) -> None: ...

    def finish_form(self) -> None: ...

    def show_form_problem(self, problem: PreceptorError) -> None: ...

    def show_bundle_made(self, sentence: str, path: str) -> None: ...

    def show_problem(self, problem: PreceptorError) -> None: ...


class Signed:
    """Keeps which approval and which run are shown, across reading the lists again."""

    def __init__(self, view: SignedView, desk: Desk) -> None:
        self._view = view
        self._desk = desk
        self._lists = Latest(desk.asks)
        self._approvals = Latest(desk.asks)
        self._runs = Latest(desk.asks)
        self._list = RecordLists(approvals=(), runs=())
        self._approval = ""
        self._run = ""

    def read(self, approval: str = "", run: str = "") -> None:
        """Read the lists afresh; show these, or what was shown."""
        self._approval = approval or self._approval
        self._run = run or self._run
        self._lists.ask(ListRecords(), self._on_lists, self._view.show_problem)

    def choose_approval(self, approval: str) -> None:
        self._approval = approval
        row = self._approval_row()
        if row is None:
            self._view.show_approval(None)
            return
        self._approvals.ask(
            ReadApproval(approval=approval), lambda text: self._on_approval(row, text), self._on_no_approval
        )

    def choose_run(self, run: str) -> None:
        self._run = run
        row = self._run_row()
        if row is None:
            self._view.show_run(None)
            return
        self._runs.ask(ReadRun(run=run), lambda text: self._on_run(row, text), self._on_no_run)

    def act(self, action: Action) -> None:
        """A button below an approval, or below a run."""
        row, run = self._approval_row(), self._run_row()
        if action == "results" and run is not None:
            self._desk.go("runs", run=run.id)
        elif action == "approval" and run is not None:
            self._desk.go("records", approval=run.approval)
        elif row is None:
            return
        elif action == "run":
            self._desk.go("runs", approval=row.id)
        elif action == "review":
            self._desk.go("review", question=row.question, draft=str(row.draft))
        elif action == "revoke":
            self._view.show_revoke(approval_item(row, _now()).title)
        elif action == "bundle":
            self._view.show_bundle(approval_item(row, _now()).title)

    def revoke(self, reason: str, passphrase: str) -> None:
        order = Revoke(approval=self._approval, reason=reason, passphrase=passphrase)
        self._desk.asks.ask(order, self._on_revoked, self._view.show_form_problem)

    def make_bundle(self, to: str) -> None:
        order = MakeBundle(approval=self._approval, to=to)
        self._desk.asks.ask(order, self._on_bundle, self._view.show_form_problem)

    def _on_lists(self, found: RecordLists) -> None:
        self._list, now = found, _now()
        approvals = tuple(approval_item(row, now) for row in found.approvals)
        self._view.show_lists(approvals, tuple(run_line(row) for row in found.runs))
        self._view.mark(self._approval, self._run)
        self.choose_approval(self._approval)
        self.choose_run(self._run)

    def _on_approval(self, row: ApprovalRow, text: RecordText) -> None:
        self._view.show_approval(approval_details(row, text, _now()))

    def _on_no_approval(self, problem: PreceptorError) -> None:
        """A record that does not verify is not shown, only why."""
        self._view.show_approval(None)
        self._view.show_problem(problem)

    def _on_run(self, row: RunRow, text: RecordText) -> None:
        self._view.show_run(run_details(row, text))

    def _on_no_run(self, problem: PreceptorError) -> None:
        self._view.show_run(None)
        self._view.show_problem(problem)

    def _on_revoked(self, row: ApprovalRow) -> None:
        self._view.finish_form()
        self._desk.tell(f"Approval {row.id} is void from now on.")
        self.read(approval=row.id)

    def _on_bundle(self, made: BundleMade) -> None:
        self._view.finish_form()
        self._view.show_bundle_made(made.sentence, made.path)

    def _approval_row(self) -> ApprovalRow | None:
        return next((row for row in self._list.approvals if row.id == self._approval), None)

    def _run_row(self) -> RunRow | None:
        return next((row for row in self._list.runs if row.id == self._run), None)


def _now() -> str:
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
