"""Orders on drafts: the evidence, made-up patients, a draft of the reviewer's own, signing."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import msgspec

from sandbox.checks.clinical import why
from sandbox.errors import BadInput
from sandbox.records import AuditLog, Trust, load_dictionary
from sandbox.review import own_draft, signing
from sandbox.review.approvals import Approvals
from sandbox.review.draft import draft_numbers, read_about, read_draft
from sandbox.review.evidence import Checks, Evidence, keep_checks, read_checks
from sandbox.review.looking import Looked, look
from sandbox.review.made_up import checked_patients
from sandbox.review.offering import MEANINGS, NAMES, offers
from sandbox.review.questions import latest_draft, read_question
from sandbox.review.reference_marks import opened_references
from sandbox.review.seen import Trial
from sandbox.review.trial import TrialWorker, check_draft, try_draft
from sandbox.reviewing.approval_rows import ApprovalRows
from sandbox.reviewing.demo import demo_script
from sandbox.reviewing.orders.review import (
    ApprovalRow,
    DraftList,
    DraftRow,
    DraftShown,
    KindOffered,
    ListDrafts,
    LookAt,
    SignDraft,
    TryPatients,
    WriteDraft,
)
from sandbox.reviewing.question_state import History, histories_of
from sandbox.reviewing.reads import tables_read
from sandbox.reviewing.room import Room
from sandbox.run_lock import RunLock
from sandbox.workspace import Workspace, now


def list_drafts(room: Room, order: ListDrafts) -> DraftList:
    """The drafts of a question, oldest first; read from what was kept, nothing is checked anew."""
    workspace = room.workspace
    question = read_question(workspace, order.question)
    history = _history(workspace, order.question)
    numbers = draft_numbers(workspace, order.question)
    rows = tuple(_draft_row(workspace, order.question, number, history) for number in numbers)
    return DraftList(question=order.question, text=question.text, rows=rows)


def look_at(room: Room, order: LookAt) -> DraftShown:
    """The evidence on a draft against another, with what may be signed of it."""
    workspace = room.workspace
    question = read_question(workspace, order.question)
    newest = latest_draft(workspace, order.question)
    looked = look(
        workspace,
        room.keystore,
        order.question,
        order.draft or newest,
        against=order.against or None,
        again=order.again,
        tell=room.progress,
    )
    evidence, read_before = looked.evidence, looked.approvals.tables_read()
    return DraftShown(
        question=order.question,
        text=question.text,
        evidence=evidence,
        reads=tables_read(
            evidence.grant,
            looked.dictionary,
            new=evidence.new_columns if evidence.against else (),
            read_before=read_before,
        ),
        patients=looked.draft.made_up_patients,
        comparable=tuple(one for one in draft_numbers(workspace, order.question) if one != evidence.number),
        last_signed=looked.last_signed,
        kinds=_kinds(evidence, read_before),
        purpose=_purpose(workspace),
        newest=evidence.number == newest,
        approval=_approval_of(workspace, looked, order.question),
        cover=looked.cover,
        why={flag.rule: page for flag in evidence.flags if (page := why(flag.rule))},
    )


def try_patients(room: Room, order: TryPatients) -> Trial:
    """Run a draft on these made-up patients in a worker of the review's own. Nothing is kept."""
    workspace = room.workspace
    draft = read_draft(workspace, order.question, order.draft)
    patients = checked_patients(msgspec.to_builtins(order.patients))
    if not patients:
        raise BadInput("There is no made-up patient to try.", "Add one first.")
    dictionary = load_dictionary(workspace, Trust.open(workspace, room.keystore))
    room.progress(f"Trying draft {draft.number} on {len(patients)} made-up patients")
    with closing(RunLock.open(workspace.run_lock)) as lock:
        files = opened_references(workspace, dictionary)
        return try_draft(draft.program, dictionary, patients=patients, files=files, worker=TrialWorker(lock))


def write_draft(room: Room, order: WriteDraft) -> DraftRow:
    """A new draft in the reviewer's name, checked at once; it is tried when it is looked at."""
    workspace, question = room.workspace, order.question
    read_question(workspace, question)
    if bool(order.program) == bool(order.path):
        raise BadInput("A draft is a program as text, or a file, and not both.", "Give one of them.")
    program = order.program or own_draft.read_program(Path(order.path))
    patients = None if order.patients is None else checked_patients(msgspec.to_builtins(order.patients))
    draft = own_draft.write_own_draft(workspace, question, program, basis=order.basis, patients=patients)
    room.progress(f"Checking draft {draft.number}")
    verdict = check_draft(draft.program, load_dictionary(workspace, Trust.open(workspace, room.keystore)))
    keep_checks(
        workspace,
        question,
        draft.number,
        Checks(sha256=draft.sha256, check=verdict.check, grant=verdict.grant),
    )
    return _draft_row(workspace, question, draft.number, _history(workspace, question))


def sign_draft(room: Room, order: SignDraft) -> ApprovalRow:
    """Sign the draft that was on the screen; the key is unlocked for this one signature."""
    from sandbox.records import ReviewerKey

    workspace, keystore = room.workspace, room.keystore
    if not order.sha256 or not order.cover:
        raise BadInput("A signature is for a program that was on the screen.", "Look at the draft first.")
    terms = signing.Terms(purpose=order.purpose, kind=order.kind, hours=order.hours, runs=order.runs)
    signing.check_terms(terms)
    key = ReviewerKey.unlock(workspace, keystore, order.passphrase)
    approval = signing.sign_draft(
        workspace,
        keystore,
        key,
        question=order.question,
        number=order.draft,
        terms=terms,
        seen=order.sha256,
        seen_cover=order.cover,
    )
    entries = AuditLog(workspace.audit_log).entries()
    return ApprovalRows(workspace, Approvals((approval,), {}), entries, now()).of(approval)


def _kinds(evidence: Evidence, read_before: frozenset[str]) -> tuple[KindOffered, ...]:
    return tuple(
        KindOffered(
            kind=offer.kind,
            name=NAMES[offer.kind],
            meaning=MEANINGS[offer.kind],
            refused=offer.refused.sentence if offer.refused else "",
        )
        for offer in offers(evidence.flags, evidence.grant, read_before)
    )


def _approval_of(workspace: Workspace, looked: Looked, question: str) -> str:
    """The newest approval in force that is on exactly these bytes; the log alone knows numbers only."""
    on_these = {one.id for one in looked.approvals.of_question(question) if one.program_sha256 == looked.draft.sha256}
    in_force = reversed(_history(workspace, question).approvals)
    return next((name for name in in_force if name in on_these), "")


def _purpose(workspace: Workspace) -> str:
    script = demo_script(workspace)
    return workspace.settings.purpose or (script.purpose if script else "")


def _draft_row(workspace: Workspace, question: str, number: int, history: History) -> DraftRow:
    about = read_about(workspace, question, number)
    try:
        checks = read_checks(workspace, question, number)
        flags = checks.check.flags if checks.sha256 == about.sha256 else ()
    except BadInput:
        flags = ()  # it was never checked; looking at it will
    return DraftRow(
        number=number,
        author=about.author,
        sha256=about.sha256,
        refusals=sum(flag.severity == "refuse" for flag in flags),
        warnings=sum(flag.severity == "warn" for flag in flags),
        submitted=number in history.submitted,
        approval=history.approval_of(number),
    )


def _history(workspace: Workspace, question: str) -> History:
    return histories_of(AuditLog(workspace.audit_log).entries())[question]
