"""How much memory the program's process uses: on Linux through a descriptor opened before this process was confined.

used = MemoryUsed.of(child.pid)      # before `confine_door`: /proc is closed to a confined door
used.megabytes()                     # 141; 0 once the process has ended, or where the kernel does not tell
"""

from __future__ import annotations

import os
import sys

_PAGE = os.sysconf("SC_PAGE_SIZE") if hasattr(os, "sysconf") else 4096
_MB = 1024 * 1024


class MemoryUsed:
    """The pages of one process that are in memory now, libraries and mapped results among them."""

    def __init__(self, statm: int, pid: int = 0) -> None:
        self._statm = statm
        self._pid = pid

    @classmethod
    def of(cls, pid: int) -> MemoryUsed:
        """For a child of ours. Some systems hide even that (`hidepid`); then it is 0 and nothing is refused."""
        if sys.platform == "darwin":
            return cls(-1, pid)  # a door may go on measuring its children there
        try:
            return cls(os.open(f"/proc/{pid}/statm", os.O_RDONLY | getattr(os, "O_CLOEXEC", 0)))
        except OSError:
            return cls(-1)

    def megabytes(self) -> int:
        if self._pid:
            return _measured(self._pid)
        if self._statm < 0:
            return 0
        try:
            _, resident, *_ = os.pread(self._statm, 128, 0).split()
        except ProcessLookupError:  # it has ended
            return 0
        return int(resident) * _PAGE // _MB

    def close(self) -> None:
        """Let the descriptor go; a second call does nothing."""
        if self._statm >= 0:
            os.close(self._statm)
            self._statm = -1


def _measured(pid: int) -> int:
    """macOS: by the call that the watch over the process uses, which kills what can't be measured any more."""
    from sandbox.jail.macos import system

    try:
        used = system.usage(pid)
    except OSError:
        return 0
    return used.memory // _MB if used else 0
