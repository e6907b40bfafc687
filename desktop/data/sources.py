"""The sources: which there are, and which is chosen."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from desktop.desk import Desk, Failed, Latest
from sandbox.reviewing.orders.data import ListSources, SourceList
from sandbox.reviewing.orders.starting import SourceStanding


class SourcesView(Protocol):
    """The list of sources."""

    def show_sources(self, rows: tuple[SourceStanding, ...], chosen: str) -> None: ...


class Sources:
    """Keeps the list and what is chosen of it. `moved` hears that another source, or another state of it, is chosen."""

    def __init__(self, view: SourcesView, desk: Desk, moved: Callable[[], None], failed: Failed) -> None:
        self._view = view
        self._moved = moved
        self._failed = failed
        self._list = Latest(desk.asks)
        self._rows: tuple[SourceStanding, ...] = ()
        self._name = ""

    @property
    def chosen(self) -> SourceStanding | None:
        return next((row for row in self._rows if row.name == self._name), None)

    def read(self, wanted: str = "") -> None:
        """Read the list afresh; `wanted` is chosen when it is there."""
        self._name = wanted or self._name
        self._list.ask(ListSources(), self._on_list, self._failed)

    def show(self, rows: tuple[SourceStanding, ...], wanted: str = "") -> None:
        """These are the sources now."""
        self._list.drop()
        self._rows = rows
        self._name = wanted or self._name
        if self.chosen is None:
            looked = (row for row in rows if row.looked)
            first = next(looked, rows[0] if rows else None)
            self._name = first.name if first else ""
        self._view.show_sources(rows, self._name)
        self._moved()

    def choose(self, name: str) -> None:
        if name != self._name:
            self._name = name
            self._view.show_sources(self._rows, name)
            self._moved()

    def _on_list(self, listed: SourceList) -> None:
        self.show(listed.rows)
