"""What an agent may know, in a demo: the suggested tables, column by column, and one signature. No Qt in here."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple, Protocol

from desktop import words
from desktop.data.wording import TOLD, class_words, given_words
from desktop.desk import Desk, Latest
from sandbox.errors import Fault, PreceptorError
from sandbox.reviewing.orders.data import ListTables, ReadTable, SignTables, TableList, TableRow, TableShown
from sandbox.visible import visible


class Suggested(NamedTuple):
    """The tables to sign, and the sentence over them."""

    source: str
    rows: tuple[TableRow, ...]
    sentence: str
    button: str


class KnownColumn(NamedTuple):
    """One column of a table in words; `withheld` when it exists neither for an agent nor for a program."""

    name: str
    kind: str
    told: str
    given: str
    withheld: bool


class KnownTable(NamedTuple):
    """The columns of a table, those that are withheld first."""

    title: str
    description: str
    columns: tuple[KnownColumn, ...]


class KnowView(Protocol):
    def show_tables(self, suggested: Suggested) -> None:
        """Its first table is the chosen one."""

    def show_columns(self, table: KnownTable) -> None: ...

    def set_missing(self, sentence: str) -> None:
        """What has to be typed first; empty when it can be signed."""

    def set_busy(self, sentence: str) -> None: ...

    def show_problem(self, problem: PreceptorError) -> None: ...

    def clear_secrets(self) -> None: ...


class KnowPresenter:
    """`done` hears that the tables are signed."""

    def __init__(self, view: KnowView, desk: Desk, done: Callable[[], None]) -> None:
        self._view = view
        self._desk = desk
        self._done = done
        self._reads = Latest(desk.asks)
        self._to_ask: list[str] = []
        self._suggested: Suggested | None = None
        self._busy = False

    def enter(self) -> None:
        self._suggested = None
        self.typed("")
        self._to_ask = [source.name for source in self._desk.standing.sources]
        self._ask_next()

    def typed(self, passphrase: str) -> None:
        self._view.set_missing("" if passphrase else words.missing("your passphrase"))

    def choose(self, row: TableRow) -> None:
        """Show the columns of a table."""
        if self._suggested is not None:
            order = ReadTable(source=self._suggested.source, table=row.name)
            self._reads.ask(order, self._show_columns, self._view.show_problem)

    def sign(self, passphrase: str) -> None:
        """Sign what is shown; a second press meanwhile, or no passphrase, does nothing."""
        self.typed(passphrase)
        if self._busy or self._suggested is None or not passphrase:
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

    def _show_columns(self, shown: TableShown) -> None:
        self._view.show_columns(known_table(shown))

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
    """The tables of which most is withheld first, then by name."""
    columns, told, given = (sum(getattr(row, name) for row in rows) for name in ("columns", "told", "given"))
    ordered = tuple(sorted(rows, key=lambda row: (min(row.told, row.given) - row.columns, row.name)))
    sentence = (
        f"An agent is told of {told:,} of the {words.plural(columns, 'column')}; a program that you sign may be given "
        f"{given:,}. What is withheld does not exist for them."
    )
    return Suggested(source, ordered, sentence, f"Sign {words.plural(len(rows), 'table')}")


def known_table(shown: TableShown) -> KnownTable:
    """The table column by column."""
    undecided = frozenset(shown.undecided)
    columns = [
        KnownColumn(
            name=visible(one.name),
            kind=class_words(one, one.name in undecided),
            told=TOLD[one.told],
            given=given_words(one.given, one.derivation),
            withheld=(one.told, one.given) == ("nothing", "nothing"),
        )
        for one in shown.table.columns
    ]
    withheld = sum(one.withheld for one in columns)
    what = f"{words.plural(len(columns), 'column')}, {withheld or 'none'} withheld"
    ordered = tuple(sorted(columns, key=lambda one: not one.withheld))
    return KnownTable(f"{visible(shown.table.name)}: {what}", visible(shown.table.description), ordered)
