"""How many threads a process has, through a descriptor that was opened before the one who asks was confined.

count = ThreadCount.of(pid)      # before `confine_door`: /proc is closed to a confined door
count.now()                      # 17; 0 once the process has ended
count.known                      # False where the system does not tell, and behind a door
"""

from __future__ import annotations

import os

# `num_threads` of proc(5), counted from what follows the name; a program may choose its name, brackets and all.
_FIELD = 17


class ThreadCount:
    """The threads of one process, whoever started them: Python, a library or injected code."""

    def __init__(self, stat: int) -> None:
        self._stat = stat

    @classmethod
    def of(cls, pid: int) -> ThreadCount:
        """For a child of ours; no system but Linux tells, some Linux hides it (`hidepid`), and no door can look."""
        try:
            return cls(os.open(f"/proc/{pid}/stat", os.O_RDONLY | getattr(os, "O_CLOEXEC", 0)))
        except OSError:
            return cls(-1)

    @property
    def known(self) -> bool:
        return self._stat >= 0

    def now(self) -> int:
        if not self.known:
            return 0
        try:
            text = os.pread(self._stat, 1024, 0)
        except ProcessLookupError:  # it has ended
            return 0
        return int(text.rpartition(b")")[2].split()[_FIELD])

    def close(self) -> None:
        """Let the descriptor go; a second call does nothing."""
        if self.known:
            os.close(self._stat)
            self._stat = -1
