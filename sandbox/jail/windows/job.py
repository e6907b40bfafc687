"""The Job Object: one process, so much memory and time, nothing of the user's screen, ended with its parent.

    job = create(windows, stack, Limits(memory_mb=4096, cpu_seconds=600))
    windows.call("AssignProcessToJobObject", job, process)      # while it is suspended
    held(windows, limits), screen_held(windows)                 # in the child: "on: …", or the cause

Memory is what the process commits, not address space: unlike on Linux, a library that is only mapped is free.
"""

from __future__ import annotations

import ctypes
from contextlib import ExitStack

from sandbox.jail.profile import Limits
from sandbox.jail.windows import constants as c
from sandbox.jail.windows.api import Library
from sandbox.jail.windows.structures import (
    BOOL,
    DWORD,
    JOBOBJECT_BASIC_UI_RESTRICTIONS,
    JOBOBJECT_EXTENDED_LIMIT_INFORMATION,
)

_MEGABYTE = 1024 * 1024
_TICKS = 10_000_000  # of 100 ns in a second
_ALWAYS = (
    c.JOB_OBJECT_LIMIT_KILL_ON_JOB_CLOSE
    | c.JOB_OBJECT_LIMIT_ACTIVE_PROCESS
    | c.JOB_OBJECT_LIMIT_DIE_ON_UNHANDLED_EXCEPTION
)
_SCREEN = (
    c.JOB_OBJECT_UILIMIT_HANDLES
    | c.JOB_OBJECT_UILIMIT_READCLIPBOARD
    | c.JOB_OBJECT_UILIMIT_WRITECLIPBOARD
    | c.JOB_OBJECT_UILIMIT_SYSTEMPARAMETERS
    | c.JOB_OBJECT_UILIMIT_DISPLAYSETTINGS
    | c.JOB_OBJECT_UILIMIT_GLOBALATOMS
    | c.JOB_OBJECT_UILIMIT_DESKTOP
    | c.JOB_OBJECT_UILIMIT_EXITWINDOWS
)


def create(windows: Library, stack: ExitStack, limits: Limits) -> int:
    """A job with every limit set and nothing in it. Closing it, which the stack does, ends what is in it."""
    job = windows.call("CreateJobObjectW", None, None)
    stack.callback(windows.call, "CloseHandle", job)
    extended, screen = wanted(limits), JOBOBJECT_BASIC_UI_RESTRICTIONS(UIRestrictionsClass=_SCREEN)
    for kind, value in ((c.JobObjectExtendedLimitInformation, extended), (c.JobObjectBasicUIRestrictions, screen)):
        windows.call("SetInformationJobObject", job, kind, ctypes.byref(value), ctypes.sizeof(value))
    return job


def wanted(limits: Limits) -> JOBOBJECT_EXTENDED_LIMIT_INFORMATION:
    """The limits as the job takes them."""
    all_of_them = JOBOBJECT_EXTENDED_LIMIT_INFORMATION()
    basic = all_of_them.BasicLimitInformation
    basic.LimitFlags, basic.ActiveProcessLimit = _ALWAYS, 1
    if limits.memory_mb is not None:
        basic.LimitFlags |= c.JOB_OBJECT_LIMIT_PROCESS_MEMORY
        all_of_them.ProcessMemoryLimit = limits.memory_mb * _MEGABYTE
    if limits.cpu_seconds is not None:
        basic.LimitFlags |= c.JOB_OBJECT_LIMIT_PROCESS_TIME
        basic.PerProcessUserTimeLimit = limits.cpu_seconds * _TICKS
    return all_of_them


def held(windows: Library, limits: Limits) -> str:
    """Whether the job that this process is in has at least these limits."""
    inside = BOOL()
    windows.call("IsProcessInJob", windows.call("GetCurrentProcess"), None, ctypes.byref(inside))
    if not inside.value:
        raise OSError("the process is in no job")
    found, want = JOBOBJECT_EXTENDED_LIMIT_INFORMATION(), wanted(limits)
    _query(windows, c.JobObjectExtendedLimitInformation, found)
    missing = want.BasicLimitInformation.LimitFlags & ~found.BasicLimitInformation.LimitFlags
    if missing or _figures(found) != _figures(want):
        raise OSError(f"the job has other limits than ordered (missing flags {missing:#x})")
    words = ["one process", "ended with its parent"]
    words += [f"{limits.memory_mb} MB of memory"] if limits.memory_mb is not None else []
    words += [f"{limits.cpu_seconds} s of processor time"] if limits.cpu_seconds is not None else []
    return "on: " + ", ".join(words)


def screen_held(windows: Library) -> str:
    """Whether the job keeps this process from the user's screen and clipboard."""
    found = JOBOBJECT_BASIC_UI_RESTRICTIONS()
    _query(windows, c.JobObjectBasicUIRestrictions, found)
    missing = _SCREEN & ~found.UIRestrictionsClass
    if missing:
        raise OSError(f"the job leaves parts of the screen open (missing flags {missing:#x})")
    return "on: no clipboard, no windows of others, no settings"


def _figures(information: JOBOBJECT_EXTENDED_LIMIT_INFORMATION) -> tuple[int, int, int]:
    basic = information.BasicLimitInformation
    flags = basic.LimitFlags
    return (
        basic.ActiveProcessLimit,
        information.ProcessMemoryLimit if flags & c.JOB_OBJECT_LIMIT_PROCESS_MEMORY else 0,
        basic.PerProcessUserTimeLimit if flags & c.JOB_OBJECT_LIMIT_PROCESS_TIME else 0,
    )


def _query(windows: Library, kind: int, into: ctypes.Structure) -> None:
    length = DWORD()
    # No job named: the one that this process is in.
    windows.call("QueryInformationJobObject", None, kind, ctypes.byref(into), ctypes.sizeof(into), ctypes.byref(length))
