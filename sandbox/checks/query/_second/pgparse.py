"""PostgreSQL's own parser (libpg_query, in pgparse): a closed list of its nodes, its tables, its functions."""

from __future__ import annotations

import re
from importlib.metadata import version
from typing import Any

from sandbox.checks.query._rules import require_reviewed_parser, sql_rules
from sandbox.checks.query._second.expected import Expected, Path, disagreement, walk

_QUOTED_OR_PARAMETER = re.compile(r"'(?:[^']|'')*'|\"(?:[^\"]|\"\")*\"|:([a-z][a-z0-9_]*)")
_NODES = frozenset(
    {
        "SelectStmt", "ResTarget", "ColumnRef", "String", "A_Const", "A_Expr", "BoolExpr", "NullTest", "BooleanTest",
        "FuncCall", "TypeCast", "CaseExpr", "CaseWhen", "CoalesceExpr", "MinMaxExpr", "SubLink", "RangeVar",
        "RangeSubselect", "JoinExpr", "CommonTableExpr", "SortBy", "WindowDef", "List", "GroupingSet", "ParamRef",
        "SQLValueFunction", "NamedArgExpr", "Integer",
    }
)  # fmt: skip
_VALUES = frozenset({"SVFOP_CURRENT_DATE", "SVFOP_CURRENT_TIMESTAMP", "SVFOP_LOCALTIMESTAMP"})


def agree(narrowed: str, expected: Expected, functions: frozenset[str], dialect: str = "postgres") -> None:
    """Raise `QueryRefused` unless PostgreSQL's parser reads one SELECT over exactly the expected tables."""
    import pgparse

    require_reviewed_parser("pgparse", version("pgparse"), sql_rules().reviewed.pgparse)
    try:
        statements = pgparse.parse(_numbered(narrowed))
    except pgparse.PGQueryError as problem:
        raise disagreement() from problem
    if len(statements) != 1 or set(statements[0]["stmt"]) != {"SelectStmt"}:
        raise disagreement()
    found: set[Path] = set()
    sets: set[int] = set()  # (a, b) is a row, and a row stands in a set of GROUP BY alone
    for parent in walk(statements[0]["stmt"]):
        for kind, node in parent.items():
            if kind == "GroupingSet":
                sets.update(id(part["RowExpr"]) for part in node.get("content", ()) if "RowExpr" in part)
            if kind[0].isupper() and not (kind == "RowExpr" and id(node) in sets):
                _check(kind, node, found, functions)
        if parent.keys() & {"intoClause", "lockingClause", "valuesLists", "recursive", "lateral"}:
            raise disagreement()
    expected.check_tables(found)


def _check(kind: str, node: Any, found: set[Path], functions: frozenset[str]) -> None:
    if kind not in _NODES:
        raise disagreement()
    if kind == "RangeVar":
        parts = (node.get("catalogname"), node.get("schemaname"), node["relname"])
        found.add(tuple(part for part in parts if part))
    elif kind == "FuncCall":
        names = [part["String"]["sval"] for part in node["funcname"]]
        if names[-1] not in functions or names[:-1] not in ([], ["pg_catalog"]):
            raise disagreement()
    elif (kind == "SQLValueFunction" and node["op"] not in _VALUES) or (kind == "ColumnRef" and not _is_plain(node)):
        raise disagreement()


def _is_plain(column: dict[str, Any]) -> bool:
    """column or alias.column, no star."""
    return len(column["fields"]) <= 2 and all("String" in part for part in column["fields"])


def _numbered(text: str) -> str:
    """The text with $1, $2 … for :name, which is no PostgreSQL; what stands in quotes is left alone."""
    names: dict[str, int] = {}

    def number(found: re.Match[str]) -> str:
        return f"${names.setdefault(found[1], len(names) + 1)}" if found[1] else found[0]

    return _QUOTED_OR_PARAMETER.sub(number, text)
