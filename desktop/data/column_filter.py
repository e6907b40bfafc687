"""Which of a table's columns are shown: all, the undecided, or what changed since it was signed; and what is searched.

What is shown is settled when it is asked for, so that no row runs away from under the keyboard once it is decided.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

import msgspec

from desktop.data.column_rows import ColumnRow

Which = Literal["all", "undecided", "changed"]


class Counts(msgspec.Struct, frozen=True, kw_only=True):
    """How many columns each choice would show."""

    all: int = 0
    undecided: int = 0
    changed: int = 0


class Filter(msgspec.Struct, frozen=True, kw_only=True):
    """What the reviewer asked for. Every word of `text` is in what is known of the column."""

    which: Which = "all"
    text: str = ""

    def hides(self, rows: Mapping[str, ColumnRow]) -> frozenset[str]:
        """The columns that are not shown."""
        words = self.text.casefold().split()
        return frozenset(
            name
            for name, row in rows.items()
            if not (_is_of(self.which, row) and all(word in row.found_by for word in words))
        )


def counts_of(rows: Mapping[str, ColumnRow]) -> Counts:
    """Of all columns, whatever is searched."""
    return Counts(
        all=len(rows),
        undecided=sum(row.undecided for row in rows.values()),
        changed=sum(bool(row.since) for row in rows.values()),
    )


def _is_of(which: Which, row: ColumnRow) -> bool:
    return which == "all" or (row.undecided if which == "undecided" else bool(row.since))
