"""Drafts as the desk sees them: evidence, what may be signed, made-up patients, own drafts, the signature."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from typing import Any

import msgspec
import pytest
from finished_job import FIRST, PASSPHRASE, PROGRAM, Job, sign_order

from sandbox.checks.facts import Flag, Grant
from sandbox.errors import ApprovalRefused, BadInput, WrongPassphrase
from sandbox.records import AuditLog
from sandbox.review.draft import read_draft
from sandbox.review.evidence import keep_checks, read_checks
from sandbox.review.made_up import MadeUpPatient
from sandbox.review.offering import first_used, offers
from sandbox.reviewing import review
from sandbox.reviewing.orders import Progress
from sandbox.reviewing.orders.review import DraftShown, ListDrafts, LookAt, TryPatients, WriteDraft
from sandbox.reviewing.room import Room

OTHER = '''"""Patients by year of birth."""


def main(data, report):
    people = data.sql("SELECT pat_id, birth_year FROM ehr.patients")
    report.value("patients", len(people))
'''
REFUSED = '"""Reads a file."""\nimport os\n\n\ndef main(data, report):\n    report.value("n", os.getpid())\n'
ONE_STAY = MadeUpPatient(
    name="one stay",
    rows={"ehr.encounters": [{"pat_id": "p9", "enc_class": "OP", "charge": 3.5}]},
    expect={"stays": 1, "By class": 1},
)


def look(room: Room, job: Job, **order: Any) -> DraftShown:
    return review.look_at(room, LookAt(question=job.question, **order))


def write(room: Room, question: str, **order: Any) -> int:
    return review.write_draft(room, WriteDraft(question=question, **order)).number


def refused(shown: DraftShown) -> dict[str, str]:
    return {kind.kind: kind.refused for kind in shown.kinds}


READ = Grant(tables={"ehr.a": ("x",), "ehr.b": ("y",)})
REFUSAL = Flag(line=3, severity="refuse", rule="import", reason="os may not be imported.", instead="Leave it out.")


@pytest.mark.parametrize(
    ("flags", "grant", "read_before", "first_look", "full"),
    [
        ((), READ, {"ehr.a", "ehr.b", "ehr.c"}, "", ""),
        ((), READ, set(), "ehr.a and ehr.b for the first time", ""),
        ((), READ, {"ehr.a"}, "ehr.b for the first time", ""),
        ((REFUSAL,), READ, {"ehr.a", "ehr.b"}, "Line 3 is refused", "Line 3 is refused"),
        ((msgspec.structs.replace(REFUSAL, line=0),), READ, {"ehr.a"}, "The program is refused", "The program is"),
        ((msgspec.structs.replace(REFUSAL, severity="warn"),), READ, {"ehr.a", "ehr.b"}, "", ""),
        ((), Grant(tables={}), set(), "reads nothing", "reads nothing"),
    ],
)
def test_what_may_be_signed_follows_from_flags_grant_and_tables_read_before(
    flags: tuple[Flag, ...], grant: Grant, read_before: set[str], first_look: str, full: str
) -> None:
    found = {offer.kind: offer.refused.sentence if offer.refused else "" for offer in offers(flags, grant, read_before)}
    for kind, expected in (("first_look", first_look), ("full", full)):
        assert expected in found[kind]
        assert bool(expected) == bool(found[kind])


def test_a_column_that_is_new_in_a_known_table_opens_no_table() -> None:
    assert first_used(Grant(tables={"ehr.a": ("x", "z")}), {"ehr.a"}) == ()


def test_drafts_are_listed_with_what_became_of_them(desk_room: Room, job: Job) -> None:
    drafts = review.list_drafts(desk_room, ListDrafts(question=job.question))
    assert [(row.number, row.author, row.submitted, row.approval) for row in drafts.rows] == [
        (1, "agent", False, ""),
        (2, "agent", True, job.approval),
    ]
    assert drafts.rows[1].sha256 == hashlib.sha256(PROGRAM.encode()).hexdigest()
    (own,) = review.list_drafts(desk_room, ListDrafts(question=job.failing)).rows
    assert (own.author, own.refusals, bool(own.approval)) == ("reviewer", 0, True)


def test_a_draft_that_was_edited_in_place_does_not_hide_the_others(desk_room: Room, job: Job) -> None:
    path = desk_room.workspace.draft(job.question, 2) / "program.py"
    path.write_text("edited")
    assert len(review.list_drafts(desk_room, ListDrafts(question=job.question)).rows) == 2
    with pytest.raises(BadInput, match="was edited after it was written"):
        look(desk_room, job)
    assert look(desk_room, job, draft=1).evidence.number == 1


def test_the_newest_draft_is_shown_against_the_one_before(desk_room: Room, job: Job) -> None:
    shown = look(desk_room, job)
    assert (shown.evidence.number, shown.evidence.against, shown.newest, shown.comparable) == (2, "draft 1", True, (1,))
    assert [row.text.strip() for row in shown.evidence.diff if row.kind == "added"] == [
        'report.text("note", "By class of stay.")'
    ]
    assert shown.evidence.claims["understood"] == "Stays by class."
    assert [patient.name for patient in shown.patients] == ["two stays"]
    assert shown.text == "How many stays are there by class?"
    first = look(desk_room, job, draft=1)
    assert (first.evidence.against, first.newest, first.comparable) == ("", False, (2,))


def test_results_stand_beside_those_of_the_draft_compared_with(desk_room: Room, job: Job) -> None:
    evidence = look(desk_room, job).evidence
    now = {(trial.seed, trial.edge): trial.values for trial in evidence.trials}
    before = {(trial.seed, trial.edge): trial.values for trial in evidence.trials_before}
    assert set(before) == set(now) == {(1, False), (2, False), (3, False), (1, True)}
    assert before[(1, False)]["stays"] == now[(1, False)]["stays"]


def test_what_is_new_about_a_draft_is_told_and_takes_a_full_approval(desk_room: Room, job: Job) -> None:
    assert refused(look(desk_room, job)) == {"first_look": "", "full": ""}
    (known,) = look(desk_room, job).reads
    assert (known.table, known.columns) == ("ehr.encounters", ("charge", "enc_class", "pat_id"))
    assert known.given == {"charge": "full", "enc_class": "full", "pat_id": "token"}
    assert (known.new, known.first_use) == ((), False)
    write(desk_room, job.question, program=OTHER)
    shown = look(desk_room, job)
    (read,) = shown.reads
    assert (read.table, read.new, read.first_use) == ("ehr.patients", ("birth_year", "pat_id"), True)
    assert read.given["birth_year"] == "derived (year)"
    (alone,) = look(desk_room, job, draft=1).reads
    assert alone.new == ()  # nothing to compare with, so nothing is marked
    assert refused(shown) == {
        "first_look": "It reads ehr.patients for the first time, which takes a full approval.",
        "full": "",
    }


def test_the_signature_goes_by_the_same_rule_as_the_offer(desk_room: Room, job: Job) -> None:
    write(desk_room, job.question, program=OTHER)
    with pytest.raises(ApprovalRefused, match=r"ehr\.patients for the first time"):
        review.sign_draft(desk_room, sign_order(desk_room, job.question, 3, kind="first_look"))
    assert review.sign_draft(desk_room, sign_order(desk_room, job.question, 3)).kind == "full"
    again = review.sign_draft(desk_room, sign_order(desk_room, job.question, 3, kind="first_look"))
    assert (again.kind, again.may_run) == ("first_look", True)


def test_a_draft_with_a_refusal_is_shown_and_not_signable(desk_room: Room, job: Job) -> None:
    row = review.write_draft(desk_room, WriteDraft(question=job.question, program=REFUSED))
    assert row.refusals > 0
    shown = look(desk_room, job)
    assert shown.evidence.trials == ()
    assert all(text.startswith("Line 2 is refused") for text in refused(shown).values())
    with pytest.raises(ApprovalRefused, match="Line 2 is refused"):
        review.sign_draft(desk_room, sign_order(desk_room, job.question, row.number))


def test_the_last_signed_draft_is_what_a_new_one_is_compared_with(desk_room: Room, job: Job) -> None:
    write(desk_room, job.question, program=REFUSED + "# three\n")
    write(desk_room, job.question, program=REFUSED + "# four\n")
    shown = look(desk_room, job)
    assert (shown.last_signed, shown.evidence.against) == (2, "draft 2")
    assert look(desk_room, job, against=3).evidence.against == "draft 3"


def test_looking_tells_what_is_being_done(desk_room: Room, job: Job) -> None:
    told: list[Progress] = []
    with desk_room.telling(told.append):
        look(desk_room, job, again=True)
    assert [(one.done, one.of) for one in told] == [(0, 4), (1, 4), (2, 4), (3, 4)]
    assert not [one for one in told if "jail" in one.sentence]


def test_the_purpose_is_offered_from_the_settings(desk_room: Room, job: Job) -> None:
    assert look(desk_room, job).purpose == ""
    workspace = desk_room.workspace
    workspace.change_settings(msgspec.structs.replace(workspace.settings, purpose="Quality improvement"))
    assert look(desk_room, job).purpose == "Quality improvement"


def test_made_up_patients_are_tried_and_not_kept(desk_room: Room, job: Job) -> None:
    wrong = msgspec.structs.replace(ONE_STAY, name="two expected", expect={"stays": 2})
    trial = review.try_patients(desk_room, TryPatients(question=job.question, draft=2, patients=(ONE_STAY, wrong)))
    assert [(one.patient, one.label, one.ok) for one in trial.expectations] == [
        ("one stay", "stays", True),
        ("one stay", "By class", True),
        ("two expected", "stays", False),
    ]
    assert [patient.name for patient in look(desk_room, job).patients] == ["two stays"]


@pytest.mark.parametrize("patients", [(), (ONE_STAY, ONE_STAY)])
def test_patients_that_can_not_be_tried_are_refused(desk_room: Room, job: Job, patients: Any) -> None:
    with pytest.raises(BadInput):
        review.try_patients(desk_room, TryPatients(question=job.question, draft=2, patients=patients))


def test_an_edited_draft_is_a_new_one_in_the_reviewers_name(desk_room: Room, job: Job) -> None:
    row = review.write_draft(desk_room, WriteDraft(question=job.question, program=PROGRAM + "# mine\n", basis=2))
    assert (row.number, row.author, row.refusals, row.approval) == (3, "reviewer", 0, "")
    written = read_draft(desk_room.workspace, job.question, 3)
    assert [patient.name for patient in written.made_up_patients] == ["two stays"]
    entry = AuditLog(desk_room.workspace.audit_log).entries()[-1]
    assert (entry.event, entry.details["author"], entry.details["sha256"]) == ("draft.written", "reviewer", row.sha256)


def test_other_made_up_patients_alone_make_a_new_draft(desk_room: Room, job: Job) -> None:
    number = write(desk_room, job.question, program=PROGRAM, basis=2, patients=(ONE_STAY,))
    assert read_draft(desk_room.workspace, job.question, number).made_up_patients == (ONE_STAY,)
    assert read_draft(desk_room.workspace, job.question, number).program == PROGRAM


@pytest.mark.parametrize("basis", [0, 2])
def test_a_draft_in_which_nothing_was_changed_is_no_new_one(desk_room: Room, job: Job, basis: int) -> None:
    with pytest.raises(BadInput, match="Nothing was changed"):
        write(desk_room, job.question, program=PROGRAM, basis=basis)
    assert write(desk_room, job.question, program=FIRST) == 3  # an earlier text is a change to the newest


def test_a_program_is_brought_from_a_file(desk_room: Room, job: Job, tmp_path: Path) -> None:
    (tmp_path / "mine.py").write_text(OTHER, "utf-8")
    number = write(desk_room, job.failing, path=str(tmp_path / "mine.py"))
    assert read_draft(desk_room.workspace, job.failing, number).program == OTHER


@pytest.mark.parametrize(
    "content",
    [None, b"\xff\xfe", b"x" * 200_001, b"", b"def main():\r\n"],
    ids=["none", "no text", "big", "empty", "CR"],
)
def test_a_file_that_is_no_program_is_refused(desk_room: Room, job: Job, tmp_path: Path, content: bytes | None) -> None:
    if content is not None:
        (tmp_path / "mine.py").write_bytes(content)
    with pytest.raises(BadInput):
        write(desk_room, job.question, path=str(tmp_path / "mine.py"))
    with pytest.raises(BadInput, match="and not both"):
        write(desk_room, job.question, path=str(tmp_path / "mine.py"), program=OTHER)


def test_a_pipe_is_no_program_and_holds_nobody_up(desk_room: Room, job: Job, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "mine.py")
    with pytest.raises(BadInput, match="is no file"):
        write(desk_room, job.question, path=str(tmp_path / "mine.py"))


def test_a_signed_draft_may_run_as_often_as_was_signed(desk_room: Room, job: Job) -> None:
    row = review.sign_draft(desk_room, sign_order(desk_room, job.question, 2, runs=3, purpose=" For the board "))
    assert (row.may_run, row.sentence, row.runs, row.used, row.purpose) == (True, "", 3, 0, "For the board")
    assert (row.title, row.tables, row.question, row.draft) == ("Stays by class.", ("ehr.encounters",), job.question, 2)
    newest = review.list_drafts(desk_room, ListDrafts(question=job.question)).rows[-1]
    assert newest.approval == row.id


def test_a_program_that_was_not_on_the_screen_is_not_signed(desk_room: Room, job: Job) -> None:
    seen = read_draft(desk_room.workspace, job.question, 1).sha256
    approvals = len(list(desk_room.workspace.approvals.iterdir()))
    with pytest.raises(ApprovalRefused, match="another program than the one that was on the screen"):
        review.sign_draft(desk_room, sign_order(desk_room, job.question, 2, sha256=seen))
    with pytest.raises(BadInput, match="on the screen"):
        review.sign_draft(desk_room, sign_order(desk_room, job.question, 2, sha256=""))
    assert len(list(desk_room.workspace.approvals.iterdir())) == approvals


@pytest.mark.parametrize(
    ("terms", "kind"),
    [
        ({"passphrase": "not the passphrase"}, WrongPassphrase),
        ({"purpose": " "}, BadInput),
        ({"purpose": "two\nlines"}, BadInput),
        ({"hours": 0}, BadInput),
        ({"runs": 0}, BadInput),
        ({"kind": "first_look", "runs": 2}, BadInput),
    ],
)
def test_nothing_is_signed_under_wrong_terms(
    desk_room: Room, job: Job, terms: dict[str, Any], kind: type[Exception]
) -> None:
    before = AuditLog(desk_room.workspace.audit_log).head()
    with pytest.raises(kind):
        review.sign_draft(desk_room, sign_order(desk_room, job.question, 2, **terms))
    assert AuditLog(desk_room.workspace.audit_log).head() == before


def test_the_passphrase_is_written_nowhere(desk_room: Room, job: Job) -> None:
    review.sign_draft(desk_room, sign_order(desk_room, job.question, 2))
    plain = b"".join(path.read_bytes() for path in job.folder.rglob("*") if path.is_file())
    assert PASSPHRASE.encode() not in plain


def forge(room: Room, question: str, draft: int, **changes: Any) -> None:
    """As the session beside the agent could, which writes there: other kept checks of the same bytes."""
    keep_checks(
        room.workspace,
        question,
        draft,
        msgspec.structs.replace(read_checks(room.workspace, question, draft), **changes),
    )


def rewrite(room: Room, question: str, draft: int, **changes: Any) -> None:
    """The same for the draft itself."""
    folder = room.workspace.draft(question, draft)
    about = msgspec.json.decode((folder / "about.json").read_bytes()) | changes
    if program := changes.pop("program", ""):
        (folder / "program.py").write_text(program, "utf-8")
        about["sha256"] = hashlib.sha256(about.pop("program").encode()).hexdigest()
    (folder / "about.json").write_bytes(msgspec.json.encode(about))


def test_a_grant_that_was_made_small_on_the_screen_is_not_signed_at_its_true_size(desk_room: Room, job: Job) -> None:
    forge(desk_room, job.question, 2, grant=Grant(tables={"ehr.encounters": ("enc_class",)}))
    order = sign_order(desk_room, job.question, 2)
    with pytest.raises(ApprovalRefused, match="not those that were on the screen"):
        review.sign_draft(desk_room, order)
    look(desk_room, job, draft=2, again=True)
    assert review.sign_draft(desk_room, sign_order(desk_room, job.question, 2)).may_run


def test_made_up_patients_that_were_changed_after_the_look_are_not_signed(desk_room: Room, job: Job) -> None:
    order = sign_order(desk_room, job.question, 2)
    rewrite(desk_room, job.question, 2, made_up_patients=[])
    with pytest.raises(ApprovalRefused, match="not those that were on the screen"):
        review.sign_draft(desk_room, order)


def test_a_program_put_in_the_place_of_a_signed_one_counts_neither_as_signed_nor_as_seen(
    desk_room: Room, job: Job
) -> None:
    write(desk_room, job.question, program=OTHER)
    assert (look(desk_room, job).last_signed, look(desk_room, job, draft=2).approval) == (2, job.approval)
    rewrite(desk_room, job.question, 2, program=OTHER + "# almost\n")
    assert (look(desk_room, job).last_signed, look(desk_room, job, draft=2).approval) == (0, "")
