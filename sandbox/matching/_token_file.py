"""The file of tokens: encrypted segments, appended, each on the disk before one of its tokens is used.

A segment is a nonce and an AES-256-GCM text behind an eight byte length. The length is written only when
the rest is durable, so that after a crash a segment is whole or not there. A segment is bound to its
workspace and its place, so that none can be moved, dropped from the middle or taken from elsewhere.
"""

from __future__ import annotations

import os
import secrets
import struct
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from sandbox.errors import WorkspaceRefused
from sandbox.files import BINARY, locked, storage_fault, write_at

_HEAD = struct.Struct(">Q")
_NONCE = 12


class Segment(msgspec.Struct, frozen=True, array_like=True):
    """New pairs of one domain: `values` are int64 (little-endian bytes) or texts (msgpack), `tokens` int64."""

    domain: str
    texts: bool
    values: bytes
    tokens: bytes


_DECODER = msgspec.msgpack.Decoder(Segment)


class TokenFile:
    """Appends and reads segments; several processes may do so at once."""

    def __init__(self, path: Path, key: bytes, workspace: str) -> None:
        self._path = path
        self._lock = path.with_name(path.name + ".lock")
        self._cipher = AESGCM(key)
        self._workspace = workspace
        self._offset = 0
        self._number = 0

    @property
    def files(self) -> tuple[Path, Path]:
        """What a confined process must be able to write."""
        return self._path, self._lock

    def make(self) -> None:
        """Have both files there, so that a confined process need not create them."""
        for path in self.files:
            try:
                os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
            except OSError as problem:
                raise storage_fault(path, problem) from problem

    @contextmanager
    def appending(self) -> Iterator[None]:
        """Hold the file alone: read what others appended, then append."""
        with locked(self._lock):
            yield

    def read_new(self) -> list[Segment]:
        """The segments after those read so far."""
        try:
            with self._path.open("rb") as file:
                file.seek(self._offset)
                data = memoryview(file.read())
        except OSError as problem:
            raise WorkspaceRefused(f"{self._path.name} can't be read ({type(problem).__name__}).") from problem
        segments, at = [], 0
        while len(data) - at >= _HEAD.size:
            (size,) = _HEAD.unpack_from(data, at)
            if size == 0:
                break  # a crash before the segment was acknowledged
            sealed = data[at + _HEAD.size : at + _HEAD.size + size]
            segments.append(self._opened(sealed if len(sealed) == size else memoryview(b"")))
            at += _HEAD.size + size
            self._number += 1
        self._offset += at
        return segments

    def append(self, segment: Segment) -> None:
        """Add a segment; it is durable when this returns. Only while `appending`, after `read_new`."""
        nonce = secrets.token_bytes(_NONCE)
        sealed = nonce + self._cipher.encrypt(nonce, msgspec.msgpack.encode(segment), self._bound(self._number))
        try:
            fd = os.open(self._path, os.O_RDWR | BINARY)
            try:
                os.ftruncate(fd, self._offset)  # what a crash left behind the last whole segment
                write_at(fd, sealed, self._offset + _HEAD.size)
                os.fsync(fd)
                write_at(fd, _HEAD.pack(len(sealed)), self._offset)
                os.fsync(fd)
            except OSError:
                # It is not acknowledged; on a full disk what was written of it is room that others need.
                with suppress(OSError):
                    os.ftruncate(fd, self._offset)
                raise
            finally:
                os.close(fd)
        except OSError as problem:
            raise storage_fault(self._path, problem) from problem
        self._offset += _HEAD.size + len(sealed)
        self._number += 1

    def _opened(self, sealed: memoryview) -> Segment:
        try:
            plain = self._cipher.decrypt(bytes(sealed[:_NONCE]), bytes(sealed[_NONCE:]), self._bound(self._number))
            return _DECODER.decode(plain)
        except (InvalidTag, ValueError) as problem:  # msgspec's errors are ValueErrors
            raise WorkspaceRefused(
                f"{self._path.name} is damaged or belongs to another workspace.",
                "Restore it from a backup; nothing was changed.",
            ) from problem

    def _bound(self, number: int) -> bytes:
        return f"preceptor tokens 1 {self._workspace} {number}".encode()
