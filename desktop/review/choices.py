"""What can be chosen on the review screen: drafts to be shown, and drafts to compare them with. No Qt in here."""

from __future__ import annotations

from typing import NamedTuple

from desktop.review.program_presenter import NOTHING
from desktop.review.wording import draft_name
from sandbox.reviewing.orders.review import DraftRow, DraftShown


class Choice(NamedTuple):
    """One thing to choose in a list: its key and its words."""

    key: str
    words: str


class DraftChoices(NamedTuple):
    """The drafts to choose from, and those to compare with; the chosen one of each by its key."""

    drafts: tuple[Choice, ...]
    current: str
    others: tuple[Choice, ...]
    other: str


def draft_choices(rows: tuple[DraftRow, ...], shown: DraftShown, other: int) -> DraftChoices:
    """Newest last among the drafts, newest first among those to compare with, and nothing as the last of these."""
    drafts = tuple(Choice(str(row.number), draft_name(row)) for row in rows)
    others = [Choice(str(one), _other_name(one, shown)) for one in sorted(shown.comparable, reverse=True)]
    others.append(Choice(str(NOTHING), "nothing"))
    return DraftChoices(drafts, str(shown.evidence.number), tuple(others), str(other or NOTHING))


def compared_with(shown: DraftShown, asked: int) -> int:
    """What the engine compared with: what was asked for, else the last signed version, else the draft before."""
    if asked == NOTHING:
        return NOTHING
    earlier = [number for number in shown.comparable if number < shown.evidence.number]
    return asked or shown.last_signed or max(earlier, default=0)


def _other_name(number: int, shown: DraftShown) -> str:
    return f"draft {number}, signed last" if number == shown.last_signed else f"draft {number}"
