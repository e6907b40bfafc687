"""Which lines of the agent's text have changed."""

from __future__ import annotations

from desktop.data.told_lines import LinesChanged, compare_told


def test_the_same_text_has_no_changed_line() -> None:
    assert compare_told("a\nb\n", "a\nb\n") == LinesChanged()


def test_a_line_that_is_new_is_named_by_its_number() -> None:
    assert compare_told("a\nc\n", "a\nb\nc\n") == LinesChanged(new=(2,))


def test_a_line_that_changed_is_new_and_its_old_form_gone() -> None:
    assert compare_told("t\n  a INT\n", "t\n  a INT; values: x\n") == LinesChanged(new=(2,), gone=("a INT",))


def test_a_line_that_only_moved_has_not_changed() -> None:
    assert compare_told("a\nb\n", "b\na\n") == LinesChanged()


def test_a_line_that_is_there_twice_now_is_new_once() -> None:
    assert compare_told("a\n", "a\na\n").new == (2,)


def test_a_text_that_was_empty_is_new_as_a_whole() -> None:
    assert compare_told("", "a\nb\n").new == (1, 2)
