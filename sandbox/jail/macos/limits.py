"""Resource limits of a jailed process on macOS, set by itself: files, file size, processor time, no core.

Memory is watched by the parent. RLIMIT_AS is set where the system takes it, and never relied upon.
"""

from __future__ import annotations

import resource

from sandbox.jail.profile import STDERR_LIMIT, Limits

_MEGABYTE = 1024 * 1024


def set_limits(limits: Limits) -> str:
    """Set soft and hard limits; returns what was set, for the report. OSError or ValueError when one is refused."""
    words = ["no core"]
    set_no_core()
    resource.setrlimit(resource.RLIMIT_MEMLOCK, (0, 0))
    _lower(resource.RLIMIT_NOFILE, limits.files)
    _lower(resource.RLIMIT_FSIZE, max(limits.file_size, STDERR_LIMIT))
    words.append(f"{limits.files} files")
    if limits.cpu_seconds is not None:
        _lower(resource.RLIMIT_CPU, limits.cpu_seconds)
        words.append(f"{limits.cpu_seconds} s of processor time")
    if limits.memory_mb is not None:
        words.append(f"{limits.memory_mb} MB of memory, watched{_address_space(limits.memory_mb)}")
    return "on: " + ", ".join(words)


def set_no_core() -> str:
    """A core file would hold whatever this process held."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    return "on: no core"


def _address_space(megabytes: int) -> str:
    try:
        _lower(resource.RLIMIT_AS, megabytes * _MEGABYTE)
    except (OSError, ValueError):
        return ""
    return " and limited"


def _lower(kind: int, wanted: int) -> None:
    """Never above the hard limit that is already there."""
    ceiling = resource.getrlimit(kind)[1]
    hard = wanted if ceiling == resource.RLIM_INFINITY else min(wanted, ceiling)
    resource.setrlimit(kind, (hard, hard))
