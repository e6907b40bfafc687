"""Memory files: small results stay in the pipe, large ones arrive whole and can't be changed any more."""

from __future__ import annotations

import mmap
import os
from collections.abc import Iterator

import pyarrow as pa
import pytest

from sandbox.errors import LimitReached
from sandbox.running.memory import INLINE_BYTES, MemoryFiles


@pytest.fixture
def files() -> Iterator[MemoryFiles]:
    made = MemoryFiles.make(2)
    yield made
    made.close()


def test_small_result_travels_in_the_pipe(files: MemoryFiles) -> None:
    sink = files.sink(most=10**9)
    sink.write(b"abc")
    assert sink.finish() == (-1, 0, b"abc")


def test_large_result_is_read_through_the_inherited_descriptor(files: MemoryFiles) -> None:
    table = pa.table({"n": range(100_000), "t": ["x" * 10] * 100_000})
    sink = files.sink(most=10**9)
    with pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table, max_chunksize=10_000)
    placed = sink.finish()
    assert placed.memory == 0
    view = mmap.mmap(files.readable[0], placed.size, flags=mmap.MAP_SHARED, prot=mmap.PROT_READ)
    with pa.ipc.open_stream(pa.py_buffer(view)) as stream:
        assert stream.read_all().equals(table)


def test_program_side_cannot_write_and_nobody_can_after_the_seal(files: MemoryFiles) -> None:
    sink = files.sink(most=10**9)
    sink.write(bytes(INLINE_BYTES + 1))
    reading = files.readable[0]
    with pytest.raises(OSError):
        os.write(reading, b"x")
    with pytest.raises(PermissionError):
        mmap.mmap(reading, INLINE_BYTES, flags=mmap.MAP_SHARED, prot=mmap.PROT_READ | mmap.PROT_WRITE)
    placed = sink.finish()
    assert placed.size == INLINE_BYTES + 1
    with pytest.raises(PermissionError):
        sink.write(b"x")
    with pytest.raises(OSError):
        os.ftruncate(reading, 0)


def test_more_than_the_limit_is_refused_while_it_is_written(files: MemoryFiles) -> None:
    table = pa.table({"n": range(100_000)})
    sink = files.sink(most=1000)
    with (
        pytest.raises(LimitReached, match="more data than its memory"),
        pa.ipc.new_stream(sink, table.schema) as writer,
    ):
        writer.write_table(table)


def test_no_more_large_results_than_files(files: MemoryFiles) -> None:
    for _ in range(2):
        files.sink(most=10**9).write(bytes(INLINE_BYTES + 1))
    with pytest.raises(LimitReached, match="more than 2 large results"):
        files.sink(most=10**9).write(bytes(INLINE_BYTES + 1))


def test_descriptors_are_closed_with_the_files() -> None:
    before = set(os.listdir("/proc/self/fd"))
    made = MemoryFiles.make(3)
    made.handed_over()
    assert made.readable == ()
    made.close()
    assert set(os.listdir("/proc/self/fd")) == before
