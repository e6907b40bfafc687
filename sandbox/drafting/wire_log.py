"""What was sent: every byte that went to the model, in `sent.log`, written before the first byte leaves.

    log = WireLog.open(workspace.question(name) / "sent.log")
    entry = log.append(url=..., headers=..., body=...)          # on the disk when it returns
    head = verify(path)                                          # RecordRefused names the entry that was changed

One JSON line per request. Each holds the SHA-256 of the line before, so that no entry can be changed, dropped
or put in between without changing the head; the head goes into the audit log. Secrets are kept as fingerprints.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import msgspec

from sandbox.errors import RecordRefused
from sandbox.files import locked, storage_fault, sync_folder
from sandbox.workspace import now

_START = "0" * 64


class Entry(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One request as it left. `body` is the exact text (UTF-8), `sha256` that of its bytes."""

    n: int
    time: str
    method: str
    url: str
    headers: tuple[tuple[str, str], ...]
    body: str
    sha256: str
    previous: str


class Head(NamedTuple):
    """How many requests, and the SHA-256 of the newest line."""

    size: int
    sha256: str


class WireLog:
    """The log of one question. One session writes at a time; two would break the chain, so the second is refused."""

    def __init__(self, path: Path, head: Head, length: int) -> None:
        self._path = path
        self._length = length
        self.head = head

    @classmethod
    def open(cls, path: Path) -> WireLog:
        """Open or begin a log after checking its whole chain.

        A last line without an end was cut off by a crash; nothing of it was sent, so it is removed.
        """
        path.touch(mode=0o600)
        with locked(_lock(path)):
            data = path.read_bytes()
            whole = data[: data.rfind(b"\n") + 1]
            if len(whole) != len(data):
                os.truncate(path, len(whole))
            sync_folder(path.parent)
        return cls(path, _check(whole), len(whole))

    def append(self, *, method: str, url: str, headers: tuple[tuple[str, str], ...], body: bytes) -> Entry:
        """Write one request durably; `StorageFault` when that fails, and then nothing may be sent."""
        entry = Entry(
            n=self.head.size + 1,
            time=now(),
            method=method,
            url=url,
            headers=tuple((name, _fingerprint(value) if _is_secret(name) else value) for name, value in headers),
            body=body.decode("utf-8"),
            sha256=hashlib.sha256(body).hexdigest(),
            previous=self.head.sha256,
        )
        line = msgspec.json.encode(entry) + b"\n"
        with locked(_lock(self._path)):
            self._write(line)
        self._length += len(line)
        self.head = Head(entry.n, hashlib.sha256(line).hexdigest())
        return entry

    def _write(self, line: bytes) -> None:
        try:
            fd = os.open(self._path, os.O_WRONLY | os.O_APPEND)
            try:
                if os.fstat(fd).st_size != self._length:
                    raise RecordRefused(
                        "Another session wrote to what was sent, so this one stops.",
                        "Close it, then open the question again.",
                    )
                _write_all(fd, line, self._length)
            finally:
                os.close(fd)
        except OSError as problem:
            raise storage_fault(self._path, problem) from problem


def verify(path: Path) -> Head:
    """The head, when every entry is whole, in order, and chained; else `RecordRefused` names the first that is not."""
    return _check(path.read_bytes())


def entries(path: Path) -> Iterator[Entry]:
    """All entries, oldest first, after checking the chain."""
    data = path.read_bytes()
    _check(data)
    for line in data.splitlines():
        yield msgspec.json.decode(line, type=Entry)


def _check(data: bytes) -> Head:
    head = Head(0, _START)
    for line in data.splitlines(keepends=True):
        number = head.size + 1
        try:
            entry = msgspec.json.decode(line, type=Entry)
        except (msgspec.MsgspecError, UnicodeDecodeError) as problem:
            raise RecordRefused(f"Entry {number} of what was sent is damaged.") from problem
        if not line.endswith(b"\n") or msgspec.json.encode(entry) + b"\n" != line:
            raise RecordRefused(f"Entry {number} of what was sent is not as it was written.")
        if entry.n != number or entry.previous != head.sha256:
            raise RecordRefused(f"Entry {number} of what was sent does not follow the one before it.")
        if hashlib.sha256(entry.body.encode()).hexdigest() != entry.sha256:
            raise RecordRefused(f"The body of entry {number} of what was sent was changed.")
        head = Head(number, hashlib.sha256(line).hexdigest())
    return head


def _write_all(fd: int, line: bytes, length: int) -> None:
    view = memoryview(line)
    try:
        while view:
            view = view[os.write(fd, view) :]
        os.fsync(fd)
    except OSError:
        os.ftruncate(fd, length)  # half a line would make the next entry unreadable
        raise


def _is_secret(name: str) -> bool:
    return name.lower() in ("authorization", "x-api-key", "cookie", "proxy-authorization")


def _fingerprint(secret: str) -> str:
    return "sha256:" + hashlib.sha256(secret.encode()).hexdigest()[:16]


def _lock(path: Path) -> Path:
    return path.with_name(path.name + ".lock")
