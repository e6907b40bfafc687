"""Finding tables, columns, codes and code sets by words, locally, in SQLite's full-text index.

found = Search(dictionary).find("heart failure readmission")
found.matching, found.every, found.weaker     # how many match every word, the best of them, and others
Search(dictionary).find("I50*").codes         # the codes that begin so; the star may be left out

What is signed is indexed in memory; a reference table of millions of rows brings an index of its own, in a file.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping
from itertools import accumulate, combinations
from typing import Literal
from weakref import finalize

from ._search_entries import LONGEST_HIT, bare, code_cells, code_text, entries
from ._search_words import any_word, beginnings, every_word, plain_words, words_in
from .model import Dictionary, Fact
from .reference_index import MOST_COUNTED, ReferenceIndex

Kind = Literal["table", "column", "code", "codeset"]

MOST_HITS = 20
FEW, FEWER = 10, 5  # weaker hits: where nothing matches every word, and where something does
LISTED_CODES = 5000  # characters
MOST_CODES = 100  # of one beginning
MOST_BEGINNINGS = 10
MOST_RANKED = 2000  # of what is in memory; giving every one of 250,000 columns its rank takes too long
_SHOWN_CODE = 120
_MOST_DROPPED = 6  # words that are left out in turn, in a file where nothing has them all


class Hit(Fact, frozen=True):
    """One thing that was found. `name` can be given to `describe` (a table or code set) or used in SQL."""

    kind: Kind
    name: str
    text: str


class Found(Fact, frozen=True):
    """What a query found: `codes` that begin with `beginnings`; of the rest, what matches every word, and what some.

    `matching` counts everything that matches every word; `every` are the best of them. `listed` counts the codes,
    of which `codes` are the first. `more`: there may be still more than was counted.
    """

    beginnings: tuple[str, ...] = ()
    codes: tuple[Hit, ...] = ()
    matching: int = 0
    every: tuple[Hit, ...] = ()
    weaker: tuple[Hit, ...] = ()
    listed: int = 0
    more: bool = False

    @property
    def hits(self) -> tuple[Hit, ...]:
        return (*self.codes, *self.every, *self.weaker)


Some = tuple[int, list[Hit]]  # how many there are, and the first of them


class Search:
    """An index of one dictionary, and of the files of its reference tables by table name."""

    def __init__(self, dictionary: Dictionary, files: Mapping[str, ReferenceIndex] | None = None) -> None:
        self._files = dict(files or {})
        self._index = sqlite3.connect(":memory:", check_same_thread=False)
        finalize(self, self._index.close)  # Python 3.13 warns of a connection that nobody closed
        self._index.executescript(
            "CREATE VIRTUAL TABLE entry USING "
            "fts5(kind UNINDEXED, name, words, text, more, tokenize='porter unicode61');"
            "CREATE TABLE code (bare TEXT, place INTEGER, kind TEXT, name TEXT, text TEXT);"
        )
        self._index.executemany("INSERT INTO entry VALUES (?, ?, ?, ?, ?)", entries(dictionary))
        self._index.executemany("INSERT INTO code VALUES (?, ?, ?, ?, ?)", code_cells(dictionary))
        self._index.execute("CREATE INDEX by_code ON code (bare)")

    def find(self, query: str) -> Found:
        """All codes that begin with a word of the query, and the best hits for its other words.

        What is called exactly so comes first. The name weighs more than the text, a table more than a column, so that
        a topic leads to its tables; abbreviations are tried in their long form too.
        """
        words = words_in(query)
        listed = {word: some for word in beginnings(words)[:MOST_BEGINNINGS] if (some := self._beginning_with(word))[0]}
        rest = [word for word in words if word not in listed]
        near, every = self._match(every_word(rest), MOST_HITS)
        far, in_files = self._in_files(rest)
        best = _exact_first(query, _shared(every, in_files))
        weaker = self._weaker(rest, best, near + far)
        return Found(
            beginnings=tuple(listed),
            codes=tuple(dict.fromkeys(code for _, codes in listed.values() for code in codes)),
            matching=near + far,
            every=tuple(best),
            weaker=tuple(weaker[: FEWER if best or listed else FEW]),
            listed=sum(count for count, _ in listed.values()),
            more=near >= MOST_RANKED
            or far >= MOST_COUNTED
            or any(count >= MOST_COUNTED for count, _ in listed.values()),
        )

    def _weaker(self, words: list[str], best: list[Hit], matching: int) -> list[Hit]:
        if matching >= MOST_HITS:
            return []
        _, some = self._match(any_word(words), MOST_HITS + FEW)
        almost = [] if matching else self._almost_in_files(words)
        return [hit for hit in _shared(some, almost, FEW) if hit not in best]

    def _match(self, expression: str, limit: int) -> Some:
        """Ranked where at most `MOST_RANKED` match; of more, tables come first, and what is called so."""
        if not expression:
            return 0, []
        found = "SELECT kind, name, text FROM entry WHERE entry MATCH ? "
        counted = "SELECT count(*) FROM (SELECT 1 FROM entry WHERE entry MATCH ? LIMIT ?)"
        ((count,),) = self._index.execute(counted, (expression, MOST_RANKED))
        if count < MOST_RANKED:
            rank = "bm25(entry, 0, 4.0, 3.0, 1.0, 1.0) * CASE kind WHEN 'table' THEN 1.5 ELSE 1.0 END"
            rows = self._index.execute(f"{found} ORDER BY {rank}, name LIMIT ?", (expression, limit)).fetchall()
        else:
            called = f"{{name words}} : ({expression})"
            rows = self._index.execute(f"{found} LIMIT ?", (called, limit)).fetchall()
            rows += self._index.execute(f"{found} LIMIT ?", (expression, limit)).fetchall()
        hits = dict.fromkeys(Hit(kind=kind, name=name, text=_cut(text)) for kind, name, text in rows)
        return count, list(hits)[:limit]

    def _in_files(self, words: list[str]) -> Some:
        return self._asked_files(" AND ".join(plain_words(words)))

    def _almost_in_files(self, words: list[str]) -> list[Hit]:
        """Where nothing has every word: what has all but one."""
        terms = plain_words(words)[:_MOST_DROPPED]
        fewer = [" AND ".join(some) for some in combinations(terms, len(terms) - 1)] if len(terms) > 1 else []
        return list(dict.fromkeys(hit for some in fewer for hit in self._asked_files(some)[1][:FEWER]))

    def _asked_files(self, expression: str) -> Some:
        asked = [(name, index.matching(expression, MOST_HITS)) for name, index in self._files.items()]
        return _together((count, _codes_of(name, rows)) for name, (count, rows) in asked)

    def _beginning_with(self, word: str) -> Some:
        """Every code, and every told value of a column, that begins so; written with dots or without."""
        stem = bare(word.rstrip("*.-"))
        rows = self._index.execute(
            "SELECT place, kind, name, text FROM code WHERE bare >= ?1 AND bare < ?1 || char(1114111) "
            "ORDER BY kind, place, bare <> ?1, rowid LIMIT ?2",
            (stem, 50 * MOST_CODES),
        )
        found: dict[int, tuple[Kind, str, list[str]]] = {}
        for place, kind, name, text in rows:
            found.setdefault(place, (kind, name, []))[2].append(text)
        own = [_code_hit(*one) for one in found.values()]
        asked = [(name, index.beginning_with(stem, MOST_CODES)) for name, index in self._files.items()]
        count, hits = _together([(len(own), own), *((far, _codes_of(name, some)) for name, (far, some) in asked)])
        return count, _exact_first(word.rstrip("*.-"), hits)[:MOST_CODES]


def hits_text(found: Found) -> str:
    """What was found as the agent reads it: the codes, all that matches, what else might do; one hit per line."""
    parts = [_codes_text(found)] if found.codes else []
    if found.matching:
        best = f", the best {len(found.every)}" if found.matching > len(found.every) else ""
        number = f"{found.matching} or more" if found.more else f"{found.matching}"
        parts.append(f"All matching every word: {number}{best}\n" + "".join(map(_line, found.every)))
    if found.weaker:
        none = "" if found.hits[0] not in found.weaker else "Nothing matches every word. "
        parts.append(f"{none}Weaker, matching some words: the best {len(found.weaker)}\n")
        parts += map(_line, found.weaker)
    return "".join(parts) or "Nothing in the dictionary matches.\n"


def _codes_text(found: Found) -> str:
    lines = [_line(hit) for hit in found.codes]
    shown = max(1, sum(size <= LISTED_CODES for size in accumulate(map(len, lines))))
    beginning = ", ".join(word.rstrip("*").upper() for word in found.beginnings)
    columns = sum(hit.kind == "column" for hit in found.codes)
    valued = f", and columns with such values: {columns}" if columns else ""
    count = f"{found.listed - columns} or more" if found.more else f"{found.listed - columns}"
    all_shown = shown == len(lines) == found.listed
    some = "" if all_shown else f"; the first {shown} here, ask with a longer beginning for the rest"
    return f"Codes beginning with {beginning}: {count}{valued}{some}\n{''.join(lines[:shown])}"


def _line(hit: Hit) -> str:
    return f"{hit.kind} {hit.name}: {hit.text}\n"


def _code_hit(kind: Kind, name: str, texts: list[str]) -> Hit:
    if kind == "column":
        return Hit(kind=kind, name=name, text=_cut(f"values {', '.join(dict.fromkeys(texts))}"))
    return Hit(kind=kind, name=name, text=texts[0][:_SHOWN_CODE])


def _codes_of(table: str, rows: list[tuple[str, ...]]) -> list[Hit]:
    return [Hit(kind="code", name=table, text=code_text(row)[:_SHOWN_CODE]) for row in rows]


def _together(found: Iterable[Some]) -> Some:
    counts, hits = 0, list[Hit]()
    for count, some in found:
        counts, hits = counts + count, [*hits, *some]
    return counts, hits


def _shared(own: list[Hit], in_files: list[Hit], most: int = MOST_HITS) -> list[Hit]:
    """Of both: what is in memory first, but never so much of it that nothing of the files is left."""
    kept = max(most - len(in_files), most // 2)
    return [*own[:kept], *in_files][:most] if in_files else own


def _exact_first(query: str, hits: list[Hit]) -> list[Hit]:
    """Stable otherwise. Exact is a table's or column's name, and any cell of a code's row."""
    wanted = " ".join(query.lower().split())
    codes = (wanted, bare(wanted))

    def is_other(hit: Hit) -> bool:
        cells = [hit.name.rpartition(".")[2], *(hit.text.split(" | ") if hit.kind == "code" else ())]
        return not any(cell.lower() == wanted or bare(cell) in codes for cell in cells)

    return sorted(hits, key=is_other)


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST_HIT else f"{text[:LONGEST_HIT]}…"
