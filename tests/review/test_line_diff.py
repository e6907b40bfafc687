"""The difference between two programs: every line once, and nothing hidden."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from sandbox.review.diff import compare_lines, hunks

OLD = "import pandas as pd\n\ndef main(data, report):\n    age = 18\n    report.value('age', age)\n"
NEW = OLD.replace("18", "65") + "    report.text('note', 'older')\n"


def test_changed_lines_are_shown_as_removed_then_added() -> None:
    rows = [(row.kind, row.old_line, row.new_line, row.text) for row in compare_lines(OLD, NEW) if row.kind != "same"]
    assert rows == [
        ("removed", 4, 0, "    age = 18"),
        ("added", 0, 4, "    age = 65"),
        ("added", 0, 6, "    report.text('note', 'older')"),
    ]


def test_white_space_is_a_difference() -> None:
    assert [row.kind for row in compare_lines("a\nb", "a \nb")] == ["removed", "added", "same"]


def test_a_first_draft_is_all_new() -> None:
    assert {row.kind for row in compare_lines("", NEW)} == {"added"}


def test_far_lines_are_left_out_of_hunks_and_near_ones_joined() -> None:
    old = "\n".join(str(n) for n in range(100))
    new = old.replace("10\n", "ten\n", 1).replace("14\n", "fourteen\n", 1).replace("\n80\n", "\neighty\n")
    groups = hunks(compare_lines(old, new))
    assert len(groups) == 2
    assert [row.text for row in groups[1]] == ["77", "78", "79", "80", "eighty", "81", "82", "83"]


@given(
    st.lists(st.sampled_from(["a", "b", "c", ""]), max_size=8), st.lists(st.sampled_from(["a", "b", ""]), max_size=8)
)
def test_both_texts_can_always_be_read_back(old: list[str], new: list[str]) -> None:
    rows = compare_lines("\n".join(old), "\n".join(new))
    before = "\n".join(row.text for row in rows if row.old_line)
    after = "\n".join(row.text for row in rows if row.new_line)
    assert before == "\n".join(old)
    assert after == "\n".join(new)
    assert [row.new_line for row in rows if row.new_line] == list(range(1, after.count("\n") + 2))
