"""Writing the catalog of a source as a file: streamed from the database, classified a table at a time.

What is in memory at once is the columns of one table, what the tables say of each other, and SQLite's cache.
"""

from __future__ import annotations

import os
import re
import sqlite3
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import msgspec

from sandbox.sources.catalog import CatalogColumn, CatalogTable

from ._guarded_file import SchemaObject, shadows_of
from .classify import classify_table, settled
from .comments import clean_comment
from .context import Around
from .words import words_of

FILE_VERSION = "1"
_AT_ONCE = 5000
_CACHE_KB = 8192

_STAGE = """
CREATE TABLE tables(id INTEGER PRIMARY KEY, physical TEXT, comment TEXT, rows INTEGER, name TEXT, words TEXT,
  columns INTEGER, undecided INTEGER DEFAULT 0, around BLOB);
CREATE TABLE columns(id INTEGER PRIMARY KEY, table_id INTEGER, place INTEGER, name TEXT, type TEXT, comment TEXT,
  nullable INTEGER, refers TEXT, refers_column TEXT, words TEXT, weight INTEGER);
CREATE TABLE judged(id INTEGER PRIMARY KEY, class TEXT, told TEXT, given TEXT, domain TEXT, confidence REAL);
"""

_FINAL = """
CREATE TABLE about(name TEXT PRIMARY KEY, value TEXT);
CREATE TABLE tables(id INTEGER PRIMARY KEY, name TEXT UNIQUE, physical TEXT UNIQUE, comment TEXT, rows INTEGER,
  columns INTEGER, undecided INTEGER, words TEXT, is_open INTEGER DEFAULT 0, around BLOB);
CREATE TABLE columns(id INTEGER PRIMARY KEY, table_id INTEGER, place INTEGER, name TEXT, type TEXT, comment TEXT,
  class TEXT, told TEXT, given TEXT, domain TEXT, confidence REAL, refers TEXT, refers_column TEXT, words TEXT);
CREATE VIRTUAL TABLE found_tables USING fts5(own, comment, content='', detail='column', columnsize=0);
CREATE VIRTUAL TABLE found_columns USING fts5(own, home, comment, content='', detail='column', columnsize=0);
"""

# Short names come first: who asks for a common word is shown the columns that are called just that.
_FILL = """
INSERT INTO tables(id, name, physical, comment, rows, columns, undecided, words, around)
  SELECT row_number() OVER (ORDER BY length(words), id), name, physical, comment, rows, columns, undecided, words,
  around FROM stage.tables;
INSERT INTO columns SELECT row_number() OVER (ORDER BY c.weight, c.id), t.id, c.place, c.name, c.type, c.comment,
  j.class, j.told, j.given, j.domain, j.confidence, c.refers, c.refers_column, c.words
  FROM stage.columns c JOIN stage.judged j ON j.id = c.id JOIN stage.tables s ON s.id = c.table_id
  JOIN tables t ON t.physical = s.physical;
INSERT INTO found_tables(rowid, own, comment) SELECT id, words, comment FROM tables ORDER BY id;
INSERT INTO found_columns(rowid, own, home, comment)
  SELECT c.id, c.words, t.words, c.comment FROM columns c JOIN tables t ON t.id = c.table_id ORDER BY c.id;
CREATE INDEX columns_of ON columns(table_id, place);
"""


_OBJECTS = {
    statement.split("(")[0].split(" USING ")[0].split()[-1]: statement.strip() for statement in _FINAL.split(";")[:-1]
}
_OBJECTS |= {"columns_of": "CREATE INDEX columns_of ON columns(table_id, place)"}
_OBJECTS |= shadows_of("found_tables") | shadows_of("found_columns")
CATALOG_TABLES = frozenset(_OBJECTS)
_AUTOMATIC = re.compile(r"sqlite_autoindex_(?:about|tables)_[12]")


def is_of_catalog(one: SchemaObject) -> bool:
    """Whether it is one of the tables and indexes that are written here, word for word."""
    if one.sql is None:
        return one.type == "index" and _AUTOMATIC.fullmatch(one.name) is not None
    kind = "index" if one.name == "columns_of" else "table"
    return one.type == kind and _OBJECTS.get(one.name) == one.sql


class Written(NamedTuple):
    """How large the catalog is."""

    tables: int
    columns: int


def copy_catalog(path: Path, tables: Iterable[CatalogTable], *, comments: bool = True) -> Written:
    """Copy what the database says of itself to a file beside `path`, from which `write_catalog` makes the catalog.

    Two steps, so that the database can be closed between them: one of this size takes more memory than the rest.
    `comments`: whether what its owner wrote about tables and columns is looked at at all.
    """
    _stage(path).unlink(missing_ok=True)
    stage = _connected(_stage(path))
    try:
        stage.executescript(_STAGE)
        _copy(stage, tables, comments)
        row = stage.execute("SELECT count(*), (SELECT count(*) FROM columns) FROM tables").fetchone()
    finally:
        stage.close()
    return Written(int(row[0]), int(row[1]))


def write_catalog(path: Path, kept: Mapping[tuple[str, ...], str] | None = None) -> None:
    """Put the catalog that was copied in place of the one at `path`. `kept`: names that tables at these paths have."""
    new_path = path.with_suffix(".new")
    new_path.unlink(missing_ok=True)
    try:
        stage = _connected(_stage(path))
        try:
            _name(stage, kept or {})
            _judge(stage)
        finally:
            stage.close()
        _finish(new_path, _stage(path))
        os.replace(new_path, path)
    finally:
        for one in (_stage(path), new_path):
            one.unlink(missing_ok=True)


def _stage(path: Path) -> Path:
    return path.with_suffix(".stage")


def names_of(physical: Iterable[tuple[str, ...]], kept: Mapping[tuple[str, ...], str]) -> dict[tuple[str, ...], str]:
    """Dictionary names by path: the table's name in lower case, with its schema where two would be alike.

    A table that has a name keeps it, whatever came beside it.
    """
    paths = list(physical)
    plain = Counter(path[-1].lower() for path in paths)
    names = {path: kept[path] for path in paths if path in kept}
    taken = set(names.values())
    for path in paths:
        if path not in names:
            short = path[-1].lower()
            wanted = short if plain[short] == 1 else "_".join(part.lower() for part in path[-2:])
            names[path], number = wanted, 2
            while names[path] in taken:
                names[path], number = f"{wanted}_{number}", number + 1
            taken.add(names[path])
    return names


def _connected(path: Path) -> sqlite3.Connection:
    os.close(os.open(path, os.O_WRONLY | os.O_CREAT, 0o600))  # SQLite would let others read it
    database = sqlite3.connect(path, isolation_level=None)
    # Nobody reads it before it is whole, and one that is cut off is made anew.
    database.executescript(
        "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA temp_store = MEMORY; "
        f"PRAGMA cache_size = -{_CACHE_KB}"
    )
    return database


def _copy(stage: sqlite3.Connection, tables: Iterable[CatalogTable], comments: bool) -> None:
    """The catalog as it comes, a few thousand columns at a time."""
    stage.execute("BEGIN")
    waiting: list[tuple[object, ...]] = []
    for number, table in enumerate(tables, 1):
        comment = clean_comment(table.comment) if comments else ""
        stage.execute(
            "INSERT INTO tables(id, physical, comment, rows, words, columns) VALUES (?, ?, ?, ?, ?, ?)",
            (number, _json(table.physical), comment, table.rows, spelled_out(table.name), len(table.columns)),
        )
        waiting += _column_rows(number, table, comments)
        if len(waiting) >= _AT_ONCE:
            _insert(stage, waiting)
            waiting = []
    _insert(stage, waiting)
    stage.execute("CREATE INDEX of_table ON columns(table_id, place)")
    stage.execute("COMMIT")


def _insert(stage: sqlite3.Connection, rows: list[tuple[object, ...]]) -> None:
    stage.executemany(
        "INSERT INTO columns(table_id, place, name, type, comment, nullable, refers, refers_column, words, weight) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        rows,
    )


def _column_rows(number: int, table: CatalogTable, comments: bool) -> Iterator[tuple[object, ...]]:
    refers = {
        key.columns[0]: (_json(key.to_table), key.to_columns[0]) for key in table.foreign_keys if len(key.columns) == 1
    }
    for place, column in enumerate(table.columns):
        words = spelled_out(column.name)
        yield (
            number,
            place,
            column.name,
            column.type,
            clean_comment(column.comment) if comments and column.comment else "",
            column.nullable,
            *refers.get(column.name, ("", "")),
            words,
            words.count(" "),
        )


def spelled_out(name: str) -> str:
    """What a name is found by: its words in full, then its parts as they are written."""
    parts = [part for part in re.split(r"[\W_]+", name.lower()) if part]
    return " ".join(dict.fromkeys((*words_of(name), *parts)))


def _name(stage: sqlite3.Connection, kept: Mapping[tuple[str, ...], str]) -> None:
    paths = {number: _path(text) for number, text in stage.execute("SELECT id, physical FROM tables ORDER BY id")}
    names = names_of(paths.values(), kept)
    stage.executemany(
        "UPDATE tables SET name = ? WHERE id = ?", [(names[path], number) for number, path in paths.items()]
    )


def _judge(stage: sqlite3.Connection) -> None:
    """Each column's class by its name, its type and what is around it."""
    tables = _Staged(stage)
    declared = dict(tables.declared())
    around = settled(tables, declared)
    stage.execute("BEGIN")
    for key, number in tables.numbers.items():
        columns = tables[key]
        verdicts = classify_table(key.rpartition(".")[2], columns, None, around[key])
        first = stage.execute("SELECT min(id) FROM columns WHERE table_id = ?", (number,)).fetchone()[0]
        stage.executemany(
            "INSERT INTO judged VALUES (?, ?, ?, ?, ?, ?)",
            [
                (first + place, one.column_class, one.told, one.given, one.domain, one.confidence)
                for place, one in enumerate(verdicts)
            ],
        )
        undecided = sum(one.column_class == "unknown" for one in verdicts)
        stage.execute(
            "UPDATE tables SET undecided = ?, around = ? WHERE id = ?",
            (undecided, msgspec.json.encode(_short(around[key])), number),
        )
    stage.execute("COMMIT")


def _short(around: Around) -> Around:
    """Without the names that are as they are."""
    return msgspec.structs.replace(around, names={name: short for name, short in around.names.items() if short != name})


class _Staged(Mapping[str, Sequence[CatalogColumn]]):
    """The columns of every table, read when they are asked for; a table is `schema.Name` as it is written."""

    def __init__(self, stage: sqlite3.Connection) -> None:
        self._stage = stage
        rows = stage.execute("SELECT id, physical FROM tables ORDER BY id")
        self.numbers = {".".join(_path(text)[-2:]): number for number, text in rows}

    def __getitem__(self, key: str) -> tuple[CatalogColumn, ...]:
        rows = self._stage.execute(
            "SELECT name, type, comment, nullable FROM columns WHERE table_id = ? ORDER BY place", (self.numbers[key],)
        )
        return tuple(CatalogColumn(name=n, type=t, comment=c, nullable=bool(null)) for n, t, c, null in rows)

    def __iter__(self) -> Iterator[str]:
        return iter(self.numbers)

    def __len__(self) -> int:
        return len(self.numbers)

    def declared(self) -> Iterator[tuple[tuple[str, str], str]]:
        """The table that a column refers to, where the database declares it."""
        keys = {number: key for key, number in self.numbers.items()}
        rows = self._stage.execute("SELECT table_id, name, refers FROM columns WHERE refers != ''")
        for number, column, path in rows:
            target = ".".join(_path(path)[-2:])
            if target in self.numbers:
                yield (keys[number], column), target


def _finish(new_path: Path, stage_path: Path) -> None:
    final = _connected(new_path)
    try:
        final.executescript(_FINAL)
        final.execute("ATTACH ? AS stage", (str(stage_path),))
        final.executescript(f"BEGIN; {_FILL} COMMIT;")
        final.execute("INSERT INTO about VALUES ('version', ?)", (FILE_VERSION,))
    finally:
        final.close()


def _path(text: str) -> tuple[str, ...]:
    return tuple(msgspec.json.decode(text))


def _json(path: Sequence[str]) -> str:
    return msgspec.json.encode(path).decode()
