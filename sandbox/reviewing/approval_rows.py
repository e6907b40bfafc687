"""Approvals as rows: what was signed, and whether it may run now, by the rule that a run goes by.

rows = ApprovalRows(workspace, approvals, entries, now())
rows.all()                 # newest first; a file that can't be relied on is a row as well, and says so
rows.of(approval)
"""

from __future__ import annotations

import msgspec

from sandbox.errors import ApprovalRefused, RecordRefused
from sandbox.records import Approval, Entry, Uses, check_in_force
from sandbox.review.approvals import Approvals
from sandbox.reviewing.orders.review import ApprovalRow
from sandbox.workspace import Workspace


class _Check(msgspec.Struct, frozen=True):
    title: str = ""


class _Titled(msgspec.Struct, frozen=True):
    """What we read of `checks.json`."""

    sha256: str = ""
    check: _Check = _Check()


class ApprovalRows:
    """The approvals of one workspace at one moment."""

    def __init__(self, workspace: Workspace, approvals: Approvals, entries: list[Entry], now: str) -> None:
        self._workspace = workspace
        self._approvals = approvals
        self._uses = Uses.of(entries)
        self._now = now

    def all(self) -> tuple[ApprovalRow, ...]:
        """Newest first, those that can't be relied on last."""
        refused = (_refused_row(name, problem) for name, problem in sorted(self._approvals.refused.items()))
        return (*(self.of(one) for one in reversed(self._approvals.verified)), *refused)

    def of(self, approval: Approval) -> ApprovalRow:
        """One approval. `may_run` leaves out what only a run can check: the program's bytes and the columns."""
        why_not = self._why_not(approval)
        return ApprovalRow(
            id=approval.id,
            question=approval.question,
            draft=approval.draft,
            kind=approval.kind,
            purpose=approval.purpose,
            reviewer=approval.reviewer,
            fingerprint=approval.fingerprint,
            signed_at=approval.signed_at,
            expires_at=approval.expires_at,
            runs=approval.runs,
            used=self._uses.reserved[approval.id],
            may_run=not why_not,
            sentence=why_not,
            revoked=approval.id in self._uses.revoked,
            title=title_of(self._workspace, approval.question, approval.draft, approval.program_sha256),
            program_sha256=approval.program_sha256,
            tables=tuple(sorted(approval.grant.tables)),
            parameters=approval.parameters,
        )

    def _why_not(self, approval: Approval) -> str:
        try:
            check_in_force(approval, self._uses, self._now)
        except ApprovalRefused as refusal:
            return refusal.sentence
        return ""


def title_of(workspace: Workspace, question: str, draft: int, sha256: str) -> str:
    """The title of a program as its checks read it; empty when they are of other bytes or gone."""
    try:
        found = msgspec.json.decode((workspace.draft(question, draft) / "checks.json").read_bytes(), type=_Titled)
    except (OSError, msgspec.MsgspecError, UnicodeDecodeError):
        return ""  # a title is for the eye only, and the approval stands without it
    return found.check.title if found.sha256 == sha256 else ""


def _refused_row(name: str, problem: RecordRefused) -> ApprovalRow:
    """A file among the approvals that is none, or not signed by whom it must be."""
    return ApprovalRow(
        id=name,
        question="",
        draft=0,
        kind="",
        purpose="",
        reviewer="",
        fingerprint="",
        signed_at="",
        expires_at="",
        runs=0,
        used=0,
        may_run=False,
        sentence=problem.sentence,
    )
