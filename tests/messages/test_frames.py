"""Frames are read as hostile input: sizes, shapes and endings of every kind are refused, never believed."""

from __future__ import annotations

import os
import struct
import threading
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sandbox.messages.data_door import FromProgram, Reported, Stepped
from sandbox.messages.frames import BadFrame, Channel, ChannelClosed, ChannelTimeout


@pytest.fixture
def ends() -> Iterator[tuple[Channel, Channel]]:
    first, second = os.pipe(), os.pipe()
    one, other = Channel(first[0], second[1]), Channel(second[0], first[1])
    yield one, other
    one.close()
    other.close()


def receive_bytes(data: bytes, **limits: int) -> object:
    """What a channel makes of these bytes, the writing end then closed."""
    reading, writing = os.pipe()
    sender = threading.Thread(target=_send, args=(writing, data))
    sender.start()
    channel = Channel(reading, os.open(os.devnull, os.O_WRONLY), **limits)
    try:
        return channel.receive(FromProgram, timeout=5)
    finally:
        channel.close()
        sender.join()


def _send(fd: int, data: bytes) -> None:
    try:
        os.write(fd, data)
    except BrokenPipeError:
        pass
    finally:
        os.close(fd)


def test_a_message_and_its_payload_arrive_as_sent(ends: tuple[Channel, Channel]) -> None:
    one, other = ends
    one.send(Reported(kind="table", label="By month"), b"\x00arrow")
    message, payload = other.receive(FromProgram, timeout=5)
    assert message == Reported(kind="table", label="By month")
    assert payload == b"\x00arrow"


def test_a_large_payload_passes_a_small_pipe(ends: tuple[Channel, Channel]) -> None:
    one, other = ends
    data = os.urandom(5_000_000)
    sender = threading.Thread(target=one.send, args=(Stepped(label="all", rows=1), data))
    sender.start()
    assert other.receive(FromProgram, timeout=20)[1] == data
    sender.join()


@pytest.mark.parametrize(
    "data",
    [
        struct.pack(">II", 2**31, 0),
        struct.pack(">II", 2, 2**31) + b"{}",
        struct.pack(">II", 2, 0) + b"{}",
        struct.pack(">II", 4, 0) + b"null",
        struct.pack(">II", 2, 0) + b"\xff\xfe",
        struct.pack(">II", 30, 0) + b'{"type":"step","label":"a","ro',
        struct.pack(">II", 20_000, 0) + b"[" * 20_000,
    ],
    ids=["huge document", "huge payload", "no tag", "null", "no text", "cut JSON", "deep nesting"],
)
def test_a_bad_frame_is_refused(data: bytes) -> None:
    with pytest.raises((BadFrame, ChannelClosed)):
        receive_bytes(data)


def test_a_closed_pipe_and_a_silent_one_are_told_apart(ends: tuple[Channel, Channel]) -> None:
    one, other = ends
    with pytest.raises(ChannelTimeout):
        other.receive(FromProgram, timeout=0.05)
    one.close()
    with pytest.raises(ChannelClosed):
        other.receive(FromProgram, timeout=5)


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=400))
def test_random_bytes_never_pass_and_never_hang(data: bytes) -> None:
    with pytest.raises((BadFrame, ChannelClosed)):
        receive_bytes(data, json_limit=300, payload_limit=300)


def test_an_announcement_alone_costs_no_memory() -> None:
    """256 MB are announced and four bytes come; what is kept ready must be of the size of what came."""
    import tracemalloc

    tracemalloc.start()
    try:
        with pytest.raises(ChannelClosed):
            receive_bytes(struct.pack(">II", 2, 256 * 2**20) + b"{}ab")
        assert tracemalloc.get_traced_memory()[1] < 8 * 2**20
    finally:
        tracemalloc.stop()


def test_a_broken_pipe_of_any_kind_is_an_end() -> None:
    folder = os.open("/", os.O_RDONLY)  # reading it is an error of the operating system, not an end
    channel = Channel(folder, os.open(os.devnull, os.O_WRONLY))
    with pytest.raises(ChannelClosed):
        channel.receive(FromProgram)
    channel.close()
