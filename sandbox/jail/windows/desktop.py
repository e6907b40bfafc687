"""A desktop that is never shown: the jail's windows are alone on it, and the user's are on another.

    name = create(windows, stack, container.text)     # for STARTUPINFO.lpDesktop
    own(windows)                                      # in the child: "on: …", or the cause

The label lets a process of low integrity, as every container is, create windows there; without it user32 can't
start and the process ends with 0xC0000142.
"""

from __future__ import annotations

import ctypes
import secrets
from contextlib import ExitStack

from sandbox.jail.windows import constants as c
from sandbox.jail.windows.api import Library
from sandbox.jail.windows.security import attributes, descriptor, own_user

_PREFIX = "preceptor-"
_NAME_SIZE = 512


def create(windows: Library, stack: ExitStack, container: str) -> str:
    """The name of a new desktop for the user, the system and the container; the stack closes it."""
    name = _PREFIX + secrets.token_hex(8)
    who = f"(A;;GA;;;{own_user(windows)})(A;;GA;;;SY)(A;;GRGWGX;;;{container})"
    with descriptor(windows, f"D:P{who}S:(ML;;NW;;;LW)") as address:
        made = attributes(address)
        desktop = windows.call("CreateDesktopW", name, None, None, 0, c.GENERIC_ALL, ctypes.byref(made))
        stack.callback(windows.call, "CloseDesktop", desktop)
    return name


def own(windows: Library) -> str:
    """Whether the calling thread is on a desktop made here."""
    buffer, needed = ctypes.create_string_buffer(_NAME_SIZE), ctypes.c_uint32()
    # Not ours to close.
    desktop = windows.call("GetThreadDesktop", windows.call("GetCurrentThreadId"))
    windows.call("GetUserObjectInformationW", desktop, c.UOI_NAME, buffer, _NAME_SIZE, ctypes.byref(needed))
    name = buffer.raw.decode("utf-16-le", "replace").partition("\0")[0]
    if not name.startswith(_PREFIX):
        raise OSError("the process is on a desktop of the user")
    return "on: one that is not shown"
