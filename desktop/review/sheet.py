"""What a program view shows, row by row, and which line of the program each row is.

    sheet = changes(rows)              # the whole program, with what was taken out in its place
    sheet.text, sheet.rows[4].kind, sheet.row_of(12), sheet.lines_of(3, 9)

Rows count from 1, as lines do. A character that a reader would not see is written out as its code.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property
from typing import Literal, NamedTuple

from desktop.review.aligning import aligned
from sandbox.reviewing.orders.facts import DiffRow
from sandbox.visible import visible, visible_lines

RowKind = Literal["same", "removed", "added", "filler", "fold"]
CONTEXT = 3
SIGNS: dict[RowKind, str] = {"same": " ", "removed": "−", "added": "+", "filler": " ", "fold": "⋯"}


class SheetRow(NamedTuple):
    """One row: its line in the old and in the new program (0: not there)."""

    kind: RowKind
    text: str
    old_line: int = 0
    new_line: int = 0


class Sheet:
    """Rows to be shown in one text view, out of the whole texts `old` and `new` (for their colours)."""

    def __init__(self, rows: Iterable[SheetRow], old: str = "", new: str = "") -> None:
        self.rows = tuple(rows)
        self.old, self.new = old, new

    @cached_property
    def text(self) -> str:
        return "\n".join(row.text for row in self.rows)

    @cached_property
    def changes(self) -> tuple[int, ...]:
        """The first row of each run of changed rows."""
        changed = [row.kind in ("added", "removed", "filler") for row in self.rows]
        return tuple(n for n, now in enumerate(changed, 1) if now and (n == 1 or not changed[n - 2]))

    def row_of(self, line: int) -> int:
        """The row that shows that line of the new program, or the one before it where it is folded away."""
        before = [n for n, row in enumerate(self.rows, start=1) if 0 < row.new_line <= line]
        return max(before, key=lambda n: self.rows[n - 1].new_line, default=1)

    def lines_of(self, first: int, last: int) -> tuple[int, int] | None:
        """First and last line of the new program among these rows; None when none of them is in it."""
        lines = [row.new_line for row in self.rows[max(0, first - 1) : last] if row.new_line]
        return (lines[0], lines[-1]) if lines else None


def plain(program: str) -> Sheet:
    """The program alone."""
    rows = (SheetRow("same", visible(text), n, n) for n, text in enumerate(program.split("\n"), start=1))
    return Sheet(rows, new=visible_lines(program))


def changes(rows: Iterable[DiffRow]) -> Sheet:
    """The whole program, and what was removed where it was."""
    every = tuple(rows)
    return Sheet([_row(row) for row in every], *_texts(every))


def folded(rows: Iterable[DiffRow], context: int = CONTEXT) -> Sheet:
    """Only what changed, with `context` lines around it; a row says how many are folded away."""
    every = tuple(rows)
    shown = {
        near
        for position, row in enumerate(every)
        if row.kind != "same"
        for near in range(position - context, position + context + 1)
    }
    found: list[SheetRow] = []
    hidden = 0
    for position, row in enumerate(every):
        if position in shown:
            found.extend(_fold(hidden))
            found.append(_row(row))
            hidden = 0
        else:
            hidden += 1
    return Sheet([*found, *_fold(hidden)], *_texts(every))


def side_by_side(rows: Iterable[DiffRow]) -> tuple[Sheet, Sheet]:
    """The old and the new program, row beside row, with empty rows where one has nothing."""
    every = tuple(rows)
    pairs, (old, new) = aligned(every), _texts(every)
    left = Sheet([_row(pair.left) if pair.left else _FILLER for pair in pairs], old=old)
    return left, Sheet([_row(pair.right) if pair.right else _FILLER for pair in pairs], new=new)


_FILLER = SheetRow("filler", "")


def _row(row: DiffRow) -> SheetRow:
    return SheetRow(row.kind, visible(row.text), row.old_line, row.new_line)


def _texts(rows: tuple[DiffRow, ...]) -> tuple[str, str]:
    """The whole old and the whole new text."""
    old = "\n".join(visible(row.text) for row in rows if row.kind != "added")
    return old, "\n".join(visible(row.text) for row in rows if row.kind != "removed")


def _fold(hidden: int) -> list[SheetRow]:
    words = "1 unchanged line" if hidden == 1 else f"{hidden:,} unchanged lines"
    return [SheetRow("fold", f"⋯ {words}")] if hidden else []
