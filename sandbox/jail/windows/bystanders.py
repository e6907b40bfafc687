"""Named things of the user for the probes to reach: an event, a pipe, a registry key; gone when the block ends.

with user_things(targets.abstract): ...
"""

from __future__ import annotations

import ctypes
from collections.abc import Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager

from sandbox.jail.windows import constants as c
from sandbox.jail.windows.api import Library, library

_PIPE_SIZE = 4096
# Each answers one who opens it; the next would be told "busy", which must not pass for "forbidden".
_INSTANCES = 16


def user_things(name: str) -> AbstractContextManager[None]:
    """On the running Windows."""
    return bystanders(library(), name)


@contextmanager
def bystanders(windows: Library, name: str) -> Iterator[None]:
    """Make all of them with the access that Windows gives by default, as other programs of the user do."""
    with ExitStack() as stack:
        event = windows.call("CreateEventW", None, 1, 0, name)
        stack.callback(windows.call, "CloseHandle", event)
        mode = (c.PIPE_ACCESS_DUPLEX, c.PIPE_WAIT, c.PIPE_UNLIMITED_INSTANCES, _PIPE_SIZE, _PIPE_SIZE, 0, None)
        for _ in range(_INSTANCES):
            pipe = windows.call("CreateNamedPipeW", f"\\\\.\\pipe\\{name}", *mode)
            stack.callback(windows.call, "CloseHandle", pipe)
        key, path = ctypes.c_void_p(), f"Software\\{name}"
        how = (0, None, c.REG_OPTION_VOLATILE, c.KEY_READ, None, ctypes.byref(key), None)
        windows.call("RegCreateKeyExW", c.HKEY_CURRENT_USER, path, *how)
        stack.callback(windows.call, "RegDeleteKeyW", c.HKEY_CURRENT_USER, path)
        stack.callback(windows.call, "RegCloseKey", key)
        yield
