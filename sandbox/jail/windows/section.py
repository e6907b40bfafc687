"""Data handed to a jail as memory: filled by the parent, mapped by the child, which can only read it.

    with Section(windows, size) as section:           # parent
        section.memory[:] = arrow_bytes
        backend.start(order, launcher, (section.handle,))
    view = mapped(windows, handle, size)              # child; pyarrow.py_buffer(view) copies nothing

The section has no name, and a list that grants nobody anything: else whoever holds a handle for reading could
duplicate it into one for writing (https://crbug.com/338538).
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


class Section:
    """`memory` writes it here; `handle` is for the child, inheritable and without the right to write."""

    def __init__(self, windows: Library, size: int) -> None:
        if size <= 0:
            raise ValueError("a section holds at least one byte")
        with ExitStack() as undo:
            with descriptor(windows, _NOBODY) as address:
                made = attributes(address)
                how = (ctypes.byref(made), c.PAGE_READWRITE, size >> 32, size & 0xFFFFFFFF, None)
                section = windows.call("CreateFileMappingW", _INVALID_HANDLE, *how)
                undo.callback(windows.call, "CloseHandle", section)
            start = windows.call("MapViewOfFile", section, c.FILE_MAP_WRITE, 0, 0, size)
            undo.callback(windows.call, "UnmapViewOfFile", start)
            self.handle = inheritable(windows, section, access=c.FILE_MAP_READ)
            undo.callback(windows.call, "CloseHandle", self.handle)
            self._undo = undo.pop_all()
        self.memory = memoryview((ctypes.c_uint8 * size).from_address(start)).cast("B")

    def close(self) -> None:
        """Give the memory back; BufferError while an array or an Arrow buffer stands on it. No slice may outlive it."""
        self.memory.release()
        self._undo.close()

    def __enter__(self) -> Section:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def mapped(windows: Library, handle: int, size: int) -> memoryview:
    """The first `size` bytes of an inherited section, read-only, for as long as this process lives."""
    start = windows.call("MapViewOfFile", handle, c.FILE_MAP_READ, 0, 0, size)
    return memoryview((ctypes.c_uint8 * size).from_address(start)).cast("B").toreadonly()
