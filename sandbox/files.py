"""Writing the workspace's own files so that a crash loses nothing that was acknowledged.

replace_file(path, data)        # all of it or none of it, on the disk before it returns
with locked(path): ...          # one process at a time
"""

from __future__ import annotations

import contextlib
import errno
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

from sandbox.errors import StorageFault

# For `os.open`: without it Windows writes two bytes for a line's end, and what was signed would be something else.
BINARY = getattr(os, "O_BINARY", 0)


def replace_file(path: Path, data: bytes, mode: int = 0o600) -> None:
    """Put `data` at `path` atomically and durably, or raise `StorageFault` with the old file intact."""
    beside = path.with_name(f".{path.name}.{os.urandom(4).hex()}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        _write_durably(beside, data, mode)
        os.replace(beside, path)
        sync_folder(path.parent)
    except OSError as problem:
        with contextlib.suppress(OSError):
            beside.unlink()
        raise storage_fault(path, problem) from problem


def storage_fault(path: Path, problem: OSError) -> StorageFault:
    """The sentence for an operating system error while writing `path`."""
    return StorageFault(f"{path.name} could not be written because {why_not_written(problem)}.")


def why_not_written(problem: OSError) -> str:
    """What follows "because" in a sentence on something that could not be written."""
    return {
        errno.ENOSPC: "the disk is full",
        errno.EDQUOT: "your quota is used up",
        errno.EROFS: "the disk is read-only",
        errno.EACCES: "you have no permission there",
        errno.EPERM: "you have no permission there",
        errno.ENOLCK: "its disk keeps no locks",
        errno.EOPNOTSUPP: "its disk keeps no locks",
    }.get(problem.errno or 0, f"the operating system said {errno.errorcode.get(problem.errno or 0, 'no')}")


def sync_folder(folder: Path) -> None:
    """Make the names inside `folder` durable (POSIX: a rename is only on disk after this)."""
    if os.name != "posix":
        return
    fd = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)


@contextlib.contextmanager
def locked(path: Path) -> Iterator[None]:
    """Hold an exclusive lock on the file at `path`; waits for other processes; freed by the kernel on death."""
    try:
        fd = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as problem:
        raise storage_fault(path, problem) from problem
    try:
        _take_lock(path, fd)
        yield
    finally:
        os.close(fd)


def _take_lock(path: Path, fd: int) -> None:
    try:
        _lock(fd)
    except OSError as problem:
        raise storage_fault(path, problem) from problem


def hold_lock(path: Path) -> int | None:
    """Take an exclusive lock on `path` until this process ends; None while another process has it.

    The descriptor keeps it; children do not inherit it, and the kernel frees it however the process ends.
    """
    try:
        fd = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as problem:
        raise storage_fault(path, problem) from problem
    try:
        _lock(fd, wait=False)
    except OSError as problem:
        os.close(fd)
        if problem.errno in (errno.EAGAIN, errno.EACCES, errno.EDEADLK):  # Windows says one of the last two
            return None
        raise storage_fault(path, problem) from problem
    return fd


def try_lock(fd: int, how: Literal["alone", "shared", "free"]) -> bool:
    """Take or free a lock on an open file without waiting; False while others hold it in a way that excludes ours."""
    if os.name != "posix":
        return _try_lock_windows(fd, how)
    import fcntl

    kinds = {"alone": fcntl.LOCK_EX, "shared": fcntl.LOCK_SH, "free": fcntl.LOCK_UN}
    try:
        fcntl.flock(fd, kinds[how] | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _try_lock_windows(fd: int, how: str) -> bool:
    """`msvcrt` knows no shared locks, so LockFileEx; its OVERLAPPED is four words, here of zeros: at offset 0."""
    import ctypes
    import msvcrt

    kernel = ctypes.WinDLL("kernel32", use_last_error=True)  # type: ignore[attr-defined]
    handle = ctypes.c_void_p(msvcrt.get_osfhandle(fd))  # type: ignore[attr-defined]
    overlapped = (ctypes.c_void_p * 4)()
    if how == "free":
        return bool(kernel.UnlockFileEx(handle, 0, 1, 0, overlapped))
    fail_immediately, exclusive, violation, pending = 1, 2, 33, 997
    flags = fail_immediately | (exclusive if how == "alone" else 0)
    if kernel.LockFileEx(handle, flags, 0, 1, 0, overlapped):
        return True
    if (code := ctypes.get_last_error()) not in (violation, pending):  # type: ignore[attr-defined]
        raise OSError(errno.EIO, f"LockFileEx failed with {code}")
    return False


def _lock(fd: int, wait: bool = True) -> None:
    if os.name == "posix":
        import fcntl

        fcntl.flock(fd, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
    else:
        import msvcrt

        msvcrt.locking(fd, msvcrt.LK_LOCK if wait else msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined]


def write_at(fd: int, data: bytes | memoryview, offset: int) -> None:
    """Write all of `data` at `offset`. The place in the file may have moved."""
    view = memoryview(data)
    while view:
        if hasattr(os, "pwrite"):
            count = os.pwrite(fd, view, offset)
        else:  # Windows
            os.lseek(fd, offset, os.SEEK_SET)
            count = os.write(fd, view)
        view, offset = view[count:], offset + count


def _write_durably(path: Path, data: bytes, mode: int) -> None:
    fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | BINARY, mode)
    try:
        view = memoryview(data)
        while view:
            view = view[os.write(fd, view) :]
        os.fsync(fd)
    finally:
        os.close(fd)
