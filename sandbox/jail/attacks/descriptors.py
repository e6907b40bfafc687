"""Descriptors: those that were forgotten open, and what can be done with any of them."""

from __future__ import annotations

import ctypes
import errno
import os
from collections.abc import Callable

from sandbox.jail.attacks.aim import READABLE, Probe, Targets, call, pipes, reaches

_SET_LOCK, _SET_OWNER, _SET_SIGNAL, _GET_LEASE, _NOTIFY, _PIPE_SIZE = 6, 8, 10, 1025, 1026, 1031
_TYPE_INTO_TERMINAL, _FLAGS_OF_FILE, _CLONE_FILE = 0x5412, 0x80086601, 0x40049409

_NO_WAITING, _NO_LONGER_NEEDED = 8, 4


def _leaked(targets: Targets) -> None:
    """The descriptor is there, and it is the one that was forgotten: numbers are used again."""
    if os.fstat(targets.leaked).st_ino != targets.leaked_file:
        raise OSError(errno.EBADF, os.strerror(errno.EBADF))


def _on_pipe(action: Callable[[int, int, Targets], object]) -> Probe:
    def probe(targets: Targets) -> None:
        with pipes(targets) as (read, write, *_):
            action(read, write, targets)

    return probe


def _between_pipes(name: str, *rest: int) -> Probe:
    """From a pipe to another, without waiting."""

    def probe(targets: Targets) -> None:
        with pipes(targets) as (read, write, _, other_write):
            os.write(write, b"1")
            middle = (None, other_write, None) if name == "splice" else (other_write,)
            call(name, read, *middle, 1, *rest)

    return probe


def _new_pipe(name: str) -> Probe:
    """Each new pipe takes a number that the whole machine counts on: who makes one sees what others make."""

    def probe(targets: Targets) -> None:
        ends = (ctypes.c_int * 2)()
        call(name, ctypes.addressof(ends), *((0,) if name == "pipe2" else ()))
        for end in ends:
            os.close(end)

    return probe


def _whether_in_memory(file: int) -> None:
    """Read without waiting: what nobody has read yet says so."""
    byte = ctypes.create_string_buffer(1)
    vector = (ctypes.c_size_t * 2)(ctypes.addressof(byte), 1)
    let_in = (errno.EAGAIN, errno.EOPNOTSUPP)
    reaches("preadv2", file, ctypes.addressof(vector), 1, 0, 0, _NO_WAITING, but=let_in)


def _on_code(action: Callable[[int], object]) -> Probe:
    """On a file that every jail may read; in a frozen build this one is none."""

    def probe(targets: Targets) -> None:
        file = os.open(READABLE, os.O_RDONLY)
        try:
            action(file)
        finally:
            os.close(file)

    return probe


# Kernels for newer processors know only the newer way to make a pipe.
MAY_LACK = frozenset({"new_pipe"})

PROBES: dict[str, Probe] = {
    "leaked_descriptor": _leaked,
    "type_into_terminal": _on_pipe(
        lambda read, write, t: reaches("ioctl", read, _TYPE_INTO_TERMINAL, b"x", but=(errno.ENOTTY,))
    ),
    "flags_of_file": _on_code(
        lambda file: reaches("ioctl", file, _FLAGS_OF_FILE, bytes(8), but=(errno.ENOTTY, errno.EOPNOTSUPP))
    ),
    "clone_file": _on_code(
        lambda file: reaches("ioctl", file, _CLONE_FILE, file, but=(errno.EBADF, errno.EOPNOTSUPP, errno.EINVAL))
    ),
    "signals_of_descriptor": _on_pipe(lambda read, write, t: call("fcntl", read, _SET_OWNER, t.pid)),
    "signal_of_descriptor": _on_pipe(lambda read, write, t: call("fcntl", read, _SET_SIGNAL, 10)),
    "lease": _on_code(lambda file: reaches("fcntl", file, _GET_LEASE, 0, but=())),
    "notify": _on_code(lambda file: reaches("fcntl", file, _NOTIFY, 1, but=(errno.ENOTDIR,))),
    "pipe_size": _on_pipe(lambda read, write, t: call("fcntl", read, _PIPE_SIZE, 4096)),
    "lock_file": _on_code(lambda file: call("flock", file, 1)),
    "lock_range": _on_code(lambda file: reaches("fcntl", file, _SET_LOCK, bytes(32), but=())),
    "mode_by_descriptor": _on_code(lambda file: reaches("fchmod", -1, 0, but=(errno.EBADF,))),
    "splice": _between_pipes("splice", 2),
    "tee": _between_pipes("tee", 2),
    "splice_memory": _on_pipe(lambda read, write, t: call("vmsplice", write, 0, 0, 0)),
    "send_file": _on_pipe(lambda read, write, t: reaches("sendfile", write, -1, None, 1, but=(errno.EBADF,))),
    "new_pipe": _new_pipe("pipe"),
    "new_pipe_newer": _new_pipe("pipe2"),
    "whether_file_in_memory": _on_code(_whether_in_memory),
    "push_file_out_of_memory": _on_code(lambda file: call("fadvise64", file, 0, 0, _NO_LONGER_NEEDED)),
    "copy_range": _on_pipe(
        lambda read, write, t: reaches("copy_file_range", -1, None, -1, None, 1, 0, but=(errno.EBADF,))
    ),
}
