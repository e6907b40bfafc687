"""All approvals of a workspace at once, each verified; what can't be relied on is named, and counts for nothing.

approvals = Approvals.read(workspace, trust)
approvals.verified, approvals.refused            # by name of the file: why not
approvals.of_question("q-1"); approvals.tables_read()
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from sandbox.errors import RecordRefused
from sandbox.records import Approval, Trust, read_approval
from sandbox.workspace import Workspace


class Approvals(NamedTuple):
    """`verified` in the order of their signatures."""

    verified: tuple[Approval, ...]
    refused: dict[str, RecordRefused]

    @classmethod
    def read(cls, workspace: Workspace, trust: Trust) -> Approvals:
        """Verify every approval on the disk. One that is damaged does not hide the others."""
        verified: list[Approval] = []
        refused: dict[str, RecordRefused] = {}
        for name in approval_names(workspace):
            try:
                verified.append(_read(workspace, trust, name))
            except RecordRefused as problem:
                refused[name] = problem
        return cls(tuple(sorted(verified, key=lambda one: one.signed_at)), refused)

    def of_question(self, question: str) -> Iterator[Approval]:
        return (one for one in self.verified if one.question == question)

    def tables_read(self) -> frozenset[str]:
        """Every table that some signed program might read."""
        return frozenset(table for one in self.verified for table in one.grant.tables)


def approval_names(workspace: Workspace) -> list[str]:
    """The approvals on disk, oldest first by name."""
    return sorted(path.stem for path in workspace.approvals.glob("a-*.json") if not path.stem.endswith("-revoked"))


def _read(workspace: Workspace, trust: Trust, name: str) -> Approval:
    approval = read_approval(workspace.approval(name).read_bytes(), trust)
    if approval.id != name:
        raise RecordRefused("The file of this approval holds another one.")
    return approval
