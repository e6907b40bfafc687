"""The catalog of a large source: searched while words are typed, opened table by table."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from desktop.desk import Desk, Failed, Latest
from desktop.words import plural
from sandbox.reviewing.orders.data import FindTables, FoundTables

MOST_AT_ONCE = 20  # tables; each is sampled, one after the other


class CatalogView(Protocol):
    """The page on which tables are found and opened."""

    def show_found(self, found: FoundTables) -> None: ...

    def show_to_open(self, sentence: str, action: str, can: bool = False) -> None:
        """What Enter does with the chosen rows, and why it can do nothing with them."""

    def show_typed(self, text: str) -> None:
        """These words are searched."""


class Catalog:
    """Keeps what is searched in the catalog of one source. `opens` hears which tables are wanted open; `goes` which
    one of the open tables."""

    def __init__(
        self,
        view: CatalogView,
        desk: Desk,
        *,
        opens: Callable[[tuple[str, ...]], None],
        goes: Callable[[str], None],
        failed: Failed,
    ) -> None:
        self._view = view
        self._opens = opens
        self._goes = goes
        self._failed = failed
        self._finds = Latest(desk.asks)
        self._found: FoundTables | None = None
        self._chosen: tuple[str, ...] = ()
        self._words = ""
        self.source = ""

    def of(self, source: str) -> None:
        """Search this source; the same again: what is found in it now."""
        if source != self.source:
            self.source, self._words = source, ""
            self._view.show_typed("")
        if source:
            self.search(self._words)
        else:
            self._finds.drop()

    def search(self, words: str) -> None:
        self._words = words
        if self.source:
            self._finds.ask(FindTables(source=self.source, words=words), self._on_found, self._failed)

    def choose(self, tables: tuple[str, ...]) -> None:
        """The reviewer moved to a row, or chose several."""
        self._chosen = tables
        closed = self._closed()
        if len(closed) > MOST_AT_ONCE:
            self._view.show_to_open(f"At most {MOST_AT_ONCE} tables are opened at once.", "Open tables")
        elif closed:
            action = "Open the table" if len(closed) == 1 else f"Open {plural(len(closed), 'table')}"
            self._view.show_to_open("", action, can=True)
        else:
            self._view.show_to_open("", "Go to the table", can=bool(tables))

    def open(self) -> None:
        """Open what is chosen; a table that is open already is gone to."""
        closed = self._closed()
        if closed and len(closed) <= MOST_AT_ONCE:
            self._opens(closed)
        elif self._chosen and not closed:
            self._goes(self.called(self._chosen[0]))

    def called(self, table: str) -> str:
        """What the dictionary calls a table that was found."""
        rows = self._found.rows if self._found else ()
        return next((row.called or row.table for row in rows if row.table == table), table)

    def _closed(self) -> tuple[str, ...]:
        states = {row.table: row.state for row in self._found.rows} if self._found else {}
        return tuple(name for name in self._chosen if states.get(name) == "closed")

    def _on_found(self, found: FoundTables) -> None:
        if found.source == self.source:
            self._found = found
            self._view.show_found(found)
