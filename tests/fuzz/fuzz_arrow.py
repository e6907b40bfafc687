"""Fuzzes what is made of a table from a jail: `python tests/fuzz/fuzz_arrow.py --minutes 10 [--seed N]`.

A case is an Arrow stream or file of any type, changed where it hurts: in the numbers of its metadata, in offsets and
lengths, in the order of its messages; or a well-formed stream that costs far more than it is.
"""

from __future__ import annotations

import random
import struct

from arrow_samples import BOMBS, END, STREAMS
from fuzzing import Fuzzer, main

from sandbox.errors import LimitReached
from sandbox.messages.frames import BadFrame
from sandbox.running.results import Item, Report, packed_table, results_of
from sandbox.running.untrusted_arrow import checked_table

_NAMES = tuple(STREAMS)
_NASTY = (0, 1, 2, 3, 7, 8, 0x7F, 0x80, 0xFF, 0x7FFF, 0xFFFF, 2**31 - 1, 2**31, 2**32 - 1, 2**62, 2**63 - 1, 2**64 - 1)
_GROWTH = 8  # a cell of one control character becomes three bytes, offsets are written anew, columns are padded


def make(chance: random.Random) -> bytes:
    if chance.random() < 0.003:
        data = BOMBS[chance.choice(tuple(BOMBS))](chance)
        return data if chance.random() < 0.7 else _changed(chance, data)
    data = STREAMS[chance.choice(_NAMES if chance.random() < 0.5 else ("mixed", "text", "mixed", "described"))]
    if chance.random() < 0.3:
        data = _reordered(chance, data)
    for _ in range(chance.choice((0, 1, 1, 1, 2, 4))):
        data = _changed(chance, data)
    return data


def feed(case: bytes) -> None:
    """Check it, keep it, and read it as the reviewer's screen will."""
    table = checked_table(case)
    kept = packed_table(table)
    assert len(kept) <= _GROWTH * len(case) + 4096, "a table grew"
    shown = results_of(Report(run="r", salt=b"", items=(Item("table", "t", kept),))).tables["t"]
    assert shown.equals(table) or shown.num_rows == table.num_rows
    rows = shown.slice(0, 50)
    for column in rows.columns:
        for cell in column.to_pylist():
            str(cell).encode()


def _parts(data: bytes) -> list[bytes]:
    """The messages of a stream; the whole where it is none."""
    found, at = [], 0
    while at + 8 <= len(data):
        mark, size = struct.unpack_from("<II", data, at)
        if mark != 0xFFFFFFFF or at + 8 + size > len(data):
            return [data]
        if size == 0:
            break
        metadata = data[at + 8 : at + 8 + size]
        body = max(0, _body_size(metadata))
        found.append(data[at : at + 8 + size + body])
        at += 8 + size + body
    return found or [data]


def _body_size(metadata: bytes) -> int:
    """What the message says of its body; 0 where it is damaged."""
    try:
        return _said_size(metadata)
    except struct.error:
        return 0


def _said_size(metadata: bytes) -> int:
    table = struct.unpack_from("<I", metadata)[0]
    fields = table - struct.unpack_from("<i", metadata, table)[0]
    if struct.unpack_from("<H", metadata, fields)[0] < 12:
        return 0
    place = struct.unpack_from("<H", metadata, fields + 10)[0]
    return int(struct.unpack_from("<q", metadata, table + place)[0]) if place else 0


def _reordered(chance: random.Random, data: bytes) -> bytes:
    """Messages doubled, dropped, swapped, or those of another stream put between."""
    parts = _parts(data)
    what = chance.randrange(4)
    if what == 0:
        parts.append(chance.choice(parts))
    elif what == 1:
        parts.pop(chance.randrange(len(parts)))
    elif what == 2:
        chance.shuffle(parts)
    else:
        parts[chance.randrange(len(parts)) :] = _parts(STREAMS[chance.choice(_NAMES)])[1:]
    return b"".join(parts) + chance.choice((b"", END, END + b"more"))


def _changed(chance: random.Random, data: bytes) -> bytes:
    """One number, byte or bit made another, mostly in what describes the rest; or the end cut off."""
    if len(data) < 16:
        return data
    what = chance.random()
    place = chance.randrange(len(data)) if chance.random() < 0.4 else _described(chance, data)
    if what < 0.55:
        form, size = chance.choice((("<I", 4), ("<Q", 8), ("<H", 2), ("<I", 4)))
        place = min(place - place % size, len(data) - size)
        old = struct.unpack_from(form, data, place)[0]
        near = old + chance.choice((1, -1, 4, -4, 8, -8, 64, -64, old))
        new = chance.choice((near, chance.choice(_NASTY), chance.choice(_NASTY))) % 2 ** (8 * size)
        return data[:place] + struct.pack(form, new) + data[place + size :]
    if what < 0.75:
        return data[:place] + bytes([chance.randrange(256)]) + data[place + 1 :]
    if what < 0.9:
        return data[:place] + bytes([data[place] ^ (1 << chance.randrange(8))]) + data[place + 1 :]
    if what < 0.95:
        return data[:place]
    return data[:place] + data[chance.randrange(len(data)) :]


def _described(chance: random.Random, data: bytes) -> int:
    """A place within the metadata of one of the messages."""
    at, places = 0, []
    for part in _parts(data):
        size = struct.unpack_from("<I", part, 4)[0] if part[:4] == b"\xff" * 4 and len(part) >= 8 else len(part)
        places.append((at, min(len(part), size + 8)))
        at += len(part)
    start, size = chance.choice(places)
    return min(start + chance.randrange(max(1, size)), len(data) - 1)


if __name__ == "__main__":
    raise SystemExit(main(Fuzzer("arrow", make, feed, (BadFrame, LimitReached))))
