"""The query check's data: what all dialects share (`resources/rules/sql.toml`), and a file for each dialect."""

from __future__ import annotations

from functools import cache
from importlib import resources
from typing import Literal

import msgspec
from sqlglot._version import __version__ as installed

from sandbox.errors import QueryRefused

DIALECTS = ("duckdb", "postgres", "sqlite", "tsql", "oracle", "spark")


class _Part(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Base of the parts of the files."""


class _Group(_Part, frozen=True, kw_only=True):
    name: str
    matches: tuple[str, ...]
    does_not_match: tuple[str, ...]
    nodes: frozenset[str] = frozenset()
    functions: frozenset[str] = frozenset()


class _Reviewed(_Part, frozen=True, kw_only=True):
    sqlglot: tuple[str, ...]
    duckdb: tuple[str, ...]
    sqlite: tuple[str, ...]
    pgparse: tuple[str, ...]
    sqloxide: tuple[str, ...]


class _Words(_Part, frozen=True, kw_only=True):
    units: frozenset[str]
    types: frozenset[str]
    join_kinds: frozenset[str]
    join_methods: frozenset[str]


class _Derivations(_Part, frozen=True, kw_only=True):
    sparse_zip3: tuple[str, ...]
    oldest: int


class _Agreed(_Part, frozen=True, kw_only=True):
    functions: frozenset[str]


class _Lists(_Part, frozen=True, kw_only=True):
    """How a list of any length is one parameter: :list is the parameter, `typed` by what it is compared with."""

    way: Literal["unnest", "any", "query"]
    query: str = ""
    typed: dict[str, str] = {}


class _Form(_Part, frozen=True, kw_only=True):
    """A derivation for each family of types, and what no result may lie below.

    `day` is a step of the two that are made of two dates: the day alone; a dialect without its `text` makes none of
    dates that are kept as text.
    """

    text: str
    date: str = ""
    integer: str = ""
    lowest: str = ""


class _DialectFile(_Part, frozen=True, kw_only=True):
    """One file of `resources/rules/sql/`.

    `calls` are the words that may stand before a bracket, as written and as written out again; `same` maps what is
    written out to what may have been written for it; `spelled` maps a phrase to the words that it is written out in.
    `alias_in` are the clauses where the engine reads an output's
    name; in `alias_first` it prefers it to a column's.
    """

    second_parser: Literal["duckdb", "sqlite", "pgparse", "sqloxide"]
    fold: Literal["lower", "exact", "swap"]
    words: _Words
    agreed: _Agreed
    lists: _Lists
    derivations: dict[Literal["year", "month", "zip3", "day", "days_since", "age_at"], _Form]
    cohort: str = "cohort_{key}"
    groups: tuple[_Group, ...] = ()
    without: frozenset[str] = frozenset()
    calls: frozenset[str] = frozenset()
    same: dict[str, tuple[str, ...]] = {}
    spelled: dict[str, str] = {}
    alias_in: frozenset[str] = frozenset()
    alias_first: frozenset[str] = frozenset()
    texts: tuple[str, ...] = ()  # that the dialect's writing of a date adds
    ordinals: bool = True
    arguments: dict[str, frozenset[str]] = {}
    hints: dict[str, str] = {}


class SqlRules(_Part, frozen=True, kw_only=True):
    """What all dialects share, as it stands in the file."""

    reviewed: _Reviewed
    groups: tuple[_Group, ...]
    arguments: dict[str, frozenset[str]]
    hints: dict[str, str]
    derivations: _Derivations
    same: dict[str, tuple[str, ...]]
    optional: frozenset[str]


class DialectRules(_Part, frozen=True, kw_only=True):
    """The closed lists of one dialect: what all share, less what it leaves out, and what it adds."""

    name: str
    own: _DialectFile
    nodes: frozenset[str]
    functions: frozenset[str]
    arguments: dict[str, frozenset[str]]
    hints: dict[str, str]
    same: dict[str, tuple[str, ...]]
    optional: frozenset[str]
    oldest: int
    sparse_zip3: tuple[str, ...]

    @property
    def words(self) -> _Words:
        return self.own.words

    @property
    def folds_to_one_case(self) -> bool:
        """Whether the engine takes "A" and "a" for the same name."""
        return self.own.fold == "lower"


@cache
def sql_rules() -> SqlRules:
    """The shared rules as shipped."""
    return msgspec.toml.decode(_read("sql.toml"), type=SqlRules)


@cache
def dialect_file(dialect: str) -> _DialectFile:
    """What one dialect adds to them."""
    return msgspec.toml.decode(_read(f"sql/{dialect}.toml"), type=_DialectFile)


def _read(name: str) -> bytes:
    return resources.files("resources").joinpath("rules", *name.split("/")).read_bytes()


def merged(dialect: str, shared: SqlRules) -> DialectRules:
    """One dialect's closed lists."""
    own = dialect_file(dialect)
    groups = (*shared.groups, *own.groups)
    return DialectRules(
        name=dialect,
        own=own,
        nodes=frozenset().union(*(group.nodes for group in groups)) - own.without,
        functions=frozenset().union(*(group.functions for group in groups)) - own.without,
        arguments={**shared.arguments, **own.arguments},
        hints={**shared.hints, **own.hints},
        same={word: shared.same.get(word, ()) + own.same.get(word, ()) for word in {**shared.same, **own.same}},
        optional=shared.optional,
        oldest=shared.derivations.oldest,
        sparse_zip3=shared.derivations.sparse_zip3,
    )


def require_reviewed() -> SqlRules:
    """The rules, or `QueryRefused` when sqlglot is a release that nobody has read against them."""
    rules = sql_rules()
    if installed not in rules.reviewed.sqlglot:
        raise QueryRefused(
            f"sqlglot {installed} has not been reviewed against the query check.",
            f"Install {rules.reviewed.sqlglot[-1]}; every query is refused until then.",
        )
    return rules


def require_reviewed_parser(name: str, version: str, reviewed: tuple[str, ...]) -> None:
    """Raise `QueryRefused` when a second parser is a release that nobody has read against the rules."""
    if ".".join(version.split(".")[:2]) not in reviewed:
        raise QueryRefused(
            f"{name} {version} has not been reviewed against the query check.",
            f"Install {name} {reviewed[-1]}.x; every query is refused until then.",
        )
