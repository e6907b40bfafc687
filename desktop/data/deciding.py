"""One table: its columns, what is told and given of each, and the decisions on them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

import msgspec

from desktop.data.column_rows import (
    ColumnRow,
    Offered,
    calm_order,
    column_rows,
    next_undecided,
    offered_for,
    with_wanted,
)
from desktop.data.decisions import Decisions
from desktop.data.tables import row_of
from desktop.desk import Desk, Failed, Latest
from sandbox.errors import PreceptorError
from sandbox.reviewing.orders.data import Decide, ReadTable, TableRow, TableShown
from sandbox.reviewing.orders.facts import Column, Given, Told


class Chosen(msgspec.Struct, frozen=True, kw_only=True):
    """The column that the pane explains, and how many are chosen with it."""

    column: Column
    undecided: bool
    count: int
    offered: Offered


class ColumnsView(Protocol):
    """The columns of one table, and the column that is chosen."""

    def show_reading(self, table: str) -> None:
        """A table is being read; nothing of another may be decided meanwhile."""

    def show_table(self, shown: TableShown) -> None:
        """Another table, or the same decided differently: its heading and how much is undecided."""

    def show_columns(self, rows: tuple[ColumnRow, ...], *, only_undecided: bool) -> None: ...

    def go_to_column(self, name: str) -> None:
        """The keyboard is at this column; reports it as chosen."""

    def show_chosen(self, chosen: Chosen | None) -> None: ...


class Deciding:
    """Decides what the columns of one table show. `shows` hears each version of the table that is shown, and the one
    it was opened with; `decided` every table that a decision changed."""

    def __init__(
        self,
        view: ColumnsView,
        desk: Desk,
        *,
        shows: Callable[[TableShown | None, TableShown | None], None],
        decided: Callable[[TableShown], None],
        failed: Failed,
    ) -> None:
        self._view = view
        self._shows = shows
        self._told_of = decided
        self._failed = failed
        self._reads = Latest(desk.asks)
        self.decisions = Decisions(desk.asks, self._on_decided, self._on_refused)
        self._table = ("", "")
        self._opened: TableShown | None = None
        self._shown: TableShown | None = None
        self._order: tuple[str, ...] = ()
        self._decided: dict[str, ColumnRow] = {}  # as the engine says
        self._rows: dict[str, ColumnRow] = {}  # with what is on its way to it
        self._hidden: frozenset[str] = frozenset()
        self._only_undecided = False
        self._current = ""
        self._selected: tuple[str, ...] = ()

    def open(self, source: str, table: str, *, again: bool = False) -> None:
        """Read a table and show it. The one that is open stays as it is, unless it must be read again."""
        if (source, table) == self._table and not again:
            return
        self._table = (source, table)
        self._opened = self._shown = None
        self._current, self._selected = "", ()
        self._view.show_chosen(None)
        self._shows(None, None)
        if table:
            self._view.show_reading(table)
            self._reads.ask(ReadTable(source=source, table=table), self._on_read, self._on_unread)
        else:
            self._reads.drop()

    def is_outdated(self, row: TableRow) -> bool:
        """The open table is not what the list of tables says of it, and nothing is on its way that explains it."""
        source, table = self._table
        if self._shown is None or row.name != table or self.decisions.waiting(source, table):
            return False
        return row_of(self._shown) != row

    def choose(self, current: str, selected: tuple[str, ...]) -> None:
        """The reviewer moved to a column, or selected several."""
        self._selected = selected or ((current,) if current else ())
        self._current = current or next(iter(selected), "")
        self._show_chosen()

    def decide(self, told: Told | None = None, given: Given | None = None) -> None:
        """Change what is told, or given, or both, of the selected columns."""
        if self._shown is not None and self._selected:
            self._add(self._selected, told, given)
            self._show_decided()

    def take_offer(self, key: str) -> None:
        """One of the whole decisions, when it may be made for all selected columns; then on to what is undecided."""
        if self._shown is None:
            return
        offer = next(one for one in offered_for(self._shown, self._selected).offers if one.key == key)
        was_undecided = len(self._selected) == 1 and self._rows[self._current].undecided
        for given in dict.fromkeys(offer.given.values()):
            self._add(tuple(name for name in self._selected if offer.given[name] == given), offer.told, given)
        if offer.given:
            self._show_decided()
        following = next_undecided(self._visible(), self._rows, self._current) if was_undecided else ""
        if following and offer.given:
            self._view.go_to_column(following)

    def show_only_undecided(self, only: bool) -> None:
        """Hide what is decided now. What is decided later stays until asked again, so that no row runs away."""
        self._only_undecided = only
        self._hide_decided()
        self._show_columns()

    def _add(self, columns: tuple[str, ...], told: Told | None, given: Given | None) -> None:
        source, table = self._table
        self.decisions.add(Decide(source=source, table=table, columns=columns, told=told, given=given))

    def _show_decided(self) -> None:
        self._show_columns()
        self._show_chosen()

    def _on_read(self, shown: TableShown) -> None:
        self._opened = self._shown = shown
        self._order = calm_order(shown)
        self._view.show_table(shown)
        self._decided = self._rows = column_rows(shown)
        self._only_undecided = self._only_undecided and bool(shown.undecided)
        self._hide_decided()
        self._show_columns()
        self._shows(shown, shown)
        visible = self._visible()
        if visible:
            self._view.go_to_column(visible[0])

    def _on_unread(self, problem: PreceptorError) -> None:
        self._table = ("", "")
        self._failed(problem)

    def _on_decided(self, shown: TableShown) -> None:
        self._told_of(shown)
        if self._shown is not None and (shown.table.source, shown.table.name) == self._table:
            self._decided = column_rows(shown, self._shown, self._decided)
            self._shown = shown
            self._view.show_table(shown)
            self._show_columns()
            self._show_chosen()
            self._shows(shown, self._opened)

    def _on_refused(self, problem: PreceptorError) -> None:
        self._show_columns()
        self._failed(problem)

    def _show_columns(self) -> None:
        if self._shown is not None:
            self._rows = with_wanted(self._decided, self.decisions.waiting(*self._table))
            rows = tuple(self._rows[name] for name in self._visible())
            self._view.show_columns(rows, only_undecided=self._only_undecided)

    def _show_chosen(self) -> None:
        shown = self._shown
        column = next((one for one in shown.table.columns if one.name == self._current), None) if shown else None
        if shown is None or column is None:
            self._view.show_chosen(None)
            return
        undecided = column.name in shown.undecided
        offered = offered_for(shown, self._selected)
        self._view.show_chosen(Chosen(column=column, undecided=undecided, count=len(self._selected), offered=offered))

    def _visible(self) -> tuple[str, ...]:
        return tuple(name for name in self._order if name not in self._hidden)

    def _hide_decided(self) -> None:
        decided = (name for name, row in self._rows.items() if not row.undecided)
        self._hidden = frozenset(decided) if self._only_undecided else frozenset()
