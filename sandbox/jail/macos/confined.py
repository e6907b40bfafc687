"""Is this process, a jailed one or a door, really confined? A jail asks before it imports more than that needs.

check_confined(order["outside"])      # "on: ...", or OSError with what still works
"""

from __future__ import annotations

import errno
import os
import threading
import time

# Refused whatever they are done to. Asked of the system itself where it answers.
OPERATIONS = ("network-outbound", "process-fork", "file-write-create", "mach-lookup")
_PARENT_EVERY = 1.0


def readable_outside() -> list[str]:
    """What every process of this user can open while nothing confines it."""
    home = os.path.realpath(os.path.expanduser("~"))
    return [path for path in ("/etc/passwd", home) if os.access(path, os.R_OK)]


def system_without_host() -> list[str]:
    """What `uname` says, without the name of this computer."""
    known = os.uname()
    return [known.sysname, "localhost", known.release, known.version, known.machine]


def tell_instead_of_the_host(system: list[str]) -> None:
    """`uname` fails where the host's name can't be read, and `ctypes` can't be imported without it."""
    os.uname = lambda: os.uname_result(system)


def check_confined(outside: list[str], operations: tuple[str, ...] = OPERATIONS) -> str:
    """Each of `outside` could be opened before, and must be refused here; the system must agree.

    1. Something was given to try: a test of nothing proves nothing.
    2. None of it can be opened, and the reason is a refusal, not that it is gone.
    3. The system says that we are confined, and from what.
    """
    if not outside:  # (1)
        raise OSError(errno.ENOENT, "there was nothing outside to try")
    for path in outside:
        _must_be_refused(path)  # (2)
    return f"on: {_what_the_system_says(operations)}"  # (3)


def end_with(parent: int) -> None:
    """End this process when the one that started it has ended; macOS has no signal for that."""
    threading.Thread(target=_wait_for_end_of, args=(parent,), name="parent", daemon=True).start()


def _must_be_refused(path: str) -> None:
    try:
        opened = os.open(path, os.O_RDONLY)
    except PermissionError:
        return
    os.close(opened)
    raise OSError(errno.EPERM, "a file outside can still be opened")


def _what_the_system_says(operations: tuple[str, ...]) -> str:
    from sandbox.jail.macos import system

    confined = system.sandboxed(os.getpid())
    if confined is None:
        return "tried"
    if not confined:
        raise OSError(errno.EPERM, "the system says that this process is not confined")
    for operation in operations:
        if not system.sandboxed(os.getpid(), operation):
            raise OSError(errno.EPERM, f"the system says that {operation} is allowed")
    return "tried, and confirmed by the system"


def _wait_for_end_of(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(_PARENT_EVERY)
    os._exit(1)
