"""What an attacker in a jail would try, as small functions that either work or fail with an OSError.

    attempt("read_home", targets)      # "allowed", or "blocked: EACCES"

Only an error by which a wall refuses counts as blocked. "unclear: EMFILE" is one that says nothing about walls, and
"broken" a probe that failed in a way of its own: both are no answer, and fail the self-test.

Each is tried outside first: a probe that fails there proves nothing. Runs as the entry of `Role.PROBE`, or of
any other role's profile; `targets` are made for it by the self-test.
"""

from __future__ import annotations

import errno
import os
import sys

import msgspec

from sandbox.jail.attacks import ATTACKS, CHANGE_PROCESS, MAY_LACK, NAMES_ONLY, NEED_ROOT, Probe, Targets
from sandbox.jail.backend import backend
from sandbox.messages.frames import Channel

__all__ = [
    "ALLOWED",
    "BROKEN",
    "MAY_BE_ABSENT",
    "NAMES_ONLY",
    "PROBES",
    "Targets",
    "Tried",
    "Try",
    "attempt",
    "main",
    "probes_here",
]

ALLOWED = "allowed"
BROKEN = "broken"
_BLOCKED, _UNCLEAR = "blocked", "unclear"

# How walls refuse: not permitted, not there, not a call or not a family that there is. A filter that kills is one too.
_REFUSALS = frozenset({errno.EPERM, errno.EACCES, errno.ENOENT, errno.ENOSYS, errno.EAFNOSUPPORT})
_KILLED_BY_FILTER = -31
# And how they refuse these: nothing is at this number, or no network leads there. Where a library would stumble over
# a refusal, the filter says "try again" or "no such advice".
_ALSO_REFUSED = {
    "leaked_descriptor": {errno.EBADF},
    "tcp": {errno.ENETUNREACH, errno.ETIMEDOUT},
    "udp": {errno.ENETUNREACH},
    "fast_open": {errno.ENETUNREACH},
    "multipath": {errno.ENETUNREACH, errno.ETIMEDOUT},
    "abstract_socket": {errno.ECONNREFUSED},
    "wake_shared": {errno.EAGAIN},
    "wait_shared": {errno.EAGAIN},
    "merge_pages": {errno.EINVAL},
    "start_shell": {errno.ENOMEM},  # Windows, of a job that may hold no more processes
}
_EXIT_BROKEN = 255

PROBES = ATTACKS

# Containers, hardened kernels and kernels built without them forbid these to everybody: no failure of the test.
_OFTEN_FORBIDDEN = """
key_ring new_key_ring add_key request_key list_keys io_uring asynchronous_io perf_event bpf page_faults secret_memory
memory_keys watch_files take_handle new_user_namespace new_network_namespace new_mount_namespace new_ipc_namespace
new_name_namespace new_process_namespace new_group_namespace new_time_namespace join_namespace open_tree
ptrace attach read_memory write_memory read_memory_of_other write_memory_of_other read_memory_of_process
compare_processes take_descriptor reap_process netlink tcp6 machine_socket cipher_socket bluetooth_socket
session_bus system_bus shared_memory semaphores message_queue named_queue landlock_ask landlock_rules landlock_again
local_segments processor_ports segment_registers other_personality new_terminal seccomp_listener
list_running_services list_logs control_groups own_table_of_files
"""
MAY_BE_ABSENT = frozenset(_OFTEN_FORBIDDEN.split()) | NEED_ROOT | MAY_LACK


class Try(msgspec.Struct, frozen=True, kw_only=True):
    """Try these probes, in order."""

    names: tuple[str, ...]
    targets: Targets


class Tried(msgspec.Struct, frozen=True, kw_only=True):
    """What became of each."""

    outcomes: dict[str, str]


def main(channel: Channel, inherited: tuple[int, ...]) -> None:
    """Try what is asked until the other side ends."""
    while True:
        wish, _ = channel.receive(Try)
        channel.send(Tried(outcomes={name: attempt(name, wish.targets) for name in wish.names}))


def attempt(name: str, targets: Targets) -> str:
    """Try one probe; one that changes the process for good, in a process of its own where one can be made.

    A probe that raises anything but an OSError has a bug. Here that travels, and in a process of its own it is told.
    """
    if not hasattr(os, "fork") or name not in CHANGE_PROCESS | set(backend().MORE_PROBES):
        return _outcome(name, _try(name, targets))
    try:
        child = os.fork()
    except OSError:
        return _outcome(name, _try(name, targets))
    if child == 0:
        _end_with(name, targets)
    return _outcome(name, os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))


def _end_with(name: str, targets: Targets) -> None:
    code = _EXIT_BROKEN
    try:
        code = _try(name, targets)
    finally:
        os._exit(code)


def _try(name: str, targets: Targets) -> int:
    try:
        probes_here()[name](targets)
    except TimeoutError as refused:  # one of `settimeout` has no number
        return refused.errno or errno.ETIMEDOUT
    except OSError as refused:
        return refused.errno or errno.EIO
    return 0


def _outcome(name: str, code: int) -> str:
    if code == 0:
        return ALLOWED
    if code == _EXIT_BROKEN:
        return f"{BROKEN}: it failed in a way of its own"
    blocked = code in _REFUSALS or code in _ALSO_REFUSED.get(name, ()) or code == _KILLED_BY_FILTER
    cause = errno.errorcode.get(code, str(code)) if code > 0 else f"signal {-code}"
    return f"{_BLOCKED if blocked else _UNCLEAR}: {cause}"


def probes_here() -> dict[str, Probe]:
    """The probes that mean something on this system: those of this file that its back end names, and its own."""
    walls = backend()
    names = PROBES if walls.PROBES is None else walls.PROBES
    here = {**{name: PROBES[name] for name in names}, **walls.MORE_PROBES}
    if getattr(sys, "frozen", False):  # the modules that a jail imports are inside its own program
        here.pop("own_program", None)
    return here
