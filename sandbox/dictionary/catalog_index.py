"""The catalog of a source as a file: every table and column by name alone, found in about a millisecond.

    copy_catalog(path, source.tables())
    write_catalog(path)
    with CatalogIndex.open(path) as index:
        index.find("admission date")          # [Found(table="enc_adm", column="admit_dttm", …), …]

It lies beside the source's settings and never leaves this computer; no row is in it. Comments are in it as they
may be told: without people, addresses and numbers. Which tables are open is marked in it too.
"""

from __future__ import annotations

import functools
import sqlite3
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Annotated, Concatenate, NamedTuple, ParamSpec, TypeVar

import msgspec

from sandbox.errors import BadInput

from ._catalog_search import Found, find
from ._catalog_write import CATALOG_TABLES, FILE_VERSION, Written, copy_catalog, is_of_catalog, write_catalog
from ._guarded_file import open_guarded
from .context import Around
from .model import Column, ColumnClass, Table

__all__ = ["CATALOG", "CatalogIndex", "Found", "Listed", "Written", "copy_catalog", "write_catalog"]

CATALOG = "catalog.sqlite"
# SQLite keeps anything in any cell, so what is read is of these types or damaged.
_Path = Annotated[tuple[str, ...], msgspec.Meta(min_length=1)]
_TableRow = tuple[str, str, str, int, int, int, int]
_ColumnRow = tuple[str, str, ColumnClass, str, float, str]
_Asked = ParamSpec("_Asked")
_Found = TypeVar("_Found")


class Listed(NamedTuple):
    """A table of the catalog. `rows` is the database's estimate, -1: unknown; `undecided` by names alone."""

    name: str
    physical: tuple[str, ...]
    comment: str
    rows: int
    columns: int
    undecided: int
    is_open: bool


def _read_safely(
    read: Callable[Concatenate[CatalogIndex, _Asked], _Found],
) -> Callable[Concatenate[CatalogIndex, _Asked], _Found]:
    """What turns out to be damaged only when it is read is refused like what is damaged from the start."""

    @functools.wraps(read)
    def safely(index: CatalogIndex, /, *asked: _Asked.args, **more: _Asked.kwargs) -> _Found:
        try:
            return read(index, *asked, **more)
        except (sqlite3.DatabaseError, msgspec.MsgspecError, UnicodeDecodeError) as problem:
            raise _damaged(index.source) from problem

    return safely


class CatalogIndex:
    """A catalog that was read, of the source of that name. Of one thread at a time.

    What is asked of it raises `BadInput` where the file is damaged.
    """

    def __init__(self, database: sqlite3.Connection, source: str) -> None:
        self._database = database
        self.source = source

    @classmethod
    def open(cls, path: Path, *, to_write: bool = False) -> CatalogIndex:
        """The index at `path`, or `BadInput` when nobody looked yet or it is of another version."""
        source = path.parent.name
        if not path.exists():
            raise BadInput(f"Nobody has looked at {source} yet.", _look(source))
        try:
            options = f"mode={'rw' if to_write else 'ro'}"
            database = open_guarded(path, is_of_catalog, CATALOG_TABLES, options, isolation_level=None)
        except (sqlite3.DatabaseError, UnicodeDecodeError) as problem:
            raise _damaged(source) from problem
        try:
            row = database.execute("SELECT value FROM about WHERE name = 'version'").fetchone()
        except sqlite3.DatabaseError as problem:
            database.close()
            raise _damaged(source) from problem
        if row is None or row[0] != FILE_VERSION:
            database.close()
            raise BadInput(f"The catalog of {source} was read by another version of Preceptor.", _look(source))
        return cls(database, source)

    def close(self) -> None:
        self._database.close()

    def __enter__(self) -> CatalogIndex:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()

    @_read_safely
    def counts(self) -> tuple[int, int]:
        """How many tables and columns there are."""
        row = self._database.execute("SELECT count(*), coalesce(sum(columns), 0) FROM tables").fetchone()
        return int(row[0]), int(row[1])

    @_read_safely
    def find(self, words: str, limit: int = 50) -> list[Found]:
        """Tables and columns that have to do with the words, best first."""
        return find(self._database, words, limit)

    def table(self, name: str) -> Listed | None:
        """The table of that dictionary name; None when there is none."""
        return next(iter(self._listed("WHERE name = ?", (name.lower(),))), None)

    def at(self, physical: tuple[str, ...]) -> Listed | None:
        """The table at that path; None when there is none."""
        return next(iter(self._listed("WHERE physical = ?", (_path(physical),))), None)

    def tables(self) -> Iterator[Listed]:
        """Every table, by name."""
        return iter(self._listed("ORDER BY name", ()))

    def opened(self) -> list[Listed]:
        """Those that are open."""
        return self._listed("WHERE is_open ORDER BY name", ())

    @_read_safely
    def columns(self, name: str) -> list[Column]:
        """The columns of a table as their names alone say; physical names, nothing told or given."""
        rows = self._database.execute(
            "SELECT c.name, type, class, domain, confidence, c.comment FROM columns c JOIN tables t ON t.id = table_id "
            "WHERE t.name = ? ORDER BY place",
            (name,),
        )
        return [
            Column(
                name=column, type=kind, column_class=column_class, domain=domain, confidence=sure, description=comment
            )
            for column, kind, column_class, domain, sure, comment in (msgspec.convert(row, _ColumnRow) for row in rows)
        ]

    def neighbour(self, source: str, physical: tuple[str, ...]) -> Table | None:
        """A table that need not be open, as its names alone say: what a declared key refers to, no more."""
        listed = self.at(physical)
        if listed is None:
            return None
        return Table(source=source, name=listed.name, columns=tuple(self.columns(listed.name)), physical=physical)

    @_read_safely
    def references(self, name: str) -> dict[str, tuple[tuple[str, ...], str]]:
        """Columns with a declared key of one column: where it leads, by physical path and column."""
        rows = self._database.execute(
            "SELECT c.name, refers, refers_column FROM columns c JOIN tables t ON t.id = table_id "
            "WHERE t.name = ? AND refers != ''",
            (name,),
        )
        return {
            column: (msgspec.json.decode(path, type=tuple[str, ...]), to_column) for column, path, to_column in rows
        }

    @_read_safely
    def around(self, physical: tuple[str, ...]) -> Around | None:
        """What the other tables say of a table."""
        row = self._database.execute("SELECT around FROM tables WHERE physical = ?", (_path(physical),)).fetchone()
        return msgspec.json.decode(row[0], type=Around) if row and row[0] else None

    def mark_open(self, paths: Iterable[tuple[str, ...]]) -> None:
        """Have exactly the tables at these paths open."""
        with self._database:
            self._database.execute("BEGIN IMMEDIATE")
            self._database.execute("UPDATE tables SET is_open = 0 WHERE is_open")
            self._database.executemany(
                "UPDATE tables SET is_open = 1 WHERE physical = ?", [(_path(physical),) for physical in paths]
            )

    @_read_safely
    def _listed(self, where: str, values: tuple[str, ...]) -> list[Listed]:
        rows = self._database.execute(
            f"SELECT name, physical, comment, rows, columns, undecided, is_open FROM tables {where}", values
        )
        return [
            Listed(name, msgspec.json.decode(path, type=_Path), comment, count, columns, undecided, bool(is_open))
            for name, path, comment, count, columns, undecided, is_open in (msgspec.convert(r, _TableRow) for r in rows)
        ]


def _look(source: str) -> str:
    return f"Run `preceptor source look {source}`."


def _damaged(source: str) -> BadInput:
    return BadInput(f"The catalog of {source} is damaged.", _look(source))


def _path(physical: tuple[str, ...]) -> str:
    return msgspec.json.encode(physical).decode()
