"""Whether an approval allows a run now. Each reason for no has its own sentence."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import NamedTuple

from sandbox.checks.grant import columns_read
from sandbox.dictionary.model import Dictionary, Table
from sandbox.errors import ApprovalRefused
from sandbox.records._approval import Approval
from sandbox.records._envelope import sha256
from sandbox.records._exclusions import InForce, newest_signed
from sandbox.records._log import AuditLog
from sandbox.records._log_entries import Entry
from sandbox.records._tables import columns_hash
from sandbox.records._times import read_time, show_time

# Clocks of one machine differ by less than this; a larger step backwards was made by someone.
CLOCK_SLACK = timedelta(minutes=5)


class Uses(NamedTuple):
    """What the log says of the use of approvals, gathered once for as many of them as are asked about."""

    newest: datetime | None
    reserved: Counter[str]
    revoked: frozenset[str]

    @classmethod
    def of(cls, entries: Iterable[Entry]) -> Uses:
        entries = list(entries)
        return cls(
            newest=max((read_time(entry.time) for entry in entries), default=None),
            reserved=Counter(_approvals(entries, "run.reserved")),
            revoked=frozenset(_approvals(entries, "approval.revoked")),
        )


def check_may_run(approval: Approval, *, program: bytes, dictionary: Dictionary, log: AuditLog, now: str) -> None:
    """Return when `approval` allows a run at `now` (RFC 3339), or raise `ApprovalRefused` with the reason.

    The approval and the dictionary are verified already (`read_approval`, `load_dictionary`), the log checked.

    1. These are the bytes that were signed.
    2. The clock was not set back, and the approval has begun and not ended.
    3. It was not revoked, and has runs left.
    4. Every column it grants is as it was when it was signed.
    """
    if sha256(program) != approval.program_sha256:  # (1)
        raise ApprovalRefused("The program was edited after it was signed.")
    check_in_force(approval, Uses.of(log.entries()), now)  # (2) (3)
    tables = {table.full_name: table for table in dictionary.tables}
    for name, columns in approval.grant.tables.items():  # (4)
        _check_table(approval, name, columns, tables.get(name))


def check_in_force(approval: Approval, uses: Uses, now: str) -> None:
    """Steps 2 and 3 of `check_may_run` alone: what can be told without the program and the dictionary."""
    _check_time(approval, uses, now)  # (2)
    _check_use(approval, uses)  # (3)


def reserve_run(approval: Approval, log: AuditLog, run: str, in_force: InForce, **details: str) -> Entry:
    """Append `run.reserved` durably, or raise `ApprovalRefused`.

    It looks and appends in one move, while nobody else can append:

    1. The approval was not revoked and is not used up: two sessions that start the last run at once can't both get it.
    2. The exclusions that this run obeys are still those in force.
    """
    with log.held() as held:
        entries = held.entries()
        _check_use(approval, Uses.of(entries))  # (1)
        if newest_signed(entries) != in_force.sha256:  # (2)
            raise ApprovalRefused("The exclusions were changed while this run was prepared.", "Run it again.")
        return held.append("run.reserved", {"approval": approval.id, "run": run, **details})


def runs_used(log: AuditLog, approval: str) -> int:
    """How many runs of the approval with this id were reserved, finished or not."""
    return Uses.of(log.entries()).reserved[approval]


def _check_time(approval: Approval, uses: Uses, now: str) -> None:
    time = read_time(now)
    newest = uses.newest or time
    if newest > time + CLOCK_SLACK:
        raise ApprovalRefused(
            f"The clock was set back: the newest entry of the audit log is from {show_time(newest)}.",
            "Set the clock right, then run again.",
        )
    signed, expires = read_time(approval.signed_at), read_time(approval.expires_at)
    if signed > time + CLOCK_SLACK:
        raise ApprovalRefused(
            f"The approval is not valid before {show_time(signed)}.", "Set the clock right, then run again."
        )
    if time >= expires:
        raise ApprovalRefused(f"The approval expired on {show_time(expires)}.")


def _check_use(approval: Approval, uses: Uses) -> None:
    if approval.id in uses.revoked:
        raise ApprovalRefused("The approval was revoked.")
    if uses.reserved[approval.id] >= approval.runs:
        runs = "its one run is" if approval.runs == 1 else f"its {approval.runs} runs are"
        raise ApprovalRefused(f"The approval is used up: {runs} spent.")


def _check_table(approval: Approval, name: str, columns: tuple[str, ...], table: Table | None) -> None:
    if table is None:
        raise ApprovalRefused(f"{name} is not in the signed dictionary.", "Sign the table, then a new approval.")
    givens = {column.name: column.given for column in table.columns}
    outside = sorted(column for column in columns if givens.get(column, "nothing") == "nothing")
    if outside:
        raise ApprovalRefused(f"{name}: {', '.join(outside)} may not be given to a program.")
    if columns_hash(table, columns_read(approval.grant, name)) != approval.columns.get(name):
        raise ApprovalRefused(f"The columns of {name} that were signed for have changed since.")


def _approvals(entries: Iterable[Entry], event: str) -> list[str]:
    return [str(entry.details.get("approval")) for entry in entries if entry.event == event]
