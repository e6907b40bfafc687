"""What packs, the reviewer's names and the reviewer's words say of the tables of a catalog, ready to be searched.

    said = said_of(workspace, "ehr", index)
    said.find("length of stay")       # the tables that have it in words that their catalog does not have, best first

The catalog's own index knows names and comments of the database alone. What is in here is small beside it: the tables
that a chosen pack knows, and those that somebody renamed or described.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from sandbox.dictionary.catalog_index import CatalogIndex
from sandbox.dictionary.words import words_of
from sandbox.packs import Pack
from sandbox.packs.applying import matching
from sandbox.review.decisions import about_tables
from sandbox.review.renaming import Names, names_kept
from sandbox.review.using_packs import packs_of
from sandbox.workspace import Workspace

STEM = 4
MOST_WORDS = 12
FILLERS = frozenset(("a", "an", "and", "by", "for", "from", "in", "is", "of", "on", "or", "the", "to", "with"))


class Said(NamedTuple):
    """What somebody says of a table, or of a column where `column` is not empty; names are those of the catalog."""

    table: str
    column: str
    text: str
    words: frozenset[str]
    is_name: bool


class SaidOf(NamedTuple):
    """Everything that is said of one catalog."""

    said: tuple[Said, ...]

    def find(self, asked: str) -> list[Said]:
        """What has all the words: names first, then what says it in the fewest words."""
        terms = asked_for(asked)
        found = [one for one in self.said if terms and has_all(terms, one.words)]
        return sorted(found, key=lambda one: (not one.is_name, bool(one.column), len(one.words)))


def asked_for(text: str) -> list[tuple[str, ...]]:
    """Each word that was typed, with what it stands for."""
    written = [word for word in re.split(r"[\W_]+", text.lower()) if word][:MOST_WORDS]
    kept = [word for word in written if word not in FILLERS] or written
    return [(word, *words_of(word)) for word in dict.fromkeys(kept)]


def has_all(terms: Sequence[tuple[str, ...]], words: frozenset[str]) -> bool:
    """Whether each word that was asked for is there: as it was written, as it stands for, or as a word begins."""
    return all(
        written in words
        or (bool(spelled) and words.issuperset(spelled))
        or any(word.startswith(_stem(written)) for word in words)
        for written, *spelled in terms
    )


def words_in(*texts: str) -> frozenset[str]:
    """The words of names and sentences, as they are written and as they stand for."""
    written = {word for text in texts for word in re.split(r"[\W_]+", text.lower()) if word}
    return frozenset(written | {word for text in texts for word in words_of(text)})


def said_of(workspace: Workspace, source: str, index: CatalogIndex) -> SaidOf:
    """What is said of the tables of a catalog beside what is in it."""
    names, packs = names_kept(workspace, source), packs_of(workspace, source)
    said = [*_named(names), *_described(workspace, source, names), *_packed(packs, source, index)]
    return SaidOf(tuple(said))


def _named(names: dict[str, Names]) -> Iterator[Said]:
    for original, given in names.items():
        if given.name:
            yield _said(original, "", given.name, is_name=True)
        for column, name in given.columns.items():
            yield _said(original, column, name, is_name=True)


def _described(workspace: Workspace, source: str, names: dict[str, Names]) -> Iterator[Said]:
    """What the reviewer wrote about tables; it is kept under their dictionary names."""
    originals = {given.name: original for original, given in names.items() if given.name}
    for name, about in about_tables(workspace, source).items():
        for text in (about.description, about.grain, *about.added):
            if text:
                yield _said(originals.get(name, name), "", text)


def _packed(packs: Sequence[Pack], source: str, index: CatalogIndex) -> Iterator[Said]:
    """What the first pack that knows a table says of it and of its columns."""
    if not packs:
        return
    ends = tuple(name.lower() for pack in packs for name in pack.tables)
    for listed in index.tables():
        names = (listed.name, listed.physical[-1].lower())
        if not any(end in name for name in names for end in ends):
            continue
        table = index.neighbour(source, listed.physical)
        found = next(((pack, name) for pack in packs if table and (name := matching(pack, table))), None)
        if found is None:
            continue
        known = found[0].tables[found[1]]
        for text in (known.description, known.grain, *known.conventions):
            if text:
                yield _said(listed.name, "", text)
        for column, facts in known.columns.items():
            if facts.description:
                yield _said(listed.name, column, facts.description)


def _said(table: str, column: str, text: str, *, is_name: bool = False) -> Said:
    words = words_in(text) if is_name else words_in(text, column, table)
    return Said(table, column, text, words, is_name)


def _stem(word: str) -> str:
    return word[:STEM] if len(word) > STEM + 1 else word
