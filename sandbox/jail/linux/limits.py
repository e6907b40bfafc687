"""Resource limits that only the kernel can enforce: memory, processor time, files, threads, no core."""

from __future__ import annotations

import os
import resource

from sandbox.jail.profile import Limits

_MEGABYTE = 1024 * 1024
# Seconds between the signal that ends a process (SIGXCPU, which it could catch) and SIGKILL.
_CPU_GRACE = 1


def set_limits(limits: Limits) -> str:
    """Set soft and hard limits of this process; returns what was set, for the report.

    Memory is address space (RLIMIT_AS): libraries and thread stacks count although they are never touched,
    so a limit under about 2 GB stops pandas and friends from being imported.
    """
    words = ["no core"]
    for kind in (resource.RLIMIT_CORE, resource.RLIMIT_MEMLOCK, resource.RLIMIT_MSGQUEUE):
        resource.setrlimit(kind, (0, 0))
    _lower(resource.RLIMIT_NOFILE, limits.files)
    _lower(resource.RLIMIT_FSIZE, limits.file_size)
    if limits.memory_mb is not None:
        _lower(resource.RLIMIT_AS, limits.memory_mb * _MEGABYTE)
        words.append(f"{limits.memory_mb} MB of memory")
    if limits.cpu_seconds is not None:
        _lower(resource.RLIMIT_CPU, limits.cpu_seconds, limits.cpu_seconds + _CPU_GRACE)
        words.append(f"{limits.cpu_seconds} s of processor time")
    words.append(f"{limits.files} files")
    return "on: " + ", ".join(words)


def limit_threads(most: int) -> str:
    """Let this process have at most so many threads, where the kernel counts them apart from the user's other programs.

    RLIMIT_NPROC counts what a user runs in a user namespace (since Linux 5.14): in one of our own that is us alone. In
    one that we share it would count against us what else the user has started, and whoever started us is part of that;
    and the machine's root is never counted. So it is tried which of the three it is, and no limit told that isn't one.
    """
    before = resource.getrlimit(resource.RLIMIT_NPROC)
    if _can_fork(1):
        told = "not here: the kernel does not limit root"
    elif not _can_fork(2):
        told = "not here: without namespaces the user's other programs would count"
    else:
        _lower(resource.RLIMIT_NPROC, most)
        return f"on: at most {most}"
    resource.setrlimit(resource.RLIMIT_NPROC, before)
    return told


def _can_fork(most: int) -> bool:
    """Whether a second process can be had when so many may be."""
    resource.setrlimit(resource.RLIMIT_NPROC, (most, resource.getrlimit(resource.RLIMIT_NPROC)[1]))
    try:
        child = os.fork()
    except BlockingIOError:
        return False
    if child == 0:
        os._exit(0)
    os.waitpid(child, 0)
    return True


def set_no_core() -> str:
    """The only limit of a door: what holds secrets leaves no core file."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    return "on: no core"


def _lower(kind: int, soft: int, hard: int | None = None) -> None:
    """Never above the hard limit that is already there: a process without privileges may only go down."""
    ceiling = resource.getrlimit(kind)[1]
    wanted = soft if hard is None else hard
    hard = wanted if ceiling == resource.RLIM_INFINITY else min(wanted, ceiling)
    resource.setrlimit(kind, (min(soft, hard), hard))
