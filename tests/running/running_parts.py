"""The two neighbours of a running session that a test can play itself: the desk and the program's process."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable

from sandbox.messages.frames import Channel
from sandbox.running.desk_line import DeskLine


class Desk:
    """The reviewer's end of a `DeskLine` over real pipes."""

    def __init__(self) -> None:
        self._theirs, self.send_fd = os.pipe()
        self.receive_fd, self._their_output = os.pipe()
        self.line = DeskLine(self._theirs, self._their_output)

    def said(self) -> bytes:
        """Everything told so far."""
        os.set_blocking(self.receive_fd, False)
        try:
            return os.read(self.receive_fd, 1 << 20)
        except BlockingIOError:
            return b""

    def close(self) -> None:
        for fd in (self._theirs, self.send_fd, self.receive_fd, self._their_output):
            try:
                os.close(fd)
            except OSError:
                continue


class PlayedChild:
    """Stands in for a jailed process: a thread of ours that says over real pipes whatever a test wants."""

    def __init__(self, play: Callable[[Channel], None]) -> None:
        from_broker, to_program = os.pipe()
        from_program, to_broker = os.pipe()
        self.channel = Channel(from_program, to_program)
        self.theirs = Channel(from_broker, to_broker)
        self.killed = threading.Event()
        self._play = play
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self) -> None:
        self._play(self.theirs)
        os.close(self.theirs.write_fd)

    def kill(self) -> None:
        self.killed.set()
        self._thread.join(5)

    def threads(self) -> int:
        return 1

    def wait(self, timeout: float | None = None) -> int:
        return 0

    def how_it_ended(self) -> str:
        return "ended by itself"
