"""Orders on runs: the list, results page by page, what may go back to the agent, exports."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from sandbox.errors import BadInput
from sandbox.messages.desk import FailureReport
from sandbox.records import AuditLog, Entry, Trust
from sandbox.review.approvals import Approvals
from sandbox.review.failing import failure_report
from sandbox.reviewing.approval_rows import ApprovalRows
from sandbox.reviewing.opened import Opened
from sandbox.reviewing.orders import Done
from sandbox.reviewing.orders.runs import (
    CloseResults,
    Export,
    Exported,
    Figure,
    LinesShown,
    ListRuns,
    OpenResults,
    ReadFigure,
    ReadRows,
    ReportFailure,
    ResultsShown,
    Rows,
    RunList,
    StepShown,
)
from sandbox.reviewing.room import Room
from sandbox.reviewing.run_rows import RunRows
from sandbox.workspace import Workspace, check_line, now

if TYPE_CHECKING:
    from sandbox.running.results import Results


class Signed(NamedTuple):
    """The signed records of a workspace as they are now."""

    approvals: ApprovalRows
    runs: RunRows


def signed_records(room: Room) -> Signed:
    """Every approval and run, verified when it is shown; the log is read once for all of them."""
    workspace = room.workspace
    trust = Trust.open(workspace, room.keystore)
    approvals = Approvals.read(workspace, trust)
    entries: list[Entry] = AuditLog(workspace.audit_log).entries()
    time = now()
    return Signed(
        ApprovalRows(workspace, approvals, entries, time), RunRows(workspace, trust, approvals, entries, time)
    )


def list_runs(room: Room, order: ListRuns) -> RunList:
    """What may run and what ran."""
    signed = signed_records(room)
    settings = room.workspace.settings
    return RunList(
        ready=tuple(row for row in signed.approvals.all() if row.may_run),
        runs=signed.runs.all(),
        seconds=settings.program_seconds,
        memory_mb=settings.program_memory_mb,
    )


def open_results(room: Room, order: OpenResults) -> ResultsShown:
    """Decrypt the results of a run and keep them until the desk locks; those that are open stay as they are."""
    from sandbox.exports.leaving import export_refused
    from sandbox.running.results import open_results as decrypted

    row = signed_records(room).runs.of(order.run)
    if order.run not in room.results:
        room.keep_results(order.run, Opened(decrypted(room.workspace, room.keystore, order.run)))
    opened = _opened(room, order.run)
    return ResultsShown(
        run=row,
        results=opened.shown(),
        steps=tuple(StepShown(label=one.label, rows=one.rows, patients=one.patients) for one in opened.results.steps),
        rows_read=opened.results.rows_read,
        bytes_read=opened.results.bytes_read,
        minimum=room.workspace.settings.minimum_count,
        export_refused=export_refused(room.workspace, room.keystore, order.run),
        lines=_lines_shown(opened.results),
    )


def read_rows(room: Room, order: ReadRows) -> Rows:
    """A window of a table of opened results."""
    cells = _opened(room, order.run).window(
        order.label,
        first=order.first,
        count=order.count,
        column=order.column,
        columns=order.columns,
        sort_by=order.sort_by,
        descending=order.descending,
    )
    return Rows(first=order.first, cells=cells)


def read_figure(room: Room, order: ReadFigure) -> Figure:
    """A figure of opened results, as the PNG that it is."""
    return Figure(png=_opened(room, order.run).figure(order.label))


def report_failure(room: Room, order: ReportFailure) -> FailureReport:
    """What the agent may hear of the newest failed run of a draft; once per approval."""
    return failure_report(room.workspace, room.keystore, order.question, order.draft)


def export(room: Room, order: Export) -> Exported:
    """Write one table or figure of a run where the reviewer says, signed for."""
    from sandbox.exports import Audience, Release
    from sandbox.exports.leaving import export_figure, export_table
    from sandbox.records import ReviewerKey

    workspace, keystore = room.workspace, room.keystore
    to = new_path(order.to, workspace)
    title = order.title.strip() or order.label
    for what, text in (("title", title), ("recipient", order.recipient), ("authority", order.authority)):
        check_line(f"The {what}", text)
    release = Release(
        title=title,
        audience=Audience(order.audience),
        recipient=order.recipient,
        authority=order.authority,
        minimum=workspace.settings.minimum_count,
    )
    key = ReviewerKey.unlock(workspace, keystore, order.passphrase)
    leave = export_table if order.kind == "table" else export_figure
    exported = leave(workspace, keystore, key, order.run, order.label, to, release)
    return Exported(file=str(to), sha256=exported.sha256, sentence=exported.sentence)


def close_results(room: Room, order: CloseResults) -> Done:
    """Forget the opened results of a run; no error when they are closed already."""
    room.results.pop(order.run, None)
    return Done(sentence="The results are closed.")


def new_path(text: str, workspace: Workspace) -> Path:
    """Where something is to be written that leaves the desk: a whole path, in a folder that exists, outside our own."""
    try:
        path = Path(text.strip()).expanduser()
    except RuntimeError as problem:  # a home folder that nobody has
        raise BadInput("There is no such home folder.", "Give the whole path.") from problem
    if not text.strip() or not path.is_absolute():
        raise BadInput("A place for the file is missing.", "Give the whole path, such as ~/Documents/by-month.csv.")
    if not path.parent.is_dir():
        raise BadInput(f"There is no folder {path.parent.name!r} at that place.", "Make it first, or choose another.")
    if path.parent.resolve().is_relative_to(workspace.root):
        raise BadInput("What leaves the desk is not written into the workspace.", "Choose a folder outside it.")
    return path


def _lines_shown(results: Results) -> LinesShown | None:
    lines = results.lines
    if lines is None:
        return None
    return LinesShown(ran=lines.count, could=len(lines.could), never=lines.never, whole=lines.whole)


def _opened(room: Room, run: str) -> Opened:
    opened = room.results.get(run)
    if opened is None:
        raise BadInput("These results are closed.", "Open them again.")
    return opened
