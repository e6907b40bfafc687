"""Framed messages over a pair of pipes, read as hostile input.

    channel = Channel(read_fd, write_fd)
    channel.send(QueryAsked(...), payload=arrow_bytes)
    message, payload = channel.receive(FromProgram)

A frame is two big-endian 32-bit lengths, then a JSON document that must decode as one of the expected
types, then raw bytes. A length over its limit, a truncated frame or JSON of another shape raises
`BadFrame`; nothing is ever unpickled.
"""

from __future__ import annotations

import os
import select
import struct
import time
from typing import Any, TypeVar

import msgspec

_HEAD = struct.Struct(">II")
JSON_LIMIT = 8 * 1024 * 1024
PAYLOAD_LIMIT = 256 * 1024 * 1024
_FIRST = 1024 * 1024

T = TypeVar("T")


class ChannelClosed(Exception):
    """The other side has ended."""


class ChannelTimeout(Exception):
    """Nothing whole arrived before the deadline."""


class BadFrame(Exception):
    """What arrived is no message of ours. The text never quotes it."""


class Channel:
    """One end of a conversation over two pipes. Not for use by two threads at once."""

    def __init__(
        self,
        read_fd: int,
        write_fd: int,
        *,
        json_limit: int = JSON_LIMIT,
        payload_limit: int = PAYLOAD_LIMIT,
    ) -> None:
        self.read_fd = read_fd
        self.write_fd = write_fd
        self._json_limit = json_limit
        self._payload_limit = payload_limit

    def send(self, message: msgspec.Struct, payload: bytes | memoryview = b"") -> None:
        """Write one frame, or raise `ChannelClosed` when the other side is gone."""
        document = msgspec.json.encode(message)
        if len(document) > self._json_limit or len(payload) > self._payload_limit:
            raise BadFrame("a message over the size limit was about to be sent")
        for part in (_HEAD.pack(len(document), len(payload)) + document, payload):
            self._write(memoryview(part))

    def receive(self, expected: Any, timeout: float | None = None) -> tuple[Any, bytes]:
        """Return the next message and its payload.

        `expected` is a msgspec type (a Struct or a union of tagged Structs); `timeout` is in seconds
        for the whole frame. Raises `ChannelClosed`, `ChannelTimeout` or `BadFrame`.
        """
        deadline = None if timeout is None else time.monotonic() + timeout
        document_size, payload_size = _HEAD.unpack(self._read(_HEAD.size, deadline))
        if document_size > self._json_limit or payload_size > self._payload_limit:
            raise BadFrame("a frame announces more than its limit")
        document = self._read(document_size, deadline)
        payload = bytes(self._read(payload_size, deadline))
        try:
            return msgspec.json.decode(document, type=expected), payload
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as problem:
            raise BadFrame("a frame of the wrong shape arrived") from problem

    def close(self) -> None:
        for fd in {self.read_fd, self.write_fd}:
            try:
                os.close(fd)
            except OSError:
                continue
        # The numbers may be given to other files from now on; a second call must not close those.
        self.read_fd = self.write_fd = -1

    def _write(self, rest: memoryview) -> None:
        try:
            while rest:
                rest = rest[os.write(self.write_fd, rest) :]
        except (BrokenPipeError, OSError) as problem:
            raise ChannelClosed("the other side has ended") from problem

    def _read(self, size: int, deadline: float | None) -> bytearray:
        """Exactly `size` bytes. Memory grows with what has arrived: an announcement alone costs us nothing."""
        data, got = bytearray(min(size, _FIRST)), 0
        while got < size:
            if got == len(data):
                data += bytes(min(got, size - got))
            if deadline is not None:
                _wait_readable(self.read_fd, deadline)
            with memoryview(data) as whole, whole[got:] as room:
                count = self._read_into(room)
            if count == 0:
                raise ChannelClosed("the other side has ended")
            got += count
        return data

    def _read_into(self, room: memoryview) -> int:
        try:
            if hasattr(os, "readv"):
                return os.readv(self.read_fd, [room])
            data = os.read(self.read_fd, len(room))  # Windows
        except OSError as problem:
            raise ChannelClosed("the other side has ended") from problem
        room[: len(data)] = data
        return len(data)


def _wait_readable(fd: int, deadline: float) -> None:
    if not hasattr(select, "poll"):  # Windows
        from sandbox.messages.windows_pipe import wait_readable

        if not wait_readable(fd, deadline):
            raise ChannelTimeout("no whole message before the deadline")
        return
    poller = select.poll()
    poller.register(fd, select.POLLIN)
    left = max(0.0, deadline - time.monotonic())
    if not poller.poll(left * 1000):
        raise ChannelTimeout("no whole message before the deadline")
