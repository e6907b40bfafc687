"""A picture from a jail, taken apart and put together again before anything else may look at it.

Only the chunks that draw survive: a PNG can also carry text, colour profiles, thumbnails and whatever
follows its end, and decoders have bugs in all of them. The pixels are unpacked once, under a limit, so
that a small file can't become a huge image later.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator

from sandbox.messages.frames import BadFrame

from .limits import FIGURE_PIXELS

SIGNATURE = b"\x89PNG\r\n\x1a\n"
KEPT = frozenset({b"IHDR", b"PLTE", b"tRNS", b"pHYs", b"IDAT", b"IEND"})
LARGEST_SIDE = 20_000
_HEADER = struct.Struct(">IIBBBBB")
_CHANNELS = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}  # by colour type
_DEPTHS = {0: (1, 2, 4, 8, 16), 2: (8, 16), 3: (1, 2, 4, 8), 4: (8, 16), 6: (8, 16)}


def checked_png(untrusted: bytes) -> bytes:
    """The same picture with nothing but its pixels, or `BadFrame`.

    1. Signature; chunks whole, with right checksums, the header first and the end last.
    2. Width, height, depth and colour are of a real image under the limit, not interlaced.
    3. The pixels unpack to exactly the size that the header promises.
    """
    chunks = list(_chunks(untrusted))  # (1)
    kinds = [kind for kind, _ in chunks]
    if kinds[:1] != [b"IHDR"] or kinds[-1:] != [b"IEND"] or kinds.count(b"IHDR") + kinds.count(b"IEND") != 2:
        raise BadFrame("a figure is no whole PNG")
    size = _pixel_bytes(chunks[0][1])  # (2)
    _check_pixels([data for kind, data in chunks if kind == b"IDAT"], size)  # (3)
    return SIGNATURE + b"".join(_chunk(kind, data) for kind, data in chunks if kind in KEPT)


def _chunks(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    if not data.startswith(SIGNATURE):
        raise BadFrame("a figure is no PNG")
    at = len(SIGNATURE)
    while at < len(data):
        if len(data) - at < 12:
            raise BadFrame("a figure is cut off")
        size, kind = struct.unpack_from(">I4s", data, at)
        body = data[at + 8 : at + 8 + size]
        checksum = data[at + 8 + size : at + 12 + size]
        if len(checksum) != 4 or zlib.crc32(kind + body).to_bytes(4, "big") != checksum:
            raise BadFrame("a figure is damaged")
        yield kind, body
        at += 12 + size


def _pixel_bytes(header: bytes) -> int:
    """How many bytes the pixels unpack to: one filter byte and the row, for every row."""
    if len(header) != _HEADER.size:
        raise BadFrame("a figure has a wrong header")
    width, height, depth, colour, compression, filtering, interlace = _HEADER.unpack(header)
    if depth not in _DEPTHS.get(colour, ()) or compression or filtering or interlace:
        raise BadFrame("a figure has a wrong header")
    if not 0 < width <= LARGEST_SIDE or not 0 < height <= LARGEST_SIDE or width * height > FIGURE_PIXELS:
        raise BadFrame("a figure is too large")
    return int(height * (1 + (width * _CHANNELS[colour] * depth + 7) // 8))


def _check_pixels(parts: list[bytes], size: int) -> None:
    unpacker = zlib.decompressobj()
    count = 0
    try:
        for part in parts:
            rest = part
            while rest and not unpacker.eof:
                count += len(unpacker.decompress(rest, 1 << 20))
                rest = unpacker.unconsumed_tail
                if count > size:
                    raise BadFrame("a figure has more pixels than it says")
    except zlib.error as problem:
        raise BadFrame("a figure's pixels are damaged") from problem
    if count + len(unpacker.flush()) != size or not unpacker.eof or unpacker.unused_data:
        raise BadFrame("a figure has other pixels than it says")


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + zlib.crc32(kind + data).to_bytes(4, "big")
