"""Codes against the signed reference tables: which of them exist, and which stand for descendants as well.

    checked = check(read, known_codes(dictionary, files))
    checked.codes, checked.not_found, checked.unresolved

What can't be settled because no table is signed for it is said in words, and never guessed.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Protocol

import msgspec

from sandbox.dictionary.model import Dictionary
from sandbox.dictionary.reference_index import ReferenceIndex
from sandbox.errors import BadInput

from .atlas import Concept
from .reading import MOST_CODES, Read

Codes = dict[str, str]


class Checked(msgspec.Struct, frozen=True, kw_only=True):
    """Codes as they will be kept, with what was not found and what could not be settled."""

    codes: tuple[tuple[str, str], ...]
    not_found: tuple[str, ...] = ()
    unresolved: tuple[str, ...] = ()


class _Table(Protocol):
    """Rows that can be looked up, in memory or in a file."""

    def rows_of(self, codes: Collection[str]) -> dict[str, tuple[str, ...]]: ...

    def related(self, known: str, sought: str, values: Collection[str], most: int) -> Iterable[str]: ...


class Known(msgspec.Struct, frozen=True):
    """The signed reference tables: those with codes, and one of pairs of ancestor and descendant, if there is one."""

    tables: tuple[_Table, ...] = ()
    meanings: tuple[int, ...] = ()
    pairs: tuple[_Table, str, str] | None = None

    def meanings_of(self, codes: Collection[str]) -> Codes:
        """Each code that a table has, with its meaning there."""
        found: Codes = {}
        for table, meaning in zip(self.tables, self.meanings, strict=True):
            rows = table.rows_of(set(codes) - set(found))
            found |= {code: row[meaning] if meaning >= 0 else "" for code, row in rows.items()}
        return found

    def descendants(self, codes: Collection[str]) -> set[str]:
        """Of all of them together."""
        assert self.pairs is not None
        table, ancestor, descendant = self.pairs
        found = set(table.related(ancestor, descendant, codes, MOST_CODES + 1))
        if len(found) > MOST_CODES:
            raise BadInput(f"With its descendants the set has more than {MOST_CODES:,} codes.", "Choose narrower ones.")
        return found


def known_codes(dictionary: Dictionary, files: Mapping[str, ReferenceIndex]) -> Known:
    """What the signed dictionary knows of codes. A table of pairs is known by the words in its columns' names."""
    tables: list[tuple[_Table, tuple[str, ...], int]] = []
    for reference in dictionary.references:
        tables.append((_InMemory(reference.columns, reference.rows), reference.columns, _longest(reference.rows)))
    for index in files.values():
        columns = index.file.columns
        tables.append((index, columns, columns.index(index.file.meaning) if index.file.meaning else -1))
    pairs = next(((table, *ends) for table, columns, _ in tables if (ends := _ends(columns))), None)
    listed = [(table, meaning) for table, columns, meaning in tables if not _ends(columns)]
    return Known(tuple(table for table, _ in listed), tuple(meaning for _, meaning in listed), pairs)


def check(read: Read, known: Known) -> Checked:
    """Settle the flags of a concept set, then look every code up."""
    codes, unresolved = _settled(read.wanted, known) if read.wanted else (dict(read.codes), [])
    if not codes:
        raise BadInput("What the set leaves out is all that it includes.", "Correct it where it was made.")
    if not known.tables:
        return Checked(codes=tuple(codes.items()), unresolved=(*unresolved, "no reference table is signed to check by"))
    found = known.meanings_of(codes)
    kept = tuple((code, meaning or found.get(code, "")) for code, meaning in codes.items())
    return Checked(
        codes=kept, not_found=tuple(code for code in codes if code not in found), unresolved=tuple(unresolved)
    )


def _settled(wanted: tuple[Concept, ...], known: Known) -> tuple[Codes, list[str]]:
    codes = {one.id: one.name for one in wanted if not one.excluded}
    out = {one.id for one in wanted if one.excluded}
    unresolved = []
    for excluded, what in ((False, "included"), (True, "left out")):
        flagged = {one.id for one in wanted if one.descendants and one.excluded is excluded}
        if not flagged:
            continue
        if known.pairs is None:
            unresolved.append(
                f"descendants of {len(flagged):,} concepts are not {what}: no table of ancestors is signed"
            )
        elif excluded:
            out |= known.descendants(flagged)
        else:
            codes = dict.fromkeys(sorted(known.descendants(flagged)), "") | codes
    mapped = sum(one.mapped for one in wanted)
    if mapped:
        unresolved.append(f"what is mapped to {mapped:,} concepts is not included")
    return {code: name for code, name in codes.items() if code not in out}, unresolved


class _InMemory:
    """A small reference table."""

    def __init__(self, columns: tuple[str, ...], rows: tuple[tuple[str, ...], ...]) -> None:
        self._columns = columns
        self._rows = rows

    def rows_of(self, codes: Collection[str]) -> dict[str, tuple[str, ...]]:
        wanted = set(codes)
        return {cell: row for row in reversed(self._rows) for cell in row if cell in wanted}

    def related(self, known: str, sought: str, values: Collection[str], most: int) -> Iterable[str]:
        one, other, wanted = self._columns.index(known), self._columns.index(sought), set(values)
        return [row[other] for row in self._rows if row[one] in wanted][:most]


def _ends(columns: tuple[str, ...]) -> tuple[str, str] | None:
    """The columns of ancestors and of descendants."""
    ancestor = [name for name in columns if "ancestor" in name.lower()]
    descendant = [name for name in columns if "descendant" in name.lower()]
    return (ancestor[0], descendant[0]) if ancestor and descendant else None


def _longest(rows: tuple[tuple[str, ...], ...]) -> int:
    sample = rows[:200]
    return max(range(len(sample[0])), key=lambda place: sum(len(row[place]) for row in sample)) if sample else -1
