"""The small, irrevocable moves of a Linux process: no new privileges, no dump, no capabilities.

All of them act on the calling thread and on what it starts later, so they come before the first thread.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import struct

from sandbox.jail.linux.syscalls import NUMBERS

_PR_SET_PDEATHSIG = 1
_PR_GET_DUMPABLE = 3
_PR_SET_DUMPABLE = 4
_PR_CAPBSET_DROP = 24
_PR_SET_NO_NEW_PRIVS = 38
_PR_GET_NO_NEW_PRIVS = 39
_PR_CAP_AMBIENT = 47
_PR_CAP_AMBIENT_CLEAR_ALL = 4
_CAPABILITY_VERSION_3 = 0x20080522
_CAPABILITIES = 64
_SIGKILL = 9

_libc = ctypes.CDLL(None, use_errno=True)
_libc.syscall.restype = ctypes.c_long
_libc.prctl.argtypes = [ctypes.c_int] + [ctypes.c_ulong] * 4


def machine() -> str:
    """The processor as our tables name it: `x86_64`, `aarch64`, or a name for which there is no table."""
    return os.uname().machine if ctypes.sizeof(ctypes.c_void_p) == 8 else "32-bit"


def syscall(name: str, *arguments: int | bytes | None) -> int:
    """Call the kernel by name; raises OSError. Bytes are passed by address and may not be written to."""
    number = NUMBERS[machine()][name]
    wide = [ctypes.c_long(a) if isinstance(a, int) else ctypes.c_char_p(a) for a in arguments]
    result = int(_libc.syscall(ctypes.c_long(number), *wide))
    if result < 0:
        code = ctypes.get_errno()
        raise OSError(code, os.strerror(code), name)
    return result


def prctl(option: int, *arguments: int) -> int:
    """`prctl(2)`; raises OSError."""
    padded = (*arguments, 0, 0, 0, 0)[:4]
    result = int(_libc.prctl(option, *padded))
    if result < 0:
        code = ctypes.get_errno()
        raise OSError(code, os.strerror(code), "prctl")
    return result


def set_no_new_privileges() -> str:
    """Make setuid programs and file capabilities powerless for this process and its children."""
    prctl(_PR_SET_NO_NEW_PRIVS, 1)
    if prctl(_PR_GET_NO_NEW_PRIVS) != 1:
        raise OSError("the kernel did not keep no_new_privs")
    return "on"


def set_not_dumpable() -> str:
    """No core file, no ptrace and no /proc/PID of this process for others of the same user."""
    prctl(_PR_SET_DUMPABLE, 0)
    if prctl(_PR_GET_DUMPABLE) != 0:
        raise OSError("the kernel did not keep the process from being dumped")
    return "on"


def die_with_parent(parent: int) -> None:
    """Be killed when the thread that started us ends; ends at once when it has ended already."""
    prctl(_PR_SET_PDEATHSIG, _SIGKILL)
    if os.getppid() != parent:
        os._exit(1)


def drop_capabilities() -> str:
    """Give up every capability that root (or a file) gave; uid 0 without them is an ordinary owner of files."""
    # Dropping from the bounding set needs CAP_SETPCAP, and the set ends before 64. Where it fails nothing is
    # lost: with no_new_privs and the empty sets below, nothing in it can be had again.
    with contextlib.suppress(OSError):
        prctl(_PR_CAP_AMBIENT, _PR_CAP_AMBIENT_CLEAR_ALL)
        for capability in range(_CAPABILITIES):
            prctl(_PR_CAPBSET_DROP, capability)
    header = struct.pack("=Ii", _CAPABILITY_VERSION_3, 0)
    syscall("capset", header, bytes(24))
    held = ctypes.create_string_buffer(24)
    _libc.syscall(ctypes.c_long(NUMBERS[machine()]["capget"]), ctypes.c_char_p(header), held)
    if any(held.raw):
        raise OSError("the kernel did not take the capabilities back")
    return "none held"
