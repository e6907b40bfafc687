"""Facts about records that the tests of the screen *Records* share, and a view that remembers."""

from __future__ import annotations

from typing import Any

from sandbox.reviewing.orders.records import CheckShown, LogRow, LogShown, RecordLists, RecordText, VerdictShown
from sandbox.reviewing.orders.review import ApprovalRow
from sandbox.reviewing.orders.runs import RunRow

APPROVAL = ApprovalRow(
    id="a-20260102-aaaaaa",
    question="q-20260102-bbbbbb",
    draft=3,
    kind="full",
    purpose="Quality improvement: readmissions after heart failure",
    reviewer="A Reviewer",
    fingerprint="ab" * 32,
    signed_at="2026-01-02T09:00:00Z",
    expires_at="2026-02-01T09:00:00Z",
    runs=2,
    used=1,
    may_run=True,
    title="Readmissions within 30 days, by month.",
)
RUN = RunRow(
    id="r-20260102-111111",
    approval=APPROVAL.id,
    question=APPROVAL.question,
    draft=3,
    outcome="finished",
    sentence="The program ran to its end.",
    started_at="2026-01-02T10:00:00Z",
    ended_at="2026-01-02T10:00:04Z",
    title=APPROVAL.title,
    has_results=True,
)
LISTS = RecordLists(approvals=(APPROVAL,), runs=(RUN,))
APPROVAL_TEXT = RecordText(
    name=APPROVAL.id,
    sentence="The signature holds.",
    lines=(("Purpose", APPROVAL.purpose), ("Signed by", "A Reviewer")),
    statement='{\n  "_type": "https://in-toto.io/Statement/v1"\n}',
    program='"""Readmissions."""\n\n\ndef main(data, report):\n    pass\n',
)
RUN_TEXT = RecordText(name=RUN.id, sentence="The signature holds.", lines=(("Run", RUN.id),), statement="{}")
LOG = LogShown(
    rows=(
        LogRow(n=214, time="2026-01-02T10:00:04Z", event="run.ended", sentence=f"Run {RUN.id} finished."),
        LogRow(n=213, time="2026-01-02T10:00:00Z", event="run.reserved", sentence=f"Run {RUN.id} began."),
    ),
    size=214,
    root="cd" * 32,
    whole=True,
    sentence="The log is whole: 214 entries, none changed, none missing.",
)
VERDICT = VerdictShown(
    ok=True,
    trusted=True,
    sentence="Intact, and signed by A Reviewer with a key that you trust.",
    checks=(
        CheckShown(name="program.py", ok=True, sentence="It is what was approved."),
        CheckShown(name="signer", ok=True, sentence="Intact, and signed by A Reviewer with a key that you trust."),
    ),
    fingerprint="ab" * 32,
)


class RememberingView:
    """Stands in for the screen: what it was told, by the name of the call."""

    def __init__(self) -> None:
        self.told: list[tuple[str, tuple[Any, ...]]] = []

    def last(self, name: str) -> Any:
        """The arguments of the newest call of that name: one alone, several as a tuple."""
        found = next(arguments for told, arguments in reversed(self.told) if told == name)
        return found[0] if len(found) == 1 else found

    def was_told(self, name: str) -> bool:
        return any(told == name for told, _ in self.told)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return lambda *arguments: self.told.append((name, arguments))
