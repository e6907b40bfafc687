"""What a search of a catalog finds, as facts."""

from __future__ import annotations

from typing import Literal

import msgspec

State = Literal["signed", "open", "closed"]


class FoundHere(msgspec.Struct, frozen=True, kw_only=True):
    """A table, or a column where `column` is not empty, under the names that the source gives them.

    `called` is its name in the dictionary where that is another one; `comment` may be what a pack says of it.
    """

    table: str
    column: str
    type: str
    column_class: str
    comment: str
    state: State
    called: str = ""

    @property
    def place(self) -> str:
        return f"{self.table}.{self.column}" if self.column else self.table


class FoundTable(msgspec.Struct, frozen=True, kw_only=True):
    """A table of the catalog, with those of its columns that have to do with the words. `rows` -1: nobody knows."""

    table: str
    columns: int
    rows: int
    state: State
    called: str = ""
    hits: tuple[str, ...] = ()
    comment: str = ""
