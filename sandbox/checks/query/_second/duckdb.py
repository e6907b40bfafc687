"""DuckDB's own parser, in a connection that can reach nothing."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import cache
from typing import Any

from sandbox.checks.query._rules import require_reviewed_parser, sql_rules
from sandbox.checks.query._second.expected import Expected, Path, disagreement, walk

_ALLOWED_FROM = frozenset({"BASE_TABLE", "SUBQUERY", "JOIN", "EMPTY"})


def agree(narrowed: str, expected: Expected, functions: frozenset[str], dialect: str = "duckdb") -> None:
    """Raise `QueryRefused` unless DuckDB reads `narrowed` as one SELECT over exactly the expected tables."""
    try:
        document = json.loads(serializer()(narrowed))
    except ValueError as problem:
        raise disagreement() from problem
    statements = document.get("statements") or []
    if document.get("error") or len(statements) != 1:
        raise disagreement()
    found: set[Path] = set()
    for node in walk(statements[0]):
        if "from_table" in node or "table_name" in node or node.get("type") in ("TABLE_FUNCTION", "PIVOT", "SHOW_REF"):
            _check_reference(node, found)
        function = node.get("function_name")
        if function and not node.get("is_operator") and function not in functions:
            raise disagreement()
    expected.check_tables(found)


def _check_reference(node: dict[str, Any], found: set[Path]) -> None:
    source = node.get("from_table", node)
    kind = source.get("type") if isinstance(source, dict) else None
    if kind not in _ALLOWED_FROM:
        raise disagreement()
    if kind == "BASE_TABLE" and source is node:
        found.add(tuple(part for part in (node["catalog_name"], node["schema_name"], node["table_name"]) if part))


@cache
def serializer() -> Callable[[str], str]:
    """The parser as a function from text to a JSON text."""
    import duckdb

    require_reviewed_parser("DuckDB", duckdb.__version__, sql_rules().reviewed.duckdb)
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
