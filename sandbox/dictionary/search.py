"""Finding tables, columns and codes by words, locally, in SQLite's full-text index in memory."""

from __future__ import annotations

import functools
import re
import sqlite3
import tomllib
from collections.abc import Iterator
from importlib import resources
from typing import Literal

from .model import Column, Dictionary, Fact, ReferenceRows, Table
from .schema import usable
from .text import one_line
from .words import words_of

Kind = Literal["table", "column", "code"]


class Hit(Fact, frozen=True):
    """One thing that was found. `name` can be given to `describe` (a table) or used in SQL."""

    kind: Kind
    name: str
    text: str


class Search:
    """An index of one dictionary. Building takes under a second for 10,000 tables."""

    def __init__(self, dictionary: Dictionary) -> None:
        self._index = sqlite3.connect(":memory:", check_same_thread=False)
        self._index.execute(
            "CREATE VIRTUAL TABLE entry USING fts5(kind UNINDEXED, name, words, text, tokenize='porter unicode61')"
        )
        self._index.executemany("INSERT INTO entry VALUES (?, ?, ?, ?)", _entries(dictionary))

    def find(self, query: str, limit: int = 20) -> tuple[Hit, ...]:
        """The best hits first, at most `limit`; none when no word of the query is known.

        Any word may match. The name weighs more than the text, a table more than a column, so that a
        topic leads to its tables; abbreviations are tried in their long form too.
        """
        expression = _expression(query)
        if not expression:
            return ()
        rows = self._index.execute(
            "SELECT kind, name, text FROM entry WHERE entry MATCH ? "
            "ORDER BY bm25(entry, 0, 4.0, 3.0, 1.0) * CASE kind WHEN 'table' THEN 1.5 ELSE 1.0 END, name LIMIT ?",
            (expression, limit),
        )
        return tuple(Hit(kind=kind, name=name, text=text) for kind, name, text in rows)


def hits_text(hits: tuple[Hit, ...]) -> str:
    """The hits as the agent reads them, one per line."""
    return "".join(f"{hit.kind} {hit.name}: {hit.text}\n" for hit in hits) or "Nothing in the dictionary matches.\n"


def _entries(dictionary: Dictionary) -> Iterator[tuple[str, str, str, str]]:
    for table in dictionary.tables:
        yield "table", table.full_name, _spread(table.name), _table_text(table)
        for column in table.columns:
            if usable(column):
                yield "column", f"{table.full_name}.{column.name}", _spread(column.name), _column_text(column)
    for rows in dictionary.references:
        yield from _codes(rows)


def _codes(reference: ReferenceRows) -> Iterator[tuple[str, str, str, str]]:
    for row in reference.rows:
        yield "code", reference.table, "", " | ".join(one_line(value) for value in row if value)


def _table_text(table: Table) -> str:
    return one_line(f"{table.description} {table.grain}")


def _column_text(column: Column) -> str:
    values = ", ".join(column.values[:20])
    kind = f"key of {column.domain}" if column.given == "token" else column.type.lower()
    return one_line(f"{kind} {column.description} {values}")


def _spread(name: str) -> str:
    return " ".join(words_of(name))


def _expression(query: str) -> str:
    """The query as FTS5's `"word" OR "word"`; quoting makes every character of it plain text."""
    words = re.findall(r"[\w.]+", query.lower())[:40]
    phrases = dict.fromkeys(words)
    for word in words:
        phrases.update(dict.fromkeys(synonyms().get(word, ())))
    text = " ".join(words)
    for phrase, others in synonyms().items():
        if " " in phrase and f" {phrase} " in f" {text} ":
            phrases.update(dict.fromkeys(others))
    return " OR ".join(f'"{phrase}"' for phrase in phrases if phrase.strip(". "))


@functools.cache
def synonyms() -> dict[str, tuple[str, ...]]:
    """Every word or phrase of `resources/rules/synonyms.toml` with the others of its group."""
    text = (resources.files("resources") / "rules" / "synonyms.toml").read_text(encoding="utf-8")
    groups: list[list[str]] = tomllib.loads(text)["groups"]
    found: dict[str, tuple[str, ...]] = {}
    for group in groups:
        for phrase in group:
            found[phrase] = (*found.get(phrase, ()), *(other for other in group if other != phrase))
    return found
