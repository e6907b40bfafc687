"""Searching the catalog of a source, on the reviewer's side: what is signed, what is open, what is there besides.

    found = find_in_catalog(workspace, "ehr", "admission date")
    found[0].place, found[0].state          # "enc_adm.admit_dttm", "closed"

Beside names and comments of the database, what chosen packs say and what the reviewer renamed and described is found
(`catalog_words`).
"""

from __future__ import annotations

from sandbox.dictionary.catalog_index import CATALOG, CatalogIndex, Found, Listed
from sandbox.records import signed_path
from sandbox.review.catalog_words import Said, SaidOf, asked_for, has_all, said_of, words_in
from sandbox.review.found import FoundHere, FoundTable, State
from sandbox.review.renaming import Names, names_kept
from sandbox.sources.catalog import bare_type
from sandbox.workspace import Workspace

CANDIDATES = 120  # of the catalog's index, before they are put together by table
COLUMNS_SHOWN = 6


def find_in_catalog(workspace: Workspace, source: str, words: str, limit: int = 50) -> list[FoundHere]:
    """What has these words, best first; `BadInput` before the first look."""
    workspace.source(source)
    with CatalogIndex.open(workspace.source_folder(source) / CATALOG) as index:
        return Finder(workspace, source, index).find(words, limit)


class Finder:
    """Searches a catalog that is open, again and again. What packs and the reviewer say is read once."""

    def __init__(self, workspace: Workspace, source: str, index: CatalogIndex, said: SaidOf | None = None) -> None:
        self._workspace = workspace
        self._source = source
        self._index = index
        self._said = said_of(workspace, source, index) if said is None else said
        self._names = names_kept(workspace, source)
        self._listed: dict[str, Listed | None] = {}

    def find(self, words: str, limit: int = 50) -> list[FoundHere]:
        """Names that the reviewer gave; what the catalog has in all words; what is said of it; what has some."""
        said = [self._of_said(one) for one in self._said.find(words)]
        found = [self._of_found(one) for one in self._index.find(words, limit)]
        terms = asked_for(words)
        whole = [one for one in found if has_all(terms, words_in(one.table, one.column, one.comment))]
        names = [one for one in said if one is not None and one.called]
        others = [one for one in said if one is not None and not one.called]
        by_place: dict[str, FoundHere] = {}
        for one in (*names, *whole, *others, *found):
            by_place.setdefault(one.place, one)
        return list(by_place.values())[:limit]

    def tables(self, words: str, limit: int = 50) -> list[FoundTable]:
        """The same by table: each with its columns that were found, best first."""
        hits: dict[str, list[FoundHere]] = {}
        for one in self.find(words, CANDIDATES):
            hits.setdefault(one.table, []).append(one)
        found = []
        for name, of_table in list(hits.items())[:limit]:
            listed = self._table(name)
            if listed is not None:
                found.append(self._found_table(listed, of_table))
        return found

    def _found_table(self, listed: Listed, hits: list[FoundHere]) -> FoundTable:
        columns = tuple(dict.fromkeys(one.column for one in hits if one.column))[:COLUMNS_SHOWN]
        comment = next((one.comment for one in hits if not one.column and one.comment), listed.comment)
        return FoundTable(
            table=listed.name,
            columns=listed.columns,
            rows=listed.rows,
            state=self._state(listed),
            called=self._of(listed.name).name,
            hits=columns,
            comment=comment or next((one.comment for one in hits if one.comment), ""),
        )

    def _of_found(self, found: Found) -> FoundHere:
        listed = self._table(found.table)
        names = self._of(found.table)
        return FoundHere(
            table=found.table,
            column=found.column,
            type=bare_type(found.type),
            column_class=found.column_class,
            comment=found.comment,
            state=self._state(listed) if listed is not None else "closed",
            called=names.columns.get(found.column, "") if found.column else names.name,
        )

    def _of_said(self, said: Said) -> FoundHere | None:
        """A table or column that somebody says something of; None when the catalog does not have it any more."""
        listed = self._table(said.table)
        if listed is None:
            return None
        column = next(
            (one for one in self._index.columns(listed.name) if one.name.lower() == said.column.lower()), None
        )
        if said.column and column is None:
            return None
        return FoundHere(
            table=listed.name,
            column=column.name if column else "",
            type=bare_type(column.type) if column else "",
            column_class=column.column_class if column else "",
            comment="" if said.is_name else said.text,
            state=self._state(listed),
            called=said.text if said.is_name else "",
        )

    def _table(self, name: str) -> Listed | None:
        if name not in self._listed:
            self._listed[name] = self._index.table(name)
        return self._listed[name]

    def _of(self, table: str) -> Names:
        return self._names.get(table, Names())

    def _state(self, listed: Listed) -> State:
        if not listed.is_open:
            return "closed"
        name = self._of(listed.name).name or listed.name
        return "signed" if signed_path(self._workspace, self._source, name).exists() else "open"
