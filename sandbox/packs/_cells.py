"""The lines of a CSV file or of the sheets of a spreadsheet, as text, from files that nobody vouches for."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from sandbox.errors import BadInput
from sandbox.spreadsheets import read_sheets

LARGEST_FILE = 64 * 1024 * 1024


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
    for name, rows in read_sheets(small_file(path), what="data dictionary", formulas=True):
        for number, row in enumerate(rows, 1):
            yield Line(tuple(row), name, f"sheet {name}, line {number}", number == 1)


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


def _decoded(path: Path) -> str:
    data = small_file(path)
    encoding = "utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as problem:
        raise BadInput(f"{path.name} is not in UTF-8.", "Save it as CSV in UTF-8.") from problem
