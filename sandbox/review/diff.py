"""The difference between two programs, line by line, as rows a screen or a terminal can show.

    rows = compare_lines(old_text, new_text)
    [row.new_line for row in rows if row.kind == "added"]

Pure: it knows neither files nor widgets. Nothing is hidden: white space counts, no line is folded here.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from typing import Literal

from sandbox.checks.facts import Fact

Kind = Literal["same", "removed", "added"]


class DiffRow(Fact, frozen=True, kw_only=True):
    """One line: its number in the old and in the new text (0: not there)."""

    kind: Kind
    text: str
    old_line: int = 0
    new_line: int = 0


def compare_lines(old: str, new: str) -> tuple[DiffRow, ...]:
    """Every line of both texts once, in reading order; replaced lines as removed ones, then added ones."""
    before, after = old.split("\n"), new.split("\n")
    if not old:
        before = []
    matcher = difflib.SequenceMatcher(a=before, b=after, autojunk=False)
    return tuple(row for step in matcher.get_opcodes() for row in _rows(step, before, after))


def hunks(rows: tuple[DiffRow, ...], context: int = 3) -> tuple[tuple[DiffRow, ...], ...]:
    """The changed rows with `context` unchanged ones around them, in groups."""
    changed = [position for position, row in enumerate(rows) if row.kind != "same"]
    groups: list[range] = []
    for position in changed:
        start, stop = max(0, position - context), min(len(rows), position + context + 1)
        if groups and start <= groups[-1].stop:
            groups[-1] = range(groups[-1].start, stop)
        else:
            groups.append(range(start, stop))
    return tuple(tuple(rows[position] for position in group) for group in groups)


def _rows(step: tuple[str, int, int, int, int], before: list[str], after: list[str]) -> Iterator[DiffRow]:
    tag, old_start, old_stop, new_start, new_stop = step
    if tag == "equal":
        for offset, text in enumerate(before[old_start:old_stop]):
            yield DiffRow(kind="same", text=text, old_line=old_start + offset + 1, new_line=new_start + offset + 1)
        return
    for line in range(old_start, old_stop):
        yield DiffRow(kind="removed", text=before[line], old_line=line + 1)
    for line in range(new_start, new_stop):
        yield DiffRow(kind="added", text=after[line], new_line=line + 1)
