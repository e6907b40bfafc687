"""Waiting for a pipe on Windows, where `select` knows only sockets.

wait_readable(fd, deadline)      # False when nothing has come by then
"""

from __future__ import annotations

import ctypes
import time
from collections.abc import Callable, Sequence
from typing import Any

_EVERY = 0.002
_ERROR_BROKEN_PIPE = 109


def wait_readable(fd: int, deadline: float, peek: Callable[[int], int] | None = None) -> bool:
    """Whether a read would not wait: bytes are there, or the other side has ended. Looks at least once."""
    return bool(readable((fd,), deadline, peek))


def readable(fds: Sequence[int], deadline: float, peek: Callable[[int], int] | None = None) -> set[int]:
    """Those of which this is true, as soon as there is one."""
    waiting = peek or bytes_waiting
    while True:
        found = {fd for fd in fds if waiting(fd) != 0}
        if found or time.monotonic() >= deadline:
            return found
        time.sleep(_EVERY)


def bytes_waiting(fd: int, kernel: Any = None, handle_of: Callable[[int], int] | None = None) -> int:
    """How many bytes a read would get now; -1 when the other side has ended."""
    kernel = kernel or _kernel()
    handle = (handle_of or _handle)(fd)
    count = ctypes.c_uint32()
    if kernel.PeekNamedPipe(handle, None, 0, None, ctypes.addressof(count), None):
        return int(count.value)
    code = kernel.GetLastError()
    if code == _ERROR_BROKEN_PIPE:
        return -1
    raise OSError(code, "PeekNamedPipe")


def _kernel() -> Any:
    library = ctypes.CDLL("kernel32")  # on 64-bit Windows there is one calling convention
    pointer = ctypes.c_void_p
    library.PeekNamedPipe.argtypes = (pointer, pointer, ctypes.c_uint32, pointer, pointer, pointer)
    library.PeekNamedPipe.restype = ctypes.c_int
    library.GetLastError.argtypes, library.GetLastError.restype = (), ctypes.c_uint32
    return library


def _handle(fd: int) -> int:
    import msvcrt

    return int(getattr(msvcrt, "get_osfhandle")(fd))  # noqa: B009 (known to the type checker on Windows alone)
