"""Nothing is signed that was not on the screen: which lines were, and which were not."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from desktop.review.seen_lines import Missing, SeenLines
from desktop.review.sheet import changes, folded, plain, side_by_side
from desktop.review.wording import not_seen
from sandbox.review.diff import compare_lines

OLD = "\n".join(f"line {n}" for n in range(1, 101))
NEW = OLD.replace("line 50\n", "")


def test_a_program_nobody_looked_at_was_not_seen() -> None:
    seen = SeenLines(compare_lines("", OLD))
    assert seen.missing == (Missing(1, 100),)
    assert not_seen(seen.missing) == "You have not seen lines 1–100 yet."


def test_the_lines_that_scrolling_left_out_are_named() -> None:
    seen, sheet = SeenLines(compare_lines("", OLD)), plain(OLD)
    seen.look(sheet, 1, 79)
    assert not_seen(seen.missing) == "You have not seen lines 80–100 yet."
    seen.look(sheet, 60, 100)
    assert seen.missing == () and not_seen(seen.missing) == ""


def test_what_was_taken_out_must_have_been_on_the_screen_too() -> None:
    rows = compare_lines(OLD, NEW)
    seen = SeenLines(rows)
    seen.look(plain(NEW), 1, 99)
    assert not_seen(seen.missing) == "You have not seen what was taken out before line 50 yet."
    seen.look(changes(rows), 40, 60)
    assert not seen.missing


def test_lines_folded_away_were_not_seen() -> None:
    rows = compare_lines(OLD, NEW)
    seen = SeenLines(rows)
    seen.look(folded(rows), 1, 1000)
    assert seen.missing == (Missing(1, 46), Missing(53, 99))


def test_unchanged_lines_that_were_seen_before_count() -> None:
    rows = compare_lines(OLD, NEW)
    seen = SeenLines(rows)
    seen.carry_unchanged(range(1, 101))
    assert seen.missing == (Missing(50, 50, removed=True),)
    seen.look(folded(rows), 1, 1000)
    assert not seen.missing


@given(st.integers(1, 60), st.lists(st.tuples(st.integers(1, 70), st.integers(0, 30)), max_size=8))
def test_missing_and_seen_are_together_the_program(length: int, looks: list[tuple[int, int]]) -> None:
    program = "\n".join("x" for _ in range(length))
    seen, sheet = SeenLines(compare_lines("", program)), plain(program)
    for first, more in looks:
        seen.look(sheet, first, first + more)
    missing = {line for one in seen.missing for line in range(one.first, one.last + 1)}
    assert missing | seen.lines == set(range(1, length + 1))
    assert not missing & seen.lines


def test_both_sides_together_show_everything() -> None:
    rows = compare_lines(OLD, NEW)
    seen = SeenLines(rows)
    for sheet in side_by_side(rows):
        seen.look(sheet, 1, 100)
    assert not seen.missing


def test_only_the_first_places_are_named() -> None:
    places = [Missing(n, n + 1) for n in (1, 11, 21, 31, 41)]
    assert not_seen(places) == "There are 5 places that you have not seen yet. The first: lines 1–2."
    assert not_seen(places[:2]) == "You have not seen lines 1–2 and lines 11–12 yet."


def test_a_line_that_goes_on_beyond_the_edge_was_not_seen() -> None:
    program = "short\n" + "x" * 100
    seen = SeenLines(compare_lines("", program))
    seen.look(plain(program), 1, 2, letters=99)
    assert seen.missing == (Missing(2, 2),)
    seen.look(plain(program), 1, 2, letters=100)
    assert not seen.missing
