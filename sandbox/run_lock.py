"""No drafting worker is alive while a real run executes, whoever started either of them.

    lock = RunLock.open(workspace.run_lock)              # for a run: `alone=True`
    lock.take_for_trial(stopped)         # shared: before a drafting worker is started, until it has ended
    lock.take_for_run(stopped)           # exclusive: before a run looks at its approval, until it is over
    lock.close()

Code that no person has signed and code that reads patients must never be able to signal each other, by load, by
memory or by anything else that two processes of one machine share. The lock is the kernel's: it is freed however
its holder ends. What waits looks at `stopped` ten times a second and gives up after a few seconds with a sentence.
A descriptor that is open before a door closes keeps working behind it. A drafting worker inherits it (read-only, and
its jail forbids `flock`), so that one which outlives its parent for a moment still keeps a run from beginning.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Literal

from sandbox.errors import Refusal
from sandbox.files import storage_fault, try_lock

WAIT_SECONDS = 3.0
_LOOK_SECONDS = 0.1


class TrialUnderWay(Refusal):
    """A real run was asked for while a drafting worker is alive."""


class RunUnderWay(Refusal):
    """A drafting worker was asked for while a real run executes."""


class RunLock:
    """One holder's end of the workspace's lock: several trials of one process, or one run."""

    def __init__(self, path: Path, fd: int) -> None:
        self._path = path
        self.fd = fd
        self._trials = 0
        self._guard = threading.Lock()

    @classmethod
    def open(cls, path: Path, *, alone: bool = False) -> RunLock:
        """Every call has an end of its own, so that two ends in one process exclude each other as well.

        What a drafting worker inherits can only be read. NFS locks alone only what is open for writing.
        """
        try:
            path.touch(mode=0o600)
            return cls(path, os.open(path, (os.O_RDWR if alone else os.O_RDONLY) | getattr(os, "O_CLOEXEC", 0)))
        except OSError as problem:
            raise storage_fault(path, problem) from problem

    def take_for_trial(self, stopped: Callable[[], bool] | None = None, *, seconds: float = WAIT_SECONDS) -> None:
        """Hold it beside other trials, or raise `RunUnderWay`."""
        with self._guard:
            if not self._trials and not self._wait(False, seconds, stopped):
                raise RunUnderWay(
                    "A program is running on real data, and no draft is tried while one does.",
                    "Try the draft again when the run has ended.",
                )
            self._trials += 1

    def take_for_run(self, stopped: Callable[[], bool] | None = None, *, seconds: float = WAIT_SECONDS) -> None:
        """Hold it alone, or raise `TrialUnderWay`."""
        if not self._wait(True, seconds, stopped):
            raise TrialUnderWay(
                "A draft is being tried, or another run executes, and a program meets real data only alone.",
                "Wait until the agent's turn, the trial or the other run is over, or stop it; no run was used up.",
            )

    def trial_ended(self) -> None:
        """One drafting worker less; with the last one the lock is free."""
        with self._guard:
            self._trials -= 1
            if not self._trials:
                try_lock(self.fd, "free")

    def close(self) -> None:
        """Free it, and let the descriptor go; a second call does nothing."""
        if self.fd >= 0:
            os.close(self.fd)
            self.fd = -1

    def _wait(self, alone: bool, seconds: float, stopped: Callable[[], bool] | None) -> bool:
        deadline = time.monotonic() + seconds
        while not self._try("alone" if alone else "shared"):
            if time.monotonic() >= deadline or (stopped is not None and stopped()):
                return False
            time.sleep(_LOOK_SECONDS)
        return True

    def _try(self, how: Literal["alone", "shared"]) -> bool:
        try:
            return try_lock(self.fd, how)
        except OSError as problem:
            raise storage_fault(self._path, problem) from problem
