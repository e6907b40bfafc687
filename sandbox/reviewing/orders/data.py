"""Orders on sources and the dictionary: connect, decide what is told and given, sign."""

from __future__ import annotations

from typing import Literal

from sandbox.checks.facts import Given
from sandbox.dictionary.model import Table, Told
from sandbox.review.found import FoundTable
from sandbox.review.since_signed import SinceSigned

from ._base import Done, Order, Shown
from .starting import SourceStanding

TableState = Literal["not signed", "signed", "changed"]


class SourceList(Shown, frozen=True):
    rows: tuple[SourceStanding, ...]


class ListSources(Order[SourceList], frozen=True):
    """The connected sources."""


class AddSource(Order[SourceList], frozen=True):
    """Connect a DuckDB file or a folder of Parquet or CSV files; the login goes into the keyring."""

    name: str
    location: str
    login: str | None = None


class RemoveSource(Order[SourceList], frozen=True):
    """Disconnect: its login is forgotten, what was signed for it is gone; the log keeps that it was."""

    name: str


class TableRow(Shown, frozen=True):
    """One table of a proposal. `state` "changed": decided differently since it was signed.

    `sha256` is that of the table exactly as it would be signed now.
    """

    name: str
    columns: int
    undecided: int
    told: int
    given: int
    state: TableState
    rows_band: int = 0
    reference: bool = False
    description: str = ""
    sha256: str = ""


class TableList(Shown, frozen=True):
    source: str
    rows: tuple[TableRow, ...]


class ListTables(Order[TableList], frozen=True):
    """The tables of a source that was looked at."""

    source: str


class Choices(Shown, frozen=True):
    """What may be decided for a column: no decision outside these is accepted."""

    told: tuple[Told, ...]
    given: tuple[Given, ...]


class Undoable(Shown, frozen=True):
    """The newest decision on a table that can be taken back: on how many columns, the first of them, and what."""

    columns: int
    first: str
    told: tuple[Told, ...] = ()
    given: tuple[Given, ...] = ()
    form: str = ""


class TableShown(Shown, frozen=True):
    """A table as decided now, what may be decided per column (in order), and the agent's text of it, to the byte.

    `since` is what differs from how it was signed; None when it is not signed. `undo` is the newest of `undo_levels`.
    """

    table: Table
    state: TableState
    choices: tuple[Choices, ...]
    agent_text: str
    since: SinceSigned | None = None
    undecided: tuple[str, ...] = ()
    sha256: str = ""  # of the table exactly as it would be signed now
    undo: Undoable | None = None
    undo_levels: int = 0


class ReadTable(Order[TableShown], frozen=True):
    source: str
    table: str


class Decide(Order[TableShown], frozen=True):
    """Change what is told and given (None: as it is) of columns of a table; kept until it is signed.

    `goes_on`: it is part of the decision before it, and taken back together with that.
    """

    source: str
    table: str
    columns: tuple[str, ...]
    told: Told | None = None
    given: Given | None = None
    goes_on: bool = False


class TakeBack(Order[TableShown], frozen=True):
    """Take the newest decision on a table back; refused once the table was looked at again or signed since."""

    source: str
    table: str


class FormsShown(Shown, frozen=True):
    """What may be derived from a column now (`month`, `days_since:admit_dt`, `none`), and what was chosen, if any."""

    source: str
    table: str
    column: str
    open: tuple[str, ...]
    chosen: str = ""


class ReadForms(Order[FormsShown], frozen=True):
    source: str
    table: str
    column: str


class Derive(Order[TableShown], frozen=True):
    """Give a column in one of its forms; "none": as it was before one was chosen."""

    source: str
    table: str
    column: str
    form: str


class FoundTables(Shown, frozen=True):
    """The tables of a catalog that have to do with the words, best first, and how large the catalog is."""

    source: str
    words: str
    rows: tuple[FoundTable, ...]
    tables: int
    columns: int
    opened: int


class FindTables(Order[FoundTables], frozen=True):
    """Search the whole catalog of a source; without words nothing is found, and its size is told."""

    source: str
    words: str


class SignTables(Order[TableList], frozen=True):
    """Sign tables into the dictionary as they were shown: `seen` has each one's `sha256`; another one is refused."""

    source: str
    tables: tuple[str, ...]
    seen: tuple[str, ...]
    passphrase: str


class AgentText(Shown, frozen=True):
    text: str


class ReadAgentText(Order[AgentText], frozen=True):
    """The exact text an agent starts from, out of the signed tables of all sources."""


class PageWritten(Shown, frozen=True):
    """The page for the privacy office is in this file."""

    path: str
    tables: int


class WritePage(Order[PageWritten], frozen=True):
    """Write all that is told and given, out of the signed tables, to a new .pdf or .html file."""

    to: str


class ForgetKnown(Order[Done], frozen=True):
    """Wipe the index of known values of a source."""

    source: str
