"""What an attacker in a Windows jail would reach for beyond files and sockets; each works, or fails with an OSError.

    PROBES["named_event"](targets)

The names that the probes use are made by `bystanders.py` from `targets.abstract`, so that each works outside.
Nothing is changed that belongs to the user: what is opened for writing or ending is only opened.
"""

from __future__ import annotations

import ctypes
import os
from collections.abc import Callable
from typing import TYPE_CHECKING

from sandbox.jail.windows import constants as c
from sandbox.jail.windows.api import Library, library

if TYPE_CHECKING:
    from sandbox.jail.probes import Targets

# An empty clipboard outside, or a session that shows no desktop (over the network), says nothing.
MAY_BE_ABSENT = frozenset({"read_clipboard", "user_desktop"})


def _event(windows: Library, name: str) -> None:
    windows.call("CloseHandle", windows.call("OpenEventW", c.EVENT_MODIFY_STATE, 0, name))


def _pipe(windows: Library, name: str) -> None:
    path, access = f"\\\\.\\pipe\\{name}", c.GENERIC_READ | c.GENERIC_WRITE
    windows.call("CloseHandle", windows.call("CreateFileW", path, access, 0, None, c.OPEN_EXISTING, 0, None))


def _key(windows: Library, path: str, access: int) -> None:
    key = ctypes.c_void_p()
    windows.call("RegOpenKeyExW", c.HKEY_CURRENT_USER, path, 0, access, ctypes.byref(key))
    windows.call("RegCloseKey", key)


def _process(windows: Library, pid: int, access: int) -> None:
    windows.call("CloseHandle", windows.call("OpenProcess", access, 0, pid))


def _clipboard(windows: Library) -> None:
    """Whatever lies there, in whichever form is offered first; it is not looked at."""
    windows.call("OpenClipboard", None)
    try:
        windows.call("GetClipboardData", windows.call("EnumClipboardFormats", 0))
    finally:
        windows.call("CloseClipboard")


def _input_desktop(windows: Library) -> None:
    windows.call("CloseDesktop", windows.call("OpenInputDesktop", 0, 0, c.DESKTOP_READOBJECTS))


def _make_desktop(windows: Library, name: str) -> None:
    windows.call("CloseDesktop", windows.call("CreateDesktopW", name, None, None, 0, c.GENERIC_ALL, None))


def _start_shell() -> None:
    import subprocess

    shell = os.path.join(os.environ["SYSTEMROOT"], "System32", "cmd.exe")
    done = subprocess.run([shell, "/c", "exit 0"], check=False, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
    if done.returncode:
        raise PermissionError(13, "the shell did not run")


PROBES: dict[str, Callable[[Targets], object]] = {
    "named_event": lambda t: _event(library(), t.abstract),
    "named_pipe": lambda t: _pipe(library(), t.abstract),
    "read_registry": lambda t: _key(library(), f"Software\\{t.abstract}", c.KEY_READ),
    "write_registry": lambda t: _key(library(), f"Software\\{t.abstract}", c.KEY_WRITE),
    "read_process": lambda t: _process(library(), t.pid, c.PROCESS_VM_READ),
    "query_process": lambda t: _process(library(), t.pid, c.PROCESS_QUERY_LIMITED_INFORMATION),
    "end_process": lambda t: _process(library(), t.pid, c.PROCESS_TERMINATE),
    "start_shell": lambda t: _start_shell(),
    "read_clipboard": lambda t: _clipboard(library()),
    "user_desktop": lambda t: _input_desktop(library()),
    "make_desktop": lambda t: _make_desktop(library(), t.abstract),
}
