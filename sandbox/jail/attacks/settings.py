"""What a process may set for itself, where it would loosen its own walls, and for the machine."""

from __future__ import annotations

import contextlib
import ctypes
import errno
import os
import struct

from sandbox.jail.attacks.aim import Probe, Targets, asks, call, reaches

_SIZE_OF_FILES, _UNLIMITED = 1, 0xFFFFFFFFFFFFFFFF


def _raise_limit(targets: Targets) -> None:
    """Files of any size: what everybody has, and no jail."""
    call("prlimit64", 0, _SIZE_OF_FILES, struct.pack("=QQ", _UNLIMITED, _UNLIMITED), None)


def _loosen_landlock(targets: Targets) -> None:
    attributes = struct.pack("=Q", 1)
    os.close(call("landlock_create_ruleset", attributes, len(attributes), 0))


def _more_landlock(targets: Targets) -> None:
    """What the kernel wants first, a jail has already and may not ask for."""
    with contextlib.suppress(PermissionError):
        call("prctl", 38, 1, 0, 0, 0)
    reaches("landlock_restrict_self", -1, 0, but=(errno.EBADF,))


def _timer(targets: Targets) -> None:
    identifier = ctypes.c_int()
    call("timer_create", 1, None, ctypes.addressof(identifier))
    call("timer_delete", identifier.value)


def _name_of_machine(targets: Targets) -> None:
    """The name that it has."""
    name = os.uname().nodename.encode()
    call("sethostname", name, len(name))


NEED_ROOT = frozenset(
    {"set_name_of_machine", "set_clock", "any_port", "become_other_user", "secure_bits", "drop_groups"}
)

PROBES: dict[str, Probe] = {
    # prctl
    "become_dumpable": asks("prctl", 4, 1, 0, 0, 0),
    "outlive_parent": asks("prctl", 1, 0, 0, 0, 0),
    "choose_debugger": asks("prctl", 0x59616D61, -1, 0, 0, 0, but=(errno.EINVAL,)),
    "seccomp_off": asks("prctl", 22, 0, 0, 0, 0, but=(errno.EINVAL,)),
    "adopt_children": asks("prctl", 36, 1, 0, 0, 0),
    "keep_capabilities": asks("prctl", 8, 1, 0, 0, 0),
    "secure_bits": asks("prctl", 28, 0, 0, 0, 0),
    "read_capabilities": asks("prctl", 23, 0, 0, 0, 0),
    "timestamp_counter": asks("prctl", 26, 1, 0, 0, 0, but=(errno.EINVAL,)),
    "speculation": asks("prctl", 52, 0, 0, 0, 0, but=(errno.ENODEV, errno.EINVAL)),
    # Other ways to change the walls.
    "seccomp_ask": asks("seccomp", 2, 0, bytes(4), but=(errno.EOPNOTSUPP,)),
    "seccomp_listener": asks("seccomp", 1, 8, None, but=(errno.EFAULT,)),
    "landlock_ask": asks("landlock_create_ruleset", None, 0, 1),
    "landlock_rules": _loosen_landlock,
    "landlock_again": _more_landlock,
    "set_capabilities": asks("capset", None, None, but=(errno.EFAULT,)),
    "raise_limit": _raise_limit,
    "other_personality": asks("personality", 0xFFFFFFFF),
    "local_segments": asks("modify_ldt", 0, 0, 0),
    "processor_ports": asks("iopl", 0),
    "any_port": asks("ioperm", 0x80, 1, 1),
    "segment_registers": asks("arch_prctl", 0x1003, bytes(8)),
    "memory_policy": asks("set_mempolicy", 0, 0, 0),
    # Who and where we are.
    "become_other_user": lambda t: os.setresuid(os.getuid() + 1, os.getuid() + 1, os.getuid() + 1),
    "set_own_user": lambda t: os.setuid(os.getuid()),
    "drop_groups": lambda t: os.setgroups([]),
    # Timers and clocks.
    "timer": _timer,
    "interval_timer": asks("setitimer", 0, bytes(32), None),
    "alarm_descriptor": lambda t: os.close(call("timerfd_create", 1, 0)),
    "signal_descriptor": lambda t: os.close(call("signalfd4", -1, bytes(8), 8, 0)),
    "set_clock": asks("settimeofday", None, None),
    "clock_of_kernel": asks("adjtimex", bytes(208)),
    "set_name_of_machine": _name_of_machine,
}
