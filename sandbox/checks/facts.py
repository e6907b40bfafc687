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
Derivation = Literal["none", "year", "month", "zip3", "age_capped"]


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
    """

    type: str
    given: Given = "nothing"
    key: KeyRole = "none"
    domain: str = ""
    derivation: Derivation = "none"
    physical: str = ""


class TableSchema(Fact, frozen=True, kw_only=True):
    """One table under its dictionary name; `physical` is the path inside the source, outermost first."""

    columns: dict[str, ColumnSchema]
    physical: tuple[str, ...] = ()


class Schema(Fact, frozen=True, kw_only=True):
    """Tables by `source.table`, in lower case. One query reads one source, in its `dialect`."""

    tables: dict[str, TableSchema]
    dialects: dict[str, str]


class Grant(Fact, frozen=True, kw_only=True):
    """The least a draft needs: columns by `source.table`; `rows` are row scopes in words and SQL (later)."""

    tables: dict[str, tuple[str, ...]]
    rows: dict[str, str] = {}


class Output(Fact, frozen=True, kw_only=True):
    """One output column of a query and what its values are."""

    name: str
    kind: Literal["patient_key", "event_key", "date", "aggregate", "plain"]
    domain: str = ""


class CheckedQuery(Fact, frozen=True, kw_only=True):
    """A query that may run: `narrowed` is the only text that ever reaches a database.

    `read` is the exact read set by `source.table`; `parameters` are the names bound at run time, as the
    dialect's named parameters; `lists` are those of them that are bound as lists; `cohort` maps each
    cohort key column to the name of the temporary table the broker provides (column "k").
    """

    source: str
    narrowed: str
    read: dict[str, tuple[str, ...]]
    outputs: tuple[Output, ...]
    parameters: tuple[str, ...] = ()
    lists: tuple[str, ...] = ()
    cohort: dict[str, str] = {}


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
