"""Arrow streams and files of every type, wanted and unwanted, and well-formed streams that cost far more than they are.

STREAMS["compressed zstd"], BOMBS["fields shared"](chance)
"""

from __future__ import annotations

import datetime
import decimal
import functools
import io
import random
import struct
from collections.abc import Callable

import pyarrow as pa

_INT64 = pa.int64()


def _columns() -> dict[str, pa.Array]:
    """Every type of Arrow, three rows each."""
    texts, numbers = ["one", None, "drei\n"], [1, None, 3]
    return {
        **{str(kind): pa.array(numbers, kind) for kind in (pa.int8(), pa.uint8(), pa.int16(), pa.int64(), pa.uint64())},
        **{str(kind): pa.array([0.5, None, -1.0], kind) for kind in (pa.float32(), pa.float64())},
        **{str(kind): pa.array(texts, kind) for kind in (pa.string(), pa.large_string(), pa.string_view())},
        **{str(kind): pa.array([b"\xff", None, b"b"], kind) for kind in (pa.binary(), pa.large_binary())},
        "binary view": pa.array([b"\xff", None, b"b" * 40], pa.binary_view()),
        "fixed binary": pa.array([b"abc", None, b"def"], pa.binary(3)),
        "bool": pa.array([True, None, False]),
        "null": pa.nulls(3),
        "date32": pa.array([1, None, 3], pa.int32()).cast(pa.date32()),
        "date64": pa.array([datetime.date(2020, 1, 1), None, None], pa.date64()),
        "time32": pa.array([1, None, 3], pa.time32("s")),
        "time64": pa.array([1, None, 3], pa.time64("ns")),
        "duration": pa.array(numbers, pa.duration("us")),
        "decimal": pa.array([decimal.Decimal("1.5"), None, None], pa.decimal128(38, 1)),
        "decimal256": pa.array([decimal.Decimal("1.5"), None, None], pa.decimal256(76, 1)),
        "interval": pa.array([(1, 2, 3), None, None], pa.month_day_nano_interval()),
        **{f"at {zone}": pa.array(numbers, pa.timestamp("us", zone)) for zone in _ZONES},
        "list": pa.array([[1], None, [2, 3]]),
        "list view": pa.array([[1], None, [2, 3]], pa.list_view(_INT64)),
        "fixed list": pa.array([[1, 2], None, [2, 3]], pa.list_(_INT64, 2)),
        "struct": pa.array([{"a": 1, "b": "x"}, None, {"a": 3, "b": "y"}]),
        "map": pa.array([[("a", 1)], None, []], pa.map_(pa.string(), _INT64)),
        "deep": pa.array([[[[[{"a": [[1]]}]]]], None, None]),
        "dictionary": pa.array(["x", None, "y"]).dictionary_encode(),
        "run ends": pa.RunEndEncodedArray.from_arrays(pa.array([1, 3], pa.int32()), pa.array([1, 2])),
        "dense union": pa.UnionArray.from_dense(
            pa.array([0, 1, 0], pa.int8()), pa.array([0, 0, 1], pa.int32()), [pa.array([1, 2]), pa.array(["x"])]
        ),
        "sparse union": pa.UnionArray.from_sparse(
            pa.array([0, 1, 0], pa.int8()), [pa.array([1, 2, 3]), pa.array(["x", "y", "z"])]
        ),
        "uuid": pa.ExtensionArray.from_storage(pa.uuid(), pa.array([bytes(16)] * 3, pa.binary(16))),
        "json": pa.ExtensionArray.from_storage(pa.json_(), pa.array(["{}"] * 3)),
        "opaque": pa.ExtensionArray.from_storage(pa.opaque(pa.int64(), "t", "v"), pa.array(numbers)),
    }


_ZONES = (None, "UTC", "Europe/Vienna", "+05:30", "Europe/Gotham", "../../etc/passwd", "/etc/localtime", "\x00", "")
WANTED = ("int64", "uint8", "double", "string", "large_string", "bool", "null", "date32[day]", "duration", "at UTC")


def stream(table: pa.Table, **options: object) -> bytes:
    sink = io.BytesIO()
    with pa.ipc.new_stream(sink, table.schema, options=pa.ipc.IpcWriteOptions(**options)) as writer:
        writer.write_table(table, max_chunksize=2)
    return sink.getvalue()


def file(table: pa.Table, **options: object) -> bytes:
    sink = io.BytesIO()
    with pa.ipc.new_file(sink, table.schema, options=pa.ipc.IpcWriteOptions(**options)) as writer:
        writer.write_table(table)
    return sink.getvalue()


def _streams() -> dict[str, bytes]:
    columns = _columns()
    mixed = pa.table({name: columns[name] for name in columns if name in (*WANTED, "decimal", "date64", "time64")})
    text = pa.table({"t": ["a" * 50, "ä\x1b[2J", None, ""], "u": ["\u202ex", "", "b", None]})
    found = {name: stream(pa.table({"c": column})) for name, column in columns.items()}
    found["mixed"], found["text"] = stream(mixed), stream(text)
    found["nothing"], found["no columns"] = stream(mixed.slice(0, 0)), stream(pa.table({}))
    for codec in ("lz4", "zstd"):
        found[f"compressed {codec}"] = stream(mixed, compression=codec)
        found[f"bomb {codec}"] = stream(pa.table({"n": pa.array([0] * 50_000)}), compression=codec)
    found["old"] = stream(mixed, use_legacy_format=True)
    found["old metadata"] = stream(mixed, metadata_version=pa.ipc.MetadataVersion.V4)
    found["described"] = stream(mixed.replace_schema_metadata({"pandas": "x" * 500, "a": "b"}))
    found["file"], found["file of words"] = file(mixed), file(pa.table({"c": columns["dictionary"]}))
    found["replaced words"] = stream(pa.table({"c": columns["dictionary"]}), emit_dictionary_deltas=True)
    found["wide"] = stream(pa.table({f"c{n}": pa.array([n]) for n in range(1_100)}))
    return found


STREAMS = _streams()


# Flatbuffers of our own making: what Arrow's writer would never write, and its reader accepts.


class Flat:
    """Builds a flatbuffer from the front: tables first, what they refer to behind them, references patched in."""

    def __init__(self) -> None:
        self.data = bytearray(4)

    def table(self, **fields: tuple[int, bytes]) -> dict[str, int]:
        """A table of inline fields, given as `name=(slot, bytes)`; where each of them lies, and the table ("at")."""
        count = 1 + max((slot for slot, _ in fields.values()), default=-1)
        self._align(8)
        vtable = len(self.data)
        slots, body = [0] * count, bytearray(4)
        for slot, value in fields.values():
            while len(body) % len(value):
                body += b"\0"
            slots[slot] = len(body)
            body += value
        self.data += struct.pack(f"<HH{count}H", 4 + 2 * count, len(body), *slots)
        self._align(8)
        at = len(self.data)
        self.data += body
        struct.pack_into("<i", self.data, at, at - vtable)
        return {"at": at, **{name: at + slots[slot] for name, (slot, _) in fields.items()}}

    def point(self, reference: int, target: int) -> None:
        struct.pack_into("<I", self.data, reference, target - reference)

    def text(self, value: bytes) -> int:
        self._align(4)
        at = len(self.data)
        self.data += struct.pack("<I", len(value)) + value + b"\0"
        return at

    def vector(self, count: int) -> int:
        """A vector of so many references, all to be pointed."""
        self._align(4)
        at = len(self.data)
        self.data += struct.pack("<I", count) + bytes(4 * count)
        return at

    def pairs(self, values: list[tuple[int, int]]) -> int:
        while len(self.data) % 8 != 4:
            self.data += b"\0"
        at = len(self.data)
        self.data += struct.pack("<I", len(values)) + b"".join(struct.pack("<qq", *value) for value in values)
        return at

    def _align(self, to: int) -> None:
        self.data += bytes(-len(self.data) % to)


_REF = bytes(4)


def message(flat: Flat, kind: int, body: int) -> int:
    """The message table; the place of its reference to the header."""
    places = flat.table(v=(0, struct.pack("<h", 4)), k=(1, bytes([kind])), h=(2, _REF), b=(3, struct.pack("<q", body)))
    flat.point(0, places["at"])
    return places["h"]


def framed(flat: Flat, body: bytes = b"") -> bytes:
    flat.data += bytes(-len(flat.data) % 8)
    return struct.pack("<II", 0xFFFFFFFF, len(flat.data)) + bytes(flat.data) + body


@functools.cache
def schema_message(count: int, depth: int = 0, *, name: bytes = b"n", kind: int = 2, entries: int = 0) -> bytes:
    """A schema whose `count` fields are one and the same; with `depth`, so are their children and theirs."""
    flat = Flat()
    header = message(flat, 1, 0)
    schema = flat.table(f=(1, _REF), m=(2, _REF))
    flat.point(header, schema["at"])
    vector = flat.vector(count)
    flat.point(schema["f"], vector)
    _entries(flat, schema["m"], entries, name)
    for level in range(depth + 1):
        last = level == depth
        field = flat.table(
            n=(0, _REF), nullable=(1, b"\1"), k=(2, bytes([kind if last else 13])), t=(3, _REF), c=(5, _REF)
        )
        for number in range(struct.unpack_from("<I", flat.data, vector)[0]):
            flat.point(vector + 4 + 4 * number, field["at"])
        type_of = flat.table(w=(0, struct.pack("<i", 64)), s=(1, b"\1")) if last and kind == 2 else flat.table()
        flat.point(field["t"], type_of["at"])
        flat.point(field["n"], flat.text(name))
        vector = flat.vector(0 if last else count)
        flat.point(field["c"], vector)
    return framed(flat)


def _entries(flat: Flat, reference: int, count: int, text: bytes) -> None:
    vector = flat.vector(count)
    flat.point(reference, vector)
    if count:
        entry = flat.table(k=(0, _REF), v=(1, _REF))
        for number in range(count):
            flat.point(vector + 4 + 4 * number, entry["at"])
        at = flat.text(text)
        flat.point(entry["k"], at)
        flat.point(entry["v"], at)


def batch_message(rows: int, nodes: list[tuple[int, int]], buffers: list[tuple[int, int]], body: bytes) -> bytes:
    flat = Flat()
    header = message(flat, 3, len(body))
    batch = flat.table(n=(1, _REF), b=(2, _REF), r=(0, struct.pack("<q", rows)))
    flat.point(header, batch["at"])
    flat.point(batch["n"], flat.pairs(nodes))
    flat.point(batch["b"], flat.pairs(buffers))
    return framed(flat, body)


END = struct.pack("<II", 0xFFFFFFFF, 0)


@functools.cache
def shared_buffers(columns: int, rows: int) -> bytes:
    """Many columns that are all the same bytes."""
    flat = Flat()
    header = message(flat, 1, 0)
    schema = flat.table(f=(1, _REF))
    flat.point(header, schema["at"])
    vector = flat.vector(columns)
    flat.point(schema["f"], vector)
    for number in range(columns):
        field = flat.table(n=(0, _REF), nullable=(1, b"\1"), k=(2, b"\2"), t=(3, _REF), c=(5, _REF))
        flat.point(vector + 4 + 4 * number, field["at"])
        flat.point(field["t"], flat.table(w=(0, struct.pack("<i", 64)), s=(1, b"\1"))["at"])
        flat.point(field["n"], flat.text(b"c%d" % number))
        flat.point(field["c"], flat.vector(0))
    body = bytes(8 * rows)
    pairs = [(0, 0), (0, len(body))] * columns
    return framed(flat) + batch_message(rows, [(rows, 0)] * columns, pairs, body) + END


@functools.cache
def _many_batches(columns: int, batches: int) -> bytes:
    table = pa.table({f"c{n}": pa.array([], pa.int64()) for n in range(columns)})
    whole = stream(table)
    one = batch_message(0, [(0, 0)] * columns, [(0, 0)] * 2 * columns, b"")
    return whole[: -len(END)] + one * batches + END


BOMBS: dict[str, Callable[[random.Random], bytes]] = {
    "fields shared": lambda chance: schema_message(chance.choice((2, 1_000, 200_000))) + END,
    "children shared": lambda chance: schema_message(chance.choice((2, 3, 10)), chance.choice((3, 10, 20))) + END,
    "long name shared": lambda chance: schema_message(900, name=b"x" * chance.choice((10, 10_000, 1_000_000))) + END,
    "long zone": lambda chance: schema_message(900, kind=10, name=b"x" * chance.choice((10, 100_000))) + END,
    "metadata shared": lambda chance: schema_message(1, entries=chance.choice((3, 50_000)), name=b"y" * 50_000) + END,
    "buffers shared": lambda chance: shared_buffers(chance.choice((1, 2, 900)), chance.choice((1, 1_000, 200_000))),
    "many batches": lambda chance: _many_batches(chance.choice((1, 30)), chance.choice((2, 500, 12_000))),
}
