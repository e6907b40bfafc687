"""Starting a jailed process and speaking with it.

    with spawn(Role.PROGRAM, limits=Limits(memory_mb=4096, cpu_seconds=600)) as child:
        child.channel.send(Start(...), payload=program)
        message, payload = child.channel.receive(FromProgram, timeout=600)

`spawn` returns only when the child has reported that every mandatory layer holds; otherwise it raises
`JailRefused` and nothing has run. No thread is started here, so it may come before or after `confine_door`.
"""

from __future__ import annotations

import contextlib
import os
import subprocess
import threading
import weakref
from pathlib import Path
from types import TracebackType

from sandbox.errors import JailRefused
from sandbox.jail.backend import Order, Process, Started, backend
from sandbox.jail.profile import ENTRY, EXIT_OUT_OF_MEMORY, STDERR_LIMIT, Limits, Role, site_packages
from sandbox.jail.report import JailReport
from sandbox.jail.thread_count import ThreadCount
from sandbox.messages.frames import BadFrame, Channel, ChannelClosed, ChannelTimeout

LAUNCHER = Path(__file__).with_name("launcher.py")
_REPORT_SECONDS = 60.0
_ENDING_SECONDS = 2.0
_TAIL = 4000

_living: weakref.WeakSet[Child] = weakref.WeakSet()

_ENDINGS = {
    0: "ended by itself",
    EXIT_OUT_OF_MEMORY: "was stopped because it used more memory than allowed",
    -6: "stopped itself, most often because it could not get more memory",
    -9: "was killed, perhaps by the operating system because memory or processor time ran out",
    -11: "crashed, most often because it could not get more memory",
    -24: "was stopped because it used more processor time than allowed",
    -25: "was stopped because it wrote more error messages than are kept",
    -31: "was stopped because it made a forbidden system call",
}


class Child:
    """A jailed process. Whatever comes out of `channel` and `stderr_tail()` is hostile until checked."""

    def __init__(self, process: Process, channel: Channel, stderr: int) -> None:
        self.channel = channel
        self.report = JailReport(role="", layers={})
        self._process = process
        self._stderr = stderr
        self._threads = ThreadCount.of(process.pid)
        self._killed = False
        _living.add(self)

    @property
    def pid(self) -> int:
        return self._process.pid

    def threads(self) -> int:
        """How many threads it has now, whoever started them; 0 when it has ended or nobody tells."""
        return self._threads.now()

    @property
    def counts_threads(self) -> bool:
        return self._threads.known

    def alive(self) -> bool:
        return self._process.poll() is None

    def kill(self) -> None:
        """Kill it now; no error when it has ended already."""
        if self.alive():
            self._killed = True
            self._process.kill()

    def wait(self, timeout: float | None = None) -> int:
        """The exit status (negative: the signal); raises `subprocess.TimeoutExpired`."""
        return self._process.wait(timeout)

    def how_it_ended(self) -> str:
        """The end of a sentence that begins with who it was."""
        status = self._process.poll()
        if status is None:
            return "is still running"
        if self._killed:
            return "was stopped by Preceptor"
        return _ENDINGS.get(status, "ended with an error of its own")

    def stderr_tail(self) -> str:
        """The last lines it wrote to standard error. After a real run they may hold values: for trials only."""
        size = min(os.fstat(self._stderr).st_size, STDERR_LIMIT)
        start = max(0, size - _TAIL)
        return _read_at(self._stderr, size - start, start).decode("utf-8", "replace")

    def close(self) -> None:
        """Kill it, collect it, and close our ends; a second call does nothing."""
        if self._stderr < 0:
            return
        self.kill()
        self._process.wait()
        self.channel.close()
        self._threads.close()
        os.close(self._stderr)
        self._stderr = -1

    def __enter__(self) -> Child:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def spawn(role: Role, *, limits: Limits | None = None, inherit: tuple[int, ...] = ()) -> Child:
    """Start the process of `role` in its jail, or raise `JailRefused`.

    The child gets the descriptors of `inherit`, in order, under the same numbers. It ends when its parent
    does (at once, when it was started by the parent's main thread; else when it next reads the channel).
    """
    child = start(role, limits or Limits(), inherit)
    try:
        child.report.check_mandatory()
    except JailRefused:
        child.close()
        raise
    return child


def start(
    role: Role, limits: Limits, inherit: tuple[int, ...] = (), *, launcher: Path = LAUNCHER, entry: str = ""
) -> Child:
    """Start the process and read its report, without judging it. Only `spawn` and the jail's own tests call this."""
    order = Order(
        role=role,
        entry=entry or ENTRY[role],
        limits=limits,
        site=site_packages(),
        parent=os.getpid() if threading.current_thread() is threading.main_thread() else 0,
    )
    try:
        started = backend().start(order, launcher, inherit)
    except OSError as problem:
        raise JailRefused(f"A jailed process can't be started ({problem.strerror}).") from problem
    return introduced(started)


def introduced(started: Started) -> Child:
    """The process with the report that it gives of itself, which nobody has judged yet."""
    child = Child(started.process, started.channel, started.stderr)
    child.report = _first_frame(child)
    return child


def living_children() -> tuple[int, ...]:
    """Process ids of the jailed children that still run; a door may go on signalling them."""
    return tuple(child.pid for child in list(_living) if child.alive())


def _read_at(fd: int, size: int, start: int) -> bytes:
    """Where the child writes must not move: it may share our place in the file."""
    if hasattr(os, "pread"):
        return os.pread(fd, size, start)
    place = os.lseek(fd, 0, os.SEEK_CUR)  # Windows
    os.lseek(fd, start, os.SEEK_SET)
    try:
        return os.read(fd, size)
    finally:
        os.lseek(fd, place, os.SEEK_SET)


def _first_frame(child: Child) -> JailReport:
    try:
        report, _ = child.channel.receive(JailReport, timeout=_REPORT_SECONDS)
    except (ChannelClosed, ChannelTimeout, BadFrame) as problem:
        with contextlib.suppress(subprocess.TimeoutExpired):
            child.wait(_ENDING_SECONDS)  # a pipe closes a moment before its process has ended
        child.kill()
        child.wait()
        last = (child.stderr_tail().strip().splitlines() or ["it said nothing"])[-1]
        ended = child.how_it_ended()
        child.close()
        raise JailRefused(f"A jailed process {ended} before it was confined ({last}).") from problem
    assert isinstance(report, JailReport)
    return report
