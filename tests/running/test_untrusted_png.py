"""Pictures from a jail: only pixels get through, and never more of them than the limit."""

from __future__ import annotations

import io
import struct
import zlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sandbox.messages.frames import BadFrame
from sandbox.messages.report_limits import FIGURE_BYTES
from sandbox.running import untrusted_png
from sandbox.running.untrusted_png import SIGNATURE, checked_png


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def header(width: int = 2, height: int = 2, depth: int = 8, colour: int = 2, rest: bytes = b"\0\0\0") -> bytes:
    return chunk(b"IHDR", struct.pack(">IIBB", width, height, depth, colour) + rest)


PIXELS = chunk(b"IDAT", zlib.compress(b"\0" + bytes(6) + b"\0" + bytes(6)))
END = chunk(b"IEND", b"")
GOOD = SIGNATURE + header() + PIXELS + END


@pytest.fixture(scope="module")
def figure() -> bytes:
    import matplotlib

    matplotlib.use("Agg")
    import matplotlib.pyplot as plt

    drawn, axes = plt.subplots()
    axes.plot([1, 3, 2])
    buffer = io.BytesIO()
    drawn.savefig(buffer, format="png", dpi=144, metadata={"Comment": "MRN 4711"})
    plt.close(drawn)
    return buffer.getvalue()


def test_a_real_figure_keeps_its_pixels_and_loses_its_texts(figure: bytes) -> None:
    import matplotlib.image

    assert b"MRN 4711" in figure
    checked = checked_png(figure)
    assert b"MRN 4711" not in checked
    before, after = (matplotlib.image.imread(io.BytesIO(data), format="png") for data in (figure, checked))
    assert (before == after).all()
    assert checked_png(checked) == checked


@pytest.mark.parametrize("kind", [b"tEXt", b"zTXt", b"iTXt", b"iCCP", b"eXIf", b"acTL", b"prVt"])
def test_chunks_that_draw_nothing_are_dropped(kind: bytes) -> None:
    assert checked_png(SIGNATURE + header() + chunk(kind, b"Doe, Jane") + PIXELS + END) == GOOD


@pytest.mark.parametrize(
    "bad",
    {
        "empty": b"",
        "not a png": b"GIF89a",
        "signature only": SIGNATURE,
        "no end": SIGNATURE + header() + PIXELS,
        "something after the end": GOOD + b"more",
        "a chunk after the end": GOOD + PIXELS,
        "header not first": SIGNATURE + PIXELS + header() + END,
        "two headers": SIGNATURE + header() + header() + PIXELS + END,
        "wrong checksum": GOOD[:-1] + b"\0",
        "cut chunk": GOOD[:-6],
        "length over the end": SIGNATURE + b"\xff\xff\xff\xff" + header()[4:],
        "short header": SIGNATURE + chunk(b"IHDR", b"\0" * 12) + PIXELS + END,
        "no pixels": SIGNATURE + header() + END,
        "zero wide": SIGNATURE + header(width=0) + PIXELS + END,
        "too many pixels": SIGNATURE + header(width=20_000, height=20_000) + PIXELS + END,
        "too wide": SIGNATURE + header(width=2**31, height=1) + PIXELS + END,
        "impossible depth": SIGNATURE + header(depth=3) + PIXELS + END,
        "impossible colour": SIGNATURE + header(colour=7) + PIXELS + END,
        "interlaced": SIGNATURE + header(rest=b"\0\0\1") + PIXELS + END,
        "fewer pixels than said": SIGNATURE + header(height=3) + PIXELS + END,
        "more pixels than said": SIGNATURE + header(height=1) + PIXELS + END,
        "pixels no zlib": SIGNATURE + header() + chunk(b"IDAT", b"xxxx") + END,
        "bytes after the pixels": SIGNATURE + header() + PIXELS[:4] + PIXELS[4:8]
        and SIGNATURE + header() + chunk(b"IDAT", zlib.compress(b"\0" + bytes(6) + b"\0" + bytes(6)) + b"x") + END,
        "a bomb": SIGNATURE + header() + chunk(b"IDAT", zlib.compress(bytes(50_000_000))) + END,
    }.items(),
    ids=lambda pair: pair[0],
)
def test_anything_but_one_whole_picture_is_refused(bad: tuple[str, bytes]) -> None:
    with pytest.raises(BadFrame):
        checked_png(bad[1])


def stored(megabytes: int) -> bytes:
    """A picture whose pixels are not compressed, in one part."""
    pixels = (b"\0" + bytes(1023)) * 1024 * megabytes
    return SIGNATURE + header(1023, 1024 * megabytes, 8, 0) + chunk(b"IDAT", zlib.compress(pixels, 0)) + END


def test_a_figure_over_the_limit_in_bytes_is_refused_whoever_sends_it() -> None:
    small, large = stored(FIGURE_BYTES // 2**20 - 1), stored(FIGURE_BYTES // 2**20)
    assert checked_png(small) == small
    with pytest.raises(BadFrame, match="too large"):
        checked_png(large)


class Weighed:
    """Unpacks as zlib does, and counts the bytes that it is handed."""

    handed = 0

    def __init__(self) -> None:
        self._unpacker = zlib_unpacker()

    def decompress(self, data: bytes, most: int) -> bytes:
        Weighed.handed += len(data)
        return self._unpacker.decompress(data, most)

    def __getattr__(self, name: str) -> object:
        return getattr(self._unpacker, name)


zlib_unpacker = zlib.decompressobj


def test_the_work_for_a_figure_grows_with_its_length_and_not_with_its_square(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is handed to zlib and not used is copied, so handing over all of it each time costs the square."""
    picture = stored(15)
    monkeypatch.setattr(untrusted_png.zlib, "decompressobj", Weighed)
    assert checked_png(picture) == picture
    assert len(picture) // 2 < Weighed.handed < 2 * len(picture)


@given(st.integers(0, len(GOOD) - 1), st.integers(1, 255))
@settings(max_examples=150, deadline=None)
def test_a_flipped_byte_never_gets_further_than_a_refusal(place: int, change: int) -> None:
    data = GOOD[:place] + bytes([GOOD[place] ^ change]) + GOOD[place + 1 :]
    with pytest.raises(BadFrame):
        checked_png(data)


@given(st.binary(max_size=300))
@settings(max_examples=150, deadline=None)
def test_garbage_is_refused(data: bytes) -> None:
    for untrusted in (data, SIGNATURE + data):
        with pytest.raises(BadFrame):
            checked_png(untrusted)


PALETTE = header(colour=3, depth=8)
ROWS = chunk(b"IDAT", zlib.compress(b"\0\0\1" * 2))


def test_bytes_in_a_later_part_behind_the_pixels_are_not_carried_along() -> None:
    hidden = SIGNATURE + header() + PIXELS + chunk(b"IDAT", b"Doe, Jane") + END
    assert b"Doe, Jane" in hidden
    with pytest.raises(BadFrame, match="behind its pixels"):
        checked_png(hidden)


@pytest.mark.parametrize(
    "bad",
    {
        "an unknown filter": SIGNATURE + header() + chunk(b"IDAT", zlib.compress(bytes(7) + b"\5" + bytes(6))) + END,
        "colours without a palette": SIGNATURE + PALETTE + ROWS + END,
        "a palette of a third": SIGNATURE + PALETTE + chunk(b"PLTE", bytes(4)) + ROWS + END,
        "a palette too long": SIGNATURE + PALETTE + chunk(b"PLTE", bytes(3 * 257)) + ROWS + END,
        "two palettes": SIGNATURE + PALETTE + 2 * chunk(b"PLTE", bytes(6)) + ROWS + END,
        "a palette for grey": SIGNATURE + header(colour=0) + chunk(b"PLTE", bytes(6)) + ROWS + END,
        "transparent twice over": SIGNATURE
        + PALETTE
        + chunk(b"PLTE", bytes(6))
        + chunk(b"tRNS", bytes(3))
        + ROWS
        + END,
        "transparent first": SIGNATURE + PALETTE + chunk(b"tRNS", b"\0") + chunk(b"PLTE", bytes(6)) + ROWS + END,
        "a message in the resolution": SIGNATURE + header() + chunk(b"pHYs", b"Doe, Jane, 1970") + PIXELS + END,
        "a palette behind the pixels": SIGNATURE + header() + PIXELS + chunk(b"PLTE", b"Doe") + END,
        "more pieces than a picture has": SIGNATURE + header() + 10_000 * chunk(b"IDAT", b"") + PIXELS + END,
    }.items(),
    ids=lambda pair: pair[0],
)
def test_parts_that_a_decoder_would_stumble_over_are_refused(bad: tuple[str, bytes]) -> None:
    with pytest.raises(BadFrame):
        checked_png(bad[1])


def test_a_picture_with_a_palette_passes() -> None:
    whole = SIGNATURE + PALETTE + chunk(b"PLTE", bytes(6)) + chunk(b"tRNS", b"\0\1") + ROWS + END
    assert checked_png(whole) == whole
