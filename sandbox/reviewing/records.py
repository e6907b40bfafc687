"""Orders on records: approvals, run records, the audit log, bundles."""

from __future__ import annotations

from pathlib import Path

import msgspec

from sandbox.errors import BadInput, RecordRefused
from sandbox.records import (
    AuditLog,
    Entry,
    ReviewerKey,
    Trust,
    fingerprint_named,
    pinned_head,
    sha256,
    signed_payload,
)
from sandbox.records import read_approval as verified_approval
from sandbox.records import read_run as verified_run
from sandbox.records import verify_bundle as verdict_on
from sandbox.review.approvals import Approvals
from sandbox.review.signing import revoke_approval
from sandbox.reviewing.approval_rows import ApprovalRows
from sandbox.reviewing.log_words import sentence_of
from sandbox.reviewing.orders.records import (
    BundleMade,
    CheckShown,
    ListRecords,
    LogRow,
    LogShown,
    MakeBundle,
    ReadApproval,
    ReadLog,
    ReadRun,
    RecordLists,
    RecordText,
    Revoke,
    VerdictShown,
    VerifyBundle,
)
from sandbox.reviewing.orders.review import ApprovalRow
from sandbox.reviewing.record_lines import approval_lines, run_lines
from sandbox.reviewing.room import Room
from sandbox.reviewing.runs import new_path, signed_records
from sandbox.workspace import now


def list_records(room: Room, order: ListRecords) -> RecordLists:
    """All signed records, newest first."""
    signed = signed_records(room)
    return RecordLists(approvals=signed.approvals.all(), runs=signed.runs.all())


def read_approval(room: Room, order: ReadApproval) -> RecordText:
    """An approval whose signature holds, in words, as it was signed, and with the program that it is about."""
    workspace = room.workspace
    envelope = _read(workspace.approval(order.approval), f"There is no approval {order.approval!r}.")
    approval = verified_approval(envelope, Trust.open(workspace, room.keystore))
    row = _row(room, order.approval)
    path = workspace.draft(approval.question, approval.draft) / "program.py"
    program = path.read_bytes() if path.exists() else b""
    held = f"The signature holds: {approval.reviewer} signed exactly this"
    if sha256(program) == approval.program_sha256:
        sentence, shown = f"{held}, and the program is the one that was signed.", program.decode()
    else:
        sentence, shown = f"{held}. The program on the disk is not the one that was signed.", ""
    return RecordText(
        name=approval.id,
        sentence=sentence,
        lines=approval_lines(approval, row),
        statement=_statement(envelope),
        program=shown,
    )


def read_run(room: Room, order: ReadRun) -> RecordText:
    """A run record whose signature holds, in words and as it was signed."""
    workspace = room.workspace
    missing = f"There is no record of a run {order.run!r}."
    envelope = _read(workspace.run(order.run) / "record.json", missing)
    record = verified_run(envelope, Trust.open(workspace, room.keystore))
    return RecordText(
        name=record.id,
        sentence="The signature holds: this workstation attests exactly this.",
        lines=run_lines(record),
        statement=_statement(envelope),
    )


def revoke(room: Room, order: Revoke) -> ApprovalRow:
    """Void an approval from now on."""
    workspace, keystore = room.workspace, room.keystore
    if not order.reason.strip():
        raise BadInput("A revocation needs a reason.", "Say why in a few words.")
    if _row(room, order.approval).revoked:
        raise BadInput(f"Approval {order.approval} is void already.", "There is nothing to do.")
    key = ReviewerKey.unlock(workspace, keystore, order.passphrase)
    revoke_approval(workspace, keystore, key, order.approval, order.reason)
    return _row(room, order.approval)


def read_log(room: Room, order: ReadLog) -> LogShown:
    """The newest entries, after checking every entry and the head that the keyring pins."""
    log = AuditLog(room.workspace.audit_log)
    try:
        head = log.check(pinned_head(room.keystore))
    except RecordRefused as problem:
        return _damaged(log, order.last, problem)
    entries = log.entries()[: head.size]
    size = "one entry" if head.size == 1 else f"{head.size:,} entries"
    return LogShown(
        rows=_rows(entries, order.last),
        size=head.size,
        root=head.root,
        whole=True,
        sentence=f"The log is whole: {size}, none changed, none missing.",
    )


def make_bundle(room: Room, order: MakeBundle) -> BundleMade:
    """Write the audit bundle of an approval to a new folder, looked through by the checker first."""
    from sandbox.exports.bundling import export_bundle

    workspace = room.workspace
    to = new_path(order.to, workspace)
    room.progress("Looking through every file for patients, then writing the bundle")
    made = export_bundle(workspace, room.keystore, order.approval, to)
    files = tuple(sorted(path.relative_to(made).as_posix() for path in made.rglob("*") if path.is_file()))
    sentence = f"{len(files)} files are in {made.name}. Anyone can check them, with or without Preceptor (VERIFY.txt)."
    return BundleMade(path=str(made), files=files, sentence=sentence)


def verify_bundle(room: Room, order: VerifyBundle) -> VerdictShown:
    """Check a bundle against the keys that were named, and this workspace's reviewer when asked."""
    if not order.path.strip():
        raise BadInput("Which bundle?", "Choose the folder that holds VERIFY.txt.")
    trusted = [fingerprint_named(key.strip()) for key in order.trusted if key.strip()]
    if order.own:
        trusted += Trust.open(room.workspace, room.keystore).reviewers
    verdict = verdict_on(Path(order.path.strip()).expanduser(), tuple(trusted))
    return VerdictShown(
        ok=verdict.ok,
        trusted=verdict.trusted,
        sentence=verdict.sentence,
        checks=tuple(CheckShown(name=one.name, ok=one.ok, sentence=one.sentence) for one in verdict.checks),
        fingerprint=verdict.fingerprint,
    )


def _damaged(log: AuditLog, last: int, problem: RecordRefused) -> LogShown:
    """A log that can't be relied on, as far as it still reads: its damage is something that a person wants to see."""
    try:
        entries = log.entries()
    except RecordRefused:
        entries = []  # the sentence says which entry can't be read
    return LogShown(rows=_rows(entries, last), size=len(entries), root="", whole=False, sentence=problem.sentence)


def _rows(entries: list[Entry], last: int) -> tuple[LogRow, ...]:
    newest = entries[-last:] if last > 0 else []
    return tuple(LogRow(n=one.n, time=one.time, event=one.event, sentence=sentence_of(one)) for one in reversed(newest))


def _row(room: Room, name: str) -> ApprovalRow:
    """One approval with what is left of it."""
    workspace = room.workspace
    envelope = _read(workspace.approval(name), f"There is no approval {name!r}.")
    approval = verified_approval(envelope, Trust.open(workspace, room.keystore))
    entries = AuditLog(workspace.audit_log).entries()
    return ApprovalRows(workspace, Approvals((approval,), {}), entries, now()).of(approval)


def _read(path: Path, missing: str) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError as problem:
        raise BadInput(missing, "Choose one of the list.") from problem


def _statement(envelope: bytes) -> str:
    """What was signed, indented, its keys as they were signed. The envelope is verified already."""
    return msgspec.json.format(signed_payload(envelope), indent=2).decode()
