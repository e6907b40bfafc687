"""What the program views show: nothing is lost, both sides are as long, folding hides only what did not change."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from desktop.review.aligning import aligned
from desktop.review.colouring import coloured
from desktop.review.sheet import changes, folded, plain, side_by_side
from sandbox.review.diff import compare_lines

LINES = st.lists(st.sampled_from(["a", "b", "c", "", "    d = 1", "e\u200b"]), max_size=25).map("\n".join)

OLD = "one\ntwo\nthree\nfour\nfive\nsix\nseven\neight\nnine\nten"
NEW = "one\ntwo\nthree\nfour\n5\nsix\nseven\neight\nnine\nten\neleven"


@given(LINES, LINES)
def test_both_sides_are_as_long_and_hold_every_line_once_in_order(old: str, new: str) -> None:
    left, right = side_by_side(compare_lines(old, new))
    assert len(left.rows) == len(right.rows)
    assert [row.old_line for row in left.rows if row.old_line] == list(range(1, len(old.split("\n")) + 1 if old else 1))
    assert [row.new_line for row in right.rows if row.new_line] == list(range(1, len(new.split("\n")) + 1))
    pairs = aligned(compare_lines(old, new))
    assert all(pair.left or pair.right for pair in pairs)
    assert all(pair.left is pair.right for pair in pairs if pair.left and pair.left.kind == "same")


@given(LINES, LINES)
def test_folding_hides_no_change_and_counts_what_it_hides(old: str, new: str) -> None:
    rows = compare_lines(old, new)
    shown = folded(rows)
    changed = [row for row in changes(rows).rows if row.kind != "same"]
    assert [row for row in shown.rows if row.kind in ("added", "removed")] == changed
    hidden = sum(int(row.text.split()[1].replace(",", "")) for row in shown.rows if row.kind == "fold")
    assert hidden + sum(row.kind != "fold" for row in shown.rows) == len(rows)


@given(LINES, LINES)
def test_a_line_is_found_where_it_is_shown(old: str, new: str) -> None:
    sheet = changes(compare_lines(old, new))
    for line in range(1, len(new.split("\n")) + 1):
        assert sheet.rows[sheet.row_of(line) - 1].new_line == line


def test_replaced_lines_stand_beside_each_other() -> None:
    left, right = side_by_side(compare_lines(OLD, NEW))
    assert (left.rows[4].text, right.rows[4].text) == ("five", "5")
    assert left.rows[-1].kind == "filler" and right.rows[-1].text == "eleven"


def test_the_unified_view_shows_the_removed_line_before_the_added_one() -> None:
    sheet = changes(compare_lines(OLD, NEW))
    assert [row.text for row in sheet.rows[4:6]] == ["five", "5"]
    assert sheet.changes == (5, 12)


def test_folded_lines_are_reached_at_the_line_before_the_fold() -> None:
    new = "\n".join(str(n) for n in range(40)) + "\nlast"
    sheet = folded(compare_lines("\n".join(str(n) for n in range(40)), new))
    assert sheet.rows[0].text == "⋯ 37 unchanged lines"
    assert sheet.row_of(10) == 1 and sheet.rows[sheet.row_of(41) - 1].text == "last"


def test_a_selection_gives_lines_of_the_new_program_only() -> None:
    sheet = changes(compare_lines(OLD, NEW))
    assert sheet.lines_of(4, 6) == (4, 5)
    assert sheet.lines_of(5, 5) is None


def test_a_letter_that_nobody_sees_is_written_out() -> None:
    assert plain("x = 1\u202e # one").text == "x = 1\\u202e # one"


def test_a_string_that_begins_in_both_versions_colours_nothing_below_it() -> None:
    old = 'sql(\n"""a\nSELECT\n""")\nx = 1'
    new = 'sql(\n"""b\nSELECT\n""")\nx = 1'
    alone = list(coloured(plain(new)))[-1]
    assert alone
    for sheet in (changes(compare_lines(old, new)), *side_by_side(compare_lines(old, new))):
        spans = list(coloured(sheet))
        assert len(spans) == len(sheet.rows)
        assert spans[-1] == alone


@given(LINES, LINES)
def test_every_row_has_its_colours(old: str, new: str) -> None:
    rows = compare_lines(old, new)
    for sheet in (changes(rows), folded(rows), plain(new), *side_by_side(rows)):
        assert len(list(coloured(sheet))) == len(sheet.rows)
