"""Sharing the width of a table among its columns, so that what matters is seen without scrolling sideways.

share([200, 60, 300], least=[80, 60, 90], leaves=[0, 0, 0], room=400)   # [200, 60, 140]: the last gives way first
"""

from __future__ import annotations

from collections.abc import Sequence


def share(wanted: Sequence[int], *, least: Sequence[int], leaves: Sequence[int], room: int) -> list[int]:
    """A width for each column; 0: it is not shown.

    1. A column gets what it wants where there is room.
    2. Else those with a number in `leaves` go, the lowest first, until the others have their least width.
    3. Columns are cut, the last first, none below its least width.
    4. Where that is still too wide, all that can be cut are cut alike, to half of it at most.
    """
    left = list(wanted)  # (1)
    if sum(left) <= room:
        return left
    for place in sorted((place for place, number in enumerate(leaves) if number), key=lambda place: leaves[place]):
        if sum(small for small, width in zip(least, left, strict=True) if width) <= room:
            break
        left[place] = 0  # (2)
    for place in reversed(range(len(left))):
        left[place] -= min(max(sum(left) - room, 0), max(left[place] - least[place], 0))  # (3)
    return _cut_alike(left, wanted, least, room) if sum(left) > room else left


def _cut_alike(left: list[int], wanted: Sequence[int], least: Sequence[int], room: int) -> list[int]:
    can_be_cut = [place for place, width in enumerate(left) if width and least[place] < wanted[place]]
    together = sum(left[place] for place in can_be_cut)
    share_of_it = max(0.5, 1 - (sum(left) - room) / together) if together else 1.0
    return [int(width * share_of_it) if place in can_be_cut else width for place, width in enumerate(left)]  # (4)
