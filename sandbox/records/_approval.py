"""The approval: a person's signed statement that this exact draft may run, with this grant, until this date.

    envelope = approve(approval, reviewer_key)
    approval = read_approval(untrusted, trust)

Fields are in the manner of 21 CFR 11.50 and 11.70 (printed name, time, meaning, linked to what was signed);
no compliance is claimed.
"""

from __future__ import annotations

from typing import Any, Literal

import msgspec

from sandbox.checks.facts import Flag, Grant
from sandbox.errors import RecordRefused
from sandbox.records._envelope import Record
from sandbox.records._keys import ReviewerKey
from sandbox.records._times import read_time
from sandbox.records._trust import Trust
from sandbox.records.kinds import Kind

ApprovalKind = Literal["first_look", "access", "full", "identified"]


class Approval(Record, frozen=True):
    """What the reviewer signs.

    `columns` binds, by table, the facts of the granted columns, and of those that row scopes read, as they were signed
    (`columns_hash`);
    `dictionary` names the signed tables' envelopes by SHA-256; `sent_head` is the head of what was sent to
    the model up to this draft; `runs` is how often it may run.
    """

    id: str
    question: str
    draft: int
    author: Literal["agent", "reviewer"]
    kind: ApprovalKind
    reviewer: str
    fingerprint: str
    meaning: str
    signed_at: str
    expires_at: str
    purpose: str
    program_sha256: str
    patients_sha256: str
    grant: Grant
    columns: dict[str, str]
    parameters: dict[str, Any]
    runs: int
    self_reviewed: bool
    flags: tuple[Flag, ...] = ()
    libraries: dict[str, str] = {}
    sent_head: str = ""
    dictionary: dict[str, str] = {}

    @property
    def subjects(self) -> dict[str, str]:
        return {"program.py": self.program_sha256, "patients.json": self.patients_sha256}


class Revocation(Record, frozen=True):
    """The reviewer's word that an approval is void from now on."""

    approval: str
    reason: str
    revoked_at: str


def approve(approval: Approval, key: ReviewerKey) -> bytes:
    """The envelope to keep. Refuses to sign what `read_approval` would refuse to read."""
    _check_form(approval)
    if (approval.reviewer, approval.fingerprint) != (key.name, key.fingerprint):
        raise RecordRefused("The approval names another reviewer than the key that is to sign it.")
    return key.sign(approval.subjects, Kind.APPROVAL, approval)


def read_approval(untrusted: bytes, trust: Trust) -> Approval:
    """The approval inside the envelope, or `RecordRefused`.

    1. A trusted reviewer's key signed these exact bytes as an approval (`Trust.statement`, four steps).
    2. They hold every field of one, and nothing else.
    3. The statement is about the program and the made-up patients that the fields name, and nothing else.
    4. The fields name the key that signed, and make sense by themselves.
    """
    envelope, _ = trust.statement(untrusted, Kind.APPROVAL)  # (1)
    statement, approval = trust.predicate(untrusted, Kind.APPROVAL, Approval)  # (2)
    if statement.subjects != approval.subjects:  # (3)
        raise RecordRefused("An approval is about another program than its fields say.")
    if approval.fingerprint != envelope.keyid:  # (4)
        raise RecordRefused("An approval names another reviewer than the one who signed it.")
    _check_form(approval)
    return approval


def revoke(revocation: Revocation, envelope_sha256: str, key: ReviewerKey) -> bytes:
    """A signed revocation of the approval whose envelope has this SHA-256."""
    return key.sign({revocation.approval: envelope_sha256}, Kind.REVOCATION, revocation)


def read_revocation(untrusted: bytes, trust: Trust) -> Revocation:
    return trust.predicate(untrusted, Kind.REVOCATION, Revocation)[1]


def patients_hash(patients: object) -> str:
    """SHA-256 over `patients_json`: what `Approval.patients_sha256` holds."""
    from sandbox.records._envelope import sha256

    return sha256(patients_json(patients))


def patients_json(patients: object) -> bytes:
    """Made-up patients in the one spelling that is signed."""
    return msgspec.json.encode(patients, order="sorted")


def _check_form(approval: Approval) -> None:
    for digest in (approval.program_sha256, approval.patients_sha256, *approval.columns.values()):
        if len(digest) != 64 or set(digest) - set("0123456789abcdef"):
            raise RecordRefused("An approval holds a SHA-256 that is none.")
    if approval.runs < 1:
        raise RecordRefused("An approval must allow one run at least.")
    if set(approval.columns) != set(approval.grant.tables):
        raise RecordRefused("An approval grants other tables than those whose columns it binds.")
    if not set(approval.grant.rows) <= set(approval.grant.tables):
        raise RecordRefused("An approval says which rows of a table that it does not grant.")
    if read_time(approval.expires_at) <= read_time(approval.signed_at):
        raise RecordRefused("An approval ends before it begins.")
