"""What an agent may know, in a demo: the suggested tables, with counts, and one signature for them. No Qt in here."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple, Protocol

from desktop import words
from desktop.desk import Desk
from sandbox.errors import Fault, PreceptorError
from sandbox.reviewing.orders.data import ListTables, SignTables, TableList, TableRow


class Suggested(NamedTuple):
    """The tables to sign, and the sentence over them."""

    source: str
    rows: tuple[TableRow, ...]
    sentence: str
    button: str


class KnowView(Protocol):
    def show_tables(self, suggested: Suggested) -> None: ...

    def set_busy(self, sentence: str) -> None: ...

    def show_problem(self, problem: PreceptorError) -> None: ...

    def clear_secrets(self) -> None: ...


class KnowPresenter:
    """`done` hears that the tables are signed."""

    def __init__(self, view: KnowView, desk: Desk, done: Callable[[], None]) -> None:
        self._view = view
        self._desk = desk
        self._done = done
        self._to_ask: list[str] = []
        self._suggested: Suggested | None = None
        self._busy = False

    def enter(self) -> None:
        self._suggested = None
        self._to_ask = [source.name for source in self._desk.standing.sources]
        self._ask_next()

    def sign(self, passphrase: str) -> None:
        """Sign what is shown; a second press meanwhile does nothing."""
        if self._busy or self._suggested is None:
            return
        self._set_busy("Signing…")
        names = tuple(row.name for row in self._suggested.rows)
        seen = tuple(row.sha256 for row in self._suggested.rows)
        order = SignTables(source=self._suggested.source, tables=names, seen=seen, passphrase=passphrase)
        self._desk.asks.ask(order, self._signed, self._failed)

    def _ask_next(self) -> None:
        if not self._to_ask:
            missing = Fault("The suggested tables are in none of the sources.", "Choose tables on the Data screen.")
            self._failed(missing)
            return
        self._set_busy("Reading what was proposed…")
        self._desk.asks.ask(ListTables(source=self._to_ask.pop(0)), self._listed, self._failed)

    def _listed(self, tables: TableList) -> None:
        wanted = self._desk.standing.demo.tables if self._desk.standing.demo is not None else ()
        rows = tuple(row for row in tables.rows if row.name in wanted)
        if not rows or len(rows) < len(wanted):
            self._ask_next()
            return
        self._set_busy("")
        self._suggested = suggest(tables.source, rows)
        self._view.show_tables(self._suggested)

    def _signed(self, _: TableList) -> None:
        self._set_busy("")
        self._view.clear_secrets()
        self._done()

    def _failed(self, problem: PreceptorError) -> None:
        self._set_busy("")
        self._view.show_problem(problem)

    def _set_busy(self, sentence: str) -> None:
        self._busy = bool(sentence)
        self._view.set_busy(sentence)


def suggest(source: str, rows: tuple[TableRow, ...]) -> Suggested:
    columns, told, given = (sum(getattr(row, name) for row in rows) for name in ("columns", "told", "given"))
    sentence = (
        f"Of {words.plural(columns, 'column')} the agent is told {told:,}; a signed program may be given {given:,}. "
        "The rest exists for neither."
    )
    return Suggested(source, rows, sentence, f"Sign {words.plural(len(rows), 'table')}")
