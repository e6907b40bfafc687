"""Looking something up in the file of a reference table: by the beginning of a code, by words, by exact codes.

    index.beginning_with("i50", 100)            # rows in the order of the code, the exact one first
    index.matching(("heart", "failure"), 20)    # rows that hold every word, the plainest first
    index.rows_of(("I50.21",))                  # for checking codes, and what a program says

Every answer is bounded, whatever is asked. The file is opened read-only, and never written here.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path
from types import TracebackType
from typing import TypeVar
from weakref import finalize

from ._guarded_file import SchemaObject, open_guarded, shadows_of
from .model import ReferenceFile

Row = tuple[str, ...]
_Asked = TypeVar("_Asked", str, int)

MOST_COUNTED = 500  # "500 or more" is as good as the number for whoever reads it
_ASKED_AT_ONCE = 500
WORDS = (
    "CREATE VIRTUAL TABLE words USING "
    "fts5(text, content='', detail=none, columnsize=0, prefix='3 4', tokenize='porter unicode61')"
)
ROLES = "CREATE TABLE role (place INTEGER PRIMARY KEY, name TEXT NOT NULL, role TEXT NOT NULL)"
_ALWAYS = frozenset(("entry", "role"))
_FIXED = {"role": ROLES, "words": WORDS, **shadows_of("words")}
_ENTRY = re.compile(r"CREATE TABLE entry \(id INTEGER PRIMARY KEY(, c\d{1,2} TEXT NOT NULL){1,20}\)")
_CODE = re.compile(r"CREATE TABLE (code_c\d{1,2}) \(bare TEXT, id INTEGER, PRIMARY KEY \(bare, id\)\) WITHOUT ROWID")


def column_name(place: int) -> str:
    return f"c{place}"


def bare_of(expression: str) -> str:
    """SQL: a code as it is compared: lower case, without dots."""
    return f"replace(lower({expression}), '.', '')"


def _is_written_here(one: SchemaObject) -> bool:
    sql = one.sql or ""
    if one.type != "table":
        return False
    if one.name == "entry":
        return _ENTRY.fullmatch(sql) is not None
    code = _CODE.fullmatch(sql)
    return code[1] == one.name if code else _FIXED.get(one.name) == sql


class ReferenceIndex:
    """One open file. It may be used from any thread, by one at a time."""

    def __init__(self, path: Path, file: ReferenceFile) -> None:
        self.file = file
        # It never changes once it is there: SQLite looks for no journal and takes no lock.
        self._file = open_guarded(path, _is_written_here, _ALWAYS, "mode=ro&immutable=1", check_same_thread=False)
        self._closed = finalize(self, self._file.close)
        self._file.execute("PRAGMA cache_size = -16384")
        roles = self._file.execute("SELECT place, name, role FROM role ORDER BY place").fetchall()
        self._codes = [column_name(place) for place, _, role in roles if role == "code"]
        self.code_columns = tuple(name for _, name, role in roles if role == "code")
        self._has_words = len(self._codes) < len(roles)
        self._cells = ", ".join(column_name(place) for place, _, _ in roles)

    def __enter__(self) -> ReferenceIndex:
        return self

    def __exit__(self, kind: type[BaseException] | None, value: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        self._closed()

    def beginning_with(self, stem: str, most: int) -> tuple[int, list[Row]]:
        """How many rows have a code that begins so (at most `MOST_COUNTED` are counted), and the first of them."""
        found: dict[int, None] = {}
        for name in self._codes:
            rows = self._file.execute(
                f"SELECT id FROM code_{name} WHERE bare >= {bare_of('?1')} AND bare < {bare_of('?1')} || char(1114111) "
                "ORDER BY bare LIMIT ?2",
                (stem, MOST_COUNTED),
            )
            found |= {number: None for (number,) in rows}
        return min(len(found), MOST_COUNTED), self._rows(list(found)[:most])

    def matching(self, expression: str, most: int) -> tuple[int, list[Row]]:
        """The same for words: `expression` is one of FTS5, without phrases."""
        if not expression or not self._has_words:
            return 0, []
        found = self._file.execute(
            "SELECT rowid FROM words WHERE words MATCH ? LIMIT ?", (expression, MOST_COUNTED)
        ).fetchall()
        return len(found), self._rows([number for (number,) in found[:most]])

    def rows_of(self, codes: Collection[str]) -> dict[str, Row]:
        """Every one of these codes that is in the file exactly so, with its row."""
        wanted, found = set(codes), dict[str, Row]()
        for place, name in enumerate(self.file.columns):
            if name in self.code_columns:
                found = self._exactly(place, sorted(wanted)) | found
        return found

    def related(self, known: str, sought: str, values: Collection[str], most: int) -> Iterator[str]:
        """For a table of pairs: every `sought` in a row whose `known` is one of the values; at most `most`."""
        places = {name: column_name(place) for place, name in enumerate(self.file.columns)}
        name, left = places[known], most
        for part in _parts(sorted(values)):
            rows = self._file.execute(
                f"SELECT {places[sought]} FROM entry WHERE id IN (SELECT id FROM code_{name} WHERE bare IN "
                f"({_marks(part)})) LIMIT {left:d}",
                [_bare(value) for value in part],
            ).fetchall()
            yield from (value for (value,) in rows)
            left -= len(rows)
            if left <= 0:
                return

    def first(self, most: int) -> list[Row]:
        return self._file.execute(f"SELECT {self._cells} FROM entry ORDER BY id LIMIT ?", (most,)).fetchall()

    def batches(self, columns: Sequence[str], size: int) -> Iterator[list[Row]]:
        """All rows in these columns, in order."""
        places = {name: column_name(place) for place, name in enumerate(self.file.columns)}
        cells, after = ", ".join(places[name] for name in columns), -1
        query = f"SELECT id, {cells} FROM entry WHERE id > ? ORDER BY id LIMIT ?"
        while page := self._file.execute(query, (after, size)).fetchall():
            after = page[-1][0]
            yield [row[1:] for row in page]

    def _exactly(self, place: int, codes: list[str]) -> dict[str, Row]:
        found, name, wanted = dict[str, Row](), column_name(place), set(codes)
        for part in _parts(codes):
            rows = self._file.execute(
                f"SELECT {self._cells} FROM entry WHERE id IN "
                f"(SELECT id FROM code_{name} WHERE bare IN ({_marks(part)})) ORDER BY id",
                [_bare(code) for code in part],
            )
            for row in rows:
                if row[place] in wanted:
                    found.setdefault(row[place], row)
        return found

    def _rows(self, numbers: list[int]) -> list[Row]:
        found: dict[int, Row] = {}
        for part in _parts(numbers):
            rows = self._file.execute(f"SELECT id, {self._cells} FROM entry WHERE id IN ({_marks(part)})", part)
            found |= {number: tuple(cells) for number, *cells in rows}
        return [found[number] for number in numbers]


def _bare(code: str) -> str:
    """As `bare_of`: SQLite lowers the letters of ASCII only."""
    return "".join(c.lower() if c.isascii() else c for c in code).replace(".", "")


def _marks(values: Sequence[object]) -> str:
    return ", ".join("?" * len(values))


def _parts(values: list[_Asked]) -> Iterator[list[_Asked]]:
    for start in range(0, len(values), _ASKED_AT_ONCE):
        yield values[start : start + _ASKED_AT_ONCE]
