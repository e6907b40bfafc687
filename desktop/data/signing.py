"""Signing tables into the dictionary: first what exactly, and what changes against the version signed before."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

import msgspec

from desktop.data.wording import change_words, since_counts
from desktop.desk import Desk, Failed, Latest
from desktop.words import plural
from sandbox.errors import BadInput, PreceptorError
from sandbox.reviewing.orders.data import ListTables, ReadTable, SignTables, TableList, TableRow, TableShown
from sandbox.reviewing.orders.facts import Column, ColumnChange
from sandbox.visible import visible

FEW = 20  # tables that are read without a word
READ_AGAIN = "It was read again just now: look at it as it is, then sign it."


class TableToSign(msgspec.Struct, frozen=True, kw_only=True):
    """One line of what is signed. `changes` against the signed version, column by column."""

    name: str
    told: str
    given: str
    undecided: int
    before: str
    changes: tuple[str, ...] = ()


class SigningShown(msgspec.Struct, frozen=True, kw_only=True):
    """What the dialog says. Nothing of it is shortened."""

    title: str
    sentence: str
    warning: str
    tables: tuple[TableToSign, ...]


class SigningDialogs(Protocol):
    """The dialog in which tables are signed."""

    def open_signing(self, shown: SigningShown) -> None: ...

    def signing_refused(self, problem: PreceptorError) -> None:
        """The dialog stays; the passphrase can be typed again."""

    def signing_done(self) -> None: ...

    def close_all(self) -> None: ...


class Signing:
    """Gathers what is signed, opens the dialog, signs. `signed` hears the tables as they are then, and their names;
    `read_again` the tables that were refused because they are not what the dialog showed, and that refusal."""

    def __init__(
        self,
        dialogs: SigningDialogs,
        desk: Desk,
        signed: Callable[[TableList, tuple[str, ...]], None],
        read_again: Callable[[TableList, PreceptorError], None],
        failed: Failed,
    ) -> None:
        self._dialogs = dialogs
        self._desk = desk
        self._signed = signed
        self._read_again = read_again
        self._failed = failed
        self._reads = Latest(desk.asks)
        self._source = ""
        self._rows: tuple[TableRow, ...] = ()
        self._changes: dict[str, tuple[str, ...]] = {}

    def begin(self, source: str, rows: tuple[TableRow, ...]) -> None:
        """Open the dialog for these tables, once it is known what changes in those that were signed before."""
        self._source, self._rows, self._changes = source, rows, {}
        if rows:
            self._gather()

    def sign(self, passphrase: str) -> None:
        """Sign the tables that the dialog shows."""
        names = tuple(row.name for row in self._rows)
        seen = tuple(row.sha256 for row in self._rows)
        order = SignTables(source=self._source, tables=names, seen=seen, passphrase=passphrase)

        def done(listed: TableList) -> None:
            self._dialogs.signing_done()
            self._signed(listed, names)

        self._desk.asks.ask(order, done, self._on_refused)

    def give_up(self) -> None:
        """Nothing is signed; what is still being gathered doesn't open a dialog any more."""
        self._reads.drop()

    def _on_refused(self, problem: PreceptorError) -> None:
        """The dialog stays, unless it shows what is no longer so: somebody decided elsewhere meanwhile."""
        self._dialogs.signing_refused(problem)
        if isinstance(problem, BadInput):
            order = ListTables(source=self._source)
            self._reads.ask(order, lambda listed: self._on_listed(listed, problem), self._failed)

    def _on_listed(self, listed: TableList, problem: PreceptorError) -> None:
        now = {row.name: row.sha256 for row in listed.rows}
        if any(now.get(row.name) != row.sha256 for row in self._rows):
            self._dialogs.close_all()
            self._read_again(listed, BadInput(problem.sentence, READ_AGAIN))

    def _gather(self) -> None:
        waiting = [row.name for row in self._rows if row.state == "changed" and row.name not in self._changes]
        if not waiting:
            self._dialogs.open_signing(signing_shown(self._source, self._rows, self._changes))
            return
        if len(waiting) % FEW == 0:
            self._desk.tell(f"Reading what changed in {plural(len(waiting), 'table')}…")
        self._reads.ask(ReadTable(source=self._source, table=waiting[0]), self._on_read, self._failed)

    def _on_read(self, shown: TableShown) -> None:
        self._changes[shown.table.name] = changes_of(shown)
        self._gather()


def changes_of(shown: TableShown) -> tuple[str, ...]:
    """How many columns are new, gone and different, then each: `prov_id: told was nothing`."""
    since = shown.since
    if since is None:
        return ()
    if not (since.columns or since.words):
        return ("Nothing is told or given differently.",)
    columns = {column.name: column for column in shown.table.columns}
    lines = [f"{visible(one.column)}: {_change_line(one, columns.get(one.column))}" for one in since.columns]
    return (f"{since_counts(since)}.", *lines)


def _change_line(change: ColumnChange, column: Column | None) -> str:
    if column is None:
        return "gone"
    now = f"told {column.told}, given {column.given}"
    return f"new; {now}" if change.kind == "new" else f"{change_words(change)}; now {now}"


def signing_shown(source: str, rows: tuple[TableRow, ...], changes: dict[str, tuple[str, ...]]) -> SigningShown:
    """The dialog's words."""
    told, given = sum(row.told for row in rows), sum(row.given for row in rows)
    undecided = sum(row.undecided for row in rows)
    what = f"table {visible(rows[0].name)}" if len(rows) == 1 else plural(len(rows), "table")
    sentence = (
        f"You sign that agents may know {plural(told, 'column')} of {what} in {source}, and that programs you sign "
        f"may be given {plural(given, 'column')}."
    )
    warning = ""
    if undecided:
        verb = "is" if undecided == 1 else "are"
        warning = f"{plural(undecided, 'column')} {verb} undecided: told nothing and given nothing until you decide."
    return SigningShown(
        title=f"Sign {what} of {source}",
        sentence=sentence,
        warning=warning,
        tables=tuple(_to_sign(row, changes.get(row.name, ())) for row in rows),
    )


def _to_sign(row: TableRow, changes: tuple[str, ...]) -> TableToSign:
    return TableToSign(
        name=visible(row.name),
        told=f"{row.told:,} of {row.columns:,}",
        given=f"{row.given:,} of {row.columns:,}",
        undecided=row.undecided,
        before="signed before" if row.state == "changed" else "never signed",
        changes=changes,
    )
