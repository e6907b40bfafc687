"""Which lines of a draft were on the screen: a person always sees what runs.

    seen = SeenLines(rows)
    seen.look(sheet, first=1, last=40)
    seen.missing        # () once every line, and all that was taken out, has been on the screen

A line that was seen in the version compared with and is unchanged counts as seen.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from desktop.review.sheet import Sheet
from sandbox.reviewing.orders.facts import DiffRow


class Missing(NamedTuple):
    """Lines not yet seen: of the program, or (`removed`) of what was taken out before line `first`."""

    first: int
    last: int
    removed: bool = False


class SeenLines:
    """The lines of one draft against one other version."""

    def __init__(self, rows: Iterable[DiffRow]) -> None:
        self._rows = tuple(rows)
        self._new: set[int] = set()
        self._old: set[int] = set()

    @property
    def lines(self) -> frozenset[int]:
        """The lines of the program that were seen."""
        return frozenset(self._new)

    def look(self, sheet: Sheet, first: int, last: int, letters: int = 1_000_000) -> None:
        """These rows of the sheet are on the screen, each as far as so many letters: the end of a row counts."""
        for row in sheet.rows[max(0, first - 1) : last]:
            if len(row.text.expandtabs(4).rstrip()) > letters:
                continue
            if row.new_line:
                self._new.add(row.new_line)
            elif row.kind == "removed":
                self._old.add(row.old_line)

    def carry(self, lines: Iterable[int]) -> None:
        """These lines of this very program were seen before, in another view of it."""
        self._new.update(lines)

    def carry_unchanged(self, lines_of_other: Iterable[int]) -> None:
        """These lines of the version compared with were seen; those that are unchanged count here."""
        known = set(lines_of_other)
        self._new.update(row.new_line for row in self._rows if row.kind == "same" and row.old_line in known)

    @property
    def missing(self) -> tuple[Missing, ...]:
        """What was not on the screen yet, in the order of the program, neighbours as one."""
        found: list[Missing] = []
        line = 1
        for row in self._rows:
            if row.kind == "removed":
                if row.old_line not in self._old:
                    _add(found, Missing(line, line, removed=True))
            else:
                line = row.new_line + 1
                if row.new_line not in self._new:
                    _add(found, Missing(row.new_line, row.new_line))
        return tuple(found)


def _add(found: list[Missing], new: Missing) -> None:
    """Append `new`, or lengthen the last one with it."""
    if found and found[-1].removed == new.removed and new.first - found[-1].last <= 1:
        found[-1] = found[-1]._replace(last=new.last)
    else:
        found.append(new)
