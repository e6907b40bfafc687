"""The agent's text is split at its fences however it arrives."""

from __future__ import annotations

from itertools import groupby

from hypothesis import given
from hypothesis import strategies as some

from desktop.questions.fences import Fences, Piece, split
from desktop.questions.plain import in_lines, plain

TEXT = "I count stays.\n\n```python\nx = 1\n```\nThat is `x`.\n"
letters = some.text(alphabet="`ab \n", max_size=60)


def joined(pieces: list[Piece]) -> list[tuple[bool, str]]:
    return [(code, "".join(piece.text for piece in group)) for code, group in groupby(pieces, lambda one: one.code)]


def fed(parts: list[str]) -> list[tuple[bool, str]]:
    fences = Fences()
    pieces = [piece for part in parts for piece in fences.feed(part)]
    return joined([*pieces, *fences.end()])


def test_a_block_of_code_is_told_from_text() -> None:
    assert split(TEXT) == (Piece("I count stays.\n\n", False), Piece("x = 1\n", True), Piece("That is `x`.\n", False))


@given(letters, some.lists(some.integers(0, 60), max_size=6))
def test_it_does_not_matter_where_the_pieces_are_cut(text: str, cuts: list[int]) -> None:
    places = [0, *sorted(min(cut, len(text)) for cut in cuts), len(text)]
    assert fed([text[a:b] for a, b in zip(places, places[1:], strict=False)]) == joined(list(split(text)))


@given(letters)
def test_nothing_but_fence_lines_is_left_out(text: str) -> None:
    shown = "".join(piece.text for piece in split(text))
    kept = [line for line in text.split("\n") if not (line.lstrip(" ").startswith("```"))]
    assert [line for line in shown.split("\n") if line.strip(" `")] == [line for line in kept if line.strip(" `")]


def test_text_is_shown_as_it_comes_and_only_what_may_be_a_fence_waits() -> None:
    fences = Fences()
    assert fences.feed("Half a li") == (Piece("Half a li", False),)
    assert fences.feed("ne\n``") == (Piece("ne\n", False),)
    assert fences.feed("x") == (Piece("``x", False),)


def test_a_line_that_is_far_too_long_for_a_fence_is_text() -> None:
    fences = Fences()
    assert fences.feed("```" + "a" * 500) == (Piece("```" + "a" * 500, False),)


def test_what_cannot_be_seen_is_written_as_its_code() -> None:
    assert plain("a\u200bb\nc\x1b[31m") == "a\\u200bb\nc\\u001b[31m"
    assert plain("plain Ä 12") == "plain Ä 12"


def test_a_long_text_is_broken_without_losing_a_letter() -> None:
    text = "0123456789" * 25
    lines = in_lines(text, 120).split("\n")
    assert [len(line) for line in lines] == [120, 120, 10]
    assert "".join(lines) == text
