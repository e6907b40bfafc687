"""Finding tables, columns and codes by words, locally, in SQLite's full-text index in memory.

found = Search(dictionary).find("heart failure readmission")
found.matching, found.every, found.weaker     # how many match every word, the best of them, and others
Search(dictionary).find("I50*").codes         # all codes that begin so; the star may be left out
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from itertools import accumulate
from typing import Literal
from weakref import finalize

from ._search_words import any_word, beginnings, every_word, words_in
from .model import Column, Dictionary, Fact, ReferenceRows, Table
from .schema import usable
from .text import one_line
from .words import words_of

Kind = Literal["table", "column", "code"]

MOST_HITS = 20
FEW, FEWER = 10, 5  # weaker hits: where nothing matches every word, and where something does
LISTED_CODES = 5000  # characters
SHOWN_VALUES = 20
_SHOWN_CODE = 120


class Hit(Fact, frozen=True):
    """One thing that was found. `name` can be given to `describe` (a table) or used in SQL."""

    kind: Kind
    name: str
    text: str


class Found(Fact, frozen=True):
    """What a query found: `codes` that begin with `beginnings`; of the rest, what matches every word, and what some.

    `matching` counts everything that matches every word; `every` are the best of them.
    """

    beginnings: tuple[str, ...] = ()
    codes: tuple[Hit, ...] = ()
    matching: int = 0
    every: tuple[Hit, ...] = ()
    weaker: tuple[Hit, ...] = ()

    @property
    def hits(self) -> tuple[Hit, ...]:
        return (*self.codes, *self.every, *self.weaker)


class Search:
    """An index of one dictionary. Building takes under a second for 10,000 tables."""

    def __init__(self, dictionary: Dictionary) -> None:
        self._dictionary = dictionary
        self._index = sqlite3.connect(":memory:", check_same_thread=False)
        finalize(self, self._index.close)  # Python 3.13 warns of a connection that nobody closed
        self._index.execute(
            "CREATE VIRTUAL TABLE entry USING "
            "fts5(kind UNINDEXED, name, words, text, more, tokenize='porter unicode61')"
        )
        self._index.executemany("INSERT INTO entry VALUES (?, ?, ?, ?, ?)", _entries(dictionary))

    def find(self, query: str) -> Found:
        """All codes that begin with a word of the query, and the best hits for its other words.

        The name weighs more than the text, a table more than a column, so that a topic leads to its tables;
        abbreviations are tried in their long form too.
        """
        words = words_in(query)
        listed = {word: codes for word in beginnings(words) if (codes := self._beginning_with(word))}
        rest = [word for word in words if word not in listed]
        matching, every = self._match(every_word(rest), MOST_HITS)
        _, some = self._match(any_word(rest), MOST_HITS + FEW)
        weaker = [hit for hit in some if hit not in every] if matching < MOST_HITS else []
        return Found(
            beginnings=tuple(listed),
            codes=tuple(dict.fromkeys(code for codes in listed.values() for code in codes)),
            matching=matching,
            every=every,
            weaker=tuple(weaker[: FEWER if every or listed else FEW]),
        )

    def _match(self, expression: str, limit: int) -> tuple[int, tuple[Hit, ...]]:
        if not expression:
            return 0, ()
        ((count,),) = self._index.execute("SELECT count(*) FROM entry WHERE entry MATCH ?", (expression,))
        rows = self._index.execute(
            "SELECT kind, name, text FROM entry WHERE entry MATCH ? "
            "ORDER BY bm25(entry, 0, 4.0, 3.0, 1.0, 1.0) * CASE kind WHEN 'table' THEN 1.5 ELSE 1.0 END, name LIMIT ?",
            (expression, limit),
        )
        return count, tuple(Hit(kind=kind, name=name, text=text) for kind, name, text in rows)

    def _beginning_with(self, word: str) -> list[Hit]:
        """Every code, and every told value of a column, that begins so; written with dots or without."""
        beginning = _bare(word.rstrip("*.-"))
        found = [
            Hit(kind="code", name=rows.table, text=_code_text(row)[:_SHOWN_CODE])
            for rows in self._dictionary.references
            for row in rows.rows
            if any(" " not in cell and _bare(cell).startswith(beginning) for cell in row)
        ]
        for name, column in _columns(self._dictionary):
            values = [one_line(value) for value in column.values if _bare(value).startswith(beginning)]
            if values:
                found.append(Hit(kind="column", name=name, text=f"values {', '.join(values)}"))
        return found


def hits_text(found: Found) -> str:
    """What was found as the agent reads it: the codes, all that matches, what else might do; one hit per line."""
    parts = [_codes_text(found)] if found.codes else []
    if found.matching:
        best = f", the best {len(found.every)}" if found.matching > len(found.every) else ""
        parts.append(f"All matching every word: {found.matching}{best}\n" + "".join(map(_line, found.every)))
    if found.weaker:
        none = "" if found.hits[0] not in found.weaker else "Nothing matches every word. "
        parts.append(f"{none}Weaker, matching some words: the best {len(found.weaker)}\n")
        parts += map(_line, found.weaker)
    return "".join(parts) or "Nothing in the dictionary matches.\n"


def _codes_text(found: Found) -> str:
    lines = [_line(hit) for hit in found.codes]
    shown = max(1, sum(size <= LISTED_CODES for size in accumulate(map(len, lines))))
    beginning = ", ".join(word.rstrip("*").upper() for word in found.beginnings)
    count = sum(hit.kind == "code" for hit in found.codes)
    columns = f", and columns with such values: {len(found.codes) - count}" if count < len(found.codes) else ""
    some = f"; the first {shown} here, ask with a longer beginning for the rest" if shown < len(found.codes) else ""
    return f"Codes beginning with {beginning}: {count}{columns}{some}\n{''.join(lines[:shown])}"


def _line(hit: Hit) -> str:
    return f"{hit.kind} {hit.name}: {hit.text}\n"


def _entries(dictionary: Dictionary) -> Iterator[tuple[str, str, str, str, str]]:
    for table in dictionary.tables:
        yield "table", table.full_name, _spread(table.name), _table_text(table), ""
    for name, column in _columns(dictionary):
        more = " ".join(column.values[SHOWN_VALUES:])
        yield "column", name, _spread(column.name), _column_text(column), more
    for rows in dictionary.references:
        yield from _codes(rows)


def _columns(dictionary: Dictionary) -> Iterator[tuple[str, Column]]:
    for table in dictionary.tables:
        for column in table.columns:
            if usable(column):
                yield f"{table.full_name}.{column.name}", column


def _codes(reference: ReferenceRows) -> Iterator[tuple[str, str, str, str, str]]:
    for row in reference.rows:
        yield "code", reference.table, "", _code_text(row), ""


def _code_text(row: tuple[str, ...]) -> str:
    return " | ".join(one_line(value) for value in row if value)


def _table_text(table: Table) -> str:
    return one_line(f"{table.description} {table.grain}")


def _column_text(column: Column) -> str:
    values = ", ".join(column.values[:SHOWN_VALUES])
    kind = f"key of {column.domain}" if column.given == "token" else column.type.lower()
    return one_line(f"{kind} {column.description} {values}")


def _spread(name: str) -> str:
    return " ".join(words_of(name))


def _bare(code: str) -> str:
    return code.lower().replace(".", "")
