"""Files in memory, programs in memory, and the memory of processes."""

from __future__ import annotations

import contextlib
import ctypes
import errno
import os
import struct
import sys
from collections.abc import Iterator

from sandbox.jail.attacks.aim import READABLE, Probe, Targets, asks, call, reaches

_EMPTY_PATH = 0x1000
_PAGE, _READ, _WRITE, _SHARED, _OWN, _OF_NO_FILE, _MERGEABLE = 4096, 1, 2, 1, 2, 0x20, 12
_WAIT, _WAKE, _WORD = 0, 1, 2  # none of them FUTEX_PRIVATE
_A_MILLISECOND = struct.pack("=qq", 0, 1_000_000)


def _memory_of(pid: int, name: str = "process_vm_readv") -> None:
    """A word from or to our own memory, or none from that of another process: the kernel judges before it looks."""
    word = ctypes.create_string_buffer(8)
    vector = (ctypes.c_size_t * 2)(ctypes.addressof(word), 8)
    at = ctypes.addressof(vector)
    reaches(name, pid, at, 1, at, 1, 0, but=() if pid == os.getpid() else (errno.EFAULT,))


def _run_from_memory(targets: Targets) -> None:
    file = os.memfd_create("program", 0)
    with open("/bin/true", "rb") as program:
        os.write(file, program.read())
    _execute(file, b"", _EMPTY_PATH)


def _execute(folder: int, path: bytes, flags: int) -> None:
    word = ctypes.create_string_buffer(b"true")
    arguments = (ctypes.c_size_t * 2)(ctypes.addressof(word), 0)
    nothing = (ctypes.c_size_t * 1)(0)
    call("execveat", folder, path, ctypes.addressof(arguments), ctypes.addressof(nothing), flags)


@contextlib.contextmanager
def _page_of_code() -> Iterator[int]:
    """Where a page lies of a file that every jail can read, shared with whoever else has mapped it."""
    file = os.open(READABLE, os.O_RDONLY)
    try:
        page = call("mmap", 0, _PAGE, _READ, _SHARED, file, 0)
    finally:
        os.close(file)
    try:
        yield page
    finally:
        call("munmap", page, _PAGE)


def _wake(targets: Targets) -> None:
    """Whoever waits at this place of the file, in whichever process."""
    with _page_of_code() as page:
        call("futex", page, _WAKE, 1)


def _wait(targets: Targets) -> None:
    """For a thousandth of a second: that the time is over means that we were let in."""
    with _page_of_code() as page:
        reaches("futex", page, _WAIT, _word_at(page), _A_MILLISECOND, None, 0, but=(errno.ETIMEDOUT,))


def _wait_for_many(targets: Targets) -> None:
    """For one place, at which something else is said to be than is there: to be told so means that we were let in."""
    with _page_of_code() as page:
        other = _word_at(page) ^ 1
        reaches("futex_waitv", struct.pack("=QQII", other, page, _WORD, 0), 1, 0, None, 0, but=(errno.EAGAIN,))


def _word_at(page: int) -> int:
    return int.from_bytes(ctypes.string_at(page, 4), sys.byteorder)


def _in_core(targets: Targets) -> None:
    with _page_of_code() as page:
        call("mincore", page, _PAGE, bytes(1))


def _merge(targets: Targets) -> None:
    """A page of ours with one of the same content, whosever it is: how long writing takes then tells that there is."""
    page = call("mmap", 0, _PAGE, _READ | _WRITE, _OWN | _OF_NO_FILE, -1, 0)
    try:
        call("madvise", page, _PAGE, _MERGEABLE)
    finally:
        call("munmap", page, _PAGE)


# Futexes for many places came with Linux 5.16; merging pages is an option of the kernel.
MAY_LACK = frozenset({"wait_shared_for_many", "merge_pages"})

PROBES: dict[str, Probe] = {
    "memory_file": lambda t: os.close(os.memfd_create("probe")),
    "secret_memory": lambda t: os.close(call("memfd_secret", 0)),
    "run_from_memory": _run_from_memory,
    "replace_process_newer": lambda t: _execute(-100, b"/bin/true", 0),
    "page_faults": asks("userfaultfd", 1),
    "read_memory": lambda t: _memory_of(os.getpid()),
    "write_memory": lambda t: _memory_of(os.getpid(), "process_vm_writev"),
    "read_memory_of_other": lambda t: _memory_of(t.pid),
    "write_memory_of_other": lambda t: _memory_of(t.pid, "process_vm_writev"),
    "memory_keys": asks("pkey_alloc", 0, 0, but=(errno.ENOSPC, errno.EINVAL)),  # let in, but the processor has none
    "lock_memory": asks("mlock", 0, 0),
    "wake_shared": _wake,
    "wait_shared": _wait,
    "wait_shared_for_many": _wait_for_many,
    "whether_page_in_memory": _in_core,
    "merge_pages": _merge,
    "remap_pages": asks("remap_file_pages", 0, 0, 1, 0, 0, but=(errno.EINVAL,)),
}
