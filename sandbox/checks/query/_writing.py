"""From the tree back to text in the dialect of its source, and the test that the text says what the tree says."""

from __future__ import annotations

from typing import Any

import sqlglot
from sqlglot import exp
from sqlglot.errors import ErrorLevel, SqlglotError
from sqlglot.generator import Generator
from sqlglot.generators.postgres import PostgresGenerator

from sandbox.checks.query._canonical import canonical
from sandbox.checks.query._parse import UNREADABLE
from sandbox.errors import QueryRefused


class _PostgresText(PostgresGenerator):
    """PostgreSQL's, but a parameter stays :name as in every other dialect; the broker knows what its driver takes."""

    TRANSFORMS = {kind: how for kind, how in PostgresGenerator.TRANSFORMS.items() if kind is not exp.Round}  # no cast

    def placeholder_sql(self, expression: exp.Placeholder) -> str:
        return f":{expression.name}"


def write(tree: exp.Query, dialect: str) -> str:
    """The tree as text without comments, every name quoted; `QueryRefused` where it can't be said in the dialect."""
    try:
        return _generator(dialect).generate(tree)
    except (SqlglotError, ValueError) as problem:
        raise QueryRefused("The query can't be written for its source.", "Write it more plainly.") from problem


def require_same(text: str, tree: exp.Query, dialect: str) -> None:
    """Refuse a text that does not read back as the very tree that it was written from."""
    if dialect == "duckdb":  # its own parser is asked instead
        return
    try:
        again = sqlglot.parse(text, read=dialect, error_level=ErrorLevel.RAISE)
    except UNREADABLE as problem:
        raise _different(dialect) from problem
    if len(again) != 1 or again[0] is None or canonical(again[0], dialect) != tree:
        raise _different(dialect)


def _generator(dialect: str) -> Generator:
    options: dict[str, Any] = {"identify": True, "comments": False, "unsupported_level": ErrorLevel.RAISE}
    if dialect == "postgres":
        return _PostgresText(dialect=dialect, **options)
    return sqlglot.Dialect.get_or_raise(dialect).generator(**options)


def _different(dialect: str) -> QueryRefused:
    return QueryRefused(
        "Written out again, the query would say something else.",
        f"Use plain functions and syntax of {dialect}, written as its manual writes them.",
    )
