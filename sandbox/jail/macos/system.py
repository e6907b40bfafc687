"""What macOS is asked through its C library, with every signature declared.

confine_self(text, parameters)         # for ever; OSError with the reason
sandboxed(os.getpid())                 # None where the system has no such call
usage(pid)                             # Usage(memory=..., cpu_seconds=...), None when the process is gone
text_of("kern.bootsessionuuid")
"""

from __future__ import annotations

import ctypes
import errno
import os
from dataclasses import dataclass
from functools import cache
from typing import Any

_RUSAGE_INFO_V0 = 0
_ANY = 0  # SANDBOX_FILTER_NONE: the operation, whatever it is done to


class _Rusage(ctypes.Structure):
    """`struct rusage_info_v0` (sys/resource.h). Times are in ticks of `mach_absolute_time`."""

    _fields_ = (
        ("uuid", ctypes.c_uint8 * 16),
        ("user_time", ctypes.c_uint64),
        ("system_time", ctypes.c_uint64),
        ("pkg_idle_wkups", ctypes.c_uint64),
        ("interrupt_wkups", ctypes.c_uint64),
        ("pageins", ctypes.c_uint64),
        ("wired_size", ctypes.c_uint64),
        ("resident_size", ctypes.c_uint64),
        ("phys_footprint", ctypes.c_uint64),
        ("proc_start_abstime", ctypes.c_uint64),
        ("proc_exit_abstime", ctypes.c_uint64),
    )


class _Timebase(ctypes.Structure):
    """`mach_timebase_info_data_t`: a tick is `numer / denom` nanoseconds."""

    _fields_ = (("numer", ctypes.c_uint32), ("denom", ctypes.c_uint32))


@dataclass(frozen=True)
class Usage:
    """Memory in bytes, compressed and swapped pages included."""

    memory: int
    cpu_seconds: float


@cache
def library() -> Any:
    """libSystem: the C library, libproc and libsandbox's checks."""
    return ctypes.CDLL("/usr/lib/libSystem.B.dylib", use_errno=True)


def usage(pid: int) -> Usage | None:
    """What a process of ours uses, None when it has ended; OSError when that can't be known."""
    call = library().proc_pid_rusage
    call.argtypes, call.restype = (ctypes.c_int, ctypes.c_int, ctypes.c_void_p), ctypes.c_int
    info = _Rusage()
    if call(pid, _RUSAGE_INFO_V0, ctypes.addressof(info)) != 0:
        code = ctypes.get_errno()
        if code == errno.ESRCH:
            return None
        raise OSError(code, os.strerror(code), "proc_pid_rusage")
    return Usage(int(info.phys_footprint), _seconds(int(info.user_time) + int(info.system_time)))


def sandboxed(pid: int, operation: str | None = None) -> bool | None:
    """Whether the process is confined, or may not do `operation` to anything; None where nobody can be asked."""
    try:
        call = library().sandbox_check
    except AttributeError:
        return None
    # The arguments after the third are variable; with this filter there are none.
    call.argtypes, call.restype = (ctypes.c_int, ctypes.c_char_p, ctypes.c_int), ctypes.c_int
    return bool(call(pid, operation.encode() if operation else None, _ANY) == 1)


def confine_self(text: str, parameters: dict[str, str]) -> None:
    """Put this process, with all its threads and whatever it starts, under a profile for ever; OSError says why not.

    Deprecated for years, in no public header, and what the sandboxes of browsers rest on. Flags of 0: `text` is a
    profile, not the name of one.
    """
    words = [text.encode(), *(os.fsencode(word) for pair in parameters.items() for word in pair)]
    if any(b"\0" in word for word in words):
        raise ValueError("the profile or one of its paths holds a zero byte")
    try:
        call, free = library().sandbox_init_with_parameters, library().sandbox_free_error
    except AttributeError as problem:
        raise OSError(errno.ENOSYS, os.strerror(errno.ENOSYS), "sandbox_init_with_parameters") from problem
    call.argtypes, call.restype = (ctypes.c_char_p, ctypes.c_uint64, ctypes.c_void_p, ctypes.c_void_p), ctypes.c_int
    free.argtypes, free.restype = (ctypes.c_void_p,), None
    array = (ctypes.c_char_p * len(words))(*words[1:], None)
    reason = ctypes.c_void_p()
    result = call(words[0], 0, ctypes.addressof(array), ctypes.addressof(reason))
    code = ctypes.get_errno()
    said = ""
    if reason.value:
        said = ctypes.string_at(reason.value).decode("utf-8", "replace").strip()
        free(reason.value)
    if result != 0:
        raise OSError(code or errno.EPERM, said or os.strerror(code or errno.EPERM), "sandbox_init_with_parameters")


def text_of(name: str) -> str:
    """A text that `sysctl` gives; OSError."""
    call = library().sysctlbyname
    call.argtypes = (ctypes.c_char_p, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_size_t)
    call.restype = ctypes.c_int
    text, size = ctypes.create_string_buffer(256), ctypes.c_size_t(256)
    if call(name.encode(), ctypes.addressof(text), ctypes.addressof(size), None, 0) != 0:
        code = ctypes.get_errno()
        raise OSError(code, os.strerror(code), name)
    return text.value.decode()


def _seconds(ticks: int) -> float:
    call = library().mach_timebase_info
    call.argtypes, call.restype = (ctypes.c_void_p,), ctypes.c_int
    base = _Timebase()
    if call(ctypes.addressof(base)) != 0 or not base.denom:
        raise OSError(errno.ENOSYS, os.strerror(errno.ENOSYS), "mach_timebase_info")
    return ticks * int(base.numer) / int(base.denom) / 1e9
