"""The tables of the chosen source: which is open, and which would be signed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

import msgspec

from desktop.desk import Desk, Failed, Latest
from desktop.words import plural
from sandbox.reviewing.orders.data import ListTables, TableList, TableRow, TableShown


class ToSign(msgspec.Struct, frozen=True, kw_only=True):
    """What the reviewer would sign now: the words beside the button, and on it. No `tables`: nothing to sign."""

    sentence: str
    action: str = "Sign…"
    tables: tuple[TableRow, ...] = ()


class TablesView(Protocol):
    """The list of tables."""

    def show_tables(self, source: str, rows: tuple[TableRow, ...], chosen: str) -> None: ...

    def show_to_sign(self, to_sign: ToSign) -> None: ...

    def names_in_list(self) -> tuple[str, ...]:
        """The tables that the list shows now: all, or those that the search found."""
        ...


class Tables:
    """Keeps the tables of one source. `opened` hears which table is open; an empty name: none."""

    def __init__(self, view: TablesView, desk: Desk, opened: Callable[[str, str], None], failed: Failed) -> None:
        self._view = view
        self._opened = opened
        self._failed = failed
        self._list = Latest(desk.asks)
        self._open = ""
        self._selected: frozenset[str] = frozenset()
        self.source = ""
        self.rows: tuple[TableRow, ...] = ()

    def read(self, source: str, wanted: str = "") -> None:
        """The tables of a source, afresh; `wanted`, what was open, or what needs deciding first, is opened."""
        if source != self.source:
            self.source, self.rows, self._open, self._selected = source, (), "", frozenset()
            self._view.show_tables(source, (), "")
        self._open = wanted or self._open
        self._list.ask(ListTables(source=source), self.show, self._failed)

    def forget(self) -> None:
        """No source, or none that was looked at."""
        self._list.drop()
        self.source, self.rows, self._open, self._selected = "", (), "", frozenset()
        self._opened("", "")

    def show(self, listed: TableList, wanted: str = "") -> None:
        """These are the tables now."""
        self.source, self.rows = listed.source, listed.rows
        names = {row.name for row in listed.rows}
        self._open = wanted or self._open
        if self._open not in names:
            self._open = first_to_decide(listed.rows)
        self._selected = frozenset({self._open}) if wanted else self._selected & names
        self._view.show_tables(self.source, self.rows, self._open)
        self._opened(self.source, self._open)
        self._show_to_sign()

    def show_open(self, name: str) -> None:
        """Go to one of the tables, as if the reviewer had."""
        if any(row.name == name for row in self.rows):
            self._view.show_tables(self.source, self.rows, name)
            self.choose(name, (name,))

    def signed(self, listed: TableList, name: str) -> None:
        """Go on to the next table that waits, as far as the list shows one, else stay at the one that was signed."""
        in_list = frozenset(self._view.names_in_list())
        waiting = next_unsigned(tuple(row for row in listed.rows if row.name in in_list or row.name == name), name)
        self.show(listed, waiting or name)

    def choose(self, name: str, selected: tuple[str, ...]) -> None:
        """The reviewer moved to a table, or selected several."""
        self._selected = frozenset(selected)
        if name and name != self._open:
            self._open = name
            self._opened(self.source, name)
        self._show_to_sign()

    def decided(self, shown: TableShown) -> None:
        """A table is decided differently now; its row follows without reading the list again."""
        if shown.table.source == self.source:
            self.rows = tuple(row_of(shown) if row.name == shown.table.name else row for row in self.rows)
            self._view.show_tables(self.source, self.rows, self._open)
            self._show_to_sign()

    def to_sign(self) -> ToSign:
        """The chosen tables that are not signed as they are decided."""
        chosen = [row for row in self.rows if row.name in (self._selected or {self._open})]
        open_rows = tuple(row for row in chosen if row.state != "signed")
        if not chosen:
            return ToSign(sentence="No table is chosen.")
        if not open_rows:
            same = "is signed as it is decided" if len(chosen) == 1 else "are signed as they are decided"
            return ToSign(sentence=f"{_names(chosen)} {same}.")
        already = len(chosen) - len(open_rows)
        told, given = sum(row.told for row in open_rows), sum(row.given for row in open_rows)
        words = f"{_names(open_rows)}: {plural(told, 'column')} told, {given:,} given"
        undecided = sum(row.undecided for row in open_rows)
        words += f", {undecided:,} undecided (told nothing, given nothing)." if undecided else "."
        if already:
            words += f" {plural(already, 'more chosen table')} {'is' if already == 1 else 'are'} signed already."
        action = "Sign table…" if len(open_rows) == 1 else f"Sign {plural(len(open_rows), 'table')}…"
        return ToSign(sentence=words, action=action, tables=open_rows)

    def _show_to_sign(self) -> None:
        self._view.show_to_sign(self.to_sign())


def first_to_decide(rows: tuple[TableRow, ...]) -> str:
    """The first table with undecided columns, else the first that is not signed as decided, else the first."""
    undecided = (row.name for row in rows if row.undecided)
    unsigned = (row.name for row in rows if row.state != "signed")
    return next(undecided, "") or next(unsigned, "") or (rows[0].name if rows else "")


def next_unsigned(rows: tuple[TableRow, ...], after: str) -> str:
    """The next table, from the top again at the end, that is not signed as it is decided; empty when all are."""
    names = [row.name for row in rows]
    start = names.index(after) + 1 if after in names else 0
    return next((row.name for row in (*rows[start:], *rows[:start]) if row.state != "signed"), "")


def row_of(shown: TableShown) -> TableRow:
    """The row of a table, as it is shown."""
    columns = shown.table.columns
    return TableRow(
        name=shown.table.name,
        columns=len(columns),
        undecided=len(shown.undecided),
        told=sum(column.told != "nothing" for column in columns),
        given=sum(column.given != "nothing" for column in columns),
        state=shown.state,
        rows_band=shown.table.rows_band,
        reference=shown.table.reference,
        description=shown.table.description,
        sha256=shown.sha256,
    )


def _names(rows: list[TableRow] | tuple[TableRow, ...]) -> str:
    """The first three by name."""
    names = ", ".join(row.name for row in rows[:3])
    return names if len(rows) <= 3 else f"{names} and {len(rows) - 3:,} more"
