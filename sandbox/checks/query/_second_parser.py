"""The engine's own parser must agree on what a narrowed query reads and calls.

Two parsers that were written apart are unlikely to be wrong in the same way. Only asked to parse, never to run.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

from sandbox.checks.query._rules import sql_rules
from sandbox.errors import QueryRefused

_ALLOWED_FROM = frozenset({"BASE_TABLE", "SUBQUERY", "JOIN", "EMPTY"})


def agree(narrowed: str, tables: set[tuple[str, ...]], named_queries: set[str]) -> None:
    """Raise `QueryRefused` unless DuckDB reads `narrowed` as one SELECT over exactly `tables`."""
    try:
        document = json.loads(_serialize()(narrowed))
    except ValueError as problem:
        raise _disagreement() from problem
    statements = document.get("statements") or []
    if document.get("error") or len(statements) != 1:
        raise _disagreement()
    allowed = sql_rules().second_parser.functions
    found: set[tuple[str, ...]] = set()
    for node in _walk(statements[0]):
        if "from_table" in node or "table_name" in node or node.get("type") in ("TABLE_FUNCTION", "PIVOT", "SHOW_REF"):
            _check_reference(node, found, named_queries)
        function = node.get("function_name")
        if function and not node.get("is_operator") and function not in allowed:
            raise _disagreement()
    if found != tables:
        raise _disagreement()


def _check_reference(node: dict[str, Any], found: set[tuple[str, ...]], named_queries: set[str]) -> None:
    source = node.get("from_table", node)
    kind = source.get("type") if isinstance(source, dict) else None
    if kind not in _ALLOWED_FROM:
        raise _disagreement()
    if kind == "BASE_TABLE" and source is node:
        path = tuple(part for part in (node["catalog_name"], node["schema_name"], node["table_name"]) if part)
        if len(path) > 1 or path[0] not in named_queries:
            found.add(path)


def _walk(node: Any) -> Iterator[dict[str, Any]]:
    stack = [node]
    while stack:
        top = stack.pop()
        if isinstance(top, dict):
            yield top
            stack.extend(top.values())
        elif isinstance(top, list):
            stack.extend(top)


def _disagreement() -> QueryRefused:
    return QueryRefused("Two parsers do not agree on what the query reads.", "Write the query more plainly.")


@cache
def _serialize() -> Callable[[str], str]:
    """DuckDB's parser, in a connection that can reach nothing."""
    import duckdb

    if ".".join(duckdb.__version__.split(".")[:2]) not in sql_rules().reviewed.duckdb:
        raise QueryRefused(
            f"DuckDB {duckdb.__version__} has not been reviewed against the query check.",
            f"Install DuckDB {sql_rules().reviewed.duckdb[-1]}.x; every query is refused until then.",
        )
    connection = duckdb.connect(
        ":memory:",
        config={
            "threads": 1,
            "python_enable_replacements": False,
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
        },
    )
    connection.execute("SET temp_directory = ''")
    connection.execute("SET enable_external_access = false")
    connection.execute("SET lock_configuration = true")

    def serialize(text: str) -> str:
        row = connection.execute("SELECT json_serialize_sql(?)", [text]).fetchone()
        return str(row[0]) if row else ""

    return serialize
