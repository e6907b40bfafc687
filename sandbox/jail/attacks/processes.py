"""Other processes: starting, signalling, debugging, asking about and changing them."""

from __future__ import annotations

import ctypes
import errno
import os
import struct

from sandbox.jail.attacks.aim import Probe, Targets, asks, call, reaches

_QUEUED = struct.pack("=iii", 0, 0, -1) + bytes(116)  # siginfo of signal 0, as sigqueue(3) makes it
_SEIZE, _SAME_FILE = 0x4206, 0


def _fork(targets: Targets) -> None:
    child = os.fork()
    if child == 0:
        os._exit(0)
    os.waitpid(child, 0)


def _clone(targets: Targets) -> None:
    child = call("clone", 17, 0, 0, 0, 0)  # SIGCHLD alone
    if child == 0:
        os._exit(0)
    os.waitpid(child, 0)


def _start(targets: Targets) -> None:
    child = os.posix_spawn("/bin/sh", ["sh", "-c", "exit 0"], {})
    if os.waitpid(child, 0)[1]:
        raise PermissionError(errno.EACCES, "the shell did not run")


def _limit(targets: Targets) -> None:
    import resource  # not on Windows

    resource.prlimit(targets.pid, resource.RLIMIT_NOFILE)


def _by_descriptor(name: str, *arguments: int | None, but: tuple[int, ...] = ()) -> Probe:
    def probe(targets: Targets) -> None:
        process = call("pidfd_open", targets.pid, 0)
        try:
            reaches(name, process, *arguments, but=but)
        finally:
            os.close(process)

    return probe


def _affinity(targets: Targets) -> None:
    mask = ctypes.create_string_buffer(1024)
    size = call("sched_getaffinity", 0, len(mask), ctypes.addressof(mask))
    call("sched_setaffinity", targets.pid, size, ctypes.addressof(mask))


NEED_ROOT = frozenset({"advise_process"})

PROBES: dict[str, Probe] = {
    "fork": _fork,
    "clone_process": _clone,
    "clone_newer": asks("clone3", bytes(8), 0, but=(errno.EINVAL,)),
    "start_process": _start,
    "replace_process": lambda t: os.execv("/bin/true", ["true"]),
    # Signals.
    "signal_process": lambda t: os.kill(t.pid, 0),
    "signal_everybody": lambda t: os.kill(-1, 0),
    "signal_group": lambda t: os.kill(0, 0),
    "signal_thread": lambda t: call("tkill", t.pid, 0),
    "signal_thread_of_process": lambda t: call("tgkill", t.pid, t.pid, 0),
    "queue_signal": lambda t: call("rt_sigqueueinfo", t.pid, 0, _QUEUED),
    "queue_signal_to_thread": lambda t: call("rt_tgsigqueueinfo", t.pid, t.pid, 0, _QUEUED),
    "signal_by_descriptor": _by_descriptor("pidfd_send_signal", 0, None, 0),
    "descriptor_of_process": lambda t: os.close(call("pidfd_open", t.pid, 0)),
    "join_group": lambda t: reaches("setpgid", t.pid, 0, but=(errno.ESRCH,)),  # ours to ask, but not our child
    "new_session": asks("setsid", but=()),
    # Debugging.
    "ptrace": asks("ptrace", 0, 0, 0, 0),  # PTRACE_TRACEME: allowed to everybody where it is allowed at all
    "attach": lambda t: call("ptrace", _SEIZE, t.pid, 0, 0),
    "take_descriptor": _by_descriptor("pidfd_getfd", 0, 0),
    "compare_processes": lambda t: call("kcmp", os.getpid(), t.pid, _SAME_FILE, 0, 0),
    "advise_process": _by_descriptor("process_madvise", 0, 0, 20, 0, but=(errno.EINVAL,)),
    "reap_process": _by_descriptor("process_mrelease", 0, but=(errno.EINVAL,)),
    # Asking and changing.
    "limit_process": _limit,
    "ask_group": lambda t: os.getpgid(t.pid),
    "ask_session": lambda t: os.getsid(t.pid),
    "ask_priority": lambda t: call("getpriority", 0, t.pid),
    "ask_scheduler": lambda t: call("sched_getscheduler", t.pid),
    "ask_processors": lambda t: call("sched_getaffinity", t.pid, 1024, bytes(1024)),
    "ask_disk_priority": lambda t: call("ioprio_get", 1, t.pid),
    "ask_locks": lambda t: call("get_robust_list", t.pid, bytes(8), bytes(8)),
    "set_priority": lambda t: call("setpriority", 0, t.pid, os.getpriority(os.PRIO_PROCESS, 0)),
    "set_scheduler": lambda t: call("sched_setscheduler", t.pid, 0, bytes(8)),
    "set_processors": _affinity,
    "set_disk_priority": lambda t: call("ioprio_set", 1, t.pid, 0),
}
