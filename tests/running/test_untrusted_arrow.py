"""Tables from a jail: plain types, valid in full, nothing that unpacks to more than it is."""

from __future__ import annotations

import contextlib
import datetime
import decimal
import io
import json
import zoneinfo

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sandbox.cli.run import table_lines
from sandbox.messages.frames import BadFrame
from sandbox.messages.report_limits import TABLE_BYTES
from sandbox.reviewing.cells import texts_of
from sandbox.running import untrusted_arrow
from sandbox.running.untrusted_arrow import checked_table


def stream(table: pa.Table, **options: object) -> bytes:
    sink = io.BytesIO()
    with pa.ipc.new_stream(sink, table.schema, options=pa.ipc.IpcWriteOptions(**options)) as writer:
        writer.write_table(table)
    return sink.getvalue()


GOOD = pa.table(
    {
        "n": pa.array([1, None, 3]),
        "x": [0.5, float("inf"), None],
        "t": ["a", "ä\n", None],
        "large": pa.array(["a", "b", None], pa.large_string()),
        "yes": [True, None, False],
        "day": [datetime.date(1, 1, 1), datetime.date(9999, 12, 31), None],
        "at": [datetime.datetime(2020, 1, 1), datetime.datetime.max, None],
        "zone": pa.array([0, 1, None], pa.timestamp("ns", "Europe/Vienna")),
        "how long": pa.array([0, 1, None], pa.duration("us")),
        "money": [decimal.Decimal("1.5"), None, None],
        "empty": pa.nulls(3),
    }
)


def test_plain_tables_arrive_as_they_were() -> None:
    assert checked_table(stream(GOOD)).equals(GOOD)


@pytest.mark.parametrize("table", [GOOD.slice(0, 0), pa.table({}), GOOD.slice(1, 1)])
def test_small_and_empty_tables_arrive(table: pa.Table) -> None:
    assert checked_table(stream(table)).num_rows == table.num_rows


def test_metadata_does_not_arrive() -> None:
    table = GOOD.replace_schema_metadata({"pandas": "Doe, Jane"})
    assert checked_table(stream(table)).schema.metadata is None


def test_terminal_codes_and_hidden_text_are_replaced() -> None:
    table = pa.table({"a\x1b[2Jb": ["\x1b]0;title\x07ok\ttab", "left\u202eright"]})
    arrived = checked_table(stream(table))
    assert arrived.column_names == ["a\ufffd[2Jb"]
    assert arrived.column(0).to_pylist() == ["\ufffd]0;title\ufffdok\ttab", "left\ufffdright"]


class Sneaky(pa.ExtensionType):
    def __init__(self) -> None:
        super().__init__(pa.int64(), "test.sneaky")

    def __arrow_ext_serialize__(self) -> bytes:
        return b""

    @classmethod
    def __arrow_ext_deserialize__(cls, storage: pa.DataType, serialized: bytes) -> Sneaky:
        raise AssertionError("code of the sender's choosing ran")


@pytest.mark.parametrize(
    "column",
    {
        "extension": pa.ExtensionArray.from_storage(Sneaky(), pa.array([1])),
        "uuid": pa.ExtensionArray.from_storage(pa.uuid(), pa.array([bytes(16)], pa.binary(16))),
        "json": pa.ExtensionArray.from_storage(pa.json_(), pa.array(["{}"])),
        "list": pa.array([[1]]),
        "struct": pa.array([{"a": 1}]),
        "map": pa.array([[("a", 1)]], pa.map_(pa.string(), pa.int64())),
        "binary": pa.array([b"x"]),
        "dictionary": pa.array(["x"]).dictionary_encode(),
        "run ends": pa.RunEndEncodedArray.from_arrays(pa.array([1], pa.int32()), pa.array([1])),
        "views": pa.array(["x"], pa.string_view()),
        "interval": pa.array([(1, 2, 3)], pa.month_day_nano_interval()),
        "strange zone": pa.array([1], pa.timestamp("us", "<b>Jane</b>")),
        "strange decimal": pa.array([decimal.Decimal("1e5")], pa.decimal128(5, -5)),
        "no zone": pa.array([1], pa.timestamp("us", "Europe/Gotham")),
        "endless text": pa.array(["x" * 100_001]),
        "year 0": pa.array([-62_135_596_801], pa.timestamp("s")),
        "year 10000": pa.array([253_402_300_800_000], pa.date64()),
        "far future": pa.array([2**31 - 1], pa.int32()).cast(pa.date32()),
    }.items(),
    ids=lambda pair: pair[0],
)
def test_other_types_and_values_nobody_can_show_are_refused(column: tuple[str, pa.Array]) -> None:
    data = stream(pa.table({"c": column[1]}))
    with pytest.raises(BadFrame):
        checked_table(data)


@pytest.mark.parametrize("codec", ["lz4", "zstd"])
def test_a_compressed_stream_is_refused_before_it_is_unpacked(codec: str) -> None:
    bomb = stream(pa.table({"n": pa.array([0] * 900_000)}), compression=codec)
    with pytest.raises(BadFrame, match="compressed or too long"):
        checked_table(bomb)


def test_too_many_rows_columns_and_messages_are_refused() -> None:
    with pytest.raises(BadFrame, match="too long"):
        checked_table(stream(pa.table({"n": pa.nulls(1_000_001)})))  # costs the sender nothing
    with pytest.raises(BadFrame, match="too many columns"):
        checked_table(stream(pa.table({str(n): pa.array([1]) for n in range(1_001)})))
    with pytest.raises(BadFrame, match="two of one name"):
        checked_table(stream(pa.table([pa.array([1]), pa.array([2])], names=["a", "a"])))
    sink = io.BytesIO()
    with pa.ipc.new_stream(sink, pa.schema({"n": pa.null()})) as writer:
        for _ in range(10_001):
            writer.write_batch(pa.record_batch({"n": pa.nulls(0)}))
    with pytest.raises(BadFrame, match="too long"):
        checked_table(sink.getvalue())


def test_a_table_over_the_limit_in_bytes_is_refused_whoever_sends_it() -> None:
    data = stream(GOOD)
    assert checked_table(data, size=GOOD.nbytes).equals(GOOD)
    with pytest.raises(BadFrame, match="too large"):
        checked_table(data, size=GOOD.nbytes - 1)
    with pytest.raises(BadFrame, match="too large"):  # before anything of it is read
        checked_table(bytes(TABLE_BYTES + 5 * 2**20))


def shows(number: int, kind: pa.DataType) -> bool:
    """Whether Python, or pandas for nanoseconds, can hold it; and then as what it is."""
    try:
        return pa.array([number], pa.int64()).cast(kind).to_pylist()[0] == pa.scalar(number, kind).as_py()
    except (OverflowError, ValueError):  # pandas's errors are ValueErrors
        return False


def accepted(number: int, kind: pa.DataType) -> bool:
    table = pa.table({"c": pa.array([number, None], pa.int64()).cast(kind)})
    try:
        arrived = checked_table(stream(table))
    except BadFrame:
        return False
    assert table_lines(arrived) and len(texts_of(arrived.column(0), 200)) == 2
    return True


@pytest.mark.parametrize("unit", ["s", "ms", "us", "ns"])
def test_no_length_of_time_that_python_can_not_hold_is_accepted(unit: str) -> None:
    kind = pa.duration(unit)
    assert unit in ("us", "ns") or not shows(2**62, kind)
    assert accepted(2**62, kind) is (unit in ("us", "ns"))
    assert accepted(-(2**63) + 1, kind) is (unit == "ns")
    assert not accepted(-(2**63), kind)  # in nanoseconds pandas would show "not a time"
    assert accepted(100 * 365 * 86_400 * {"s": 1, "ms": 10**3, "us": 10**6, "ns": 10**9}[unit], kind)


@pytest.mark.parametrize("unit", ["s", "us", "ns"])
def test_no_date_that_its_zone_moves_out_of_the_years_is_accepted(unit: str) -> None:
    second = {"s": 1, "us": 10**6, "ns": 10**9}[unit]
    first = max(-62_135_596_800 * second, -(2**63) + 1)
    last = min(253_402_300_800 * second - 1, 2**63 - 1)
    for zone in ("Pacific/Kiritimati", "Asia/Tokyo", "UTC", "+23:59", "-23:59", "America/New_York"):
        kind = pa.timestamp(unit, zone)
        for number in (first, last, first + 86_400 * second, last - 86_400 * second):
            assert accepted(number, kind) is shows(number, kind), (zone, number)
    assert not shows(first, pa.timestamp(unit, "-23:59")) and not shows(last, pa.timestamp(unit, "+23:59"))
    assert shows(last, pa.timestamp(unit, "UTC"))


def test_in_every_zone_that_there_is_the_outermost_dates_can_be_shown() -> None:
    for zone in sorted(zoneinfo.available_timezones()):
        for unit in ("s", "ns"):
            kind = pa.timestamp(unit, zone)
            first, last = untrusted_arrow._bounds(kind)
            assert shows(first, kind) and shows(last, kind), zone


def test_text_that_is_no_text_is_refused() -> None:
    data = stream(pa.table({"t": ["good"]}))
    with pytest.raises(BadFrame):
        checked_table(data.replace(b"good", b"\xff\xfe\xfd\xfc"))


def test_offsets_that_point_elsewhere_are_refused() -> None:
    data = stream(pa.table({"t": pa.array(["one", "three"])}))
    honest = b"\x00\x00\x00\x00\x03\x00\x00\x00\x08\x00\x00\x00"
    assert honest in data
    for forged in ([0, 3, 2**31 - 1], [0, -5, 8], [5, 3, 8]):
        offsets = b"".join(number.to_bytes(4, "little", signed=True) for number in forged)
        with pytest.raises(BadFrame):
            checked_table(data.replace(honest, offsets))


@pytest.mark.parametrize("data", [b"", b"\0" * 8, b"\xff" * 64, json.dumps({}).encode(), b"ARROW1\0\0"])
def test_what_is_no_stream_is_refused(data: bytes) -> None:
    with pytest.raises(BadFrame):
        checked_table(data)


@given(st.data())
@settings(max_examples=300, deadline=None)
def test_a_changed_stream_is_a_table_or_a_refusal_and_nothing_else(data: st.DataObject) -> None:
    changed = bytearray(stream(GOOD))
    for _ in range(data.draw(st.integers(1, 4))):
        changed[data.draw(st.integers(0, len(changed) - 1))] = data.draw(st.integers(0, 255))
    with contextlib.suppress(BadFrame):
        checked_table(bytes(changed)).to_pylist()
