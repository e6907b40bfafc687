"""The plain facts that the checks work on and return.

`Schema` is what a query may be written against: dictionary names, types, and what a signed program may be
given of each column. `Grant` is the part of it that one draft needs. Both are data, so that a privacy
officer can read them in a record.
"""

from __future__ import annotations

from typing import Literal

import msgspec

Severity = Literal["refuse", "warn", "note"]
Given = Literal["nothing", "token", "derived", "full"]
KeyRole = Literal["patient", "event", "none"]
Derivation = Literal["none", "year", "month", "zip3", "age_capped", "days_since", "age_at"]
ANCHORED: tuple[Derivation, ...] = ("days_since", "age_at")  # made of two dates of one row; a whole number


class Fact(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """Base: frozen, named fields only, unknown fields refused."""


class Flag(Fact, frozen=True, kw_only=True):
    """Something a deterministic check noticed in a program.

    `line` counts from 1 (0: the whole program). `instead` says what to write in its place.
    """

    line: int
    severity: Severity
    rule: str
    reason: str
    instead: str = ""


class ColumnSchema(Fact, frozen=True, kw_only=True):
    """One column under its dictionary name.

    `type` is an SQL type of DuckDB's dialect in capitals. `physical` is the real name (empty: the same).
    `domain` names what a key identifies ("patient", "encounter", …): only keys of one domain may meet.
    `identifies`: its values name a patient directly (a record number, a name). `values` are those that the dictionary
    tells, `nulls` is the share of nulls that it tells. `anchor` is the real name of the other date that an anchored
    derivation counts from, `anchor_type` its type.
    """

    type: str
    given: Given = "nothing"
    key: KeyRole = "none"
    domain: str = ""
    derivation: Derivation = "none"
    physical: str = ""
    identifies: bool = False
    values: tuple[str, ...] = ()
    nulls: float = 0.0
    anchor: str = ""
    anchor_type: str = ""


class TableSchema(Fact, frozen=True, kw_only=True):
    """One table under its dictionary name; `physical` is the path inside the source, outermost first.

    `unseen` are columns that no program may name; row scopes and exclusions may. `joins` leads from a key column to
    the table and column whose keys it holds. `key` are the columns that together name one row, `repeats` columns of
    which one value stands in several rows; both empty: not known.
    """

    columns: dict[str, ColumnSchema]
    physical: tuple[str, ...] = ()
    unseen: dict[str, ColumnSchema] = {}
    joins: dict[str, tuple[str, str]] = {}
    key: tuple[str, ...] = ()
    repeats: tuple[str, ...] = ()

    @property
    def every_column(self) -> dict[str, ColumnSchema]:
        return {**self.unseen, **self.columns}


class Schema(Fact, frozen=True, kw_only=True):
    """Tables by `source.table`, in lower case. One query reads one source, in its `dialect`.

    `unseen` are tables that no program may name; exclusions look in them whose a row is. `codes` are the codes of the
    searchable reference tables, by `source.table.column`.
    """

    tables: dict[str, TableSchema]
    dialects: dict[str, str]
    unseen: dict[str, TableSchema] = {}
    codes: dict[str, tuple[str, ...]] = {}

    def table(self, name: str) -> TableSchema | None:
        return self.tables.get(name) or self.unseen.get(name)


class KeyList(Fact, frozen=True, kw_only=True):
    """A list of identifiers that the reviewer brought: encrypted in the workspace, never in a record.

    `commitment` is a salted hash over all of them; the salt is inside the encrypted file.
    """

    name: str
    count: int
    commitment: str


class RowScope(Fact, frozen=True, kw_only=True):
    """Which rows of a granted table a program may read; of several, all must hold.

    Either `condition`, a boolean SQL expression over the table's columns in the dialect of its source, or `keys`: the
    rows whose `key` column is on that list. `columns` are those that it reads, granted or not. Where it is NULL, the
    row is out. `words` are for people.
    """

    words: str
    condition: str = ""
    columns: tuple[str, ...] = ()
    key: str = ""
    keys: KeyList | None = None


class Exclusion(Fact, frozen=True, kw_only=True):
    """Patients who are out of every run: those of the rows of `table` for which `condition` holds, or whose
    `identifier` column is on the list `keys`. `key` is the table's patient key; `columns` are what is read beside it.
    """

    words: str
    table: str
    key: str
    condition: str = ""
    columns: tuple[str, ...] = ()
    identifier: str = ""
    keys: KeyList | None = None

    @property
    def source(self) -> str:
        return self.table.partition(".")[0]


class Grant(Fact, frozen=True, kw_only=True):
    """The least a draft needs: columns by `source.table`, and by table which of its rows (none named: every row)."""

    tables: dict[str, tuple[str, ...]]
    rows: dict[str, tuple[RowScope, ...]] = {}


class Output(Fact, frozen=True, kw_only=True):
    """One output column of a query and what its values are."""

    name: str
    kind: Literal["patient_key", "event_key", "date", "aggregate", "plain"]
    domain: str = ""


class KeyRelation(Fact, frozen=True, kw_only=True):
    """A temporary table (column "k") that the broker fills from `list`, in the type of `column` of `table`."""

    list: str
    table: str
    column: str


class CheckedQuery(Fact, frozen=True, kw_only=True):
    """A query that may run: `narrowed` is the only text that ever reaches a database.

    `read` is the exact read set by `source.table`; `parameters` are the names bound at run time, as the
    dialect's named parameters; `lists` are those of them that are bound as lists, `numbers` the lists
    that are compared with a column of numbers; `cohort` maps each
    cohort key column to the name of the temporary table the broker provides (column "k"); `keys` are the temporary
    tables, by name, that row scopes and exclusions need.
    """

    source: str
    narrowed: str
    read: dict[str, tuple[str, ...]]
    outputs: tuple[Output, ...]
    parameters: tuple[str, ...] = ()
    lists: tuple[str, ...] = ()
    numbers: tuple[str, ...] = ()
    cohort: dict[str, str] = {}
    keys: dict[str, KeyRelation] = {}


class WrittenQuery(Fact, frozen=True, kw_only=True):
    """A literal `data.sql` found in a program; `names` are the parameters that the call binds."""

    line: int
    sql: str
    cohort: tuple[str, ...] = ()
    names: tuple[str, ...] = ()


class ProgramCheck(Fact, frozen=True, kw_only=True):
    """What the language policy says of a program, without running it."""

    flags: tuple[Flag, ...]
    queries: tuple[WrittenQuery, ...]
    parameters: dict[str, object]
    title: str = ""

    @property
    def may_run(self) -> bool:
        return not any(flag.severity == "refuse" for flag in self.flags)
