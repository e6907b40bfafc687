"""sqlparser-rs (in sqloxide), written apart from sqlglot: T-SQL, Oracle and Spark (as Databricks, its nearest)."""

from __future__ import annotations

from importlib.metadata import version
from typing import Any

from sandbox.checks.query._rules import require_reviewed_parser, sql_rules
from sandbox.checks.query._second.expected import Expected, Path, disagreement, walk

_DIALECTS = {"tsql": "mssql", "oracle": "oracle", "spark": "databricks", "postgres": "postgres", "sqlite": "sqlite"}
# Parts of a SELECT, of a query and of a table that must be empty.
_EMPTY = frozenset(
    {
        "into", "lateral_views", "connect_by", "named_window", "qualify", "optimizer_hint", "prewhere", "cluster_by",
        "distribute_by", "sort_by", "value_table_mode", "select_modifiers", "locks", "for_clause", "settings",
        "format_clause", "pipe_operators", "with_hints", "sample", "version", "partitions", "index_hints",
        "with_ordinality", "exclude", "limit_by", "lateral", "uses_odbc_syntax",
    }
)  # fmt: skip
_FROM = frozenset({"Table", "Derived", "OpenJsonTable", "JsonTable"})


def agree(narrowed: str, expected: Expected, functions: frozenset[str], dialect: str) -> None:
    """Raise `QueryRefused` unless sqlparser-rs reads one SELECT over exactly the expected tables."""
    import sqloxide

    require_reviewed_parser("sqloxide", version("sqloxide"), sql_rules().reviewed.sqloxide)
    try:
        statements = sqloxide.parse_sql(sql=narrowed, dialect=_DIALECTS[dialect])
    except ValueError as problem:
        raise disagreement() from problem
    if len(statements) != 1 or set(statements[0]) != {"Query"}:
        raise disagreement()
    found: set[Path] = set()
    for node in walk(statements[0]["Query"]):
        if any(node.get(part) for part in _EMPTY & node.keys()):
            raise disagreement()
        if "relation" in node:
            _check_source(node["relation"], found)
        if isinstance(function := node.get("Function"), dict):
            name = _parts(function["name"])
            if len(name) != 1 or name[0].lower() not in functions or _is_quoted(function["name"]):
                raise disagreement()
    expected.check_tables(found)


def _check_source(relation: dict[str, Any], found: set[Path]) -> None:
    (kind,) = relation
    if kind not in _FROM:
        raise disagreement()
    if kind == "Table":
        table = relation["Table"]
        if table.get("args") or (table.get("alias") or {}).get("columns"):
            raise disagreement()
        found.add(_parts(table["name"]))


def _parts(name: list[dict[str, Any]]) -> Path:
    if any(set(part) != {"Identifier"} for part in name):
        raise disagreement()
    return tuple(part["Identifier"]["value"] for part in name)


def _is_quoted(name: list[dict[str, Any]]) -> bool:
    return any(part["Identifier"]["quote_style"] for part in name)
