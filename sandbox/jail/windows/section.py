"""Data handed to a jail as memory: written by the parent, mapped by the child, which can only read it.

    with Section(windows, size) as section:           # parent; `size` is the most that it can ever hold
        backend.start(order, launcher, (section.handle,))
        section.append(arrow_bytes)                   # CallFailed when there is no memory for them
    view = mapped(windows, handle, size)              # child, what was written; pyarrow.py_buffer(view) copies nothing

The section has no name, and a list that grants nobody anything: else whoever holds a handle for reading could
duplicate it into one for writing (https://crbug.com/338538).

It is only reserved when it is made, and committed as it is written (SEC_RESERVE in
https://learn.microsoft.com/windows/win32/api/memoryapi/nf-memoryapi-createfilemappingw): the paging file answers for
what is in it, not for what might be. Pages that are committed in one view are so in every view of the section; Firefox
rests on that too and tests it (mozglue/tests/TestSharedMappingCommit.cpp). A page that is not committed ends the
process that touches it, so `append` is the one way in.
"""

from __future__ import annotations

import ctypes
from contextlib import ExitStack
from types import TracebackType

from sandbox.jail.windows import constants as c
from sandbox.jail.windows.api import Library
from sandbox.jail.windows.handles import inheritable
from sandbox.jail.windows.security import attributes, descriptor

_NOBODY = "D:P"
_INVALID_HANDLE = (1 << 64) - 1  # the paging file instead of a file
_STEP = 1024 * 1024  # committed at a time: whole pages of every processor, and few calls


class Section:
    """`append` writes it here; `handle` is for the child, inheritable and without the right to write."""

    _start: int
    _undo: ExitStack

    def __init__(self, windows: Library, size: int) -> None:
        if size <= 0:
            raise ValueError("a section holds at least one byte")
        self._windows = windows
        with ExitStack() as undo:
            with descriptor(windows, _NOBODY) as address:
                made, kind = attributes(address), c.PAGE_READWRITE | c.SEC_RESERVE
                how = (ctypes.byref(made), kind, size >> 32, size & 0xFFFFFFFF, None)
                section = windows.call("CreateFileMappingW", _INVALID_HANDLE, *how)
                undo.callback(windows.call, "CloseHandle", section)
            self._start = windows.call("MapViewOfFile", section, c.FILE_MAP_WRITE, 0, 0, size)
            undo.callback(windows.call, "UnmapViewOfFile", self._start)
            self.handle = inheritable(windows, section, access=c.FILE_MAP_READ)
            undo.callback(windows.call, "CloseHandle", self.handle)
            self._undo = undo.pop_all()
        self._section = section
        self._begin(size)

    @classmethod
    def taken_over(cls, windows: Library, handle: int, size: int) -> Section:
        """What `lend` of the process that made it gave us, still empty, to be written here; ours to close."""
        section = cls.__new__(cls)
        section._windows, section._section, section.handle = windows, handle, -1
        with ExitStack() as undo:
            undo.callback(windows.call, "CloseHandle", handle)
            section._start = windows.call("MapViewOfFile", handle, c.FILE_MAP_WRITE, 0, 0, size)
            undo.callback(windows.call, "UnmapViewOfFile", section._start)
            section._undo = undo.pop_all()
        section._begin(size)
        return section

    def lend(self) -> int:
        """A handle by which the child that inherits it may write; nothing may be written here any more."""
        handle = inheritable(self._windows, self._section, access=c.FILE_MAP_READ | c.FILE_MAP_WRITE)
        self._undo.callback(self._windows.call, "CloseHandle", handle)
        return handle

    def _begin(self, size: int) -> None:
        self._memory = memoryview((ctypes.c_uint8 * size).from_address(self._start)).cast("B")
        self._written = self._committed = 0

    @property
    def room(self) -> int:
        """How many bytes can still be appended, if there is memory for them."""
        return len(self._memory) - self._written

    def append(self, data: memoryview) -> None:
        """Write after what was written; of what fails nothing is written."""
        if data.nbytes > self.room:
            raise ValueError("more is written to a section than it can hold")
        end = self._written + data.nbytes
        self._commit(end)
        self._memory[self._written : end] = data.cast("B")
        self._written = end

    def close(self) -> None:
        """Give the memory back."""
        self._memory.release()
        self._undo.close()

    def _commit(self, end: int) -> None:
        """Have memory behind the first `end` bytes. What is committed stays so until the last view is gone."""
        if end <= self._committed:
            return
        until = min(-(-end // _STEP) * _STEP, len(self._memory))
        start, size = self._start + self._committed, until - self._committed
        self._windows.call("VirtualAlloc", start, size, c.MEM_COMMIT, c.PAGE_READWRITE)
        self._committed = until

    def __enter__(self) -> Section:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def mapped(windows: Library, handle: int, size: int) -> memoryview:
    """The first `size` bytes of an inherited section, read-only, for as long as this process lives.

    `size` is what its writer says was written: what lies beyond may have no memory behind it.
    """
    start = windows.call("MapViewOfFile", handle, c.FILE_MAP_READ, 0, 0, size)
    return memoryview((ctypes.c_uint8 * size).from_address(start)).cast("B").toreadonly()
