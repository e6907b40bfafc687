"""Handles for a child: pipes with one end to inherit, duplicates that say what they allow.

made = pipe(windows, ours, theirs, child_reads=True)     # made.descriptor, made.inherited
"""

from __future__ import annotations

import ctypes
import os
from contextlib import ExitStack
from dataclasses import dataclass

from sandbox.jail.windows import constants as c
from sandbox.jail.windows.api import Library

_PIPE_SIZE = 64 * 1024


def inheritable(windows: Library, handle: int, *, access: int | None = None) -> int:
    """A duplicate that a child can be given, with the same rights or only `access`."""
    this, made = windows.call("GetCurrentProcess"), ctypes.c_void_p()
    options = c.DUPLICATE_SAME_ACCESS if access is None else 0
    windows.call("DuplicateHandle", this, handle, this, ctypes.byref(made), access or 0, 1, options)
    return made.value or 0


@dataclass(frozen=True)
class Pipe:
    """`descriptor` is our end and owns `handle`; `inherited` is the child's."""

    descriptor: int
    handle: int
    inherited: int


def pipe(windows: Library, ours: ExitStack, theirs: ExitStack, *, child_reads: bool) -> Pipe:
    """A pipe of which the child can inherit its end and nothing else; each stack closes its own."""
    read, write = ctypes.c_void_p(), ctypes.c_void_p()
    windows.call("CreatePipe", ctypes.byref(read), ctypes.byref(write), None, _PIPE_SIZE)
    kept, given = (write.value or 0, read.value or 0) if child_reads else (read.value or 0, write.value or 0)
    with ExitStack() as undo:
        undo.callback(windows.call, "CloseHandle", given)
        with ExitStack() as failed:
            failed.callback(windows.call, "CloseHandle", kept)
            descriptor = windows.descriptor(kept, os.O_WRONLY if child_reads else os.O_RDONLY)
            failed.pop_all()
        ours.callback(os.close, descriptor)
        inherited = inheritable(windows, given)
        theirs.callback(windows.call, "CloseHandle", inherited)
    return Pipe(descriptor, kept, inherited)


def nothing(windows: Library, theirs: ExitStack) -> int:
    """NUL, opened here because a container may not open it, for standard input and output."""
    access, share = c.GENERIC_READ | c.GENERIC_WRITE, c.FILE_SHARE_READ | c.FILE_SHARE_WRITE
    with ExitStack() as stack:
        handle = windows.call("CreateFileW", "NUL", access, share, None, c.OPEN_EXISTING, 0, None)
        stack.callback(windows.call, "CloseHandle", handle)
        inherited = inheritable(windows, handle)
        theirs.callback(windows.call, "CloseHandle", inherited)
    return inherited


def never_wait(windows: Library, pipe_end: int) -> None:
    """Writing to a full pipe fails from now on instead of waiting for a reader."""
    mode = ctypes.c_uint32(c.PIPE_NOWAIT)
    windows.call("SetNamedPipeHandleState", pipe_end, ctypes.byref(mode), None, None)
