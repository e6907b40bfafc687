"""Descriptors on Linux and macOS: of a child, closed unless they were ordered; of a door, its sockets.

close_others({0, 1, 2, order["read"], order["write"]})
close_sockets({0, 1, 2, desk})
"""

from __future__ import annotations

import os
import stat
import sys
from contextlib import suppress
from itertools import pairwise

# Without a limit macOS answers with a number that would take minutes to count to; Linux closes a range at once.
_MOST = 1 << 20
# Where a process finds its own. Windows has no such folder: sockets are no descriptors there, and no door opens.
_OWN = {"linux": "/proc/self/fd", "darwin": "/dev/fd"}


def close_others(keep: set[int]) -> None:
    """Close every descriptor that is not in `keep`."""
    limit = os.sysconf("SC_OPEN_MAX")
    if sys.platform != "linux":
        limit = min(limit, _MOST) if limit > 0 else _MOST
    edges = [-1, *sorted(keep), max(limit, max(keep) + 2)]
    for low, high in pairwise(edges):
        if high - low > 1:  # an empty range from 0 would be taken to mean all of them
            os.closerange(low + 1, high)


def close_sockets(keep: set[int]) -> None:
    """Close every socket that is not in `keep`, such as a connection to the keyring: a rule stops only new ones."""
    if sys.platform not in _OWN:
        return
    for fd in map(int, os.listdir(_OWN[sys.platform])):
        with suppress(OSError):  # the descriptor that listed the folder is closed by now
            if fd not in keep and stat.S_ISSOCK(os.fstat(fd).st_mode):
                os.close(fd)
