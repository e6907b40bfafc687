"""Which lines of the agent's text a decision has changed. Plain and linear, so that 3,000 lines cost nothing."""

from __future__ import annotations

from collections import Counter

import msgspec


class LinesChanged(msgspec.Struct, frozen=True, kw_only=True):
    """`new` are line numbers of the text now, from 1; `gone` the lines of the text before that are no longer in it."""

    new: tuple[int, ...] = ()
    gone: tuple[str, ...] = ()


def compare_told(before: str, now: str) -> LinesChanged:
    """The lines of `now` that `before` has not, and the other way round. Each column has a line of its own there,
    so order needs no alignment; a line that only moved has not changed."""
    if before == now:
        return LinesChanged()
    old, fresh = before.splitlines(), now.splitlines()
    left, new = Counter(old), []
    for number, line in enumerate(fresh, 1):
        if left[line] > 0:
            left[line] -= 1
        else:
            new.append(number)
    gone = []
    for line in old:
        if left[line] > 0:
            left[line] -= 1
            gone.append(line.strip())
    return LinesChanged(new=tuple(new), gone=tuple(gone))
