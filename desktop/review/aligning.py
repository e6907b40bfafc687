"""Two versions of a program side by side: every line once, each beside the line that it replaced.

    for pair in aligned(rows): pair.left, pair.right        # None: nothing stands on that side

Both sides have the same number of rows, so that one scroll position serves both.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import zip_longest
from typing import NamedTuple

from sandbox.reviewing.orders.facts import DiffRow


class Pair(NamedTuple):
    """One row of the two sides."""

    left: DiffRow | None
    right: DiffRow | None


def aligned(rows: Iterable[DiffRow]) -> tuple[Pair, ...]:
    """Unchanged lines beside themselves; within one change the first removed line beside the first added one."""
    return tuple(_pairs(rows))


def _pairs(rows: Iterable[DiffRow]) -> Iterator[Pair]:
    removed: list[DiffRow] = []
    added: list[DiffRow] = []
    for row in rows:
        if row.kind == "added":
            added.append(row)
            continue
        if added or row.kind == "same":
            yield from _change(removed, added)
            removed, added = [], []
        if row.kind == "removed":
            removed.append(row)
        else:
            yield Pair(row, row)
    yield from _change(removed, added)


def _change(removed: list[DiffRow], added: list[DiffRow]) -> Iterator[Pair]:
    return (Pair(left, right) for left, right in zip_longest(removed, added))
