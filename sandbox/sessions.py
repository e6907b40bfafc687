"""The reviewer's end of a drafting or running session: start it, talk to it, end it.

    with Session.drafting(workspace, question) as session:
        session.send(Ask(text="…"))
        for message in session.until(TurnOver):
            ...

A session is a child process that speaks the typed JSON lines of `messages.desk`. A child that dies
becomes a `ProcessDied` with a sentence; a line that is none of ours ends the session.
"""

from __future__ import annotations

import contextlib
import os
import queue
import subprocess
import threading
from collections.abc import Callable, Iterator
from types import TracebackType
from typing import Any

import msgspec

from sandbox.errors import Fault, PreceptorError, ProcessDied, Refusal
from sandbox.messages.desk import End, FromDrafting, FromRunning, Stopped, write_line
from sandbox.start import door_command
from sandbox.workspace import Workspace

LINE_LIMIT = 16 * 1024 * 1024
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

    def __init__(self, command: list[str], incoming: Any) -> None:
        self._decoder = msgspec.json.Decoder(incoming)
        self._inbox: queue.SimpleQueue[Any] = queue.SimpleQueue()
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
        return cls(door_command("drafting", str(workspace.root), question), FromDrafting)

    @classmethod
    def running(cls, workspace: Workspace) -> Session:
        """The session that runs one approval; its jailed processes get warm while it waits for the word."""
        return cls(door_command("running", str(workspace.root)), FromRunning)

    @classmethod
    def looking(cls, workspace: Workspace) -> Session:
        """The session that looks at one source, or indexes it, and can run nothing."""
        return cls(door_command("running", str(workspace.root), "without-program"), FromRunning)

    @property
    def pid(self) -> int:
        return self._process.pid

    def send(self, message: msgspec.Struct) -> None:
        """Write one message, or raise `ProcessDied`."""
        assert self._process.stdin is not None
        try:
            write_line(self._process.stdin, message)
        except (BrokenPipeError, ValueError, OSError) as problem:
            raise self._died() from problem

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
        """End the child: politely, then by signal. Safe to call twice."""
        stdin = self._process.stdin
        if stdin is not None and not stdin.closed:
            with contextlib.suppress(OSError):  # it is gone already, which is what we want
                write_line(stdin, End())
            with contextlib.suppress(OSError):  # what could not be written is flushed again; the pipe is closed
                stdin.close()
        try:
            self._process.wait(patience)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._reader.join(patience)
        if self._process.stdout is not None:
            self._process.stdout.close()

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
                self._inbox.put(self._decoder.decode(line))
            except (msgspec.MsgspecError, UnicodeDecodeError):
                self._process.kill()
                break
        self._inbox.put(None)

    def _died(self) -> ProcessDied:
        try:
            status = self._process.wait(2)
        except subprocess.TimeoutExpired:
            status = None
        how = "stopped answering" if status is None else f"ended unexpectedly (status {status})"
        return ProcessDied(f"A session of Preceptor {how}.")


def stopped_as_error(message: Stopped) -> PreceptorError:
    """The error a session reported, as an error here."""
    kind = Fault if message.kind == "fault" else Refusal
    return kind(message.sentence, message.advice)
