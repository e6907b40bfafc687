"""The reviewer's end of a drafting or running session: start it, talk to it, end it.

    with Session.drafting(workspace, question) as session:
        session.send(Ask(text="…"))
        for message in session.until(TurnOver):
            ...

A session is a child process that speaks typed JSON lines: `messages.desk` with the two doors, `reviewing.orders` with
the reviewing session. A child that dies becomes a `ProcessDied` with a sentence; a line that is none of ours ends the
session; one that floods us waits, because only so many messages are taken in before somebody reads them.

Whoever must not wait (a window) gives `wake`, posts with `post` and takes what has come with `arrived`.
"""

from __future__ import annotations

import contextlib
import os
import queue
import subprocess
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from types import TracebackType
from typing import Any

import msgspec

from sandbox.errors import Fault, PreceptorError, ProcessDied, Refusal
from sandbox.messages.desk import End, FromDrafting, FromRunning, Stopped, write_line
from sandbox.start import door_command
from sandbox.workspace import Workspace

LINE_LIMIT = 16 * 1024 * 1024
INBOX = 10_000  # messages; then the child waits
DYING = 5.0  # seconds that a killed child may take
SETTLING = 0.2  # seconds that its pipes may take after that
KEPT_VARIABLES = (
    "HOME",
    "USER",
    "LOGNAME",
    "LANG",
    "LC_ALL",
    "XDG_RUNTIME_DIR",
    "XDG_DATA_HOME",
    "XDG_CONFIG_HOME",
    "DBUS_SESSION_BUS_ADDRESS",
    "SYSTEMROOT",
    "APPDATA",
    "LOCALAPPDATA",
    "USERPROFILE",
)


class Session:
    """One child process and the messages from it, in order. Send from one thread only."""

    def __init__(self, command: list[str], incoming: Any, wake: Callable[[], None] | None = None) -> None:
        self._decoder = msgspec.json.Decoder(incoming)
        self._inbox: queue.Queue[Any] = queue.Queue(INBOX)
        self._outbox: queue.SimpleQueue[Any] = queue.SimpleQueue()
        self._wake = wake
        self._closing = threading.Event()
        self._writer: threading.Thread | None = None
        self._process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={name: os.environ[name] for name in KEPT_VARIABLES if name in os.environ},
            start_new_session=True,
        )
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    @classmethod
    def drafting(cls, workspace: Workspace, question: str) -> Session:
        """The session that hosts the agent of one question. It gets no login and no source."""
        return cls(drafting_command(workspace.root, question), FromDrafting)

    @classmethod
    def running(cls, workspace: Workspace) -> Session:
        """The session that runs one approval; its jailed processes get warm while it waits for the word."""
        return cls(running_command(workspace.root), FromRunning)

    @classmethod
    def looking(cls, workspace: Workspace) -> Session:
        """The session that looks at one source, or indexes it, and can run nothing."""
        return cls(looking_command(workspace.root), FromRunning)

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def is_dead(self) -> bool:
        """The child has ended and everything that it said has been taken in."""
        return self._process.poll() is not None and not self._reader.is_alive()

    def send(self, message: msgspec.Struct) -> None:
        """Write one message, or raise `ProcessDied`."""
        assert self._process.stdin is not None
        try:
            write_line(self._process.stdin, message)
        except (BrokenPipeError, ValueError, OSError) as problem:
            self._reader.join(2.0)  # it learns how the child ended
            raise self._died() from problem

    def post(self, message: msgspec.Struct | None) -> None:
        """Write one message without waiting, in order; None closes our end. What can't be written shows as a death."""
        if self._writer is None:
            self._writer = threading.Thread(target=self._write, daemon=True)
            self._writer.start()
        self._outbox.put(message)

    def arrived(self, most: int = 500) -> list[Any]:
        """What has come since the last call, at most so many; a `ProcessDied` is the last that ever comes."""
        found: list[Any] = []
        while len(found) < most:
            try:
                message = self._inbox.get_nowait()
            except queue.Empty:
                break
            found.append(self._died() if message is None else message)
        return found

    def kill(self) -> None:
        """End the child at once; its death arrives like any other."""
        self._closing.set()
        self._process.kill()

    def receive(self, timeout: float | None = None) -> Any:
        """The next message. Raises what a `Stopped` message says, `ProcessDied`, or `Fault` on time-out."""
        try:
            message = self._inbox.get(timeout=timeout)
        except queue.Empty as problem:
            raise Fault("The session did not answer in time.", "Cancel it and try again.") from problem
        if message is None:
            self._inbox.put(None)
            raise self._died()
        if isinstance(message, Stopped):
            raise stopped_as_error(message)
        return message

    def until(
        self, *last: type[msgspec.Struct], timeout: float | None = None, on: Callable[[Any], None] | None = None
    ) -> Iterator[Any]:
        """Messages up to and including the first of the given types; `timeout` is between two messages."""
        while True:
            message = self.receive(timeout)
            if on is not None:
                on(message)
            yield message
            if isinstance(message, last):
                return

    def close(self, patience: float = 10.0) -> None:
        """End the child: politely, then by signal. Safe to call twice.

        A child that waits in the kernel for a drive that has gone dies when the drive is back; nobody waits for that.
        """
        self._closing.set()
        stdin = self._process.stdin
        if self._writer is not None:
            self.post(None)  # its thread may stand in a pipe that nobody reads: it is left to close that
        elif stdin is not None and not stdin.closed:
            with contextlib.suppress(OSError, ValueError):  # it is gone already, which is what we want
                write_line(stdin, End())
            with contextlib.suppress(OSError):  # what could not be written is flushed again; the pipe is closed
                stdin.close()
        try:
            self._process.wait(patience)
        except subprocess.TimeoutExpired:
            self._process.kill()
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(DYING)
        for thread in filter(None, (self._reader, self._writer)):
            thread.join(max(patience, SETTLING))  # each closes its pipe itself

    def __enter__(self) -> Session:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, where: TracebackType | None
    ) -> None:
        self.close()

    def _read(self) -> None:
        stdout = self._process.stdout
        assert stdout is not None
        while line := stdout.readline(LINE_LIMIT):
            try:
                self._arrive(self._decoder.decode(line))
            except (msgspec.MsgspecError, UnicodeDecodeError):
                self._process.kill()
                break
        stdout.close()
        with contextlib.suppress(subprocess.TimeoutExpired):  # then `_died` says that it stopped answering
            self._process.wait(2)
        self._arrive(None)

    def _arrive(self, message: Any) -> None:
        """Into the inbox; while that is full the child waits, unless nobody is there any more."""
        while True:
            try:
                self._inbox.put(message, timeout=0.2)
                break
            except queue.Full:
                if self._closing.is_set() and message is not None:
                    break
                if self._closing.is_set():
                    with contextlib.suppress(queue.Empty):
                        self._inbox.get_nowait()
        if self._wake is not None:
            self._wake()

    def _write(self) -> None:
        stdin = self._process.stdin
        assert stdin is not None
        with contextlib.suppress(OSError, ValueError):  # a dead child is told by the reader
            while (message := self._outbox.get()) is not None:
                write_line(stdin, message)
        with contextlib.suppress(OSError):  # what could not be written is flushed again; the pipe is closed
            stdin.close()

    def _died(self) -> ProcessDied:
        status = self._process.poll()
        how = "stopped answering" if status is None else f"ended unexpectedly (status {status})"
        return ProcessDied(f"A session of Preceptor {how}.")


def drafting_command(root: Path, question: str) -> list[str]:
    return door_command("drafting", str(root), question)


def running_command(root: Path) -> list[str]:
    return door_command("running", str(root))


def looking_command(root: Path) -> list[str]:
    return door_command("running", str(root), "without-program")


def reviewing_command(root: Path) -> list[str]:
    """The folder need not be a workspace yet."""
    return door_command("reviewing", str(root))


def stopped_as_error(message: Stopped) -> PreceptorError:
    """The error a session reported, as an error here."""
    kind = Fault if message.kind == "fault" else Refusal
    return kind(message.sentence, message.advice)
