"""The audit log on the disk while one process holds its lock.

`audit.log` has the entries. `audit.log.tree` remembers how far they were appended and the tree's frontier, so
that an append reads nothing else; it is a cache, rebuilt when it is damaged or behind, and never ahead: an
entry is on the disk before the cache hears of it. `audit.log.torn` gets what a crash left behind the last
whole line, which was never acknowledged. All are written in place, because a confined door may be given
these files and not their folder.
"""

from __future__ import annotations

import contextlib
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from sandbox.errors import StorageFault
from sandbox.files import BINARY, storage_fault, sync_folder, write_at
from sandbox.records._envelope import sha256
from sandbox.records._log_entries import EVENTS, Entry, Head, cut_short, encode_line, read_entry, walk, whole_lines
from sandbox.records._merkle import Frontier, leaf_hash
from sandbox.workspace import now


@dataclass(frozen=True)
class LogFiles:
    """The files of one log. A door that appends needs read, write and truncate on each of them."""

    entries: Path

    @property
    def lock(self) -> Path:
        return self.entries.with_name(self.entries.name + ".lock")

    @property
    def tree(self) -> Path:
        return self.entries.with_name(self.entries.name + ".tree")

    @property
    def torn(self) -> Path:
        return self.entries.with_name(self.entries.name + ".torn")

    @property
    def all(self) -> tuple[Path, ...]:
        return self.entries, self.lock, self.tree, self.torn


class Cache(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How far the log was appended: entries, bytes, and the tree's frontier in hexadecimal."""

    size: int = 0
    offset: int = 0
    nodes: tuple[str, ...] = ()

    @property
    def frontier(self) -> Frontier:
        return Frontier(self.size, map(bytes.fromhex, self.nodes))


class HeldLog:
    """The log while its lock is held: read and append without anyone in between."""

    def __init__(self, files: LogFiles) -> None:
        self._files = files
        self._frontier, self._offset = self._caught_up()

    @property
    def head(self) -> Head:
        return Head(self._frontier.size, self._frontier.root().hex())

    def entries(self) -> list[Entry]:
        lines, _ = whole_lines(read_or_empty(self._files.entries))
        return [read_entry(line, number) for number, line in enumerate(lines, 1)]

    def append(self, event: str, details: dict[str, Any]) -> Entry:
        """Add an entry; on the disk when this returns. `StorageFault` leaves the log as it was."""
        if event not in EVENTS:
            raise ValueError(event)
        entry = Entry(n=self.head.size + 1, time=now(), event=event, details=details, tree=self.head.root)
        line = encode_line(entry)
        self._write(line)
        self._frontier.append(leaf_hash(line[:-1]))
        self._offset += len(line)
        self._save_cache()
        return entry

    def _caught_up(self) -> tuple[Frontier, int]:
        """The frontier over every whole line and where the next one goes; a torn last line is set aside."""
        cache = read_cache(self._files.tree)
        frontier, offset = cache.frontier, cache.offset
        rest = _read_from(self._files.entries, offset, at_least=cache.size)
        lines, torn = whole_lines(rest)
        walk(lines, frontier)
        offset += len(rest) - len(torn)
        if torn:
            self._set_aside(torn, offset)
        return frontier, offset

    def _set_aside(self, torn: bytes, offset: int) -> None:
        try:
            _append_durably(self._files.torn, torn + b"\n")
            os.truncate(self._files.entries, offset)
        except OSError as problem:
            raise storage_fault(self._files.entries, problem) from problem

    def _write(self, line: bytes) -> None:
        fd = -1
        try:
            fresh = not self._files.entries.exists()
            fd = os.open(self._files.entries, os.O_WRONLY | os.O_CREAT | BINARY, 0o600)
            _write_at(fd, line, self._offset)
            if fresh:
                sync_folder(self._files.entries.parent)
        except OSError as problem:
            # What was written of the line is not acknowledged; if it can't be cut off now, the next append will.
            with contextlib.suppress(OSError):
                os.truncate(self._files.entries, self._offset)
            raise storage_fault(self._files.entries, problem) from problem
        finally:
            if fd >= 0:
                os.close(fd)

    def _save_cache(self) -> None:
        cache = Cache(self._frontier.size, self._offset, tuple(node.hex() for node in self._frontier.nodes))
        body = msgspec.json.encode(cache)
        # The entry is durable already, and a cache that could not be written is rebuilt by the next append.
        with contextlib.suppress(OSError):
            fd = os.open(self._files.tree, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | BINARY, 0o600)
            try:
                os.write(fd, sha256(body).encode() + b" " + body)
            finally:
                os.close(fd)


def read_cache(path: Path) -> Cache:
    """What the cache remembers, or nothing at all when it is missing or damaged."""
    check, _, body = read_or_empty(path).partition(b" ")
    if check.decode("latin-1") != sha256(body):
        return Cache()
    try:
        cache = msgspec.json.decode(body, type=Cache)
        whole = all(len(node) == 32 for node in cache.frontier.nodes)
    except (msgspec.MsgspecError, ValueError):
        return Cache()
    return (
        cache if whole and cache.size.bit_count() == len(cache.nodes) and cache.offset >= cache.size >= 0 else Cache()
    )


def read_or_empty(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return b""
    except OSError as problem:
        raise StorageFault(f"{path.name} can't be read.") from problem


def _read_from(path: Path, offset: int, at_least: int) -> bytes:
    """Everything from `offset` on, where the cache says that `at_least` entries end."""
    if offset == 0:
        return read_or_empty(path)
    size = path.stat().st_size if path.exists() else 0
    if size < offset:
        raise cut_short(len(whole_lines(read_or_empty(path))[0]))
    with path.open("rb") as file:
        file.seek(offset - 1)
        if file.read(1) != b"\n":
            raise cut_short(at_least - 1)
        return file.read()


def _append_durably(path: Path, data: bytes) -> None:
    fd = os.open(path, os.O_WRONLY | os.O_CREAT | BINARY, 0o600)
    try:
        _write_at(fd, data, os.fstat(fd).st_size)
    finally:
        os.close(fd)


def _write_at(fd: int, data: bytes, offset: int) -> None:
    write_at(fd, data, offset)
    os.fsync(fd)
