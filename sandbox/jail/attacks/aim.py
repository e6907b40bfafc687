"""What probes aim at, and how they ask the kernel.

call("unshare", 0x10000000)                       # OSError when it is refused
reaches("reboot", 0, 0, 0, but=(errno.EINVAL,))   # refused for its arguments is as good as allowed
"""

from __future__ import annotations

import contextlib
import ctypes
import errno
import os
from collections.abc import Callable, Iterator

import msgspec

from sandbox.jail.profile import ROOT

# A file that every jail may read.
READABLE = ROOT / "resources" / "rules" / "language.toml"


class Targets(msgspec.Struct, frozen=True, kw_only=True):
    """Real files, a real process, real listeners, and a descriptor that somebody forgot to close.

    `host` is this machine's name. `pipes` are two pipes (read, write, read, write) that the process was given: where
    none can be made, what can be done with one must be tried all the same.
    """

    home: str
    file: str
    folder: str
    pid: int
    port: int
    unix: str
    abstract: str
    link: str = ""
    leaked: int = -1
    leaked_file: int = 0
    session_bus: str = ""
    host: str = ""
    pipes: tuple[int, ...] = ()


Probe = Callable[[Targets], object]


def call(name: str, *arguments: int | bytes | None) -> int:
    """The system call by name. Bytes are passed as memory that the kernel may write to."""
    from sandbox.jail.linux.process import machine, syscall  # can't be loaded elsewhere
    from sandbox.jail.linux.syscalls import NUMBERS

    if name not in NUMBERS[machine()]:
        raise OSError(errno.ENOSYS, os.strerror(errno.ENOSYS), name)
    buffers = {
        number: ctypes.create_string_buffer(a, len(a) + 1) for number, a in enumerate(arguments) if isinstance(a, bytes)
    }
    addresses = [ctypes.addressof(buffers[n]) if n in buffers else a for n, a in enumerate(arguments)]
    return syscall(name, *addresses)


def reaches(name: str, *arguments: int | bytes | None, but: tuple[int, ...] = (errno.EINVAL,)) -> None:
    """Like `call`, but an error of `but` counts as success: the kernel has let us in and minds only what we ask."""
    try:
        call(name, *arguments)
    except OSError as refused:
        if refused.errno not in but:
            raise


def asks(name: str, *arguments: int | bytes | None, but: tuple[int, ...] = ()) -> Probe:
    """A probe that makes one call with arguments that don't depend on the targets."""
    return lambda targets: reaches(name, *arguments, but=but)


@contextlib.contextmanager
def pipes(targets: Targets) -> Iterator[tuple[int, ...]]:
    """The pipes that were given, or two new ones."""
    if targets.pipes:
        yield targets.pipes
        return
    ends = (*os.pipe(), *os.pipe())
    try:
        yield ends
    finally:
        for end in ends:
            os.close(end)


def opens(path: str, flags: int = os.O_RDONLY, *, but: tuple[int, ...] = ()) -> Probe:
    """A probe that opens a file; an error of `but` counts as success."""

    def probe(targets: Targets) -> None:
        try:
            os.close(os.open(path, flags))
        except OSError as refused:
            if refused.errno not in but:
                raise

    return probe


def lists(path: str) -> Probe:
    """A probe that lists a folder."""
    return lambda targets: os.listdir(path)
