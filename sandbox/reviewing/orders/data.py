"""Orders on sources and the dictionary: connect, decide what is told and given, sign."""

from __future__ import annotations

from typing import Literal

from sandbox.checks.facts import Given
from sandbox.dictionary.model import Table, Told

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


class TableShown(Shown, frozen=True):
    """A table as decided now, what may be decided per column (in order), and the agent's text of it, to the byte."""

    table: Table
    state: TableState
    choices: tuple[Choices, ...]
    agent_text: str
    signed: tuple[tuple[str, str], ...] = ()  # told and given per column as signed; empty when not signed
    undecided: tuple[str, ...] = ()
    sha256: str = ""  # of the table exactly as it would be signed now


class ReadTable(Order[TableShown], frozen=True):
    source: str
    table: str


class Decide(Order[TableShown], frozen=True):
    """Change what is told and given (None: as it is) of columns of a table; kept until it is signed."""

    source: str
    table: str
    columns: tuple[str, ...]
    told: Told | None = None
    given: Given | None = None


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


class ForgetKnown(Order[Done], frozen=True):
    """Wipe the index of known values of a source."""

    source: str
