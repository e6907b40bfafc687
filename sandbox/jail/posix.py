"""Parent side on Linux and macOS: two pipes, a file for standard error, and a process that gets nothing else.

started = start(order, inherit, stderr=os.memfd_create("stderr"), command=partial(launcher_command, launcher))
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable

from sandbox.jail.backend import Order, Started
from sandbox.messages.frames import Channel


def start(order: Order, inherit: tuple[int, ...], *, stderr: int, command: Callable[[str], list[str]]) -> Started:
    """Start `command(order)`; on an error every descriptor made here, and `stderr`, is closed."""
    to_child, ours_to_write = os.pipe()
    ours_to_read, from_child = os.pipe()
    try:
        process = subprocess.Popen(
            command(order.text(to_child, from_child, inherit)),
            env={},
            cwd="/",
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=stderr,
            pass_fds=(to_child, from_child, *inherit),
            close_fds=True,
            start_new_session=True,
        )
    except OSError:
        for fd in (ours_to_write, ours_to_read, stderr):
            os.close(fd)
        raise
    finally:
        os.close(to_child)
        os.close(from_child)
    return Started(process, Channel(ours_to_read, ours_to_write), stderr)
