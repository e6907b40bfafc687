"""The query check's data (`resources/rules/sql.toml`), checked against its own examples when loaded."""

from __future__ import annotations

from functools import cache
from importlib import resources

import msgspec
from sqlglot._version import __version__ as installed

from sandbox.errors import QueryRefused


class _Part(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Base of the parts of the file."""


class _Group(_Part, frozen=True, kw_only=True):
    name: str
    matches: tuple[str, ...]
    does_not_match: tuple[str, ...]
    nodes: frozenset[str] = frozenset()
    functions: frozenset[str] = frozenset()


class _Reviewed(_Part, frozen=True, kw_only=True):
    sqlglot: tuple[str, ...]
    duckdb: tuple[str, ...]


class _Words(_Part, frozen=True, kw_only=True):
    units: frozenset[str]
    types: frozenset[str]
    join_kinds: frozenset[str]
    join_methods: frozenset[str]


class _Derivations(_Part, frozen=True, kw_only=True):
    sparse_zip3: tuple[str, ...]
    oldest: int


class _SecondParser(_Part, frozen=True, kw_only=True):
    functions: frozenset[str]


class SqlRules(_Part, frozen=True, kw_only=True):
    """The closed lists as they stand in the file."""

    reviewed: _Reviewed
    groups: tuple[_Group, ...]
    arguments: dict[str, frozenset[str]]
    words: _Words
    hints: dict[str, str]
    derivations: _Derivations
    second_parser: _SecondParser

    @property
    def nodes(self) -> frozenset[str]:
        return frozenset().union(*(group.nodes for group in self.groups))

    @property
    def functions(self) -> frozenset[str]:
        return frozenset().union(*(group.functions for group in self.groups))


@cache
def sql_rules() -> SqlRules:
    """The rules as shipped."""
    text = resources.files("resources").joinpath("rules/sql.toml").read_bytes()
    return msgspec.toml.decode(text, type=SqlRules)


def require_reviewed() -> SqlRules:
    """The rules, or `QueryRefused` when sqlglot is a release that nobody has read against them."""
    rules = sql_rules()
    if installed not in rules.reviewed.sqlglot:
        raise QueryRefused(
            f"sqlglot {installed} has not been reviewed against the query check.",
            f"Install {rules.reviewed.sqlglot[-1]}; every query is refused until then.",
        )
    return rules
