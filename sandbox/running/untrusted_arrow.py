"""A table from a jail: an Arrow stream read as hostile input.

Arrow's reader is built for data from colleagues: a stream may be compressed (a small one unpacks to any
size), may name types that run code when they are read, may point its offsets anywhere. So the outline is looked
at first (`arrow_outline`), the types are a closed list, and every batch is validated in full.
"""

from __future__ import annotations

import re
from collections.abc import Callable

import pyarrow as pa
import pyarrow.compute as pc

from sandbox.messages.frames import BadFrame
from sandbox.messages.report_limits import CELL_CHARACTERS, LABEL_CHARACTERS, TABLE_BYTES, TABLE_COLUMNS, TABLE_ROWS

from .arrow_outline import METADATA_BYTES, check_outline

_UTF8_BYTES = 4  # the most that one character takes
_ZONE = re.compile(r"[A-Za-z0-9_+\-/:]{1,64}")
_CONTROLS = r"[\x00-\x08\x0b-\x1f\x7f-\x{9f}\x{202a}-\x{202e}\x{2066}-\x{2069}]"  # terminal codes, hidden text
_DAYS = 24 * 60 * 60
_FIRST, _LAST = -62_135_596_800, 253_402_300_800  # years 1 to 9999, as Python can show them
_LONGEST = 100_000_000 * _DAYS  # a length of time that Python can hold, also in microseconds
_SMALLEST, _LARGEST = -(2**63) + 1, 2**63 - 1  # pandas takes the number below for "not a time"
_UNITS = {"s": 1, "ms": 10**3, "us": 10**6, "ns": 10**9}
_PLAIN: tuple[Callable[[pa.DataType], bool], ...] = (
    pa.types.is_boolean,
    pa.types.is_integer,
    pa.types.is_floating,
    pa.types.is_string,
    pa.types.is_large_string,
    pa.types.is_date,
    pa.types.is_time,
    pa.types.is_duration,
    pa.types.is_null,
)


def checked_table(untrusted: bytes, *, rows: int = TABLE_ROWS, size: int = TABLE_BYTES) -> pa.Table:
    """The table in an Arrow stream, without any metadata, or `BadFrame`. `size` is in bytes, without the schema.

    1. Not too long; a schema, then record batches; nothing compressed, shared or nested, no dictionaries, no more
       rows than allowed.
    2. Few enough columns, each with a name and of a plain type, none an extension.
    3. Every batch is valid in full: offsets, lengths, UTF-8.
    4. No cell too long to show, no date or length of time that Python can't hold; control characters are replaced.
    """
    if len(untrusted) > size + METADATA_BYTES:
        raise BadFrame("a table is too large")
    check_outline(untrusted, rows=rows, columns=TABLE_COLUMNS, name_bytes=LABEL_CHARACTERS * _UTF8_BYTES)  # (1)
    try:
        with pa.ipc.open_stream(pa.py_buffer(untrusted)) as stream:
            schema = stream.schema
            _check_schema(schema)  # (2)
            batches = [_valid(batch) for batch in stream]  # (3)
    except (pa.ArrowException, OSError, UnicodeDecodeError, ValueError) as problem:
        raise BadFrame("a table is no valid Arrow stream") from problem
    table = pa.Table.from_batches(batches, schema)
    if table.nbytes > size:
        raise BadFrame("a table is too large")
    return pa.Table.from_arrays([_presentable(column) for column in table.columns], names=_names(schema))  # (4)


def _check_schema(schema: pa.Schema) -> None:
    if len(schema) > TABLE_COLUMNS or len(set(_names(schema))) < len(schema):
        raise BadFrame("a table has too many columns or two of one name")
    for field in schema:
        extension = isinstance(field.type, pa.BaseExtensionType) or b"ARROW:extension:name" in (field.metadata or {})
        if extension or not _is_plain(field.type):
            raise BadFrame("a table has a column of a type that may not leave")
        if len(field.name) > LABEL_CHARACTERS:
            raise BadFrame("a table has a column with too long a name")


def _is_plain(kind: pa.DataType) -> bool:
    if pa.types.is_timestamp(kind):
        return kind.tz is None or (_ZONE.fullmatch(kind.tz) is not None and _is_zone(kind))
    if pa.types.is_decimal(kind):
        return bool(0 <= kind.scale <= kind.precision <= 38)
    return any(is_one(kind) for is_one in _PLAIN)


def _is_zone(kind: pa.DataType) -> bool:
    try:
        pa.scalar(0, kind).as_py()
    except (pa.ArrowInvalid, KeyError, ValueError, OSError):  # zoneinfo's errors are KeyErrors and ValueErrors
        return False
    return True


def _valid(batch: pa.RecordBatch) -> pa.RecordBatch:
    batch.validate(full=True)
    return batch


def _presentable(column: pa.ChunkedArray) -> pa.ChunkedArray:
    if pa.types.is_string(column.type) or pa.types.is_large_string(column.type):
        if (pc.max(pc.binary_length(column)).as_py() or 0) > CELL_CHARACTERS:
            raise BadFrame("a table has a cell with too much text")
        return pc.replace_substring_regex(column, _CONTROLS, "\N{REPLACEMENT CHARACTER}")
    if bounds := _bounds(column.type):
        _check_bounds(column, *bounds)
    return column


def _bounds(kind: pa.DataType) -> tuple[int, int] | None:
    """The first and the last number of this type that can be shown as a date or as a length of time."""
    if pa.types.is_date32(kind):
        return _FIRST // _DAYS, _LAST // _DAYS - 1
    if pa.types.is_date64(kind):
        return _FIRST * 1000, _LAST * 1000 - 1
    if pa.types.is_duration(kind):
        longest = _LONGEST * _UNITS[kind.unit]
        return max(_SMALLEST, -longest), min(_LARGEST, longest)
    if pa.types.is_timestamp(kind):
        second = _UNITS[kind.unit]
        return _shown_in_zone(kind, max(_SMALLEST, _FIRST * second), min(_LARGEST, _LAST * second - 1))
    return None


def _shown_in_zone(kind: pa.DataType, first: int, last: int) -> tuple[int, int]:
    """A zone moves what is shown by up to a day, and no clock of one is put forward or back in the first or last two.

    No more is taken away than that: "9999-12-31" often means that something has not ended.
    """
    if kind.tz is None:
        return first, last
    second = _UNITS[kind.unit]
    early = pa.scalar(first + 2 * _DAYS * second, kind).as_py().utcoffset()
    late = pa.scalar(last - 2 * _DAYS * second, kind).as_py().utcoffset()
    return first + max(0, -int(early.total_seconds())) * second, last - max(0, int(late.total_seconds())) * second


def _check_bounds(column: pa.ChunkedArray, first: int, last: int) -> None:
    numbers = column.cast(pa.int32()).cast(pa.int64()) if pa.types.is_date32(column.type) else column.cast(pa.int64())
    found = pc.min_max(numbers).as_py()
    if found["min"] is not None and (found["min"] < first or found["max"] > last):
        raise BadFrame("a table has a date outside the years 1 to 9999, or a length of time over 100 million days")


def _names(schema: pa.Schema) -> list[str]:
    return [plain_text(name) or f"column {position}" for position, name in enumerate(schema.names, 1)]


def plain_text(text: str) -> str:
    """`text` with every character that commands a terminal or hides text replaced; tabs and line ends stay."""
    return _CONTROL_CHARACTERS.sub("\N{REPLACEMENT CHARACTER}", text)


_CONTROL_CHARACTERS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
