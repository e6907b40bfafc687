"""The list of questions: which to show, and the words for where each one stands. No Qt in here.

listed(rows, working, "readmission")      # those whose text holds the words, as the list shows them
"""

from __future__ import annotations

from dataclasses import dataclass

from desktop.questions.plain import plain
from desktop.words import day
from sandbox.reviewing.orders.questions import QuestionRow, QuestionState

# state: words, icon, tone
STATES: dict[QuestionState, tuple[str, str, str]] = {
    "new": ("not sent yet", "questions", "plain"),
    "withheld": ("withheld", "warn", "warn"),
    "drafting": ("not finished", "step", "plain"),
    "asked": ("the agent asks you", "questions", "info"),
    "answered": ("answered", "check", "plain"),
    "submitted": ("to review", "review", "info"),
    "signed": ("signed", "sign", "good"),
    "ran": ("ran", "play", "good"),
    "failed": ("run failed", "bad", "bad"),
}
WORKING = ("the agent works", "reload", "info")


@dataclass(frozen=True)
class Listed:
    """One question as the list shows it."""

    name: str
    text: str
    state: str
    icon: str
    tone: str
    when: str


def listed(rows: tuple[QuestionRow, ...], working: tuple[str, ...], words: str = "") -> tuple[Listed, ...]:
    """The questions whose text holds every one of the words."""
    wanted = words.casefold().split()
    return tuple(
        _listed(row, row.name in working)
        for row in rows
        if all(word in f"{row.text} {row.name}".casefold() for word in wanted)
    )


def holds_nothing(row: QuestionRow) -> bool:
    """Whether nothing of a question is on the disk but that it was begun: no text, no draft."""
    return row.state in ("new", "withheld") and not row.text and not row.drafts


def without_text(row: QuestionRow) -> str:
    """What stands in place of the text of a question that has none yet."""
    return "A question that was not sent" if row.state == "withheld" else "A new question"


def _listed(row: QuestionRow, works: bool) -> Listed:
    state, icon, tone = WORKING if works else STATES[row.state]
    text = plain(" ".join(row.text.split())) or without_text(row)
    return Listed(row.name, text, state, icon, tone, day(row.asked_at))
