"""Telling the agent that a real run failed: what is shown is what is sent, and it can be sent once. No Qt in here."""

from __future__ import annotations

from typing import TYPE_CHECKING

from desktop.desk import Failed
from sandbox.errors import Fault, PreceptorError
from sandbox.messages.desk import FailureReport
from sandbox.reviewing.orders.runs import ReportFailure, RunRow

if TYPE_CHECKING:
    from desktop.desk import Desk


class Reporting:
    """Sends reports of failed runs to the agent of their question."""

    def __init__(self, desk: Desk, problem: Failed) -> None:
        self._desk = desk
        self._problem = problem

    def refused(self, row: RunRow, runs: tuple[RunRow, ...]) -> str:
        """Why it can't be sent now; empty: it can. `runs` are all there are: the newest failure is what is told."""
        if not row.may_report:
            return "A failure of this approval was reported already. Describe in your own words what should change."
        if any(_failed_later(one, row) for one in runs):
            return "A later run of this draft failed as well: choose that one, its report is the one that can be sent."
        if not self._desk.drafting.state(row.question).is_idle:
            return "The agent is still working on this question. Wait for it, or stop it, then send the report."
        return ""

    def send(self, row: RunRow) -> None:
        """Spend the one report of the approval, and give it to the agent when it is the one that was shown.

        Only for what is not `refused`.
        """
        order = ReportFailure(question=row.question, draft=row.draft)
        self._desk.asks.ask(order, lambda report: self._on_report(row, report), self._problem)

    def _on_report(self, row: RunRow, report: FailureReport) -> None:
        if report != report_of(row):
            self._problem(Fault(_ANOTHER, _ANOTHER_ADVICE))
            return
        try:
            self._desk.drafting.send(row.question, report)
        except PreceptorError as problem:  # a turn began in the meantime
            self._problem(problem)
            return
        self._desk.go("questions", question=row.question)


def report_of(row: RunRow) -> FailureReport:
    """The report that the failed run leads to, part by part."""
    return FailureReport(draft=row.draft, exception=row.exception, line=row.line, name=row.name)


def _failed_later(one: RunRow, row: RunRow) -> bool:
    same_draft = (one.question, one.draft) == (row.question, row.draft)
    return same_draft and bool(one.exception) and one.ended_at > row.ended_at


_ANOTHER = "Another run of this draft failed in the meantime, so nothing was sent: it is not the report you read."
_ANOTHER_ADVICE = "Describe in your own words what should change."
