"""Every child process of the window: started here, heard at most thirty times a second, ended with the window.

Reader threads only fill inboxes and wake the GUI thread by one queued signal; messages are handed out here, in
small portions, so that no flood can hold the window up.
"""

from __future__ import annotations

import contextlib
import time
from pathlib import Path
from typing import Any

import msgspec
from PySide6.QtCore import QObject, Qt, QTimer, Signal

from desktop.asking import Asking
from desktop.desk import Failed, Heard
from sandbox import sessions
from sandbox.messages.desk import End, FromDrafting, FromRunning, Stopped, Streamed
from sandbox.reviewing.orders import Answered
from sandbox.reviewing.orders.advice import in_the_window
from sandbox.sessions import Session, stopped_as_error

FLUSH_MS = 33
PORTION = 200  # messages of one session in one flush
SLICE = 0.008  # seconds that one flush may take
PATIENCE = 3.0  # seconds that children have to end when the window closes


class SessionLine:
    """One session as the presenters hold it (`desk.Line`)."""

    def __init__(self, session: Session, heard: Heard, goodbye: msgspec.Struct | None) -> None:
        self.session = session
        self._heard = heard
        self._goodbye = goodbye
        self.over = False

    def send(self, message: msgspec.Struct) -> None:
        if not self.over:
            self.session.post(message)

    def end(self) -> None:
        if not self.over:
            self.over = True
            if self._goodbye is not None:
                self.session.post(self._goodbye)
            self.session.post(None)

    def kill(self) -> None:
        self.over = True
        self.session.kill()

    def flush(self) -> bool:
        """Hand out one portion; whether there may be more."""
        messages = self.session.arrived(PORTION)
        for message in merged(messages):
            if self.over:
                return False
            if isinstance(message, Stopped):
                message = stopped_as_error(message)
                message.advice = in_the_window(message.advice)
            if isinstance(message, Exception):
                self.over = True
                self.session.post(None)
            self._heard(message)
        return len(messages) == PORTION


class Processes(QObject):
    """The children of one window. Implements `desk.Sessions`; `asks` is the reviewing session."""

    _woken = Signal()

    def __init__(self, root: Path, untold: Failed, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._root = root
        self._lines: list[SessionLine] = []
        self._flushed = 0.0
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._flush)
        self._woken.connect(self._on_woken, Qt.ConnectionType.QueuedConnection)
        self.asks = Asking(self._reviewing, untold, time.monotonic)

    def drafting(self, question: str, heard: Heard) -> SessionLine:
        return self._start(sessions.drafting_command(self._root, question), FromDrafting, heard, End())

    def running(self, heard: Heard) -> SessionLine:
        return self._start(sessions.running_command(self._root), FromRunning, heard, End())

    def looking(self, heard: Heard) -> SessionLine:
        return self._start(sessions.looking_command(self._root), FromRunning, heard, End())

    def close(self) -> None:
        """End every child: politely, then, after a short patience, by signal. For the end of the window."""
        self._woken.disconnect(self._on_woken)
        self._timer.stop()
        self.asks.end()
        for line in self._lines:
            line.end()
        deadline = time.monotonic() + PATIENCE
        for line in self._lines:
            line.session.close(max(0.05, deadline - time.monotonic()))
        self._lines.clear()

    def _reviewing(self, heard: Heard) -> SessionLine:
        return self._start(sessions.reviewing_command(self._root), Answered, heard, None)

    def _start(self, command: list[str], incoming: Any, heard: Heard, goodbye: msgspec.Struct | None) -> SessionLine:
        line = SessionLine(Session(command, incoming, self._wake), heard, goodbye)
        self._lines.append(line)
        return line

    def _wake(self) -> None:
        """Called on a reader's thread."""
        with contextlib.suppress(RuntimeError):  # the window is gone already; so nobody hears
            self._woken.emit()

    def _on_woken(self) -> None:
        if not self._timer.isActive():
            waited = int((time.monotonic() - self._flushed) * 1000)
            self._timer.start(max(0, FLUSH_MS - waited))

    def _flush(self) -> None:
        until = time.monotonic() + SLICE
        more = False
        for line in list(self._lines):
            more = line.flush() or more
            if time.monotonic() > until:
                more = True
                self._lines.append(self._lines.pop(0))  # the others come first next time
                break
        self._lines = [line for line in self._lines if not self._is_gone(line)]
        self._flushed = time.monotonic()
        if more:
            self._timer.start(FLUSH_MS // 4)

    def _is_gone(self, line: SessionLine) -> bool:
        if line.over and line.session.is_dead:
            line.session.close(0)
            return True
        return False


def merged(messages: list[Any]) -> list[Any]:
    """The messages, with streamed pieces that follow each other as one."""
    found: list[Any] = []
    for message in messages:
        if isinstance(message, Streamed) and found and isinstance(found[-1], list):
            found[-1].append(message.text)
        else:
            found.append([message.text] if isinstance(message, Streamed) else message)
    return [Streamed(text="".join(one)) if isinstance(one, list) else one for one in found]
