"""A second parser must agree on what a narrowed query reads and calls.

Two parsers that were written apart are unlikely to be wrong in the same way. They are only asked to parse, never to
run: DuckDB's own, SQLite's own (its authoriser tells every column), PostgreSQL's own (libpg_query), and sqlparser-rs
for T-SQL, Oracle and Spark, whose engines' own parsers can't be had.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Mapping

from sqlglot import exp

from sandbox.checks.facts import TableSchema
from sandbox.checks.query._narrow import physical_table
from sandbox.checks.query._parse import rules
from sandbox.checks.query._second import duckdb, pgparse, sqlite, sqloxide
from sandbox.checks.query._second.expected import Expected, Path

_PARSERS = {"duckdb": duckdb.agree, "sqlite": sqlite.agree, "pgparse": pgparse.agree, "sqloxide": sqloxide.agree}


def agree(narrowed: str, expected: Expected, dialect: str) -> None:
    """Raise `QueryRefused` unless the dialect's second parser reads `narrowed` as one SELECT over what is expected."""
    own = rules(dialect).own
    _PARSERS[parser_of(dialect)](narrowed, expected, own.agreed.functions, dialect)


def parser_of(dialect: str) -> str:
    """The second parser of a dialect here. PostgreSQL's own is not built for Windows; sqlparser-rs stands in there."""
    chosen = rules(dialect).own.second_parser
    return "sqloxide" if chosen == "pgparse" and sys.platform == "win32" else chosen


def expected(
    tree: exp.Query, tables: Mapping[str, TableSchema], own: Iterable[str], named_queries: set[str]
) -> Expected:
    """What the narrowed `tree` reads: physical columns of `tables`, and our `own` temporary tables.

    `has` is every column that those tables have, granted or not, for an engine that wants to see them.
    """
    paths = {_path(physical_table(name, table)): table for name, table in tables.items()}
    has = {path: set(_columns(table)) for path, table in paths.items()}
    reads: dict[Path, set[str]] = {path: set() for path in [*paths, *((name,) for name in own)]}
    for column in tree.find_all(exp.Column):
        table = _source(column)
        if table is not None and (path := _path(table)) in reads:
            reads[path].add(column.name)
    return Expected(reads=reads, has=has | {(name,): {"k"} for name in own}, named_queries=named_queries)


def _columns(table: TableSchema) -> Iterator[str]:
    """The real names of a table's columns, with those that others are counted from."""
    for name, column in table.every_column.items():
        yield column.physical or name
        if column.anchor:
            yield column.anchor


def _path(table: exp.Table) -> Path:
    return tuple(part.name for part in table.parts)


def _source(column: exp.Column) -> exp.Table | None:
    """The table that a column of the narrowed tree is of, if it is a table of the database and not a nested query."""
    select = column.parent_select
    while select is not None:
        from_ = select.args.get("from_")
        sources = [from_.this] if from_ else []
        for source in [*sources, *(join.this for join in select.args.get("joins") or ())]:
            if not column.table or source.alias_or_name == column.table:
                return source if isinstance(source, exp.Table) else None
        select = select.parent_select
    return None
