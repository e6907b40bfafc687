"""Descriptors of a child on Linux and macOS: closed unless they were ordered, whoever forgot them open.

close_others({0, 1, 2, order["read"], order["write"]})
"""

from __future__ import annotations

import os
import sys
from itertools import pairwise

# Without a limit macOS answers with a number that would take minutes to count to; Linux closes a range at once.
_MOST = 1 << 20


def close_others(keep: set[int]) -> None:
    """Close every descriptor that is not in `keep`."""
    limit = os.sysconf("SC_OPEN_MAX")
    if sys.platform != "linux":
        limit = min(limit, _MOST) if limit > 0 else _MOST
    edges = [-1, *sorted(keep), max(limit, max(keep) + 2)]
    for low, high in pairwise(edges):
        if high - low > 1:  # an empty range from 0 would be taken to mean all of them
            os.closerange(low + 1, high)
