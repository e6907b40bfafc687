"""A pipe on Windows is waited for by looking into it; the function of the system is a small one of ours here."""

from __future__ import annotations

import ctypes
import os
import select
import time
from types import SimpleNamespace

import msgspec
import pytest

from sandbox.messages import windows_pipe
from sandbox.messages.frames import Channel, ChannelClosed, ChannelTimeout


class Word(msgspec.Struct):
    text: str


def kernel(answer: int, count: int = 0, code: int = 0) -> SimpleNamespace:
    def peek(handle: int, buffer: None, size: int, read: None, available: int, left: None) -> int:
        assert handle == 77
        ctypes.c_uint32.from_address(available).value = count
        return answer

    return SimpleNamespace(PeekNamedPipe=peek, GetLastError=lambda: code)


def test_bytes_that_wait_are_counted_and_an_ended_pipe_is_told_from_an_error() -> None:
    def waiting(fake: SimpleNamespace) -> int:
        return windows_pipe.bytes_waiting(3, fake, lambda fd: 77)

    assert waiting(kernel(1, count=9)) == 9
    assert waiting(kernel(1)) == 0
    assert waiting(kernel(0, code=109)) == -1
    with pytest.raises(OSError, match="PeekNamedPipe"):
        waiting(kernel(0, code=6))


@pytest.mark.parametrize(("answers", "readable"), [([0, 0, 5], True), ([-1], True), ([0], False)])
def test_waiting_ends_with_bytes_with_the_other_side_or_with_the_deadline(answers: list[int], readable: bool) -> None:
    left = iter(answers)
    deadline = time.monotonic() + (60 if readable else 0)
    assert windows_pipe.wait_readable(3, deadline, lambda fd: next(left)) is readable


def test_a_channel_works_without_what_windows_has_not(monkeypatch: pytest.MonkeyPatch) -> None:
    """`os.readv` and `select.poll` are gone; looking into the pipe is done by `select` here."""

    def peek(fd: int) -> int:
        return len(select.select([fd], [], [], 0)[0])

    monkeypatch.delattr(os, "readv")
    monkeypatch.delattr(select, "poll")
    monkeypatch.setattr(windows_pipe, "bytes_waiting", peek)
    theirs, ours = os.pipe()
    sender, receiver = Channel(os.dup(theirs), ours), Channel(theirs, os.dup(ours))
    payload = bytes(range(256)) * 64
    sender.send(Word(text="rows"), payload)
    assert receiver.receive(Word, timeout=60) == (Word(text="rows"), payload)
    with pytest.raises(ChannelTimeout):
        receiver.receive(Word, timeout=0)
    os.close(receiver.write_fd)
    sender.close()
    with pytest.raises(ChannelClosed):
        receiver.receive(Word, timeout=60)
    os.close(receiver.read_fd)


def test_of_several_pipes_those_are_told_that_can_be_read() -> None:
    counts = {3: 0, 4: 9, 5: -1}
    assert windows_pipe.readable((3, 4, 5), time.monotonic(), counts.__getitem__) == {4, 5}
    assert windows_pipe.readable((3,), time.monotonic(), counts.__getitem__) == set()
