"""What the handlers answer arrives whole at the other end of a real session."""

from __future__ import annotations

from pathlib import Path

from desk_talk import Desk
from finished_job import PASSPHRASE, QUESTION, Job

from sandbox.reviewing.orders import Refused
from sandbox.reviewing.orders.questions import (
    InspectText,
    ListQuestions,
    ListSent,
    OpenQuestion,
    ReadConversation,
    ReadSent,
)
from sandbox.reviewing.orders.records import (
    ListRecords,
    MakeBundle,
    ReadApproval,
    ReadLog,
    ReadRun,
    Revoke,
    VerifyBundle,
)
from sandbox.reviewing.orders.review import ListDrafts, LookAt, SignDraft
from sandbox.reviewing.orders.runs import (
    CloseResults,
    Export,
    ListRuns,
    OpenResults,
    ReadFigure,
    ReadRows,
    ReportFailure,
)
from sandbox.reviewing.orders.starting import Lock, Open


def test_a_reviewers_day_goes_over_the_line(job: Job, tmp_path: Path) -> None:
    with Desk(job.folder) as desk:
        assert not isinstance(desk.ask(Open()), Refused)
        assert [row.name for row in desk.ask(ListQuestions()).rows] == [job.failing, job.question, job.withheld]
        assert desk.ask(ReadConversation(question=job.question)).turns[0].text == QUESTION
        assert desk.ask(InspectText(text="MRN 4711234")).marks
        assert desk.ask(ReadSent(question=job.question, n=len(desk.ask(ListSent(question=job.question)).rows))).body
        assert desk.ask(OpenQuestion()).state == "new"
        assert len(desk.ask(ListDrafts(question=job.question)).rows) == 2
        shown = desk.ask(LookAt(question=job.question))
        assert shown.evidence.trials[0].values["stays"] == shown.evidence.trials[0].steps[0].rows
        assert desk.progress
        signed = desk.ask(
            SignDraft(
                question=job.question,
                draft=2,
                sha256=shown.evidence.sha256,
                cover=shown.cover,
                kind="first_look",
                purpose="A look",
                hours=1,
                runs=1,
                passphrase=PASSPHRASE,
            )
        )
        assert [row.id for row in desk.ask(ListRuns()).ready] == [signed.id]
        assert desk.ask(Revoke(approval=signed.id, reason="enough", passphrase=PASSPHRASE)).revoked
        assert desk.ask(OpenResults(run=job.run)).rows_read == 300
        assert desk.ask(ReadRows(run=job.run, label="By class", first=0, count=1)).cells[0][1] == "100"
        assert desk.ask(ReadFigure(run=job.run, label="Bars")).png.startswith(b"\x89PNG")
        assert desk.ask(ReportFailure(question=job.failing, draft=1)).exception == "KeyError"
        assert desk.ask(_export(job, tmp_path / "by-class.csv")).sha256
        assert desk.ask(CloseResults(run=job.run)).sentence
        assert len(desk.ask(ListRecords()).approvals) == 3
        assert desk.ask(ReadApproval(approval=job.approval)).program
        assert desk.ask(ReadRun(run=job.run)).lines
        assert desk.ask(ReadLog()).whole
        bundle = desk.ask(MakeBundle(approval=job.approval, to=str(tmp_path / "bundle")))
        assert desk.ask(VerifyBundle(path=bundle.path, own=True)).trusted


def test_what_was_opened_is_closed_when_the_desk_locks(job: Job) -> None:
    with Desk(job.folder) as desk:
        desk.ask(Open())
        desk.ask(OpenResults(run=job.run))
        desk.ask(Lock())
        closed = desk.ask(ReadFigure(run=job.run, label="Bars"))
        assert isinstance(closed, Refused)
        assert closed.sentence == "These results are closed."


def _export(job: Job, to: Path) -> Export:
    return Export(
        run=job.run,
        kind="table",
        label="By class",
        to=str(to),
        title="Stays by class",
        audience="internal",
        recipient="The board",
        authority="QI determination 7",
        passphrase=PASSPHRASE,
    )
