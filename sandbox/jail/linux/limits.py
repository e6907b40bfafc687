"""Resource limits that only the kernel can enforce: memory, processor time, files, no core."""

from __future__ import annotations

import resource

from sandbox.jail.profile import Limits

_MEGABYTE = 1024 * 1024
# Seconds between the signal that ends a process (SIGXCPU, which it could catch) and SIGKILL.
_CPU_GRACE = 1


def set_limits(limits: Limits) -> str:
    """Set soft and hard limits of this process; returns what was set, for the report.

    Memory is address space (RLIMIT_AS): libraries and thread stacks count although they are never touched,
    so a limit under about 2 GB stops pandas and friends from being imported. RLIMIT_NPROC counts the user's
    other processes and is not used; the jail can't start any.
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
