"""A picture from a jail, taken apart and put together again before anything else may look at it.

Only the chunks that draw survive: a PNG can also carry text, colour profiles, thumbnails and whatever
follows its end, and decoders have bugs in all of them. The pixels are unpacked once, under a limit, so
that a small file can't become a huge image later.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from typing import NamedTuple

from sandbox.messages.frames import BadFrame
from sandbox.messages.report_limits import FIGURE_BYTES, FIGURE_PIXELS

SIGNATURE = b"\x89PNG\r\n\x1a\n"
KEPT = frozenset({b"IHDR", b"PLTE", b"tRNS", b"pHYs", b"IDAT", b"IEND"})
LARGEST_SIDE = 20_000
MOST_CHUNKS = 10_000
_HEADER = struct.Struct(">IIBBBBB")
_CHANNELS = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}  # by colour type
_DEPTHS = {0: (1, 2, 4, 8, 16), 2: (8, 16), 3: (1, 2, 4, 8), 4: (8, 16), 6: (8, 16)}
_TRANSPARENT = {0: 2, 2: 6}  # bytes of tRNS by colour type; for a palette, up to its length
_PALETTE = 3
_PHYSICAL = 9
_FILTERS = 5
_AT_ONCE = 1024 * 1024
_SLICE = 64 * 1024


class _Shape(NamedTuple):
    """What the header says: how large the pixels are once unpacked, one filter byte before each row."""

    rows: int
    row_bytes: int
    depth: int
    colour: int


def checked_png(untrusted: bytes) -> bytes:
    """The same picture with nothing but its pixels, or `BadFrame`.

    1. Not too long; signature; few chunks, whole, with right checksums, the header first and the end last.
    2. Width, height, depth and colour are of a real image under the limit, not interlaced.
    3. Palette, transparency and resolution at most once, before the pixels, each of its right length.
    4. The pixels unpack to exactly the size that the header promises, each row with a filter that there is.
    """
    if len(untrusted) > FIGURE_BYTES:
        raise BadFrame("a figure is too large")
    chunks = list(_chunks(untrusted))  # (1)
    kinds = [kind for kind, _ in chunks]
    if kinds[:1] != [b"IHDR"] or kinds[-1:] != [b"IEND"] or kinds.count(b"IHDR") + kinds.count(b"IEND") != 2:
        raise BadFrame("a figure is no whole PNG")
    shape = _shape(chunks[0][1])  # (2)
    kept = [(kind, data) for kind, data in chunks if kind in KEPT]
    _check_order(kept, shape)  # (3)
    _check_pixels([data for kind, data in kept if kind == b"IDAT"], shape)  # (4)
    return SIGNATURE + b"".join(_chunk(kind, data) for kind, data in kept)


def _chunks(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    if not data.startswith(SIGNATURE):
        raise BadFrame("a figure is no PNG")
    at, count = len(SIGNATURE), 0
    while at < len(data):
        count += 1
        if len(data) - at < 12 or count > MOST_CHUNKS:
            raise BadFrame("a figure is cut off or in too many pieces")
        size, kind = struct.unpack_from(">I4s", data, at)
        body = data[at + 8 : at + 8 + size]
        checksum = data[at + 8 + size : at + 12 + size]
        if len(checksum) != 4 or zlib.crc32(kind + body).to_bytes(4, "big") != checksum:
            raise BadFrame("a figure is damaged")
        yield kind, body
        at += 12 + size


def _shape(header: bytes) -> _Shape:
    if len(header) != _HEADER.size:
        raise BadFrame("a figure has a wrong header")
    width, height, depth, colour, compression, filtering, interlace = _HEADER.unpack(header)
    if depth not in _DEPTHS.get(colour, ()) or compression or filtering or interlace:
        raise BadFrame("a figure has a wrong header")
    if not 0 < width <= LARGEST_SIDE or not 0 < height <= LARGEST_SIDE or width * height > FIGURE_PIXELS:
        raise BadFrame("a figure is too large")
    return _Shape(height, 1 + (width * _CHANNELS[colour] * depth + 7) // 8, depth, colour)


def _check_order(kept: list[tuple[bytes, bytes]], shape: _Shape) -> None:
    kinds = [kind for kind, _ in kept]
    before = kinds[: kinds.index(b"IDAT")] if b"IDAT" in kinds else kinds
    if len(set(before)) < len(before) or set(kinds[len(before) : -1]) - {b"IDAT"}:
        raise BadFrame("a figure has its parts twice or out of order")
    found = dict(kept[: len(before)])
    colours, see_through = len(found.get(b"PLTE", b"")), found.get(b"tRNS")
    if b"PLTE" in found and (colours % 3 or not 0 < colours <= 3 << min(shape.depth, 8) or shape.colour in (0, 4)):
        raise BadFrame("a figure has a wrong palette")
    if shape.colour == _PALETTE and b"PLTE" not in found:
        raise BadFrame("a figure has no palette")
    if see_through is not None and not _is_transparency(len(see_through), colours // 3, shape.colour, before):
        raise BadFrame("a figure has a wrong transparency")
    if len(found.get(b"pHYs", bytes(_PHYSICAL))) != _PHYSICAL:
        raise BadFrame("a figure has a wrong resolution")


def _is_transparency(size: int, colours: int, colour: int, before: list[bytes]) -> bool:
    if colour == _PALETTE:
        return 0 < size <= colours and before.index(b"PLTE") < before.index(b"tRNS")
    return size == _TRANSPARENT.get(colour)


def _check_pixels(parts: list[bytes], shape: _Shape) -> None:
    size, count, unpacker = shape.rows * shape.row_bytes, 0, zlib.decompressobj()
    try:
        for part in parts:
            for pixels in _unpacked(part, unpacker):
                _check_filters(pixels[-count % shape.row_bytes :: shape.row_bytes])
                count += len(pixels)
                if count > size:
                    raise BadFrame("a figure has more pixels than it says")
        pixels = unpacker.flush()
    except zlib.error as problem:
        raise BadFrame("a figure's pixels are damaged") from problem
    _check_filters(pixels[-count % shape.row_bytes :: shape.row_bytes])
    if count + len(pixels) != size or not unpacker.eof or unpacker.unused_data:
        raise BadFrame("a figure has other pixels than it says")


def _unpacked(part: bytes, unpacker: zlib._Decompress) -> Iterator[bytes]:
    """The pixels of one part, a little at a time; what is left over of a slice is copied, so slices are short."""
    for start in range(0, len(part), _SLICE):
        rest = part[start : start + _SLICE]
        while rest and not unpacker.eof:
            yield unpacker.decompress(rest, _AT_ONCE)
            rest = unpacker.unconsumed_tail
        if unpacker.eof and (rest or unpacker.unused_data):
            raise BadFrame("a figure has something behind its pixels")


def _check_filters(used: bytes) -> None:
    if used and max(used) >= _FILTERS:
        raise BadFrame("a figure has a row that can't be drawn")


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + zlib.crc32(kind + data).to_bytes(4, "big")
