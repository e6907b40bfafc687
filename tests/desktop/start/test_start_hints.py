"""What is missing in the fields is said in words, and by a rule that comes with the standing."""

from __future__ import annotations

import pytest

from desktop.start.who import hints
from sandbox.reviewing.orders.starting import Standing

STANDING = Standing(root="/w", exists=False, finished=False, shortest_passphrase=6)


@pytest.mark.parametrize(
    ("passphrase", "words", "tone"),
    [
        ("", "At least 6 characters", "info"),
        ("ab", "4 more characters", "warn"),
        ("abcde", "1 more character needed", "warn"),
        ("abcdef", "Long enough", "good"),
    ],
)
def test_the_passphrase_needs_its_length_and_no_more(passphrase: str, words: str, tone: str) -> None:
    hint = hints(STANDING, "A", passphrase, "").passphrase
    assert words in hint.text
    assert hint.tone == tone


@pytest.mark.parametrize(
    ("repeat", "words", "tone"),
    [
        ("", "Once more", "info"),
        ("abc", "same so far", "info"),
        ("abx", "Not the same", "warn"),
        ("abcdef", "The same", "good"),
    ],
)
def test_the_second_time_is_compared_as_it_is_typed(repeat: str, words: str, tone: str) -> None:
    hint = hints(STANDING, "A", "abcdef", repeat).repeat
    assert words in hint.text
    assert hint.tone == tone


def test_an_empty_passphrase_is_pointed_to_once_it_was_typed_below() -> None:
    hint = hints(STANDING, "A", "", "abcdef").passphrase
    assert (hint.tone, hint.text) == ("warn", "It is still empty: type it here first, then once more below.")


def test_what_is_missing_is_said_in_one_sentence() -> None:
    assert hints(STANDING, "", "abcdef", "").missing == "Still missing: your name and the same passphrase once more."
    assert "a passphrase of at least 6 characters" in hints(STANDING, "A", "abc", "abc").missing
    assert hints(STANDING, "A", "abcdef", "abcdef").missing == ""


def test_it_is_complete_only_when_all_three_are_right() -> None:
    assert hints(STANDING, "A Reviewer", "abcdef", "abcdef").complete
    assert not hints(STANDING, "  ", "abcdef", "abcdef").complete
    assert not hints(STANDING, "A Reviewer", "abc", "abc").complete


def test_a_name_with_a_letter_that_nobody_sees_is_refused_while_typing() -> None:
    hint = hints(STANDING, "A\u200bReviewer", "", "").name
    assert hint.tone == "warn"
    assert "can't be seen" in hint.text
