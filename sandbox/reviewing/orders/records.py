"""Orders on records: approvals, run records, the audit log, bundles."""

from __future__ import annotations

from ._base import Order, Shown
from .review import ApprovalRow
from .runs import RunRow


class RecordLists(Shown, frozen=True):
    """Approvals and runs, newest first."""

    approvals: tuple[ApprovalRow, ...]
    runs: tuple[RunRow, ...]


class ListRecords(Order[RecordLists], frozen=True):
    """All signed records."""


class RecordText(Shown, frozen=True):
    """A record whose signature held: `lines` for a person, `statement` the signed JSON, `program` what was signed."""

    name: str
    sentence: str
    lines: tuple[tuple[str, str], ...]
    statement: str
    program: str = ""


class ReadApproval(Order[RecordText], frozen=True):
    approval: str


class ReadRun(Order[RecordText], frozen=True):
    run: str


class Revoke(Order[ApprovalRow], frozen=True):
    """Void an approval from now on."""

    approval: str
    reason: str
    passphrase: str


class LogRow(Shown, frozen=True):
    n: int
    time: str
    event: str
    sentence: str


class LogShown(Shown, frozen=True):
    """The newest entries, newest first; `whole` after checking every entry and the pinned head."""

    rows: tuple[LogRow, ...]
    size: int
    root: str
    whole: bool
    sentence: str


class ReadLog(Order[LogShown], frozen=True):
    last: int = 200


class BundleMade(Shown, frozen=True):
    path: str
    files: tuple[str, ...]
    sentence: str


class MakeBundle(Order[BundleMade], frozen=True):
    """Write the audit bundle of an approval to a new folder, looked through by the checker first."""

    approval: str
    to: str


class CheckShown(Shown, frozen=True):
    name: str
    ok: bool
    sentence: str


class VerdictShown(Shown, frozen=True):
    """What verifying found; `trusted` when a named key signed it."""

    ok: bool
    trusted: bool
    sentence: str
    checks: tuple[CheckShown, ...]
    fingerprint: str = ""


class VerifyBundle(Order[VerdictShown], frozen=True):
    """Check a bundle; `trusted` are fingerprints or public key files. `own` adds this workspace's reviewer."""

    path: str
    trusted: tuple[str, ...] = ()
    own: bool = False
