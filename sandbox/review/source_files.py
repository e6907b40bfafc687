"""What lies at the place of a new source, told by its first bytes: tables that can be read, or why not.

    check_holds_tables(Path("/data/ehr.duckdb"))       # or a folder of Parquet and CSV files

Asked before anybody types a login. What is wrong further on in a large file is found when it is read.
"""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from pathlib import Path

from sandbox.errors import BadInput, SourceUnavailable

READ = 4 * 1024 * 1024  # bytes of a CSV file
KINDS = (".parquet", ".csv")
UTF_8 = "Save it again as UTF-8 (in a spreadsheet: “CSV UTF-8”), then connect the folder again."
_CHOOSE = "Choose a DuckDB file, or a folder of Parquet or CSV files."
_WIDE = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE, codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)


def check_holds_tables(location: Path) -> None:
    """Return when the file is a DuckDB database or the folder holds tables, or `BadInput`, `SourceUnavailable`."""
    try:
        if location.is_dir():
            _check_folder(location)
        else:
            _check_database(location)
    except OSError as problem:
        raise SourceUnavailable(
            f"{location.name} can't be read ({type(problem).__name__}).", "Ask whoever owns it for read access."
        ) from problem


def _check_database(path: Path) -> None:
    if path.suffix.lower() in KINDS:
        raise BadInput(f"{path.name} is one file of a folder.", "Connect the folder that it lies in.")
    with path.open("rb") as file:
        if file.read(12)[8:] != b"DUCK":  # at this place also in an encrypted one
            raise BadInput(f"{path.name} is no DuckDB database.", _CHOOSE)


def _check_folder(folder: Path) -> None:
    files = [path for path in sorted(folder.iterdir()) if path.suffix.lower() in KINDS and path.is_file()]
    if not files:
        raise BadInput(f"The folder {folder.name} holds no Parquet or CSV file.", _CHOOSE)
    for path in files:
        if path.suffix.lower() == ".parquet":
            _check_parquet(path)
        else:
            _check_csv(path)


def _check_parquet(path: Path) -> None:
    with path.open("rb") as file:
        if file.read(4) not in (b"PAR1", b"PARE"):
            raise BadInput(f"{path.name} is no Parquet file.", "Export it again, or take it out of the folder.")


def _check_csv(path: Path) -> None:
    lines, decoder = 1, codecs.getincrementaldecoder("utf-8-sig")()
    for part in _parts(path):
        if part[:4].startswith(_WIDE) and lines == 1:
            raise BadInput(f"{path.name} is written in UTF-16.", UTF_8)
        try:
            text = decoder.decode(part)
        except UnicodeDecodeError as problem:
            lines += problem.object[: problem.start].count(b"\n")
            raise BadInput(f"{path.name} is not in UTF-8: see its line {lines:,}.", UTF_8) from problem
        if "\0" in text:
            raise BadInput(f"{path.name} is no CSV file.", "Export it again, or take it out of the folder.")
        lines += text.count("\n")


def _parts(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        part = file.read(READ // 8)
        if not part.strip():
            raise BadInput(f"{path.name} is empty.", "Export it again, or take it out of the folder.")
        while part and file.tell() <= READ:
            yield part
            part = file.read(READ // 8)
