"""Reference tables of any size: one SQLite file each, written as the rows come, named by its hash in the signed table.

    file = write_file(folder, "omop.concept", columns, batches, codes=("concept_id",))    # on the running side
    with open_file(folder, file) as index: index.matching(("heart", "failure"))            # hash checked once

The file holds the rows, an index of what looks like a code, and a full-text index of the words. Rows lie in the order
of the length of their meaning, so that the plainest comes first without anything being sorted when it is asked for.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import sqlite3
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from sandbox.errors import BadInput, LimitReached, RecordRefused
from sandbox.files import storage_fault, sync_folder

from .model import ReferenceFile
from .reference_index import ROLES, WORDS, ReferenceIndex, bare_of, column_name

Row = tuple[str, ...]

LONGEST_CELL = 300
LONGEST_CODE = 40
MOST_COLUMNS = 20
MOST_CODE_COLUMNS = 4
MOST_ROWS = 200_000_000
_PAGE = 65_536  # rows that are written at once
_WORDS_AT_ONCE = 32 * 1024 * 1024  # bytes of the full-text index that are gathered before they are written
_LENGTHS = 2047
_UNUSED_SECONDS = 24 * 3600  # a look that is under way has not named its files yet
_HASHED_AT_ONCE = 4 * 1024 * 1024
_checked: set[tuple[str, int, int, int, int, int, str]] = set()


class Roles(NamedTuple):
    """Places of the columns that are looked up as codes, and of the one with the meaning (-1: none)."""

    codes: tuple[int, ...]
    meaning: int


def write_file(
    folder: Path,
    table: str,
    columns: Sequence[str],
    rows: Iterable[Sequence[Row]],
    *,
    codes: Sequence[str] = (),
    progress: Callable[[int], None] | None = None,
) -> ReferenceFile:
    """Write the rows, which come in batches, into a new file of the folder. What is there stays as it is.

    `codes` are columns that hold codes whatever they look like. Memory does not grow with the number of rows.
    """
    if not 0 < len(columns) <= MOST_COLUMNS:
        raise BadInput(f"A reference table has 1 to {MOST_COLUMNS} columns that are told.", "Tell fewer of them.")
    part = folder / f".{os.urandom(8).hex()}.part"
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        os.close(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))  # SQLite would let others read it
        written, roles = _write(part, columns, rows, codes, progress)
        sha256 = sha256_of(part)
        name = f"{_stem(table)}-{sha256[:16]}.sqlite"
        os.replace(part, folder / name)
        sync_folder(folder)
    except OSError as problem:
        raise storage_fault(folder, problem) from problem
    except sqlite3.Error as problem:
        raise LimitReached(
            f"The rows of {table} could not be kept ({type(problem).__name__}).", "See whether the disk is full."
        ) from None  # the text can quote a path
    finally:
        with contextlib.suppress(OSError):
            part.unlink()
    meaning = columns[roles.meaning] if roles.meaning >= 0 else ""
    return ReferenceFile(table=table, columns=tuple(columns), rows=written, sha256=sha256, name=name, meaning=meaning)


def open_file(folder: Path, file: ReferenceFile) -> ReferenceIndex:
    """The index, or `RecordRefused`: the file is missing, or is not what was signed.

    The hash is computed once per file and process; a file that was changed since is hashed again.
    """
    path = folder / file.name
    if path.parent != folder:
        raise RecordRefused(f"The rows of {file.table} lie elsewhere than they may.")
    try:
        seen = _seen(path, file)
        if seen not in _checked:
            if sha256_of(path) != file.sha256:
                raise RecordRefused(f"The rows of {file.table} are not those that were signed.", _AGAIN)
            _checked.add(seen)
        index = ReferenceIndex(path, file)
        if _seen(path, file) != seen:  # another file was put in its place between the hash and the opening
            index.close()
            raise RecordRefused(f"The rows of {file.table} were changed while they were opened.", _AGAIN)
        return index
    except OSError as problem:
        raise RecordRefused(f"The rows of {file.table} can't be read ({type(problem).__name__}).", _AGAIN) from problem
    except sqlite3.Error as problem:
        raise RecordRefused(f"The rows of {file.table} are damaged ({type(problem).__name__}).", _AGAIN) from None


def _seen(path: Path, file: ReferenceFile) -> tuple[str, int, int, int, int, int, str]:
    """What tells the file from another one at its place.

    The time of change of the entry itself is set by the system alone, that of the content by anyone.
    """
    about = path.stat()
    times = (about.st_mtime_ns, about.st_ctime_ns)
    return (str(path), about.st_dev, about.st_ino, about.st_size, *times, file.sha256)


_AGAIN = "Look at its source again, and sign the table."


def narrowed(folder: Path, file: ReferenceFile, columns: Sequence[str]) -> ReferenceFile | None:
    """The same rows in these columns only, as another file; None when none of the file's is among them."""
    kept = tuple(name for name in file.columns if name in columns)
    if kept == file.columns or not kept:
        return file if kept else None
    with open_file(folder, file) as index:
        codes = [name for name in index.code_columns if name in kept]
        return write_file(folder, file.table, kept, index.batches(kept, _PAGE), codes=codes)


def remove_others(folder: Path, kept: Iterable[ReferenceFile]) -> None:
    """Remove what nobody has referred to for a day: files of earlier looks, and of a look that was interrupted."""
    names = {file.name for file in kept}
    for path in [*folder.glob("*.sqlite"), *folder.glob(".*.part")]:
        with contextlib.suppress(OSError):  # Windows keeps a file that a question has open
            if path.name not in names and time.time() - path.stat().st_mtime > _UNUSED_SECONDS:
                path.unlink()


def sha256_of(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as stream:
        while block := stream.read(_HASHED_AT_ONCE):
            digest.update(block)
    return digest.hexdigest()


def _write(
    part: Path,
    columns: Sequence[str],
    rows: Iterable[Sequence[Row]],
    codes: Sequence[str],
    progress: Callable[[int], None] | None,
) -> tuple[int, Roles]:
    """Rows first, in their order of length; then the index of each code column; then the words, read back in order."""
    pages = (page for page in rows if page)
    first = next(pages, ())
    roles = _roles(columns, first, codes)
    names = [column_name(place) for place in range(len(columns))]
    with contextlib.closing(sqlite3.connect(part)) as file:
        file.executescript(
            "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA locking_mode = EXCLUSIVE; "
            "PRAGMA cache_size = -65536;"
            f"CREATE TABLE entry (id INTEGER PRIMARY KEY, {', '.join(f'{name} TEXT NOT NULL' for name in names)});"
            f"{ROLES};"
        )
        file.executemany("INSERT INTO role VALUES (?, ?, ?)", _role_rows(columns, roles))
        _sort_beside(file, part.parent)
        marks = ", ".join("?" * (len(columns) + 1))
        written = 0
        for page in _with_first(first, pages):
            if written + len(page) > MOST_ROWS:
                raise BadInput(f"A reference table has at most {MOST_ROWS:,} rows.", "Make a view of those in use.")
            file.executemany(f"INSERT INTO entry VALUES ({marks})", _numbered(page, roles.meaning, written))
            written += len(page)
            if progress is not None:
                progress(written)
        file.commit()
        _index_codes(file, roles)
        _index_words(file, [name for place, name in enumerate(names) if place not in roles.codes])
    _sync(part)
    return written, roles


def _index_codes(file: sqlite3.Connection, roles: Roles) -> None:
    for place in roles.codes:
        name = column_name(place)
        file.execute(f"CREATE TABLE code_{name} (bare TEXT, id INTEGER, PRIMARY KEY (bare, id)) WITHOUT ROWID")
        file.execute(f"INSERT INTO code_{name} SELECT {bare_of(name)}, id FROM entry WHERE {name} <> '' ORDER BY 1, 2")
    file.commit()


def _sort_beside(file: sqlite3.Connection, folder: Path) -> None:
    """What is sorted goes to files in this folder: a confined process reaches no other."""
    literal = "'" + str(folder).replace("'", "''") + "'"
    with contextlib.suppress(sqlite3.Error):  # built without it: then it is sorted in memory
        file.execute(f"PRAGMA temp_store_directory = {literal}")
    if file.execute("PRAGMA temp_store_directory").fetchone() is None:
        file.execute("PRAGMA temp_store = MEMORY")


def _index_words(file: sqlite3.Connection, names: list[str]) -> None:
    """Words without their places (`detail=none`): half the size, and nothing here asks for phrases."""
    if not names:
        return
    text = " || ' ' || ".join(names)
    file.execute(WORDS)
    file.execute(f"INSERT INTO words(words, rank) VALUES ('hashsize', {_WORDS_AT_ONCE:d})")
    file.execute(f"INSERT INTO words(rowid, text) SELECT id, {text} FROM entry ORDER BY id")
    file.execute("INSERT INTO words(words) VALUES ('optimize')")
    file.commit()


def _with_first(first: Sequence[Row], rest: Iterable[Sequence[Row]]) -> Iterator[Sequence[Row]]:
    if first:
        yield first
    yield from rest


def _numbered(page: Sequence[Row], meaning: int, before: int) -> list[tuple[object, ...]]:
    """Each row with its number: short meanings first, then as they came."""
    cut = [tuple(cell[:LONGEST_CELL] for cell in row) for row in page]
    return sorted(
        ((min(len(row[meaning]), _LENGTHS) if meaning >= 0 else 0) << 40 | number, *row)
        for number, row in enumerate(cut, before)
    )


def _role_rows(columns: Sequence[str], roles: Roles) -> list[tuple[int, str, str]]:
    def role(place: int) -> str:
        return "code" if place in roles.codes else "meaning" if place == roles.meaning else "word"

    return [(place, name, role(place)) for place, name in enumerate(columns)]


def _roles(columns: Sequence[str], page: Sequence[Row], codes: Sequence[str]) -> Roles:
    """Codes: short, without spaces, and different in most rows; the meaning: the longest texts of the others."""
    told = [place for place, name in enumerate(columns) if name in codes]
    found = [place for place in range(len(columns)) if place not in told and _like_codes([row[place] for row in page])]
    coded = tuple((*told, *found)[:MOST_CODE_COLUMNS])
    others = [place for place in range(len(columns)) if place not in coded]
    return Roles(coded, max(others, key=lambda place: sum(len(row[place]) for row in page), default=-1))


def _like_codes(cells: list[str]) -> bool:
    present = [cell for cell in cells if cell]
    short = all(len(cell) <= LONGEST_CODE and " " not in cell for cell in present)
    return short and len(set(present)) * 2 > len(cells)


def _stem(table: str) -> str:
    plain = "".join(c if c.isascii() and (c.isalnum() or c in "-_") else "_" for c in table.partition(".")[2] or table)
    return plain[:80]


def _sync(path: Path) -> None:
    fd = os.open(path, os.O_RDWR)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)
