"""The lines of a CSV file or of the sheets of a spreadsheet, as text, from files that nobody vouches for.

A spreadsheet is a ZIP archive: what it would unpack to is measured before anything reads it, because a few
kilobytes can hold gigabytes and a header can lie about it.
"""

from __future__ import annotations

import csv
import re
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

from sandbox.errors import BadInput

LARGEST_FILE = 64 * 1024 * 1024
LARGEST_UNPACKED = 256 * 1024 * 1024
MOST_PARTS = 5_000
_PIECE = 1 << 20
_LOCAL_HEADER = 30
MOST_CELLS = 5_000_000
_PLACE = re.compile(rb"""\br\s*=\s*["']([A-Z]{0,4})(\d{1,9})["']""")


class Line(NamedTuple):
    """One line. `first` of its file or sheet; `sheet` is a table's name where the file has none; `place` for people."""

    cells: tuple[str, ...]
    sheet: str
    place: str
    first: bool


def read_csv(path: Path) -> Iterator[Line]:
    """The lines of a file in UTF-8, or UTF-16 with its mark, with commas, semicolons or tabs; else `BadInput`."""
    text = _decoded(path)
    head = text.partition("\n")[0]
    delimiter = max(",;\t", key=head.count)
    if "\0" in text:
        raise BadInput(f"{path.name} can't be read as text.", "Save it as CSV in UTF-8.")
    try:
        for number, cells in enumerate(csv.reader(text.splitlines(keepends=True), delimiter=delimiter), 1):
            yield Line(tuple(cells), path.stem, f"line {number}", number == 1)
    except csv.Error as problem:
        raise BadInput(f"{path.name} can't be read as CSV.", "Save it as CSV in UTF-8.") from problem


def read_excel(path: Path) -> Iterator[Line]:
    """The lines of every sheet that has any, or `BadInput`."""
    data = small_file(path)
    if data[:2] != b"PK":
        raise BadInput(f"{path.name} can't be read as a spreadsheet.", "Save it as XLSX, or as CSV.")
    check_archive(path)
    check_extent(path)
    try:
        import python_calamine
    except ImportError as problem:
        raise BadInput(
            "Reading a spreadsheet needs an extra part that is not installed.",
            'Install it (`pip install "preceptor[excel]"`), or save the sheet as CSV.',
        ) from problem
    try:
        book = python_calamine.CalamineWorkbook.from_path(str(path))
        sheets = [(name, book.get_sheet_by_name(name).to_python()) for name in book.sheet_names]
    except (python_calamine.CalamineError, OSError, ValueError) as problem:
        raise BadInput(f"{path.name} can't be read as a spreadsheet.", "Save it again, or save it as CSV.") from problem
    for name, rows in sheets:
        for number, row in enumerate(rows, 1):
            yield Line(tuple(_text(cell) for cell in row), name, f"sheet {name}, line {number}", number == 1)


def small_file(path: Path, largest: int = LARGEST_FILE) -> bytes:
    """The bytes of the file, or `BadInput` when it is larger than any dictionary."""
    try:
        with path.open("rb") as file:
            data = file.read(largest + 1)
    except OSError as problem:
        raise BadInput(f"{path.name} can't be read ({type(problem).__name__}).") from problem
    if len(data) > largest:
        raise BadInput(f"{path.name} is too large to be a data dictionary.", "Cut it into several files.")
    return data


def check_archive(path: Path) -> None:
    """`BadInput` when the archive would unpack to more than any dictionary needs, whatever it says of itself."""
    try:
        with zipfile.ZipFile(path) as archive, path.open("rb") as file:
            parts = archive.infolist()
            left = LARGEST_UNPACKED if len(parts) <= MOST_PARTS else -1
            for part in parts:
                left -= _unpacked(file, part, left)
                if left < 0:
                    break
    except (zipfile.BadZipFile, zlib.error, OSError, ValueError, NotImplementedError) as problem:
        raise BadInput(f"{path.name} can't be read as a spreadsheet.", "Save it again, or save it as CSV.") from problem
    if left < 0:
        raise BadInput(f"{path.name} unpacks to more than any data dictionary has.", "Save it as CSV.")


def check_extent(path: Path) -> None:
    """`BadInput` when a sheet has a cell so far out that the space before it, kept as cells, would fill the memory."""
    with zipfile.ZipFile(path) as archive:
        for part in archive.infolist():
            if not part.filename.lower().endswith(".xml"):
                continue
            try:
                text = archive.read(part)
            except (zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError, ValueError) as problem:
                raise BadInput(f"{path.name} can't be read as a spreadsheet.", "Save it again as XLSX.") from problem
            rows = columns = 1
            for letters, digits in _PLACE.findall(text):
                rows, columns = max(rows, int(digits)), max(columns, _column_number(letters))
            if rows * columns > MOST_CELLS or b"\0" in text:
                raise BadInput(f"{path.name} is larger than any data dictionary.", "Save the sheet as CSV.")


def _column_number(letters: bytes) -> int:
    number = 0
    for letter in letters[:4]:
        number = number * 26 + letter - 64
    return number


def _unpacked(file: BinaryIO, part: zipfile.ZipInfo, limit: int) -> int:
    """How many bytes the part really unpacks to, counted no further than just above `limit`."""
    file.seek(part.header_offset)
    header = file.read(_LOCAL_HEADER)
    file.seek(int.from_bytes(header[26:28], "little") + int.from_bytes(header[28:30], "little"), 1)
    if part.compress_type == zipfile.ZIP_STORED:
        return part.compress_size
    if part.compress_type != zipfile.ZIP_DEFLATED:
        raise NotImplementedError("a spreadsheet packs its parts with deflate")
    inflate, total, packed = zlib.decompressobj(-zlib.MAX_WBITS), 0, b""
    while not inflate.eof and total <= limit:
        packed = inflate.unconsumed_tail or file.read(_PIECE)
        if not packed:
            break
        total += len(inflate.decompress(packed, _PIECE))
    return total


def _decoded(path: Path) -> str:
    data = small_file(path)
    encoding = "utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as problem:
        raise BadInput(f"{path.name} is not in UTF-8.", "Save it as CSV in UTF-8.") from problem


def _text(cell: Any) -> str:
    """A cell as text; a whole number without its `.0`."""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return "" if cell is None else str(cell)
