"""One table: its columns, what is told and given of each, and the decisions on them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

import msgspec

from desktop.data.column_filter import Counts, Filter, Which, counts_of
from desktop.data.column_rows import (
    ColumnRow,
    Offered,
    calm_order,
    column_rows,
    next_undecided,
    offered_for,
    with_wanted,
)
from desktop.data.decisions import Decision, Decisions
from desktop.data.forms import Forms, FormsView
from desktop.data.tables import row_of
from desktop.data.wording import TOLD, undo_words
from desktop.desk import Desk, Failed, Latest
from desktop.words import plural
from sandbox.errors import PreceptorError
from sandbox.reviewing.orders.data import Decide, Derive, ReadTable, TableRow, TableShown, TakeBack
from sandbox.reviewing.orders.facts import Column, Given, Told


class Chosen(msgspec.Struct, frozen=True, kw_only=True):
    """The column that the pane explains, and how many are chosen with it."""

    column: Column
    undecided: bool
    count: int
    offered: Offered


class ColumnsView(FormsView, Protocol):
    """The columns of one table, and the column that is chosen."""

    def show_reading(self, table: str) -> None:
        """A table is being read; nothing of another may be decided meanwhile."""

    def show_table(self, shown: TableShown) -> None:
        """Another table, or the same decided differently: its heading and how much is undecided."""

    def show_columns(self, rows: tuple[ColumnRow, ...], *, which: Which, counts: Counts) -> None: ...

    def show_undo(self, sentence: str, levels: int) -> None:
        """What would be taken back now, the newest of so many decisions; no levels: nothing."""

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
        self._desk = desk
        self.decisions = Decisions(desk.asks, self._on_decided, self._on_refused, self._on_waiting)
        self.forms = Forms(view, desk, failed)
        self._table = ("", "")
        self._opened: TableShown | None = None
        self._shown: TableShown | None = None
        self._order: tuple[str, ...] = ()
        self._decided: dict[str, ColumnRow] = {}  # as the engine says
        self._rows: dict[str, ColumnRow] = {}  # with what is on its way to it
        self._hidden: frozenset[str] = frozenset()
        self._filter = Filter()
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
        self._view.show_undo("", 0)
        self.forms.of("", "", "")
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
        """Change what is told, or given, or both, of the selected columns. No program is written for a column that no
        agent knows of, so the name of one that is to be given is told with it."""
        if self._shown is None or not self._selected:
            return
        unseen = self._unseen() if told is None and given not in (None, "nothing") else ()
        others = tuple(name for name in self._selected if name not in unseen)
        if unseen:
            self._add(unseen, "name", given)
        if others:
            self._add(others, told, given, goes_on=bool(unseen))
        self._show_decided()

    def take_offer(self, key: str) -> None:
        """One of the whole decisions, when it may be made for all selected columns; then on to what is undecided."""
        if self._shown is None:
            return
        offer = next(one for one in offered_for(self._shown, self._selected).offers if one.key == key)
        was_undecided = len(self._selected) == 1 and self._rows[self._current].undecided
        for number, given in enumerate(dict.fromkeys(offer.given.values())):
            columns = tuple(name for name in self._selected if offer.given[name] == given)
            self._add(columns, offer.told, given, goes_on=number > 0)
        if offer.given:
            self._show_decided()
        following = next_undecided(self._visible(), self._rows, self._current) if was_undecided else ""
        if following and offer.given:
            self._view.go_to_column(following)

    def derive(self, form: str) -> None:
        """Give the chosen column in this form; "none": as it was before one was chosen."""
        source, table = self._table
        if self._shown is not None and self._current:
            unseen = self._rows[self._current].told == TOLD["nothing"]
            self.decisions.add(Derive(source=source, table=table, column=self._current, form=form))
            if unseen and form != "none":
                self._add((self._current,), "name", None, goes_on=True)
            self._show_decided()

    def take_back(self) -> None:
        """Take the newest decision on the open table back."""
        source, table = self._table
        if self._shown is not None and self.decisions.undoable(self._shown)[0] > 0:
            self.decisions.add(TakeBack(source=source, table=table))
            self._show_decided()

    def show_which(self, which: Which) -> None:
        """Show all columns, those that are undecided now, or those that are not as they were signed."""
        self._show_filtered(Filter(which=which, text=self._filter.text))

    def find(self, text: str) -> None:
        """Show the columns that have these words in their name, class, evidence or description."""
        self._show_filtered(Filter(which=self._filter.which, text=text))

    def _show_filtered(self, wanted: Filter) -> None:
        self._filter = wanted
        self._hidden = wanted.hides(self._rows)
        self._selected = tuple(name for name in self._selected if name not in self._hidden)
        self._current = "" if self._current in self._hidden else self._current
        self._current = self._current or next(iter(self._selected), "")
        self._show_decided()

    def _unseen(self) -> tuple[str, ...]:
        """Those of the selected columns of which nothing is told."""
        return tuple(name for name in self._selected if self._rows[name].told == TOLD["nothing"])

    def _add(self, columns: tuple[str, ...], told: Told | None, given: Given | None, goes_on: bool = False) -> None:
        source, table = self._table
        order = Decide(source=source, table=table, columns=columns, told=told, given=given, goes_on=goes_on)
        self.decisions.add(order)

    def _show_decided(self) -> None:
        self._show_columns()
        self._show_chosen()

    def _on_read(self, shown: TableShown) -> None:
        self._opened = self._shown = shown
        self._order = calm_order(shown)
        self._view.show_table(shown)
        self._decided = self._rows = column_rows(shown)
        counts = counts_of(self._rows)
        self._filter = Filter(which=self._filter.which if getattr(counts, self._filter.which) else "all")
        self._hidden = self._filter.hides(self._rows)
        self._show_columns()
        self._shows(shown, shown)
        visible = self._visible()
        if visible:
            self._view.go_to_column(visible[0])

    def _on_unread(self, problem: PreceptorError) -> None:
        self._table = ("", "")
        self._failed(problem)

    def _on_decided(self, order: Decision, shown: TableShown) -> None:
        self._told_of(shown)
        before = self._shown
        if before is None or (shown.table.source, shown.table.name) != self._table:
            return
        self._decided = column_rows(shown, before, self._decided)
        self._shown = shown
        self._view.show_table(shown)
        self._show_decided()
        self._shows(shown, self._opened)
        undone = before.undo.first if isinstance(order, TakeBack) and before.undo is not None else ""
        if undone in self._visible() and undone not in self._selected:  # else all that is chosen stays so
            self._view.go_to_column(undone)

    def _on_waiting(self, number: int) -> None:
        """What was not even sent would be lost with the window."""
        self._desk.busy("deciding", f"{plural(number, 'decision')} on the way…" if number > 1 else "")

    def _on_refused(self, problem: PreceptorError) -> None:
        self._show_columns()
        self._failed(problem)

    def _show_columns(self) -> None:
        if self._shown is not None:
            self._rows = with_wanted(self._decided, self.decisions.waiting(*self._table))
            rows = tuple(self._rows[name] for name in self._visible())
            self._view.show_columns(rows, which=self._filter.which, counts=counts_of(self._rows))
            levels, undo = self.decisions.undoable(self._shown)
            self._view.show_undo(undo_words(undo) if undo else "", levels)

    def _show_chosen(self) -> None:
        shown = self._shown
        column = next((one for one in shown.table.columns if one.name == self._current), None) if shown else None
        if shown is None or column is None:
            self._view.show_chosen(None)
            self.forms.of("", "", "")
            return
        self.forms.of(*self._table, column.name if len(self._selected) == 1 else "")
        undecided = column.name in shown.undecided
        offered = offered_for(shown, self._selected)
        self._view.show_chosen(Chosen(column=column, undecided=undecided, count=len(self._selected), offered=offered))

    def _visible(self) -> tuple[str, ...]:
        return tuple(name for name in self._order if name not in self._hidden)
