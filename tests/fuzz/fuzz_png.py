"""Fuzzes what is made of a picture from a jail: `python tests/fuzz/fuzz_png.py --minutes 10 [--seed N]`.

A case is a PNG of some size and colour, changed chunk by chunk with its checksums made right again. What is accepted
must be a picture to an ordinary decoder, and no larger than it was.
"""

from __future__ import annotations

import io
import random
import struct
import warnings
import zlib

from fuzzing import Fuzzer, main
from PIL import Image

from sandbox.messages.frames import BadFrame
from sandbox.running.untrusted_png import KEPT, SIGNATURE, checked_png

_CHANNELS = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}
_DEPTHS = {0: (1, 2, 4, 8, 16), 2: (8, 16), 3: (1, 2, 4, 8), 4: (8, 16), 6: (8, 16)}
_OTHER = (b"tEXt", b"zTXt", b"iTXt", b"iCCP", b"eXIf", b"acTL", b"fcTL", b"fdAT", b"gAMA", b"sRGB", b"bKGD", b"AAAA")
_NASTY = (0, 1, 2, 3, 255, 256, 257, 20_000, 20_001, 65_535, 2**31 - 1, 2**31, 2**32 - 1)
_BOMBS = tuple(zlib.compress(bytes(size), 9) for size in (100, 10**6, 3 * 10**7))
Chunks = list[tuple[bytes, bytes]]
warnings.simplefilter("ignore")


def make(chance: random.Random) -> bytes:
    chunks = _picture(chance)
    for _ in range(chance.choice((0, 1, 1, 2, 3))):
        chunks = _changed(chance, chunks)
    data = SIGNATURE + b"".join(_chunk(kind, body) for kind, body in chunks)
    if chance.random() < 0.2:
        at = chance.randrange(len(data))
        data = data[:at] + chance.choice((b"", bytes([chance.randrange(256)]) + data[at + 1 :], data[at + 4 :]))
    return data


def feed(case: bytes) -> None:
    checked = checked_png(case)
    assert len(checked) <= len(case), "a picture grew"
    assert checked_png(checked) == checked
    with Image.open(io.BytesIO(checked), formats=("PNG",)) as picture:
        picture.load()


def _picture(chance: random.Random) -> Chunks:
    colour = chance.choice(tuple(_CHANNELS))
    depth = chance.choice(_DEPTHS[colour])
    width, height = chance.choice((1, 2, 7, 33)), chance.choice((1, 2, 5))
    row = (width * _CHANNELS[colour] * depth + 7) // 8
    pixels = b"".join(bytes([chance.randrange(5)]) + chance.randbytes(row) for _ in range(height))
    data = zlib.compress(pixels, chance.choice((0, 1, 9)))
    cut = chance.randrange(len(data) + 1)
    chunks: Chunks = [(b"IHDR", struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0))]
    if colour == 3 or (colour in (2, 6) and chance.random() < 0.2):
        chunks.append((b"PLTE", chance.randbytes(3 * 2 ** min(depth, 8))))
    if chance.random() < 0.3:
        chunks.append((b"tRNS", chance.randbytes({0: 2, 2: 6, 3: 2}.get(colour, 1))))
    if chance.random() < 0.5:
        chunks.append((b"pHYs", struct.pack(">IIB", 5669, 5669, 1)))
    return [*chunks, (b"IDAT", data[:cut]), (b"IDAT", data[cut:]), (b"IEND", b"")]


def _changed(chance: random.Random, chunks: Chunks) -> Chunks:
    at, what = chance.randrange(len(chunks)), chance.randrange(9)
    kind, body = chunks[at]
    before, after = chunks[:at], chunks[at + 1 :]
    if what == 0:
        return [*before, (kind, body), *chunks[at:]]
    if what == 1:
        return [*before, *after] or chunks
    if what == 2:
        return chance.sample(chunks, len(chunks))
    if what == 3:
        return [*before, (chance.choice((*_OTHER, *sorted(KEPT))), body), *chunks[at:]]
    if what == 4:
        return [*before, *[(b"IDAT", b"")] * chance.choice((1, 1, 100, 2_000)), *chunks[at:]]
    if what == 5:
        return [*before, (b"IDAT", chance.choice(_BOMBS)), *after]
    if what == 6 and len(body) >= 4:
        place = chance.randrange(len(body) - 3)
        return [*before, (kind, body[:place] + struct.pack(">I", chance.choice(_NASTY)) + body[place + 4 :]), *after]
    if what == 7 and kind == b"IHDR":
        fields = list(struct.unpack(">IIBBBBB", body)) if len(body) == 13 else [1, 1, 8, 0, 0, 0, 0]
        place = chance.randrange(7)
        fields[place] = chance.choice(_NASTY) % (2**32 if place < 2 else 256)
        return [*before, (kind, struct.pack(">IIBBBBB", *fields)), *after]
    place = chance.randrange(len(body) + 1)
    return [*before, (kind, body[:place] + chance.randbytes(chance.randrange(4)) + body[place + 1 :]), *after]


def _chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


if __name__ == "__main__":
    raise SystemExit(main(Fuzzer("png", make, feed, (BadFrame,))))
