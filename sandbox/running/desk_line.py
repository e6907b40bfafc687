"""The JSON lines between the reviewer's side and this session, so that a cancel is heard at any moment."""

from __future__ import annotations

import errno
import os
import select
import time
from collections import deque
from collections.abc import Sequence

import msgspec

from sandbox.errors import BadInput
from sandbox.messages.desk import Cancel, End, ToRunning

LINE_LIMIT = 1024 * 1024
PATIENCE_SECONDS = 10
_CHUNK = 65_536
_AT_ONCE = getattr(select, "PIPE_BUF", 512)


class DeskGone(Exception):
    """Nobody reads what is told here any more."""


class DeskLine:
    """Reads and writes whole lines on two descriptors; never blocks longer than it is told to."""

    def __init__(self, read_fd: int, write_fd: int, heard: bytes = b"") -> None:
        self._read_fd = read_fd
        self._write_fd = write_fd
        self._pending = bytearray(heard)
        self._ended = False
        self._later: deque[msgspec.Struct] = deque()
        self._decoder = msgspec.json.Decoder(ToRunning)

    @property
    def descriptors(self) -> tuple[int, int]:
        return self._read_fd, self._write_fd

    def heard(self) -> bytes:
        """What has come and nobody has taken yet, for another `DeskLine` on the same descriptors."""
        return b"".join(msgspec.json.encode(message) + b"\n" for message in self._later) + bytes(self._pending)

    def tell(self, message: msgspec.Struct) -> None:
        """Write one message, or raise `DeskGone`; also when nobody takes it for a while."""
        view = memoryview(msgspec.json.encode(message) + b"\n")
        try:
            while view:
                if not _takes_more(self._write_fd):
                    raise DeskGone
                view = view[os.write(self._write_fd, view[:_AT_ONCE]) :]  # so much never blocks
        except BrokenPipeError as problem:
            raise DeskGone from problem
        except OSError as problem:
            if problem.errno != errno.EINVAL:  # which is what Windows says of a broken pipe
                raise
            raise DeskGone from problem

    def next(self) -> msgspec.Struct:
        """Wait for the next message; `End` when the other side has closed its end."""
        if self._later:
            return self._later.popleft()
        while True:
            line = self._whole_line()
            if line is not None:
                return self._decoded(line)
            if self._ended:
                return End()
            self._read()

    def wait(self, seconds: float, also: Sequence[int] = ()) -> bool:
        """Wait for a message, for one of `also` to be readable, or for the time. True when to stop.

        A cancel, an end, or a desk that is gone stops what is being done; any other message is kept for `next`.
        """
        if not self._ended and self._read_fd in _readable((self._read_fd, *also), max(0.0, seconds)):
            self._read()
        try:
            while (line := self._whole_line()) is not None:
                message = self._decoded(line)
                if isinstance(message, (Cancel, End)):
                    return True
                self._later.append(message)
        except BadInput:
            return True  # whoever talks nonsense while something runs can't be relied on to stop it later
        return self._ended

    def _whole_line(self) -> bytes | None:
        end = self._pending.find(b"\n")
        if end < 0:
            if len(self._pending) > LINE_LIMIT:
                raise BadInput("A line to the running session is too long.")
            return None
        line = bytes(self._pending[:end])
        del self._pending[: end + 1]
        return line

    def _decoded(self, line: bytes) -> msgspec.Struct:
        try:
            message: msgspec.Struct = self._decoder.decode(line)
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as problem:
            raise BadInput("A line to the running session is no message of ours.") from problem
        return message

    def _read(self) -> None:
        data = os.read(self._read_fd, _CHUNK)
        self._ended = not data
        self._pending += data


def _readable(fds: Sequence[int], seconds: float) -> set[int]:
    """Those of which a read would not wait, as soon as there is one, or none after so long."""
    if not hasattr(select, "poll"):  # Windows
        from sandbox.messages.windows_pipe import readable

        return readable(fds, time.monotonic() + seconds)
    poller = select.poll()
    for fd in fds:
        poller.register(fd, select.POLLIN)
    return {fd for fd, _ in poller.poll(seconds * 1000)}


def _takes_more(fd: int) -> bool:
    """Whether a write would not wait long. Windows can't be asked: there a desk that reads nothing stops us."""
    if not hasattr(select, "poll"):
        return True
    poller = select.poll()
    poller.register(fd, select.POLLOUT)
    return bool(poller.poll(PATIENCE_SECONDS * 1000))
