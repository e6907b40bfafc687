"""Room on the disk for the record of a run, taken before the run is reserved.

    with Room(workspace.runs) as room:          # while no other run of the workspace is under way
        room.set_aside(folder)                  # `StorageFault` on a disk too full for it: nothing was run
        ...
        room.put(folder / "record.json", data)  # a disk that filled up meanwhile does not stop it

The record is written over the room and the file then renamed, so the blocks never go back to a disk that somebody
else may be filling. What is left of the room does go back, for the entry in the log. A file system that writes
nothing in place (APFS, ZFS) gets all of it back first and the record then.
"""

from __future__ import annotations

import errno
import os
from contextlib import suppress
from math import ceil
from pathlib import Path
from types import TracebackType
from typing import Self

from sandbox.errors import StorageFault
from sandbox.files import BINARY, replace_file, storage_fault, sync_folder, why_not_written
from sandbox.messages.report_limits import LABEL_CHARACTERS, REPORTS

from .limits import QUERIES

FILE = "record.room"
_HASH = 96  # 64 hexadecimal digits with the JSON around them, and the number that a label used twice gets
_PARAMETERS = 6 * 100_000  # literals of the signed program (`language.LONGEST`), with up to six bytes a character
_FACTS = 64 * 1024  # the layers of the jails, the libraries' versions, the sentence and the other hashes
_ENTRY = 64 * 1024  # `run.ended`, and the blocks that a file system needs beside it
# Base64 makes four characters of three bytes; a character of a label is at most four bytes.
RECORD_BYTES = (REPORTS * (4 * LABEL_CHARACTERS + _HASH) + QUERIES * _HASH + _PARAMETERS + _FACTS) * 4 // 3
ROOM_BYTES = RECORD_BYTES + _ENTRY
_NOT_OFFERED = (errno.EOPNOTSUPP, errno.EINVAL, errno.ENOSYS)


class Room:
    """The room of one run. Leaving the `with` gives back what was not written over."""

    def __init__(self, runs: Path, size: int = ROOM_BYTES) -> None:
        self._runs = runs
        self._size = size
        self._file = runs / FILE

    def __enter__(self) -> Self:
        for left in self._runs.glob(f"*/{FILE}"):  # of a run whose process was killed
            try:
                left.unlink()
            except OSError as problem:
                raise storage_fault(left, problem) from problem
        return self

    def __exit__(self, kind: type[BaseException] | None, value: object, trace: TracebackType | None) -> None:
        self._give_back()

    def set_aside(self, folder: Path) -> None:
        """Take the room in `folder`, or raise `StorageFault`."""
        self._file = folder / FILE
        try:
            fd = os.open(self._file, os.O_WRONLY | os.O_CREAT | os.O_EXCL | BINARY, 0o600)
            try:
                _take_blocks(fd, self._size)
            finally:
                os.close(fd)
        except OSError as problem:
            raise StorageFault(
                f"There is no room for the record of a run because {why_not_written(problem)}.",
                f"Have {ceil(self._size / 1e6)} MB free where the workspace is, then try again. "
                "Nothing was run, and no run is used up.",
            ) from problem

    def put(self, path: Path, data: bytes) -> None:
        """Put `data` at `path`, atomically and durably, using the room; `StorageFault` when even that fails."""
        try:
            self._write_over(data)
            os.replace(self._file, path)
            sync_folder(path.parent)
        except OSError:  # nothing is written in place here, or the room was taken away
            self._give_back()
            replace_file(path, data)

    def _write_over(self, data: bytes) -> None:
        fd = os.open(self._file, os.O_WRONLY | BINARY)
        try:
            view = memoryview(data)
            while view:
                view = view[os.write(fd, view) :]
            os.fsync(fd)
            os.ftruncate(fd, len(data))
            os.fsync(fd)
        finally:
            os.close(fd)

    def _give_back(self) -> None:
        with suppress(OSError):  # it was never taken or has become the record; the next run removes any that stays
            self._file.unlink()


def _take_blocks(fd: int, size: int) -> None:
    """Have the file own blocks for `size` bytes: asked for where that can be asked, written elsewhere.

    What is asked for is owned at once; what is written, once it has reached the disk. After a crash nobody needs them.
    """
    if hasattr(os, "posix_fallocate"):
        try:
            return os.posix_fallocate(fd, 0, size)
        except OSError as problem:
            if problem.errno not in _NOT_OFFERED:
                raise
    view = memoryview(os.urandom(size))  # a file system that compresses would keep no blocks for zeros
    while view:
        view = view[os.write(fd, view) :]
    return os.fsync(fd)
