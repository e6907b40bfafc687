"""The first sheet of an Excel workbook as rows of text. What is packed in it is measured before it is unpacked."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Iterator

from sandbox.errors import BadInput

MOST_UNPACKED = 256 * 1024 * 1024
MOST_PARTS = 2000
_AT_ONCE = 1024 * 1024
_ADVICE = "Save the sheet as CSV in UTF-8, and bring that file."


def rows_of_workbook(data: bytes) -> Iterator[list[str]]:
    """The rows, or `BadInput`: no workbook, one that unpacks to too much, or one with formulas."""
    _check_parts(data)
    try:
        import python_calamine
    except ImportError as problem:
        raise BadInput("Excel files can't be read on this computer: a part is not installed.", _ADVICE) from problem
    try:
        rows = python_calamine.load_workbook(io.BytesIO(data)).get_sheet_by_index(0).to_python()
    except (python_calamine.CalamineError, IndexError, ValueError, OSError) as problem:
        raise BadInput("The workbook can't be read.", _ADVICE) from problem
    return ([_as_text(cell) for cell in row] for row in rows)


def _check_parts(data: bytes) -> None:
    """Sizes are counted while unpacking: what a file says of itself may be false."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            parts = packed.infolist()
            if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > MOST_UNPACKED:
                raise BadInput("The workbook unpacks to far more than a list of codes.", _ADVICE)
            left = MOST_UNPACKED
            for part in parts:
                left = _check_part(packed, part, left)
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError) as problem:
        raise BadInput("The file is no Excel workbook (.xlsx).", _ADVICE) from problem


def _check_part(packed: zipfile.ZipFile, part: zipfile.ZipInfo, left: int) -> int:
    is_sheet, end = part.filename.startswith("xl/worksheets/"), b""
    with packed.open(part) as stream:
        while block := stream.read(_AT_ONCE):
            left -= len(block)
            if left < 0:
                raise BadInput("The workbook unpacks to far more than a list of codes.", _ADVICE)
            if is_sheet and (b"<f>" in end + block or b"<f " in end + block):
                raise BadInput("The workbook holds formulas, so its cells are no plain codes.", "Save it as values.")
            end = block[-3:]
    return left


def _as_text(cell: object) -> str:
    """A code that a spreadsheet took for a number is that number without `.0`."""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell)
