"""Standard error of a jailed process: a pipe that takes so much and no more, kept in a file of the parent's own.

A file given to the child could be filled until the disk is full, for Windows has no limit on file sizes. Writing to
a full pipe fails at once, and what was read from it counts against the same limit.
"""

from __future__ import annotations

import ctypes
import os
import tempfile
from contextlib import ExitStack

from sandbox.jail.profile import STDERR_LIMIT
from sandbox.jail.windows.api import CallFailed, Library
from sandbox.jail.windows.constants import ERROR_BROKEN_PIPE
from sandbox.jail.windows.handles import Pipe


class ErrorsOfChild:
    """`descriptor` is of a file that is deleted when the last of us closes it; `collect` fills it, from any place."""

    def __init__(self, windows: Library, stack: ExitStack, pipe: Pipe) -> None:
        self._windows = windows
        self.pipe = pipe
        self._file = stack.enter_context(tempfile.TemporaryFile(buffering=0))  # noqa: SIM115 (the stack closes it)
        self._left = STDERR_LIMIT
        self.descriptor = os.dup(self._file.fileno())

    def collect(self) -> None:
        """Move what is in the pipe into the file, without waiting."""
        waiting = min(self._waiting(), self._left)
        while waiting > 0:
            part = os.read(self.pipe.descriptor, waiting)
            if not part:
                return
            self._file.write(part)
            waiting -= len(part)
            self._left -= len(part)

    def _waiting(self) -> int:
        available = ctypes.c_uint32()
        try:
            self._windows.call("PeekNamedPipe", self.pipe.handle, None, 0, None, ctypes.byref(available), None)
        except CallFailed as problem:
            if problem.code != ERROR_BROKEN_PIPE:
                raise
            return 0
        return available.value
