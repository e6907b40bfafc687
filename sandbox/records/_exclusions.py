"""The exclusions: who is out of every run of this workspace, whatever an approval says, as the reviewer signed it.

    envelope = sign_exclusions(Exclusions(...), reviewer_key)
    in_force = exclusions_in_force(workspace, trust, log)       # or a refusal; `in_force.all` is empty where none are

One record is in force at a time. Each change is a new one, signed and in the audit log, whose newest entry names it:
where that file is gone or is not what was signed, every run is refused.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

import msgspec

from sandbox.checks.facts import Exclusion
from sandbox.errors import BadInput, RecordRefused
from sandbox.files import replace_file
from sandbox.records._envelope import Record, sha256
from sandbox.records._keys import ReviewerKey
from sandbox.records._log import AuditLog
from sandbox.records._log_entries import Entry
from sandbox.records._trust import Trust
from sandbox.records.kinds import Kind
from sandbox.workspace import Workspace

EVENT = "exclusions.signed"
_ADVICE = "Restore the folder exclusions from a backup. Nothing runs until then: nobody could tell who is out."


class Exclusions(Record, frozen=True):
    """What the reviewer signs. `number` counts from 1; `replaces` is the SHA-256 of the envelope before."""

    number: int
    reviewer: str
    fingerprint: str
    signed_at: str
    exclusions: tuple[Exclusion, ...]
    replaces: str = ""

    @property
    def subjects(self) -> dict[str, str]:
        return {"exclusions": sha256(msgspec.json.encode(self.exclusions, order="sorted"))}


class InForce(NamedTuple):
    """The exclusions that every run obeys now; `sha256` of their envelope, empty where none were ever signed."""

    all: tuple[Exclusion, ...] = ()
    sha256: str = ""
    number: int = 0

    def at(self, place: int) -> Exclusion:
        """The exclusion at `place`, counted from 1, or `BadInput`."""
        if not 1 <= place <= len(self.all):
            raise BadInput(f"There is no exclusion {place}.", "See `preceptor exclude list`.")
        return self.all[place - 1]

    def place_of(self, which: str) -> int:
        """The place of the exclusion with these words, or at this number; `BadInput` for none, or for several.

        Numbers move up when one is taken away, words don't.
        """
        named = [place for place, one in enumerate(self.all, 1) if one.words == which]
        if len(named) > 1:
            raise BadInput(f"Several exclusions are called {which!r}.", "Give a number of `preceptor exclude list`.")
        if named:
            return named[0]
        if not which.isdecimal() or len(which) > 9:
            raise BadInput(f"There is no exclusion {which!r}.", "See `preceptor exclude list`.")
        self.at(int(which))
        return int(which)


def sign_exclusions(record: Exclusions, key: ReviewerKey) -> bytes:
    """The envelope to keep."""
    if (record.reviewer, record.fingerprint) != (key.name, key.fingerprint):
        raise RecordRefused("The exclusions name another reviewer than the key that is to sign them.")
    return key.sign(record.subjects, Kind.EXCLUSIONS, record)


def read_exclusions(untrusted: bytes, trust: Trust) -> Exclusions:
    """The record inside the envelope, or `RecordRefused`."""
    envelope, _ = trust.statement(untrusted, Kind.EXCLUSIONS)
    statement, record = trust.predicate(untrusted, Kind.EXCLUSIONS, Exclusions)
    if statement.subjects != record.subjects:
        raise RecordRefused("Exclusions are about others than their fields say.")
    if record.fingerprint != envelope.keyid:
        raise RecordRefused("Exclusions name another reviewer than the one who signed them.")
    return record


def exclusions_in_force(workspace: Workspace, trust: Trust, log: AuditLog) -> InForce:
    """What every run obeys now, or `RecordRefused`. The log is checked already.

    1. The newest entry about exclusions names a file, and it is there as it was.
    2. A trusted reviewer's key signed it.
    3. It is the next one after those that the log names before: an older one can't be put in force again.
    """
    signed = _signed(log.entries())
    if not signed:
        return InForce()
    digest = signed[-1]
    untrusted = _read(workspace, digest)
    if sha256(untrusted) != digest:  # (1)
        raise RecordRefused("The exclusions were changed after they were signed.", _ADVICE)
    try:
        record = read_exclusions(untrusted, trust)  # (2)
    except RecordRefused as problem:
        raise RecordRefused(f"The exclusions: {problem.sentence}", _ADVICE) from problem
    if not _follows(record, signed[:-1]):  # (3)
        raise RecordRefused("The log's newest entry names exclusions that others have replaced.", _ADVICE)
    return InForce(record.exclusions, digest, record.number)


def keep_exclusions(workspace: Workspace, log: AuditLog, record: Exclusions, key: ReviewerKey) -> str:
    """Put the signed record in force; the SHA-256 of its envelope.

    It is in force with its entry in the log and not before: a crash between the two leaves those before it as they are.
    Raises `RecordRefused` when it does not replace what is in force: of two changes at once, one would be lost.
    """
    envelope = sign_exclusions(record, key)
    digest = sha256(envelope)
    with log.held() as held:
        if not _follows(record, _signed(held.entries())):
            raise RecordRefused("The exclusions were changed meanwhile.", "Look at those in force, then sign again.")
        replace_file(workspace.exclusions(digest), envelope)
        held.append(EVENT, {"number": record.number, "exclusions": len(record.exclusions), "envelope": digest})
    return digest


def newest_signed(entries: Iterable[Entry]) -> str:
    """The SHA-256 of the envelope in force, empty where none were ever signed: `InForce.sha256` of that moment."""
    return (_signed(entries) or [""])[-1]


def _signed(entries: Iterable[Entry]) -> list[str]:
    """The SHA-256 of every envelope that was put in force, oldest first."""
    return [str(entry.details.get("envelope")) for entry in entries if entry.event == EVENT]


def _follows(record: Exclusions, signed: list[str]) -> bool:
    return (record.number, record.replaces) == (len(signed) + 1, signed[-1] if signed else "")


def _read(workspace: Workspace, digest: str) -> bytes:
    try:
        return workspace.exclusions(digest).read_bytes()
    except (OSError, BadInput) as problem:
        raise RecordRefused("The exclusions that were signed are not where they were kept.", _ADVICE) from problem
