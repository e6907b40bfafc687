"""Well-formed Arrow streams that cost far more than they are: Arrow reads them, we refuse them first."""

from __future__ import annotations

import struct
import sys
from pathlib import Path

import pyarrow as pa
import pytest

from sandbox.messages.frames import BadFrame
from sandbox.running.results import packed_table
from sandbox.running.untrusted_arrow import checked_table

sys.path.insert(0, str(Path(__file__).parents[1] / "fuzz"))
from arrow_samples import END, STREAMS, batch_message, schema_message, shared_buffers, stream


def arrows_own(data: bytes) -> pa.Table:
    """What Arrow alone makes of it."""
    with pa.ipc.open_stream(data) as reader:
        return reader.read_all()


def test_a_buffer_that_many_columns_share_would_be_kept_many_times() -> None:
    bomb = shared_buffers(columns=100, rows=1_000)
    assert len(packed_table(arrows_own(bomb))) > 30 * len(bomb)
    with pytest.raises(BadFrame, match="more than once"):
        checked_table(bomb)
    assert checked_table(shared_buffers(columns=1, rows=1_000)).num_rows == 1_000


def test_a_name_that_many_columns_share_would_be_copied_for_each() -> None:
    bomb = schema_message(500, name=b"x" * 10_000) + END
    assert sum(len(name) for name in arrows_own(bomb).column_names) > 200 * len(bomb)
    with pytest.raises(BadFrame, match="too long a name"):
        checked_table(bomb)


def test_metadata_that_entries_share_would_be_copied_for_each() -> None:
    bomb = schema_message(1, name=b"y" * 100, entries=60) + END
    assert len(checked_table(bomb).column_names) == 1
    bomb = schema_message(1, name=b"y" * 10_000, entries=500) + END
    kept = arrows_own(bomb).schema.metadata
    assert kept is not None
    with pytest.raises(BadFrame, match="too much metadata"):
        checked_table(bomb)


@pytest.mark.parametrize(("fields", "depth"), [(2, 5), (200_000, 0)], ids=["children of children", "fields"])
def test_fields_that_are_one_and_the_same_are_refused_before_arrow_makes_them(fields: int, depth: int) -> None:
    bomb = schema_message(fields, depth, name=b"n" * 400) + END
    with pa.ipc.open_stream(bomb) as reader:
        assert len(reader.schema) == fields
    with pytest.raises(BadFrame):
        checked_table(bomb)


def test_a_long_zone_is_refused_before_it_is_looked_up() -> None:
    with pytest.raises(BadFrame, match="too long a name"):
        checked_table(stream(pa.table({"at": pa.array([1], pa.timestamp("us", "Z" * 65))})))


def test_batches_without_end_are_refused() -> None:
    whole = stream(pa.table({f"c{n}": pa.array([], pa.int64()) for n in range(1_000)}))
    one = batch_message(0, [(0, 0)] * 1_000, [(0, 0)] * 2_000, b"")
    assert arrows_own(whole[: -len(END)] + 3 * one + END).num_rows == 0
    with pytest.raises(BadFrame, match="too long"):
        checked_table(whole[: -len(END)] + 201 * one + END)


@pytest.mark.parametrize(
    "name", ["old", "old metadata", "file", "compressed lz4", "compressed zstd", "dictionary", "deep"]
)
def test_what_arrow_reads_and_we_do_not(name: str) -> None:
    data = STREAMS[name]
    table = pa.ipc.open_file(data).read_all() if name == "file" else arrows_own(data)
    assert table.num_rows == 3
    with pytest.raises(BadFrame):
        checked_table(data)


def test_bytes_behind_the_end_are_not_carried_along() -> None:
    data = STREAMS["mixed"] + b"Doe, Jane"
    assert arrows_own(data).num_rows == 3
    with pytest.raises(BadFrame, match="followed by something else"):
        checked_table(data)


@pytest.mark.parametrize(
    ("nodes", "buffers"),
    [
        ([(3, 0)], [(0, 0), (-8, 16)]),
        ([(3, 0)], [(0, 0), (0, 2**62)]),
        ([(3, 0)], [(0, 0), (16, 16)]),
        ([(2**40, 0)], [(0, 0), (0, 24)]),
        ([(3, 9)], [(0, 0), (0, 24)]),
        ([(3, 0), (3, 0)], [(0, 0), (0, 24)]),
        ([(3, 0)], [(0, 0)] * 4),
        ([(3, 0)], [(0, 0), (0, 8)]),
    ],
    ids=["before", "far", "over the end", "rows", "nulls", "columns", "buffers", "short"],
)
def test_numbers_that_lie_are_refused(nodes: list[tuple[int, int]], buffers: list[tuple[int, int]]) -> None:
    schema = schema_message(1)
    good = schema + batch_message(3, [(3, 0)], [(0, 0), (0, 24)], struct.pack("<3q", 1, 2, 3)) + END
    assert checked_table(good).to_pydict() == {"n": [1, 2, 3]}
    with pytest.raises(BadFrame):
        checked_table(schema + batch_message(3, nodes, buffers, struct.pack("<3q", 1, 2, 3)) + END)
