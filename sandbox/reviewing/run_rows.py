"""Runs as rows: what the signed record says, and what the log says where there is no record.

rows = RunRows(workspace, trust, approvals, entries, now())
rows.all()                  # newest first
rows.of("r-1")
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import cast, get_args

from sandbox.errors import BadInput, RecordRefused
from sandbox.records import Approval, Entry, RunRecord, Trust, read_run, read_time
from sandbox.review import failing
from sandbox.review.approvals import Approvals
from sandbox.reviewing.approval_rows import title_of
from sandbox.reviewing.orders.runs import Outcome, RunRow
from sandbox.workspace import Workspace

MAY_GO_ON = "It has left no record yet: it is under way, or its process has ended."
CUT_OFF = "Its process ended before it could leave a record, so it has no results. It counts as a run."
_SLACK = timedelta(minutes=2)


class RunRows:
    """The runs of one workspace at one moment."""

    def __init__(
        self, workspace: Workspace, trust: Trust, approvals: Approvals, entries: Iterable[Entry], now: str
    ) -> None:
        self._workspace = workspace
        self._trust = trust
        self._approvals = {one.id: one for one in approvals.verified}
        entries = list(entries)
        self._reserved = _by_run(entries, "run.reserved")
        self._ended = _by_run(entries, "run.ended")
        self._reported = {str(one.details.get("approval")) for one in entries if one.event == failing.EVENT}
        self._now = read_time(now)

    def all(self) -> tuple[RunRow, ...]:
        """Every run that was reserved or left a record, newest first."""
        recorded = {path.parent.name for path in self._workspace.runs.glob("*/record.json")}
        rows = [self.of(run) for run in recorded | set(self._reserved)]
        return tuple(sorted(rows, key=lambda row: (row.started_at, row.id), reverse=True))

    def of(self, run: str) -> RunRow:
        """One run. Its record is verified; one that can't be relied on is told by the log's word and says so."""
        path = self._workspace.run(run) / "record.json"
        if not path.exists():
            return self._without_record(run)
        try:
            record = read_run(path.read_bytes(), self._trust)
            if record.id != run:
                raise RecordRefused("The file of this run holds the record of another one.")
        except RecordRefused as problem:
            return self._refused(run, problem)
        return self._recorded(record)

    def _recorded(self, record: RunRecord) -> RunRow:
        approval = self._approvals.get(record.approval_id)
        failed = record.outcome == "failed" and bool(record.exception)
        return RunRow(
            id=record.id,
            approval=record.approval_id,
            question=approval.question if approval else "",
            draft=approval.draft if approval else 0,
            outcome=record.outcome,
            sentence=record.sentence,
            started_at=record.started_at,
            ended_at=record.ended_at,
            title=self._title(approval),
            has_results=(self._workspace.run(record.id) / "results.enc").exists(),
            may_report=failed and approval is not None and record.approval_id not in self._reported,
            exception=record.exception if failed else "",
            line=record.line,
            name=record.name if failed else "",
        )

    def _without_record(self, run: str) -> RunRow:
        reserved = self._reserved.get(run)
        if reserved is None:
            raise BadInput(f"There is no run {run!r}.", "Choose one of the list.")
        longest = timedelta(seconds=self._workspace.settings.program_seconds) + _SLACK
        may_go_on = self._now < read_time(reserved.time) + longest
        return self._told_by_log(reserved, "cut off", MAY_GO_ON if may_go_on else CUT_OFF)

    def _refused(self, run: str, problem: RecordRefused) -> RunRow:
        told = self._ended.get(run) or self._reserved.get(run)
        if told is None:
            raise problem
        outcome = told.details.get("outcome")
        known = cast("Outcome", outcome) if outcome in get_args(Outcome) else "cut off"
        sentence = f"Its record can't be relied on. {problem.sentence}"
        return self._told_by_log(self._reserved.get(run, told), known, sentence)

    def _told_by_log(self, reserved: Entry, outcome: Outcome, sentence: str) -> RunRow:
        approval = self._approvals.get(str(reserved.details.get("approval")))
        return RunRow(
            id=str(reserved.details.get("run")),
            approval=str(reserved.details.get("approval")),
            question=approval.question if approval else "",
            draft=approval.draft if approval else 0,
            outcome=outcome,
            sentence=sentence,
            started_at=reserved.time,
            title=self._title(approval),
        )

    def _title(self, approval: Approval | None) -> str:
        if approval is None:
            return ""
        return title_of(self._workspace, approval.question, approval.draft, approval.program_sha256)


def _by_run(entries: Iterable[Entry], event: str) -> dict[str, Entry]:
    return {str(entry.details.get("run")): entry for entry in entries if entry.event == event}
