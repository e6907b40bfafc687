"""The parent's watch over memory and processor time of a jailed process on macOS.

    watch(process, limits)      # kills the process when it is over either

RLIMIT_AS is not kept to here (and on Apple processors every process starts with more address space than any limit),
and a program that catches SIGXCPU gets more time. Nothing that the process does can stop this watch.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from sandbox.jail.backend import Process
from sandbox.jail.macos import system
from sandbox.jail.profile import Limits

EVERY = 0.05
_MEGABYTE = 1024 * 1024
# Seconds that a process has to end by itself when SIGXCPU has come.
_CPU_GRACE = 1


def watch(process: Process, limits: Limits) -> threading.Thread | None:
    """Start the watch if there is something to watch for; it ends with the process."""
    if limits.memory_mb is None and limits.cpu_seconds is None:
        return None
    thread = threading.Thread(target=keep_watch, args=(process, limits), name=f"watch {process.pid}", daemon=True)
    thread.start()
    return thread


def keep_watch(
    process: Process,
    limits: Limits,
    measure: Callable[[int], system.Usage | None] = system.usage,
    pause: Callable[[float], None] = time.sleep,
) -> None:
    """Look until the process has ended; kill it when it uses too much, or when that can no longer be known."""
    while process.poll() is None:
        try:
            used = measure(process.pid)
        except OSError:
            process.kill()
            return
        if used is not None and is_over(used, limits):
            process.kill()
            return
        pause(EVERY)


def is_over(used: system.Usage, limits: Limits) -> bool:
    """Whether this is more than the limits allow."""
    too_large = limits.memory_mb is not None and used.memory > limits.memory_mb * _MEGABYTE
    too_long = limits.cpu_seconds is not None and used.cpu_seconds > limits.cpu_seconds + _CPU_GRACE
    return too_large or too_long
