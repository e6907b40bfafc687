"""The run record: what the workstation attests of one execution of an approval."""

from __future__ import annotations

import hashlib
import hmac
from typing import Any, Literal

import msgspec

from sandbox.errors import RecordRefused
from sandbox.records._envelope import Record
from sandbox.records._keys import WorkstationKey
from sandbox.records._trust import Trust
from sandbox.records.kinds import Kind


class QueryRun(Record, frozen=True):
    """One query that ran, by the SHA-256 of its narrowed text. How many rows it returned is with the results."""

    narrowed_sha256: str


class RunRecord(Record, frozen=True):
    """One execution. `approval` is the SHA-256 of the approval's envelope, `results_sha256` of the encrypted file.

    `parameters` holds what the run was given; a value that identifies is there only as a `commitment`.
    A failed program is told by class, line and at most one word of its own text, never by what it said.
    Counts of rows and of steps can be one patient, and a program can write with them; so none stands here: they are
    with the encrypted results. `queries` names each signed query that ran, once and sorted.
    `results` has one SHA-256 per label, `log_head` the audit log's head when the run was reserved, `exclusions` is the
    SHA-256 of the exclusions' envelope that it obeyed; the field is not there when there was none.
    """

    id: str
    approval: str
    approval_id: str
    started_at: str
    ended_at: str
    outcome: Literal["finished", "failed", "limit", "cancelled"]
    sentence: str
    program_sha256: str
    queries: tuple[QueryRun, ...]
    steps: tuple[str, ...]
    results: dict[str, str]
    results_sha256: str
    parameters: dict[str, Any]
    jail: dict[str, Any]
    libraries: dict[str, str]
    log_head: str
    exception: str = ""
    line: int = 0
    name: str = ""
    exclusions: str | msgspec.UnsetType = msgspec.UNSET

    @property
    def subjects(self) -> dict[str, str]:
        named = {"approval.json": self.approval, "program.py": self.program_sha256, "results.enc": self.results_sha256}
        return {name: digest for name, digest in named.items() if digest}


def record_run(record: RunRecord, key: WorkstationKey) -> bytes:
    """The envelope to keep as the run's `record.json`."""
    return key.sign(record.subjects, Kind.RUN, record)


def read_run(untrusted: bytes, trust: Trust) -> RunRecord:
    """The record inside the envelope, or `RecordRefused`."""
    statement, record = trust.predicate(untrusted, Kind.RUN, RunRecord)
    if statement.subjects != record.subjects:
        raise RecordRefused("A run record is about another program than its fields say.")
    return record


def commitment(value: object, salt: bytes) -> str:
    """A value that identifies, as it may stand in a record: checkable by whoever has the salt (16 bytes or more).

    The salt stays with the encrypted results; without it the commitment says nothing of the value.
    """
    if len(salt) < 16:
        raise ValueError("salt")
    return "hmac-sha256:" + hmac.new(salt, msgspec.json.encode(value), hashlib.sha256).hexdigest()
