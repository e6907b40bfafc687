"""Reading reference tables whole: codes and their meanings, no patient in them.

A small one is read into the proposal; a larger one is written into a file beside it, batch by batch. A person may have
marked a table: one that is marked needs no name like a list of codes, but it may hold no patient, event or person all
the same.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import msgspec

from sandbox.sources.catalog import quoted
from sandbox.sources.source import Source

from ._profile import Looked
from .kinds import settle_kind
from .model import Column, ReferenceFile, ReferenceRows, Table
from .propose import physical_name
from .reference_file import LONGEST_CELL, MOST_COLUMNS, write_file
from .rules import kind_of
from .samples import LONGEST_LABEL
from .schema import key_role, usable
from .types import family
from .words import words_of

MOST_ROWS = 5000
SAFE = ("plain", "key")
_CODE_WORDS = frozenset(("code", "id", "identifier", "number", "key"))


class Keeping(NamedTuple):
    """Where the files go (None: larger tables are left out); what a person marked, and which columns they tell by
    their values, by table; and who hears of rows."""

    folder: Path | None = None
    marks: Mapping[str, bool] = {}
    decided: Mapping[str, Collection[str]] = {}
    progress: Callable[[str, int], None] = lambda table, rows: None


class Settled(NamedTuple):
    """The tables, those of codes marked as such, and the rows of these."""

    tables: tuple[Table, ...]
    references: tuple[ReferenceRows, ...]
    files: tuple[ReferenceFile, ...]


def settle_references(
    source: Source, tables: Sequence[Table], looked: Sequence[Looked], keeping: Keeping | None = None
) -> Settled:
    """Which tables are reference tables, with their rows. Columns that are looked up are told by their values."""
    keeping = keeping or Keeping()
    settled, references, files = [], list[ReferenceRows](), list[ReferenceFile]()
    for table, one in zip(tables, looked, strict=True):
        rows = read_reference(source, table, one, keeping)
        if isinstance(rows, ReferenceRows):
            references.append(rows)
        elif rows is not None:
            files.append(rows)
        settled.append(_told_by_rows(table, one, rows.columns) if rows is not None else _no_reference(table))
    return Settled(tuple(settled), tuple(references), tuple(files))


def read_reference(
    source: Source, table: Table, looked: Looked, keeping: Keeping
) -> ReferenceRows | ReferenceFile | None:
    """The table's rows as text where it is a reference table: at most 5,000 as they are, more in a file."""
    marked = keeping.marks.get(table.name)
    columns = _columns(table, looked, keeping.decided.get(table.name, ()) if marked else None)
    if marked is False or not columns or not _is_reference(table, looked, columns, marked=bool(marked)):
        return None
    names = tuple(column.name for column in columns)
    if looked.rows <= MOST_ROWS:
        rows = tuple(row for page in _pages(source, table, columns, in_order=True) for row in page)
        return ReferenceRows(table=table.full_name, columns=names, rows=rows)
    if keeping.folder is None:
        return None
    codes = [column.name for column in columns if _is_code(looked, column)]
    pages = _pages(source, table, columns)
    tell = keeping.progress
    return write_file(
        keeping.folder, table.full_name, names, pages, codes=codes, progress=lambda done: tell(table.full_name, done)
    )


def without_people(keeping: Keeping | None, bare: Sequence[Table]) -> Keeping:
    """The same, with no mark that could read a table in which the look alone finds somebody, whatever a pack says."""
    keeping = keeping or Keeping()
    barred = {table.name: False for table in bare if any(map(_is_somebodys, table.columns))}
    return keeping._replace(marks={**keeping.marks, **barred})


def holds_people(table: Table) -> bool:
    """Whether it has a key of patients or events, or a column about a person: its rows are nobody's list of codes."""
    protected = ("specially_protected", "secret")
    return any(_is_somebodys(column) or column.column_class in protected for column in table.columns)


def why_no_reference(table: Table) -> str:
    """Why no mark makes it a reference table; empty when one can."""
    for column in table.columns:
        if _is_somebodys(column):
            return f"{column.name} is about a person or an event"
    return "" if any(column.column_class in SAFE for column in table.columns) else "no column of it may be told"


def _is_somebodys(column: Column) -> bool:
    return key_role(column) != "none" or column.column_class in ("direct_identifier", "staff")


def _columns(table: Table, looked: Looked, decided: Collection[str] | None) -> list[Column]:
    """What of it is looked up: texts that are told, and codes. Other numbers may be counts, and stay out of a file.

    `decided`: the table was marked, and of the columns that no rule knows, or that may be counts, a person tells these.
    """
    chosen = decided or ()
    safe = [column for column in table.columns if usable(column) and column.column_class in SAFE]
    if looked.rows > MOST_ROWS:
        safe = [one for one in safe if one.told == "values" or one.name in chosen or _is_code(looked, one)]
    safe += [column for column in table.columns if column.column_class == "unknown" and column.name in chosen]
    return sorted(safe, key=lambda one: not _is_code(looked, one))[:MOST_COLUMNS] if len(safe) > MOST_COLUMNS else safe


def _is_reference(table: Table, looked: Looked, columns: list[Column], *, marked: bool) -> bool:
    """Whether the table may be read whole.

    1. No patient, event or person is in it.
    2. It is named, or built, like a list of codes, or a person says that it is one.
    3. It has a short code per row, and words; nobody else says so for one that is marked.
    """
    if why_no_reference(table) or looked.rows <= 0:
        return False
    if marked:
        return True
    kind = settle_kind(kind_of(looked.table.name), looked.table.columns, ())
    coded = any(looked.is_unique(physical_name(one)) and _is_short(looked, one) for one in columns)
    worded = any(family(one.type) == "text" for one in columns)
    return kind == "reference" and coded and worded


def _is_code(looked: Looked, column: Column) -> bool:
    """A key, or another value in every row; a number only where it is called a code: else it may be a count."""
    if column.column_class == "key":
        return True
    unique = looked.is_unique(physical_name(column)) and _is_short(looked, column)
    return unique and (family(column.type) == "text" or not _CODE_WORDS.isdisjoint(words_of(column.name)))


def _is_short(looked: Looked, column: Column) -> bool:
    sample = looked.samples.get(physical_name(column))
    return sample is not None and all(len(value) <= LONGEST_LABEL for value in sample.values)


def _pages(
    source: Source, table: Table, columns: Sequence[Column], *, in_order: bool = False
) -> Iterator[list[tuple[str, ...]]]:
    """The rows as they come. Only a small table is put in order: a source sorts in memory alone."""
    names = ", ".join(f"CAST({quoted(physical_name(column))} AS VARCHAR)" for column in columns)
    order = f" ORDER BY {quoted(physical_name(columns[0]))}" if in_order else ""
    for batch in source.read(f"SELECT {names} FROM {quoted(*table.physical)}{order}"):
        texts = [column.to_pylist() for column in batch.columns]
        yield [tuple((value or "")[:LONGEST_CELL] for value in row) for row in zip(*texts, strict=True)]


def _told_by_rows(table: Table, looked: Looked, names: Sequence[str]) -> Table:
    """Whoever looks a code up is told it. A number that is no code (a count, a price) keeps what was proposed."""
    columns = tuple(
        msgspec.structs.replace(column, told="values")
        if column.name in names and column.column_class in SAFE and _is_code(looked, column)
        else column
        for column in table.columns
    )
    return msgspec.structs.replace(table, columns=columns, reference=True)


def _no_reference(table: Table) -> Table:
    return msgspec.structs.replace(table, reference=False) if table.reference else table
