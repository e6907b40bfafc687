"""Full-text search in a catalog: candidates out of the index, then ordered by how much of a name the words are.

The index holds the columns with the shortest names first, so that its first hits for a common word are the right
ones to look at and the rest need not be read: that keeps a search at a millisecond over 250,000 columns.
"""

from __future__ import annotations

import re
import sqlite3
from typing import NamedTuple

from .words import words_of

CANDIDATES = 60
MOST_WORDS = 12
STEM = 4
FILLERS = frozenset(("a", "an", "and", "by", "for", "from", "in", "is", "of", "on", "or", "the", "to", "with"))

_TABLES = """
SELECT t.name, '', '', '', t.comment, t.is_open, t.words, '' FROM tables t
WHERE t.id IN (SELECT rowid FROM found_tables WHERE found_tables MATCH ? ORDER BY rowid LIMIT ?) ORDER BY t.id
"""
_COLUMNS = """
SELECT t.name, c.name, c.type, c.class, c.comment, t.is_open, c.words, t.words
FROM columns c JOIN tables t ON t.id = c.table_id
WHERE c.id IN (SELECT rowid FROM found_columns WHERE found_columns MATCH ? ORDER BY rowid LIMIT ?) ORDER BY c.id
"""

_Row = tuple[str, str, str, str, str, int, str, str]


class Found(NamedTuple):
    """A table, or a column where `column` is not empty."""

    table: str
    column: str
    type: str
    column_class: str
    comment: str
    is_open: bool


def find(database: sqlite3.Connection, text: str, limit: int) -> list[Found]:
    """What has all the words; where nothing has, what has words that begin so; then what has any of them."""
    terms = _terms(text)
    if not terms:
        return []
    for expression in (
        " AND ".join(map(_one, terms)),
        " AND ".join(map(_beginning, terms)),
        " OR ".join(map(_beginning, terms)),
    ):
        rows: list[_Row] = [
            row for query in (_TABLES, _COLUMNS) for row in database.execute(query, (expression, CANDIDATES))
        ]
        if rows:
            wanted = {word for written, spelled in terms for word in (_stem(written), written, *spelled)}
            rows.sort(key=lambda row: -_score(row, wanted))
            return [Found(*row[:5], bool(row[5])) for row in rows[:limit]]
    return []


_Term = tuple[str, tuple[str, ...]]


def _terms(text: str) -> list[_Term]:
    """Each word as it was written, and what it stands for."""
    written = [word for word in re.split(r"[\W_]+", text.lower()) if word][:MOST_WORDS]
    kept = [word for word in written if word not in FILLERS] or written
    return [(word, words_of(word)) for word in dict.fromkeys(kept)]


def _one(term: _Term) -> str:
    written, spelled = term
    if spelled in ((), (written,)):
        return _quoted(written)
    return f"({_quoted(written)} OR ({' AND '.join(map(_quoted, spelled))}))"


def _beginning(term: _Term) -> str:
    """The word, or what begins like it: `admission` finds `admit` as well."""
    return f"({_one(term)} OR {_quoted(_stem(term[0]))}*)"


def _stem(word: str) -> str:
    return word[:STEM] if len(word) > STEM + 1 else word


def _quoted(word: str) -> str:
    return '"' + word.replace('"', "") + '"'


def _score(row: _Row, wanted: set[str]) -> float:
    """What share of the name the words are; a word of the table's counts a little, a table more than a column."""
    own, home = row[6].split(), row[7].split()
    met = sum(word in wanted or word.startswith(tuple(wanted)) for word in own)
    around = len(wanted.intersection(home))
    return met / (len(own) + 1) + 0.5 * min(met, len(wanted)) / len(wanted) + 0.1 * around + 0.15 * (not row[1])
