"""CreateProcessW for a jail: suspended, with a container, a list of handles, a desktop, and nothing of ours else.

    created = create_suspended(windows, stack, command, sid, desktop, inherited)

`theirs` of the caller closes what the child inherited; here only what the call itself needs is freed.
"""

from __future__ import annotations

import ctypes
import os
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any

from sandbox.jail.windows import constants as c
from sandbox.jail.windows.api import CallFailed, Library
from sandbox.jail.windows.structures import DWORD, PROCESS_INFORMATION, SECURITY_CAPABILITIES, STARTUPINFOEXW

FLAGS = c.EXTENDED_STARTUPINFO_PRESENT | c.CREATE_SUSPENDED | c.CREATE_UNICODE_ENVIRONMENT | c.DETACHED_PROCESS

# Left out because Python or its libraries need it: prohibiting dynamic code (ctypes callbacks, compiled
# expressions), foreign signatures (every wheel), calls to win32k (user32 comes with several libraries), strict
# handle checks (closing a descriptor twice would be fatal). The agent loses the first two after its imports.
_MITIGATIONS = (
    c.PROCESS_CREATION_MITIGATION_POLICY_DEP_ENABLE
    | c.PROCESS_CREATION_MITIGATION_POLICY_SEHOP_ENABLE
    | c.PROCESS_CREATION_MITIGATION_POLICY_HEAP_TERMINATE_ALWAYS_ON
    | c.PROCESS_CREATION_MITIGATION_POLICY_BOTTOM_UP_ASLR_ALWAYS_ON
    | c.PROCESS_CREATION_MITIGATION_POLICY_HIGH_ENTROPY_ASLR_ALWAYS_ON
    | c.PROCESS_CREATION_MITIGATION_POLICY_EXTENSION_POINT_DISABLE_ALWAYS_ON
    | c.PROCESS_CREATION_MITIGATION_POLICY_FONT_DISABLE_ALWAYS_ON
    | c.PROCESS_CREATION_MITIGATION_POLICY_IMAGE_LOAD_NO_REMOTE_ALWAYS_ON
    | c.PROCESS_CREATION_MITIGATION_POLICY_IMAGE_LOAD_NO_LOW_LABEL_ALWAYS_ON
    | c.PROCESS_CREATION_MITIGATION_POLICY_IMAGE_LOAD_PREFER_SYSTEM32_ALWAYS_ON
)

# Without these CreateProcessW for a container fails with error 203. The launcher forgets all but the first three.
_NEEDED = ("SystemRoot", "SystemDrive", "windir", "USERPROFILE", "LOCALAPPDATA", "APPDATA")


@dataclass(frozen=True)
class Inherited:
    """The handles of the child: NUL and standard error, then whatever it was ordered to have."""

    standard: tuple[int, int]
    others: tuple[int, ...]

    def all(self) -> tuple[int, ...]:
        """Each once: the list may not name a handle twice."""
        return tuple(dict.fromkeys((*self.standard, *self.others)))


@dataclass(frozen=True)
class Created:
    """A suspended process. Its two handles are the caller's to close."""

    pid: int
    process: int
    thread: int


def create_suspended(
    windows: Library, command: list[str], container: int, desktop: str, inherited: Inherited
) -> Created:
    """Start `command` up to, and not including, its first instruction."""
    nothing, errors = inherited.standard
    line, environment = _wide(subprocess.list2cmdline(command)), environment_block()
    information, start = PROCESS_INFORMATION(), STARTUPINFOEXW()
    start.StartupInfo.cb = ctypes.sizeof(start)
    start.StartupInfo.lpDesktop = desktop
    start.StartupInfo.dwFlags = c.STARTF_USESTDHANDLES
    start.StartupInfo.hStdInput = start.StartupInfo.hStdOutput = nothing
    start.StartupInfo.hStdError = errors
    with _attributes(windows, container, inherited.all()) as attributes:
        start.lpAttributeList = ctypes.addressof(attributes)
        windows.call(
            "CreateProcessW",
            command[0],
            line,
            None,
            None,
            1,
            FLAGS,
            environment,
            # Never the parent's folder: the child would hold a handle to it.
            system_root(),
            ctypes.byref(start),
            ctypes.byref(information),
        )
    return Created(information.dwProcessId, information.hProcess or 0, information.hThread or 0)


def system_root() -> str:
    """A folder that every process may be in."""
    return os.environ.get("SYSTEMROOT", "C:\\Windows")


def environment_block() -> ctypes.Array[ctypes.c_char]:
    """Names and values in UTF-16, sorted as Windows wants them, and nothing of ours."""
    found = [f"{name}={os.environ[name]}\0" for name in sorted(_NEEDED, key=str.upper) if name in os.environ]
    return _wide("".join(found) or "\0")


@contextmanager
def _attributes(windows: Library, container: int, given: tuple[int, ...]) -> Iterator[ctypes.Array[ctypes.c_char]]:
    """The attribute list. It keeps addresses, so the values live as long as this block."""
    values: dict[int, Any] = {
        c.PROC_THREAD_ATTRIBUTE_SECURITY_CAPABILITIES: SECURITY_CAPABILITIES(AppContainerSid=container),
        c.PROC_THREAD_ATTRIBUTE_HANDLE_LIST: (ctypes.c_void_p * len(given))(*given),
        c.PROC_THREAD_ATTRIBUTE_MITIGATION_POLICY: ctypes.c_uint64(_MITIGATIONS),
        c.PROC_THREAD_ATTRIBUTE_CHILD_PROCESS_POLICY: DWORD(c.PROCESS_CREATION_CHILD_PROCESS_RESTRICTED),
    }
    room = ctypes.create_string_buffer(_size_of_list(windows, len(values)))
    with ExitStack() as stack:
        windows.call(
            "InitializeProcThreadAttributeList", room, len(values), 0, ctypes.byref(ctypes.c_size_t(len(room)))
        )
        stack.callback(windows.call, "DeleteProcThreadAttributeList", room)
        for which, value in values.items():
            windows.call(
                "UpdateProcThreadAttribute", room, 0, which, ctypes.byref(value), ctypes.sizeof(value), None, None
            )
        yield room


def _size_of_list(windows: Library, count: int) -> int:
    size = ctypes.c_size_t()
    try:
        windows.call("InitializeProcThreadAttributeList", None, count, 0, ctypes.byref(size))
    except CallFailed as problem:
        # This is how it tells the size.
        if problem.code != c.ERROR_INSUFFICIENT_BUFFER:
            raise
    return size.value


def _wide(text: str) -> ctypes.Array[ctypes.c_char]:
    """UTF-16 with a zero at the end, in memory that may be written: CreateProcessW does."""
    encoded = f"{text}\0".encode("utf-16-le")
    return (ctypes.c_char * len(encoded)).from_buffer_copy(encoded)
