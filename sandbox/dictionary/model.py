"""The dictionary as facts: what an agent may know of a source, and what a signed program may be given.

A `Proposal` is made on the running side and waits for the reviewer; a `Table` is what was signed. A
column that nobody decided on is told nothing and given nothing (DESIGN: unknown stays unknown).
"""

from __future__ import annotations

from typing import Literal

import msgspec

from sandbox.checks.facts import Derivation, Given

ColumnClass = Literal[
    "patient_key",
    "event_key",
    "direct_identifier",
    "date",
    "geography",
    "free_text",
    "staff",
    "secret",
    "specially_protected",
    "key",
    "plain",
    "unknown",
]
Told = Literal["nothing", "name", "values"]


class Fact(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """Base: frozen, named fields only, unknown fields refused."""


class Column(Fact, frozen=True):
    """One column as proposed or signed.

    `name` is the dictionary name, `physical` the real one when it differs. `values` (each belonging to at
    least k patients, or from a reference table) and `low`/`high` (k-th smallest and largest, rounded) are
    only there when `told` is "values". `rule` cites the paragraph behind a class. `evidence` is in words
    and never quotes a value.
    """

    name: str
    type: str
    column_class: ColumnClass = "unknown"
    told: Told = "nothing"
    given: Given = "nothing"
    derivation: Derivation = "none"
    domain: str = ""
    description: str = ""
    values: tuple[str, ...] = ()
    low: str = ""
    high: str = ""
    physical: str = ""
    rule: str = ""
    confidence: float = 0.0
    evidence: tuple[str, ...] = ()
    nullable: bool = True
    null_share: float = 0.0  # rounded to 5 %


class Join(Fact, frozen=True):
    """`column` holds keys of `to_table.to_column`."""

    column: str
    to_table: str
    to_column: str


class Table(Fact, frozen=True):
    """One table. `rows_band` is a rounded order of magnitude; `per_patient` events per patient, banded."""

    source: str
    name: str
    columns: tuple[Column, ...]
    physical: tuple[str, ...] = ()
    description: str = ""
    grain: str = ""
    reference: bool = False
    joins: tuple[Join, ...] = ()
    conventions: tuple[str, ...] = ()
    rows_band: int = 0
    per_patient: float = 0.0

    @property
    def full_name(self) -> str:
        return f"{self.source}.{self.name}"


class ReferenceRows(Fact, frozen=True):
    """The rows of a searchable reference table: codes with their meanings, no patient in them."""

    table: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


class Dictionary(Fact, frozen=True):
    """Every signed table of the sources a question may use, handed to a drafting session as one file."""

    tables: tuple[Table, ...]
    dialects: dict[str, str]
    references: tuple[ReferenceRows, ...] = ()


class Proposal(Fact, frozen=True):
    """What introspection proposes for one source; `minimum` is k."""

    source: str
    dialect: str
    tables: tuple[Table, ...]
    references: tuple[ReferenceRows, ...] = ()
    minimum: int = 11
