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
DECIDED = "a person decided on it"  # kept as evidence with a column that no rule knows


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
    anchor: str = ""  # the date of the same table that "days_since" and "age_at" count from
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
    untellable: bool = False  # too many values for a list, or too close together for a range: so it stays


class Join(Fact, frozen=True):
    """`column` holds keys of `to_table.to_column`."""

    column: str
    to_table: str
    to_column: str


class Table(Fact, frozen=True):
    """One table. `rows_band` is a rounded order of magnitude; `per_patient` events per patient, banded.

    `looks` is how many signed versions came before this one, `minimum` the k that its values were told under; what a
    later look may tell depends on both.
    """

    source: str
    name: str
    columns: tuple[Column, ...]
    physical: tuple[str, ...] = ()
    description: str = ""
    grain: str = ""
    order: str = ""  # the usual order of its rows in time, in words
    reference: bool = False
    joins: tuple[Join, ...] = ()
    conventions: tuple[str, ...] = ()
    rows_band: int = 0
    per_patient: float = 0.0
    looks: int = 0
    minimum: int = 0

    @property
    def full_name(self) -> str:
        return f"{self.source}.{self.name}"


class ReferenceRows(Fact, frozen=True):
    """The rows of a searchable reference table: codes with their meanings, no patient in them."""

    table: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


class ReferenceFile(Fact, frozen=True):
    """The rows of a reference table that is too large for its envelope, in a file beside it, by its SHA-256.

    `name` is the file's in the `references` folder of the source; `meaning` the column with the words.
    """

    table: str
    columns: tuple[str, ...]
    rows: int
    sha256: str
    name: str
    meaning: str = ""


CODE_SETS = "codeset"  # stands before the name of one where a table has its source


class CodeSet(Fact, frozen=True):
    """One version of a named list of codes that the reviewer keeps; the codes are in a file of their own.

    `sha256` is the file's, `content` that of the codes alone in order, whatever their meanings and their file.
    `unresolved` says in words what an import could not settle; `not_found` counts codes that no signed table has.
    """

    name: str
    version: int
    codes: int
    sha256: str
    content: str
    description: str = ""
    source: str = ""
    system: str = ""
    unresolved: tuple[str, ...] = ()
    not_found: int = 0


class Dictionary(Fact, frozen=True):
    """Every signed table of the sources a question may use, handed to a drafting session as one file."""

    tables: tuple[Table, ...]
    dialects: dict[str, str]
    references: tuple[ReferenceRows, ...] = ()
    reference_files: tuple[ReferenceFile, ...] = ()
    code_sets: tuple[CodeSet, ...] = ()


class Proposal(Fact, frozen=True):
    """What introspection proposes for one source; `minimum` is k."""

    source: str
    dialect: str
    tables: tuple[Table, ...]
    references: tuple[ReferenceRows, ...] = ()
    minimum: int = 11
    reference_files: tuple[ReferenceFile, ...] = ()
