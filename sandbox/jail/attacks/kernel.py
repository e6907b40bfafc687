"""Doors of the kernel that are wide, young or for administrators only."""

from __future__ import annotations

import errno
import os

from sandbox.jail.attacks.aim import Probe, Targets, asks, call

_MODULE_IN_USE = os.O_NONBLOCK if hasattr(os, "O_NONBLOCK") else 0


def _asynchronous(targets: Targets) -> None:
    call("io_setup", 1, bytes(8))


NEED_ROOT = frozenset(
    {"restart_machine", "other_kernel", "load_module", "remove_module", "swap", "kernel_log", "open_by_handle", "quota"}
)

PROBES: dict[str, Probe] = {
    "io_uring": asks("io_uring_setup", 1, bytes(120)),
    "asynchronous_io": _asynchronous,
    "bpf": asks("bpf", 9999, None, 0, but=(errno.EINVAL,)),
    "perf_event": asks("perf_event_open", bytes(128), 0, -1, -1, 0),
    "watch_files": asks("fanotify_init", 0x200, 0),
    "open_by_handle": asks("open_by_handle_at", -1, bytes(8), 0, but=(errno.EBADF, errno.EINVAL, errno.ESTALE)),
    "restart_machine": asks("reboot", 0, 0, 0, None, but=(errno.EINVAL,)),
    "other_kernel": asks("kexec_load", 0, 0, None, 0x8000, but=(errno.EINVAL,)),
    "load_module": asks("init_module", None, 0, b"", but=(errno.ENOEXEC,)),
    "remove_module": asks("delete_module", b"preceptor_none", _MODULE_IN_USE, but=(errno.ENOENT,)),
    "swap": asks("swapon", b"/nonexistent", 0, but=(errno.ENOENT,)),
    "quota": asks("quotactl", 0x80000300, b"/nonexistent", 0, None, but=(errno.ENOENT, errno.ESRCH, errno.ENOTBLK)),
    "kernel_log": asks("syslog", 10, None, 0),
    "load_by_call": asks("sysinfo", bytes(256)),  # the load, the memory in use, and since when the machine runs
}
