"""Records as the desk sees them: approvals and runs in words, the log in sentences, bundles made and checked."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from finished_job import PASSPHRASE, PROGRAM, Job

from sandbox.errors import BadInput, RecordRefused, WrongPassphrase
from sandbox.records import AuditLog, Entry
from sandbox.records._log_entries import EVENTS
from sandbox.reviewing import records, runs
from sandbox.reviewing.log_words import TEMPLATES, sentence_of
from sandbox.reviewing.orders.records import (
    ListRecords,
    MakeBundle,
    ReadApproval,
    ReadLog,
    ReadRun,
    Revoke,
    VerifyBundle,
)
from sandbox.reviewing.orders.runs import ListRuns
from sandbox.reviewing.room import Room


def test_approvals_and_runs_are_listed_newest_first(desk_room: Room, job: Job) -> None:
    lists = records.list_records(desk_room, ListRecords())
    assert [row.question for row in lists.approvals] == [job.failing, job.question]
    assert [row.id for row in lists.runs] == [job.failed_run, job.run]
    used = lists.approvals[1]
    assert (used.used, used.runs, used.may_run, used.revoked) == (1, 1, False, False)
    assert used.sentence == "The approval is used up: its one run is spent."
    assert (used.title, used.tables, used.parameters) == ("Stays by class.", ("ehr.encounters",), {"least": 0})


def test_an_approval_is_told_in_words_with_what_was_signed(desk_room: Room, job: Job) -> None:
    text = records.read_approval(desk_room, ReadApproval(approval=job.approval))
    lines = dict(text.lines)
    assert text.program == PROGRAM
    assert "the program is the one that was signed" in text.sentence
    assert lines["Purpose"] == "A test"
    assert lines["Signed by"] == "Dr A Reviewer"
    assert lines["May read"] == "ehr.encounters: charge, enc_class, pat_id"
    assert lines["Parameter"] == "least = 0"
    assert lines["Draft"] == "2, written by the agent"
    assert lines["Runs"] == "1 of 1 used"
    statement = json.loads(text.statement)
    assert statement["predicate"]["program_sha256"] == lines["Fingerprint of the program"]
    assert statement["predicate"]["id"] == job.approval


def test_a_program_that_was_edited_since_is_not_shown_as_what_was_signed(desk_room: Room, job: Job) -> None:
    path = desk_room.workspace.draft(job.question, 2) / "program.py"
    path.write_bytes(path.read_bytes() + b"# one more line\n")
    text = records.read_approval(desk_room, ReadApproval(approval=job.approval))
    assert text.program == ""
    assert "is not the one that was signed" in text.sentence


def test_a_run_record_is_told_in_words_without_any_number_of_a_result(desk_room: Room, job: Job) -> None:
    text = records.read_run(desk_room, ReadRun(run=job.run))
    lines = dict(text.lines)
    assert (lines["Outcome"], lines["Approval"], lines["Step"]) == ("finished", job.approval, "stays")
    assert [label for label, line in text.lines if line.startswith("By class, salted fingerprint ")] == ["Result"]
    failed = dict(records.read_run(desk_room, ReadRun(run=job.failed_run)).lines)
    assert (failed["Outcome"], failed["Failed with"], failed["In line"]) == ("failed", "KeyError", "7")
    assert "300" not in {word for _, line in text.lines for word in re.findall(r"\b\d+\b", line)}


def test_a_record_that_was_changed_is_refused_and_hides_no_other(desk_room: Room, job: Job) -> None:
    path = desk_room.workspace.approval(job.approval)
    path.write_bytes(path.read_bytes().replace(b'"sig":"', b'"sig":"A', 1))
    with pytest.raises(RecordRefused):
        records.read_approval(desk_room, ReadApproval(approval=job.approval))
    rows = records.list_records(desk_room, ListRecords()).approvals
    assert len(rows) == 2
    damaged = rows[-1]
    assert (damaged.id, damaged.may_run, damaged.signed_at) == (job.approval, False, "")
    assert damaged.sentence


def test_a_run_record_that_was_changed_is_told_by_the_log_and_says_so(desk_room: Room, job: Job) -> None:
    path = desk_room.workspace.run(job.run) / "record.json"
    path.write_bytes((desk_room.workspace.run(job.failed_run) / "record.json").read_bytes())
    row = next(row for row in runs.list_runs(desk_room, ListRuns()).runs if row.id == job.run)
    assert row.outcome == "finished"
    assert row.sentence.startswith("Its record can't be relied on.")
    assert not row.has_results


@pytest.mark.parametrize("order", [ReadApproval(approval="a-none"), ReadRun(run="r-none")])
def test_a_record_that_is_not_there_is_named(desk_room: Room, order: ReadApproval | ReadRun) -> None:
    read = records.read_approval if isinstance(order, ReadApproval) else records.read_run
    with pytest.raises(BadInput, match="none"):
        read(desk_room, order)  # type: ignore[arg-type]


def test_revoking_voids_an_approval_once(desk_room: Room, job: Job) -> None:
    with pytest.raises(BadInput, match="reason"):
        records.revoke(desk_room, Revoke(approval=job.approval, reason=" ", passphrase=PASSPHRASE))
    with pytest.raises(WrongPassphrase):
        records.revoke(desk_room, Revoke(approval=job.approval, reason="wrong cohort", passphrase="no such words"))
    row = records.revoke(desk_room, Revoke(approval=job.approval, reason="wrong cohort", passphrase=PASSPHRASE))
    assert (row.revoked, row.may_run, row.sentence) == (True, False, "The approval was revoked.")
    with pytest.raises(BadInput, match="void already"):
        records.revoke(desk_room, Revoke(approval=job.approval, reason="again", passphrase=PASSPHRASE))


def test_every_event_of_the_log_has_its_sentence() -> None:
    assert set(TEMPLATES) == set(EVENTS)


def test_the_log_is_told_in_sentences_newest_first(desk_room: Room, job: Job) -> None:
    log = records.read_log(desk_room, ReadLog(last=1000))
    assert log.whole
    assert [row.n for row in log.rows] == list(range(log.size, 0, -1))
    told = {row.sentence for row in reversed(log.rows)}
    assert not [sentence for sentence in told if "(not noted)" in sentence or "{" in sentence]
    assert {
        "The workspace was made for Dr A Reviewer.",
        "The source ehr was connected.",
        f"Question {job.withheld}: what the reviewer wrote looked like a patient's (record number), "
        "so it was not sent.",
        f"Draft 1 of question {job.failing} was written by the reviewer.",
        f"The agent handed in draft 2 of question {job.question} for review.",
        f"Draft 2 of question {job.question} was signed: a full approval, {job.approval}.",
        f"Run {job.run} of approval {job.approval} finished.",
    } <= told
    newest = records.read_log(desk_room, ReadLog(last=3))
    assert (newest.rows, newest.size) == (log.rows[:3], log.size)


def test_a_detail_can_not_forge_a_sentence() -> None:
    details = {"question": "{q}\x1b[2J", "reason": "patient", "author": "agent", "kinds": ["{question}"]}
    entry = Entry(n=1, time="", event="request.withheld", details=details, tree="")
    assert sentence_of(entry) == (
        "Question {q}\\u001b[2J: what the agent's side wrote looked like a patient's (question), so it was not sent."
    )
    strange = Entry(n=1, time="", event="a.newer\nevent", details={}, tree="")
    assert sentence_of(strange) == "a.newer\\u000aevent"


def test_a_log_that_was_changed_is_shown_as_such(desk_room: Room, job: Job) -> None:
    path = desk_room.workspace.audit_log
    path.write_bytes(path.read_bytes().replace(b"Dr A Reviewer", b"Dr B Reviewer", 1))
    log = records.read_log(desk_room, ReadLog())
    assert not log.whole
    assert log.sentence == "Entry 1 of the audit log was changed after it was written."
    assert log.rows[-1].sentence == "The workspace was made for Dr B Reviewer."


def test_a_bundle_is_made_and_holds_for_whom_it_should(desk_room: Room, job: Job, tmp_path: Path) -> None:
    made = records.make_bundle(desk_room, MakeBundle(approval=job.approval, to=str(tmp_path / "bundle")))
    assert made.path == str(tmp_path / "bundle")
    assert {"VERIFY.txt", "approval.json", f"runs/{job.run}.json"} <= set(made.files)
    unknown = records.verify_bundle(desk_room, VerifyBundle(path=made.path))
    assert (unknown.ok, unknown.trusted) == (True, False)
    own = records.verify_bundle(desk_room, VerifyBundle(path=made.path, own=True))
    assert (own.ok, own.trusted) == (True, True)
    by_file = VerifyBundle(path=made.path, trusted=(str(desk_room.workspace.keys / "reviewer.pub.pem"),))
    assert records.verify_bundle(desk_room, by_file).trusted
    other = records.verify_bundle(desk_room, VerifyBundle(path=made.path, trusted=("0" * 64,)))
    assert (other.ok, other.trusted) == (False, False)
    (tmp_path / "bundle" / "program.py").write_bytes(b"print()\n")
    changed = records.verify_bundle(desk_room, VerifyBundle(path=made.path, own=True))
    assert not changed.ok
    assert [one.name for one in changed.checks if not one.ok][0] == "program.py"


@pytest.mark.parametrize("to", ["", "bundle", "/no/such/folder/bundle"])
def test_a_bundle_goes_only_where_a_whole_path_says(desk_room: Room, job: Job, to: str) -> None:
    with pytest.raises(BadInput):
        records.make_bundle(desk_room, MakeBundle(approval=job.approval, to=to))
    inside = str(desk_room.workspace.root / "bundle")
    with pytest.raises(BadInput, match="into the workspace"):
        records.make_bundle(desk_room, MakeBundle(approval=job.approval, to=inside))


@pytest.mark.parametrize("key", ["nonsense", "0" * 63])
def test_what_names_no_key_is_refused(desk_room: Room, key: str) -> None:
    with pytest.raises(BadInput, match="64 hexadecimal digits"):
        records.verify_bundle(desk_room, VerifyBundle(path="/anywhere", trusted=(key,)))


def test_reading_records_writes_nothing(desk_room: Room, job: Job) -> None:
    before = AuditLog(desk_room.workspace.audit_log).head()
    records.list_records(desk_room, ListRecords())
    records.read_approval(desk_room, ReadApproval(approval=job.approval))
    records.read_run(desk_room, ReadRun(run=job.run))
    records.read_log(desk_room, ReadLog())
    assert AuditLog(desk_room.workspace.audit_log).head() == before
