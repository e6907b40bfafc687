"""What state a question is in: one rule over what the audit log and the conversation say.

    histories = histories_of(entries)                        # one pass over the log, for all questions
    state_of(histories["q-1"], has_text=True, last_word=lambda: "agent")

The newest thing that happened decides. Only while the agent and the reviewer are talking does it matter who had the
last word, so only then is the conversation read. Nothing is decided on a state: signing and running verify anew.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Literal

from sandbox.records import Entry
from sandbox.reviewing.orders.questions import QuestionState

Milestone = Literal["", "talked", "submitted", "signed", "ran", "failed"]
LastWord = Literal["", "reviewer", "tool", "agent", "asked"]

# Who had the last word, while a question is talked about. Without a word nothing was kept: the first turn was cut off.
TALKED: dict[LastWord, QuestionState] = {
    "": "drafting",
    "reviewer": "drafting",
    "tool": "drafting",
    "asked": "asked",
    "agent": "answered",
}


@dataclass
class History:
    """What the log says of one question."""

    newest: Milestone = ""
    last_at: str = ""
    requests: int = 0
    withheld: bool = False
    submitted: set[int] = field(default_factory=set)
    approvals: dict[str, int] = field(default_factory=dict)  # those in force, oldest first, and their drafts

    @property
    def approval(self) -> str:
        """The newest approval that was not revoked."""
        return next(reversed(self.approvals), "")

    def approval_of(self, draft: int) -> str:
        """The same of one draft."""
        return next((name for name, number in reversed(self.approvals.items()) if number == draft), "")


def state_of(history: History, *, has_text: bool, last_word: Callable[[], LastWord]) -> QuestionState:
    """The state of a question; `last_word` is asked only when it matters."""
    if history.newest == "talked":
        return TALKED[last_word()]
    if history.newest:
        return history.newest
    return "withheld" if history.withheld and not has_text else "new"


def histories_of(entries: Iterable[Entry]) -> defaultdict[str, History]:
    """The history of each question, from the whole log."""
    histories: defaultdict[str, History] = defaultdict(History)
    question_of: dict[str, str] = {}
    for entry in entries:
        details = entry.details
        if entry.event == "approval.signed":
            question_of[str(details.get("approval"))] = str(details.get("question", ""))
        approval = str(details.get("approval", ""))
        question = str(details.get("question") or question_of.get(approval, ""))
        if question:
            history = histories[question]
            history.last_at = entry.time
            _note(history, entry, approval)
    return histories


def _note(history: History, entry: Entry, approval: str) -> None:
    details = entry.details
    match entry.event:
        case "request.sent":
            history.newest = "talked"
            history.requests += 1
        case "request.withheld":
            history.withheld = True
        case "draft.submitted":
            history.newest = "submitted"
            history.submitted.add(_number(details.get("draft")))
        case "draft.written" if details.get("author") == "reviewer":
            history.newest = "submitted"  # the reviewer's own draft waits for the same signature
        case "approval.signed":
            history.newest = "signed"
            history.approvals[approval] = _number(details.get("draft"))
        case "approval.revoked":
            history.newest = "submitted"
            history.approvals.pop(approval, None)
        case "run.reserved":
            history.newest = "signed"  # until it ends
        case "run.ended":
            history.newest = "ran" if details.get("outcome") == "finished" else "failed"


def _number(value: object) -> int:
    return value if isinstance(value, int) else 0
