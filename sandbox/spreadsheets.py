"""Spreadsheets that nobody vouches for, as rows of text: the one reader of XLSX files.

    for sheet in read_sheets(data, what="list of codes", formulas=False): sheet.name, sheet.rows

A few kilobytes can hold gigabytes, and one far cell makes the parser ask for more memory than there is, which ends the
process. So what the archive unpacks to is counted while it is unpacked, every sheet's extent is measured, whatever its
part is called, and so is the text of its cells, of which each can repeat the same megabyte. The parser is given an
archive packed anew of just the parts that were read here.
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from itertools import pairwise, zip_longest
from typing import Any, NamedTuple

from sandbox.errors import BadInput

MOST_UNPACKED = 256 * 1024 * 1024
MOST_PARTS = 5_000
MOST_CELLS = 5_000_000
_AT_ONCE = 1 << 20
_AS_CSV = "Save the sheet as CSV in UTF-8, and bring that file."
_OTHER_KINDS = frozenset(("xl/workbook.bin", "content.xml", "mimetype"))  # what the parser would take for XLSB or ODS
_LAST_ROW, _LAST_COLUMN = 1_048_576, 16_384

_CELL = re.compile(rb"([A-Z]{1,3})([1-9]\d{0,6})")
_ROW = re.compile(rb"[1-9]\d{0,6}")
_REFERENCE = re.compile(rb"""(?<![\w:.-])r\s*=\s*(?:"([^"]*)"|'([^']*)')""")
_OPENS = rb"<(?:[^\s<>/:]+:)?"  # with any prefix: the parser goes by what stands behind it
_TAG = re.compile(_OPENS + rb"(row|c)(?=[\s/>])([^<>]*)")
_FORMULA = re.compile(_OPENS + rb"f(?=[\s/>])")
_STRING = re.compile(_OPENS + rb"si(?=[\s/>])")
_VALUE = re.compile(_OPENS + rb"v(?=[\s/>])(?:\s*/>|(?:\s+xml:space=\"preserve\")?\s*>([^<>&]*)</|())")
_UTF16 = (b"s\0h\0e\0e\0t\0D", b"\0s\0h\0e\0e\0t\0D")


class Sheet(NamedTuple):
    """One sheet; every cell as text, a whole number without its `.0`."""

    name: str
    rows: list[list[str]]


def read_sheets(data: bytes, *, what: str, formulas: bool) -> Iterator[Sheet]:
    """The sheets in order, each read when it is asked for, or `BadInput`. `what` the file should be, for the words.

    `formulas`: whether a sheet may hold any; their last results are then its cells.
    """
    parts = _unpacked(data, what)
    shared = _shared_lengths(parts.values())
    for content in parts.values():
        _check_part(content, what, formulas)
        if b"sheetData" in content and _repeated(content, shared) > MOST_UNPACKED:
            raise BadInput(f"The text of its cells is far more than a {what} has.", _AS_CSV)
    return _parsed(_packed(parts), what)


def _unpacked(data: bytes, what: str) -> dict[str, bytes]:
    """Sizes are counted while unpacking: what a file says of itself may be false."""
    found: dict[str, bytes] = {}
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            parts, left = archive.infolist(), MOST_UNPACKED
            if len(parts) > MOST_PARTS or len({part.filename for part in parts}) < len(parts):
                raise BadInput(f"The spreadsheet holds more parts than a {what} has.", _AS_CSV)
            for part in parts:
                found[part.filename] = _one_part(archive, part, left, what)
                left -= len(found[part.filename])
    except (
        zipfile.BadZipFile,
        zlib.error,
        NotImplementedError,
        RuntimeError,
        EOFError,
        ValueError,
        OSError,
    ) as problem:
        raise BadInput("The file can't be read as a spreadsheet (.xlsx).", _AS_CSV) from problem
    names = {name.lower() for name in found}
    if "xl/workbook.xml" not in names or names & _OTHER_KINDS:
        raise BadInput("The file can't be read as a spreadsheet (.xlsx).", _AS_CSV)
    return found


def _one_part(archive: zipfile.ZipFile, part: zipfile.ZipInfo, left: int, what: str) -> bytes:
    if part.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise NotImplementedError("a spreadsheet packs its parts with deflate")
    blocks: list[bytes] = []
    with archive.open(part) as stream:
        while block := stream.read(_AT_ONCE):
            left -= len(block)
            if left < 0:
                raise BadInput(f"The spreadsheet unpacks to far more than a {what}.", _AS_CSV)
            blocks.append(block)
    return b"".join(blocks)


def _check_part(content: bytes, what: str, formulas: bool) -> None:
    if any(mark in content for mark in _UTF16):
        raise BadInput("A sheet of the file is not in UTF-8.", "Save it again as XLSX.")
    if b"sheetData" not in content:
        return
    if b"<!" in content:  # nothing writes comments there, and what stands in one would be measured as if it were read
        raise BadInput("A sheet of the file holds comments of a program.", "Save it again as XLSX.")
    if not formulas and _FORMULA.search(content):
        raise BadInput("The workbook holds formulas, so its cells are no plain codes.", "Save it as values.")
    rows, columns = _extent(content)
    if rows * columns > MOST_CELLS:
        raise BadInput(f"A sheet reaches further than that of a {what}.", _AS_CSV)


def _extent(content: bytes) -> tuple[int, int]:
    """No fewer rows and columns than the parser will make room for."""
    last_row, last_column = 1, 1
    for reference in {one or other for one, other in _REFERENCE.findall(content)}:
        row, column = _place(reference)
        last_row, last_column = max(last_row, row), max(last_column, column)
    # Rows and cells may leave their place out: then they follow the one before.
    rows = in_row = most_in_row = 0
    for tag, attributes in _TAG.findall(content):
        unplaced = _REFERENCE.search(attributes) is None
        if tag == b"row":
            rows, in_row = rows + unplaced, 0
        else:
            in_row += unplaced
            most_in_row = max(most_in_row, in_row)
    return last_row + rows, last_column + most_in_row


def _shared_lengths(parts: Iterable[bytes]) -> list[int]:
    """No fewer bytes than each shared string has, by its number."""
    lengths: list[int] = []
    for content in parts:
        starts = [match.start() for match in _STRING.finditer(content)]
        if starts and b"<!" in content:
            raise BadInput("The texts of the file hold comments of a program.", "Save it again as XLSX.")
        here = [end - start for start, end in pairwise((*starts, len(content)))]
        lengths = [max(pair) for pair in zip_longest(lengths, here, fillvalue=0)]
    return lengths


def _repeated(content: bytes, shared: list[int]) -> int:
    """No fewer bytes than all shared strings that the cells of a sheet name, each as often as it is named."""
    total = 0
    for match in _VALUE.finditer(content):
        if match[2] is not None:  # not as any program writes a cell: it may name any of them
            total += max(shared, default=0)
        elif match[1] is not None and (number := match[1].strip().lstrip(b"+0") or b"0").isdigit():
            total += shared[int(number)] if len(number) < 9 and int(number) < len(shared) else 0
    return total


def _place(reference: bytes) -> tuple[int, int]:
    """Row and column, from 1; a reference that isn't written exactly as spreadsheets write it is refused."""
    letters, digits = b"A", reference
    if not _ROW.fullmatch(reference):
        cell = _CELL.fullmatch(reference)
        if cell is None:
            raise BadInput("A cell of the spreadsheet has a place that can't be read.", _AS_CSV)
        letters, digits = cell[1], cell[2]
    column = 0
    for letter in letters:
        column = column * 26 + letter - 64
    if int(digits) > _LAST_ROW or column > _LAST_COLUMN:
        raise BadInput("A cell of the spreadsheet has a place that no sheet has.", _AS_CSV)
    return int(digits), column


def _packed(parts: dict[str, bytes]) -> bytes:
    """An archive of what was measured and of nothing else: two readers may find different parts in the same bytes."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_STORED) as archive:
        for name, content in parts.items():
            archive.writestr(zipfile.ZipInfo(name), content)
    return packed.getvalue()


def _parsed(data: bytes, what: str) -> Iterator[Sheet]:
    try:
        import python_calamine
    except ImportError as problem:
        raise BadInput(
            "Reading a spreadsheet needs an extra part that is not installed.",
            'Install it (`pip install "preceptor[excel]"`), or save the sheet as CSV.',
        ) from problem
    left = MOST_CELLS
    try:
        book = python_calamine.load_workbook(io.BytesIO(data))
        for place, name in enumerate(book.sheet_names):
            rows = book.get_sheet_by_index(place).to_python()
            left -= sum(map(len, rows))  # the same sheet may be named many times
            if left < 0:
                raise BadInput(f"The spreadsheet has more cells than a {what}.", _AS_CSV)
            yield Sheet(name, [[_as_text(cell) for cell in row] for row in rows])
    except (python_calamine.CalamineError, IndexError, ValueError, OSError) as problem:
        raise BadInput("The file can't be read as a spreadsheet (.xlsx).", _AS_CSV) from problem


def _as_text(cell: Any) -> str:
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return "" if cell is None else str(cell)
