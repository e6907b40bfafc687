"""The line to the desk: whole messages, never waiting longer than said, and a stop is heard at any moment."""

from __future__ import annotations

import errno
import os
import select
from collections.abc import Iterator

import msgspec
import pytest
from running_parts import Desk

from sandbox.errors import BadInput
from sandbox.messages import windows_pipe
from sandbox.messages.desk import Cancel, End, Look, Run, Stopped
from sandbox.running import desk_line
from sandbox.running.desk_line import DeskGone


def line(message: msgspec.Struct) -> bytes:
    return msgspec.json.encode(message) + b"\n"


def test_messages_arrive_whole_however_they_are_cut(desk: Desk) -> None:
    data = line(Run(approval="a-1")) + line(Look(source="ehr"))
    for place in range(0, len(data), 7):
        os.write(desk.send_fd, data[place : place + 7])
    assert desk.line.next() == Run(approval="a-1")
    assert desk.line.next() == Look(source="ehr")


def test_a_closed_line_reads_as_an_end(desk: Desk) -> None:
    os.close(desk.send_fd)
    assert desk.line.next() == End()
    assert desk.line.wait(0) is True


@pytest.mark.parametrize("word", [line(Cancel()), line(End()), b"nonsense\n", b"x" * (1 << 20) + b"xx\n"])
def test_a_stop_is_heard_and_nonsense_stops_as_well(desk: Desk, word: bytes) -> None:
    os.set_blocking(desk.send_fd, False)
    stopped, rest = False, memoryview(word)
    while not stopped and (rest or not stopped):
        rest = rest[os.write(desk.send_fd, rest[:60_000]) :] if rest else rest
        stopped = desk.line.wait(0.01)
    assert stopped


def test_other_words_do_not_stop_a_run(desk: Desk) -> None:
    os.write(desk.send_fd, line(Run(approval="a-2")))
    assert desk.line.wait(0.01) is False


def test_waiting_ends_when_something_else_is_ready(desk: Desk) -> None:
    reading, writing = os.pipe()
    os.write(writing, b".")
    assert desk.line.wait(3600, also=(reading,)) is False
    os.close(reading)
    os.close(writing)


@pytest.mark.parametrize("data", [b"{}\n", b'{"type":"ask","text":"hello"}\n', b"\xff\n", b"[" * 5000 + b"\n"])
def test_what_is_no_order_is_refused(desk: Desk, data: bytes) -> None:
    os.write(desk.send_fd, data)
    with pytest.raises(BadInput):
        desk.line.next()


@pytest.fixture
def short_patience(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(desk_line, "PATIENCE_SECONDS", 0.05)
    yield


def test_a_desk_that_reads_nothing_does_not_hold_up_the_session(desk: Desk, short_patience: None) -> None:
    with pytest.raises(DeskGone):
        for _ in range(100_000):
            desk.line.tell(Stopped(kind="fault", sentence="x" * 5000))


def test_a_desk_that_hung_up_is_gone(desk: Desk) -> None:
    os.close(desk.receive_fd)
    with pytest.raises(DeskGone):
        desk.line.tell(End())


@pytest.fixture
def as_on_windows(monkeypatch: pytest.MonkeyPatch) -> None:
    """No `poll`; looking into a pipe is played with the one of this system."""
    poll = select.poll

    def waiting(fd: int) -> int:
        poller = poll()
        poller.register(fd, select.POLLIN)
        return len(poller.poll(0))

    monkeypatch.delattr(select, "poll")
    monkeypatch.setattr(windows_pipe, "bytes_waiting", waiting)


@pytest.mark.usefixtures("as_on_windows")
def test_without_poll_a_line_is_heard_and_told_the_same(desk: Desk) -> None:
    assert desk.line.wait(0.01) is False
    os.write(desk.send_fd, line(Look(source="ehr")) + line(Cancel()))
    assert desk.line.wait(5) is True and desk.line.next() == Look(source="ehr")
    desk.line.tell(Cancel())
    assert desk.said() == line(Cancel())
    waker, wake = os.pipe()
    os.write(wake, b".")
    assert desk.line.wait(60, also=(waker,)) is False  # at once: something else is to be read
    os.close(desk.receive_fd)
    with pytest.raises(DeskGone):
        desk.line.tell(Cancel())
    os.close(waker)
    os.close(wake)


def test_a_pipe_that_windows_calls_invalid_is_a_desk_that_is_gone(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(error: int) -> None:
        def write(fd: int, data: bytes) -> int:
            raise OSError(error, os.strerror(error))

        monkeypatch.setattr(os, "write", write)

    fails(errno.EINVAL)
    with pytest.raises(DeskGone):
        desk.line.tell(Cancel())
    fails(errno.EIO)
    with pytest.raises(OSError, match="Input/output"):
        desk.line.tell(Cancel())
