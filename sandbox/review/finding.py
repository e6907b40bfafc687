"""Searching the catalog of a source, on the reviewer's side: what is signed, what is open, what is there besides.

found = find_in_catalog(workspace, "ehr", "admission date")
found[0].place, found[0].state          # "enc_adm.admit_dttm", "closed"
"""

from __future__ import annotations

from typing import Literal

import msgspec

from sandbox.dictionary.catalog_index import CATALOG, CatalogIndex, Found
from sandbox.records import signed_path
from sandbox.review.renaming import dictionary_names
from sandbox.workspace import Workspace

State = Literal["signed", "open", "closed"]


class FoundHere(msgspec.Struct, frozen=True, kw_only=True):
    """A table, or a column where `column` is not empty, under the names that the source gives them."""

    table: str
    column: str
    type: str
    column_class: str
    comment: str
    state: State

    @property
    def place(self) -> str:
        return f"{self.table}.{self.column}" if self.column else self.table


def find_in_catalog(workspace: Workspace, source: str, words: str, limit: int = 50) -> list[FoundHere]:
    """What has these words, best first; `BadInput` before the first look."""
    workspace.source(source)
    with CatalogIndex.open(workspace.source_folder(source) / CATALOG) as index:
        return Finder(workspace, source, index).find(words, limit)


class Finder:
    """Searches a catalog that is open, again and again."""

    def __init__(self, workspace: Workspace, source: str, index: CatalogIndex) -> None:
        self._workspace = workspace
        self._source = source
        self._index = index

    def find(self, words: str, limit: int = 50) -> list[FoundHere]:
        found = self._index.find(words, limit)
        names = dictionary_names(self._workspace, self._source) if found else {}
        states = {one.table: self._state(one, names) for one in found}
        return [
            FoundHere(
                table=one.table,
                column=one.column,
                type=one.type,
                column_class=one.column_class,
                comment=one.comment,
                state=states[one.table],
            )
            for one in found
        ]

    def _state(self, found: Found, names: dict[str, str]) -> State:
        if not found.is_open:
            return "closed"
        name = names.get(found.table, found.table)
        return "signed" if signed_path(self._workspace, self._source, name).exists() else "open"
