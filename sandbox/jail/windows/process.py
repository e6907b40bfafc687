"""A jailed process as its parent sees it, and how it ended.

process = Process(windows, created, collect, take_down)
process.wait(10)
"""

from __future__ import annotations

import ctypes
import subprocess
from collections.abc import Callable

from sandbox.jail.windows import constants as c
from sandbox.jail.windows.api import CallFailed, Library
from sandbox.jail.windows.creation import Created

_MOST_MILLISECONDS = c.INFINITE - 1
_KILLED = 1

# What the rest of Preceptor knows as the signal that ended a process.
_AS_SIGNAL = {
    c.STATUS_ACCESS_VIOLATION: -11,
    c.STATUS_STACK_OVERFLOW: -11,
    c.STATUS_STACK_BUFFER_OVERRUN: -6,
    c.STATUS_NO_MEMORY: -6,
    c.STATUS_QUOTA_EXCEEDED: -24,
    c.ERROR_NOT_ENOUGH_QUOTA: -24,
}


class Process:
    """`pid`, `poll`, `wait` and `kill` as of `subprocess.Popen`; its walls are taken down when its end is seen."""

    def __init__(
        self, windows: Library, created: Created, collect: Callable[[], None], take_down: Callable[[], object]
    ) -> None:
        self.pid = created.pid
        self.returncode: int | None = None
        self._windows = windows
        self._handle = created.process
        self._collect = collect
        self._take_down = take_down

    def poll(self) -> int | None:
        """How it ended, or None."""
        return self._look(0)

    def wait(self, timeout: float | None = None) -> int:
        """How it ended: its exit status, negative where Linux would name a signal; `subprocess.TimeoutExpired`."""
        code = self._look(c.INFINITE if timeout is None else min(int(timeout * 1000), _MOST_MILLISECONDS))
        if code is None:
            raise subprocess.TimeoutExpired("a jailed process", timeout or 0.0)
        return code

    def kill(self) -> None:
        """End it now; no error when it has ended already."""
        if self.poll() is not None:
            return
        try:
            self._windows.call("TerminateProcess", self._handle, _KILLED)
        except CallFailed as problem:
            # What is about to end by itself can't be ended.
            if problem.code != c.ERROR_ACCESS_DENIED:
                raise

    def _look(self, milliseconds: int) -> int | None:
        if self.returncode is None:
            waited = self._windows.call("WaitForSingleObject", self._handle, milliseconds)
            self._collect()
            if waited == c.WAIT_OBJECT_0:
                code = ctypes.c_uint32()
                self._windows.call("GetExitCodeProcess", self._handle, ctypes.byref(code))
                self.returncode = _AS_SIGNAL.get(code.value, code.value)
                self._take_down()
        return self.returncode
