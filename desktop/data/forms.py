"""What may be derived from the chosen column: asked for once the keyboard rests on it."""

from __future__ import annotations

from typing import Protocol

from desktop.desk import Desk, Failed, Latest, Ticket
from sandbox.reviewing.orders.data import FormsShown, ReadForms

RESTS = 0.12  # seconds; going through a list by key asks nothing


class FormsView(Protocol):
    """The forms that are offered."""

    def show_forms(self, forms: FormsShown | None) -> None:
        """None: not known, or nothing is derived from it."""


class Forms:
    """Keeps the forms of one column. `open_forms` are those that may be chosen now."""

    def __init__(self, view: FormsView, desk: Desk, failed: Failed) -> None:
        self._view = view
        self._desk = desk
        self._failed = failed
        self._reads = Latest(desk.asks)
        self._due: Ticket | None = None
        self.shown: FormsShown | None = None

    def of(self, source: str, table: str, column: str) -> None:
        """The keyboard is at this column, or something of its table changed; an empty name: at none, or at several."""
        if self._due is not None:
            self._due.drop()
            self._due = None
        self._reads.drop()
        if self.shown is not None and (self.shown.source, self.shown.table, self.shown.column) != (
            source,
            table,
            column,
        ):
            self._show(None)
        if column:
            order = ReadForms(source=source, table=table, column=column)
            self._due = self._desk.clock.after(RESTS, lambda: self._reads.ask(order, self._show, self._failed))

    def _show(self, forms: FormsShown | None) -> None:
        self.shown = forms
        self._view.show_forms(forms)
