"""The outline of an Arrow stream, read by ourselves before Arrow's own reader may see it.

    check_outline(untrusted, rows=1_000_000, columns=1_000, name_bytes=800)

Arrow checks that a stream is well formed; what well-formed streams can cost is another matter. In a flatbuffer
many references may lead to one place: a schema of one megabyte can describe a billion fields, one long text can be
the name of thousands, and thousands of columns can share one buffer, each a copy once it is written again. So
every count and every reference is followed here first, one level deep, within limits.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

from sandbox.messages.frames import BadFrame

METADATA_BYTES = 4 * 1024 * 1024
MESSAGES = 10_000
CHUNKS = 200_000  # columns times batches
ZONE_BYTES = 64
_EXTRA_ENTRIES = 64
_CONTINUES = 0xFFFFFFFF
_V5 = 4
_SCHEMA, _BATCH = 1, 3  # the numbers of Arrow's MessageHeader union (Message.fbs)
# Null, Int, FloatingPoint, Utf8, Bool, Decimal, Date, Time, Timestamp, Duration, LargeUtf8 (Schema.fbs)
_TYPES = frozenset({1, 2, 3, 5, 6, 7, 8, 9, 10, 18, 20})
_TIMESTAMP = 10
_MOST_BUFFERS = 3  # of one column: which are null, where they begin, what they are


def check_outline(untrusted: bytes, *, rows: int, columns: int, name_bytes: int) -> None:
    """Return when the stream is a schema and record batches within these limits, else `BadFrame`.

    1. Whole messages up to the end of the stream, nothing behind it; small metadata; a schema, then batches.
    2. The schema: little-endian, few columns of plain types, without children, dictionaries or long texts.
    3. The batches: uncompressed, few rows in all; buffers within the body, together no longer than the body.
    """
    try:
        messages = _messages(untrusted)  # (1)
        width = _check_schema(next(messages, None), columns, name_bytes)  # (2)
        total = 0
        for number, (kind, batch, body) in enumerate(messages, 1):
            if kind != _BATCH:
                raise BadFrame("a table is no plain Arrow stream")
            total += _check_batch(batch, width, body)  # (3)
            if total > rows or number > MESSAGES or number * width > CHUNKS:
                raise BadFrame("a table is compressed or too long")
    except (struct.error, IndexError, OverflowError) as problem:
        raise BadFrame("a table is no Arrow stream") from problem


class _Table:
    """One table of a flatbuffer: optional fields, found through offsets. What points outside raises `struct.error`."""

    def __init__(self, data: bytes, at: int) -> None:
        self._data = data
        self._at = at
        self._fields = at - self._read("<i", at)
        self._count = (self._read("<H", self._fields) - 4) // 2

    def has(self, field: int) -> bool:
        return self._place(field) != 0

    def number(self, field: int, form: str) -> int:
        place = self._place(field)
        return self._read(form, self._at + place) if place else 0

    def table(self, field: int) -> _Table:
        return _Table(self._data, self._target(field))

    def length(self, field: int) -> int:
        """Entries of a vector, or bytes of a text; 0 when it is not there."""
        return self._read("<I", self._target(field)) if self.has(field) else 0

    def tables(self, field: int) -> Iterator[_Table]:
        if not self.has(field):
            return
        start = self._target(field) + 4
        for at in range(start, start + 4 * self.length(field), 4):
            yield _Table(self._data, at + self._read("<I", at))

    def pairs(self, field: int) -> list[tuple[int, int]]:
        """A vector of structs of two 64-bit numbers."""
        if not self.has(field):
            return []
        start, size = self._target(field) + 4, 16 * self.length(field)
        if start + size > len(self._data):
            raise IndexError(field)
        return list(struct.iter_unpack("<qq", self._data[start : start + size]))

    def _target(self, field: int) -> int:
        at = self._at + self._place(field)
        return at + self._read("<I", at)

    def _place(self, field: int) -> int:
        if field >= self._count:
            return 0
        return self._read("<H", self._fields + 4 + 2 * field)

    def _read(self, form: str, at: int) -> int:
        if at < 0:  # `struct` would count from the end
            raise IndexError(at)
        return int(struct.unpack_from(form, self._data, at)[0])


def _messages(untrusted: bytes) -> Iterator[tuple[int, _Table, int]]:
    """Kind, header and size of the body of each message."""
    at = 0
    while at < len(untrusted):
        mark, size = struct.unpack_from("<II", untrusted, at)
        at += 8
        if mark != _CONTINUES or size > METADATA_BYTES:
            raise BadFrame("a table is no plain Arrow stream")
        if size == 0:
            break
        metadata = untrusted[at : at + size]
        message = _Table(metadata, struct.unpack_from("<I", metadata)[0])
        body = message.number(3, "<q")
        if message.number(0, "<h") != _V5 or message.length(4) or not 0 <= body <= len(untrusted) - at - size:
            raise BadFrame("a table is no plain Arrow stream")
        yield message.number(1, "<B"), message.table(2), body
        at += size + body
    if at != len(untrusted):
        raise BadFrame("a table is followed by something else")


def _check_schema(first: tuple[int, _Table, int] | None, columns: int, name_bytes: int) -> int:
    """The number of columns."""
    if first is None or first[0] != _SCHEMA or first[2]:
        raise BadFrame("a table is no plain Arrow stream")
    schema = first[1]
    if schema.number(0, "<h") or schema.length(1) > columns:
        raise BadFrame("a table has too many columns or is of another byte order")
    _check_extra(schema)
    for field in schema.tables(1):
        kind = field.number(2, "<B")
        if kind not in _TYPES or field.has(4) or field.length(5) or field.length(6):
            raise BadFrame("a table has a column of a type that may not leave")
        if field.length(0) > name_bytes or (kind == _TIMESTAMP and field.table(3).length(1) > ZONE_BYTES):
            raise BadFrame("a table has a column with too long a name")
    return schema.length(1)


def _check_extra(schema: _Table) -> None:
    """Metadata of the schema is thrown away later; it must not cost much before."""
    if schema.length(2) > _EXTRA_ENTRIES:
        raise BadFrame("a table has too much metadata")
    if sum(entry.length(0) + entry.length(1) for entry in schema.tables(2)) > METADATA_BYTES:
        raise BadFrame("a table has too much metadata")


def _check_batch(batch: _Table, width: int, body: int) -> int:
    """The number of rows."""
    rows, nodes, buffers = batch.number(0, "<q"), batch.pairs(1), batch.pairs(2)
    if batch.has(3) or batch.length(4) or rows < 0:
        raise BadFrame("a table is compressed or too long")
    if len(nodes) != width or len(buffers) > _MOST_BUFFERS * width:
        raise BadFrame("a table has other columns than it says")
    if any(length != rows or not 0 <= nulls <= rows for length, nulls in nodes):
        raise BadFrame("a table has columns of different lengths")
    if any(offset < 0 or length < 0 or offset + length > body for offset, length in buffers):
        raise BadFrame("a table reaches outside its own bytes")
    if sum(length for _, length in buffers) > body:
        raise BadFrame("a table uses its bytes more than once")
    return rows
