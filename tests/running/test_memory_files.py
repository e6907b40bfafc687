"""Handing rows over, in every way of this system: small ones in the pipe, large ones whole and never changed again."""

from __future__ import annotations

import errno
import mmap
import os
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pytest

from sandbox.errors import LimitReached
from sandbox.jail import Limits, Role, spawn
from sandbox.messages.data_door import Finished, FromProgram, QueryAnswered, QueryAsked, Reported, Start
from sandbox.running import handing_over
from sandbox.running.handing_over import FileSlot, Sealed, Unlinked, Way, choose
from sandbox.running.memory import INLINE_BYTES, MemoryFiles


@pytest.fixture(params=["sealed", "unlinked"])
def way(request: pytest.FixtureRequest, tmp_path: Path) -> Way:
    return Sealed() if request.param == "sealed" else Unlinked(tmp_path)


@pytest.fixture
def files(way: Way) -> Iterator[MemoryFiles]:
    made = MemoryFiles.make(2, way)
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


def test_program_side_cannot_write_and_nobody_can_once_it_is_finished(files: MemoryFiles) -> None:
    sink = files.sink(most=10**9)
    sink.write(bytes(INLINE_BYTES + 1))
    reading = files.readable[0]
    with pytest.raises(OSError):
        os.write(reading, b"x")
    with pytest.raises(PermissionError):
        mmap.mmap(reading, INLINE_BYTES, flags=mmap.MAP_SHARED, prot=mmap.PROT_READ | mmap.PROT_WRITE)
    writing = files._slots[0].writable  # type: ignore[attr-defined]
    assert os.pwrite(writing, b"y", 0) == 1  # until then ours can
    placed = sink.finish()
    assert placed.size == INLINE_BYTES + 1
    with pytest.raises(PermissionError):
        sink.write(b"x")
    for change in (lambda: os.pwrite(writing, b"x", 0), lambda: os.ftruncate(writing, 0)):
        with pytest.raises(OSError) as refused:
            change()
        assert refused.value.errno in (errno.EPERM, errno.EBADF)  # sealed, or there is no such descriptor
    with pytest.raises(OSError):
        os.ftruncate(reading, 0)
    assert os.pread(reading, 1, 0) == b"y"


def test_a_sealed_file_refuses_every_descriptor_and_an_unlinked_one_lacks_that(tmp_path: Path) -> None:
    """What the second best way does not give: another descriptor for writing, were there one, could still change it."""
    for way, kept in ((Sealed(), b"y"), (Unlinked(tmp_path), b"x")):
        slot = way.slot("rows")
        slot.write(memoryview(b"y"))
        other = os.open(f"/proc/self/fd/{slot.writable}", os.O_WRONLY)
        slot.finish()
        try:
            os.pwrite(other, b"x", 0)
        except PermissionError:
            assert way.name == "sealed"
        assert os.pread(slot.readable, 1, 0) == kept
        os.close(other)
        slot.close()


def test_an_unlinked_file_has_no_name_from_the_start(tmp_path: Path) -> None:
    made = MemoryFiles.make(2, Unlinked(tmp_path))
    assert list(tmp_path.iterdir()) == []
    made.close()


def test_a_jailed_program_reads_rows_handed_over_in_any_way(files: MemoryFiles) -> None:
    program = b'def main(data, report):\n    report.value("sum", int(data.sql("SELECT n FROM a.b").n.sum()))\n'
    table = pa.table({"n": range(100_000)})
    sink = files.sink(most=10**9)
    with pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table)
    placed = sink.finish()
    with spawn(Role.PROGRAM, limits=Limits(memory_mb=6144), inherit=files.readable) as child:
        child.channel.receive(FromProgram, 120)
        child.channel.send(Start(parameters={}), program)
        told = None
        while not isinstance(message := child.channel.receive(FromProgram, 60)[0], Finished):
            if isinstance(message, QueryAsked):
                answer = QueryAnswered(number=message.number, rows=100_000, memory=placed.memory, size=placed.size)
                child.channel.send(answer)
            elif isinstance(message, Reported):
                told = message.text
    assert told == str(sum(range(100_000)))


def test_where_memory_files_are_filtered_away_a_file_without_a_name_is_used(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    assert choose(tmp_path).name == "sealed"

    def filtered(name: str, flags: int) -> int:
        raise OSError(errno.EPERM, "filtered")

    monkeypatch.setattr(os, "memfd_create", filtered)
    assert choose(tmp_path).name == "unlinked"
    monkeypatch.setattr(handing_over, "_SHARED_MEMORY", tmp_path / "missing")
    made = MemoryFiles.make(1, choose(tmp_path))
    assert made.way == "unlinked"
    made.close()


def test_a_full_place_ends_the_run_with_a_sentence() -> None:
    class Full:
        name = "full"

        def slot(self, name: str) -> FileSlot:
            return FileSlot(os.open("/dev/full", os.O_WRONLY), os.open("/dev/full", os.O_RDONLY), seal=False)

    made = MemoryFiles.make(1, Full())
    with pytest.raises(LimitReached, match="no room left"):
        made.sink(most=10**9).write(bytes(INLINE_BYTES + 1))
    made.close()


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


def test_descriptors_are_closed_with_the_files(way: Way) -> None:
    before = set(os.listdir("/proc/self/fd"))
    made = MemoryFiles.make(3, way)
    made.sink(most=10**9).write(bytes(INLINE_BYTES + 1))
    made.handed_over()
    assert made.readable == ()
    made.close()
    assert set(os.listdir("/proc/self/fd")) == before
