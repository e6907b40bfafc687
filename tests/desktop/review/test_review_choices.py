"""What the review screen offers to look at and to compare with."""

from __future__ import annotations

import pytest
from review_facts import drafts, shown

from desktop.review.choices import compared_with, draft_choices
from desktop.review.program_presenter import NOTHING


@pytest.mark.parametrize(
    ("comparable", "signed", "asked", "other"),
    [
        ((1, 2, 3), 2, 0, 2),  # the last signed version
        ((1, 2, 3), 0, 0, 3),  # else the draft before
        ((1, 2, 3, 5), 0, 0, 3),  # never a later one, unless asked for
        ((1, 2, 3, 5), 2, 5, 5),
        ((1, 2, 3), 2, NOTHING, NOTHING),
        ((), 0, 0, 0),  # the first draft there is
    ],
)
def test_a_draft_is_compared_with_what_was_asked_for_or_signed_or_came_before(
    comparable: tuple[int, ...], signed: int, asked: int, other: int
) -> None:
    assert compared_with(shown({"number": 4}, comparable=comparable, last_signed=signed), asked) == other


def test_every_draft_can_be_chosen_and_what_it_is_compared_with_is_named() -> None:
    found = draft_choices(drafts(1, 2, 3).rows, shown({"number": 3}, comparable=(1, 2), last_signed=1), 1)
    assert [choice.key for choice in found.drafts] == ["1", "2", "3"]
    assert (found.current, found.other) == ("3", "1")
    assert [choice.words for choice in found.others] == ["draft 2", "draft 1, signed last", "nothing"]


def test_what_is_compared_with_nothing_says_so() -> None:
    found = draft_choices(drafts(1).rows, shown({"number": 1}, comparable=()), 0)
    assert [choice.words for choice in found.others if choice.key == found.other] == ["nothing"]
