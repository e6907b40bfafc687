"""From text to a syntax tree in which every node, every part and every function is on the closed list."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from sandbox.checks.language._characters import doubtful_characters
from sandbox.checks.query._calls import require_calls
from sandbox.checks.query._canonical import canonical
from sandbox.checks.query._plain_forms import plain_forms
from sandbox.checks.query._rules import DialectRules, merged, require_reviewed
from sandbox.errors import QueryRefused

LONGEST = 30_000  # characters of one query
MOST_SELECTS = 60  # in one query; the resolver's time grows with their square
MOST_NODES = 20_000  # of a tree after its aliases are written out; 25 doubling aliases stop the resolver
DEEPEST = 1_000  # nodes above a node; the resolver looks through all of them for every column
UNREADABLE = (SqlglotError, ValueError, AttributeError, TypeError, LookupError)  # the parser's ways to fail on a text
_QUOTES = frozenset('"`')  # in a name, whichever of them its dialect quotes with
_NAMED = re.compile(r"(?<![:\w]):([a-z][a-z0-9_]{0,50})\b")
_PARAMETER = re.compile(r"[a-z][a-z0-9_]{0,62}\Z")


class BadRules(Exception):
    """`sql.toml` contradicts its own examples."""


@cache
def rules(dialect: str) -> DialectRules:
    """The rules of a dialect, once every example in them does what it says: the shared ones in DuckDB's, too."""
    shared = require_reviewed()
    loaded = merged(dialect, shared)
    for group in (*shared.groups, *loaded.own.groups) if dialect == "duckdb" else loaded.own.groups:
        for example in group.matches:
            _read(example, loaded)
        for example in group.does_not_match:
            try:
                _read(example, loaded)
            except QueryRefused:
                continue
            raise BadRules(f"the closed list accepts {example!r} in {dialect}")
    return loaded


def parse(sql: str, dialect: str) -> exp.Query:
    """The query as a tree without comments, or `QueryRefused`.

    1. Every character is what it looks like.
    2. It is exactly one statement, a SELECT or a set operation of SELECTs.
    3. Every node of the tree, every part of a node, every function and type is on the dialect's closed list.
    4. It is of a size that can be resolved, also with its aliases written out.
    """
    loaded = rules(dialect)
    if len(sql) > LONGEST:
        raise QueryRefused("The query is too long to be reviewed.", "Split it into several.")
    for line, reason, instead in doubtful_characters(sql):  # (1)
        raise QueryRefused(f"Line {line} of the query: {reason}", instead)
    tree = _read(sql, loaded)  # (2, 3)
    _check_growth(tree)  # (4)
    return tree


def _read(sql: str, loaded: DialectRules) -> exp.Query:
    tree = _one_statement(sql, loaded.name)
    _closed(tree, loaded)
    require_calls(sql, loaded)  # after the tree, whose refusals say more
    return tree


def require_closed(tree: exp.Expr, dialect: str) -> None:
    """The closed list again, for a tree that the resolver has rewritten: it has node classes of its own.

    A bare table name in a SELECT list, for one, becomes a "table column" that holds the whole row.
    """
    _closed(tree, rules(dialect))


def _one_statement(sql: str, dialect: str) -> exp.Query:
    try:
        statements = sqlglot.parse(sql, read=dialect, error_level=sqlglot.ErrorLevel.RAISE)
    except UNREADABLE as problem:
        raise _reserved_parameter(sql, dialect) or QueryRefused(
            "The query can't be read.", _where(problem)
        ) from problem
    if len(statements) != 1 or statements[0] is None:
        raise QueryRefused("There must be exactly one statement.", "Write one SELECT per data.sql.")
    tree = canonical(statements[0], dialect)
    while isinstance(tree, exp.Subquery) and not any(value for part, value in tree.args.items() if part != "this"):
        tree = tree.this  # brackets, and nothing after them that would be lost
    if not isinstance(tree, exp.Select | exp.SetOperation):
        raise QueryRefused("A query may only be a SELECT.", "Programs read; they can't change or describe a database.")
    plain_forms(tree, dialect)
    return tree


def _reserved_parameter(sql: str, dialect: str) -> QueryRefused | None:
    """The refusal of a parameter that is named like a word of the grammar, which no parser takes for a name."""
    for name in sorted(set(_NAMED.findall(sql))):
        try:
            sqlglot.parse(f"SELECT :{name} AS x", read=dialect, error_level=sqlglot.ErrorLevel.RAISE)
        except UNREADABLE:
            return QueryRefused(
                f"The parameter :{name} is named like a word of SQL.",
                f"Write :the_{name}, and pass the_{name}=… to data.sql.",
            )
    return None


def _where(problem: Exception) -> str:
    errors = getattr(problem, "errors", None)
    if errors:
        return f"Look at line {errors[0].get('line')}, near column {errors[0].get('col')}."
    return "Check quotes and brackets; write parameters as :name."


def _require_whole(node: exp.Expr) -> None:
    """Refuse a list with nothing in one of its places, which the parser lets pass: DISTINCT of nothing."""
    if any(part is None for value in node.args.values() if isinstance(value, list) for part in value):
        raise QueryRefused("The query can't be read.", "A call in it lacks an argument.")


def _closed(tree: exp.Expr, loaded: DialectRules) -> None:
    nodes, functions = loaded.nodes, loaded.functions
    for node in tree.walk():
        node.pop_comments()
        _require_whole(node)
        kind = type(node).__name__
        if isinstance(node, exp.Anonymous):
            if node.name.lower() not in functions:
                raise _not_listed(node, loaded)
        elif kind not in nodes:
            raise _not_listed(node, loaded)
        allowed = loaded.arguments.get(kind)
        if allowed is not None:
            _check_parts(node, allowed, loaded)
        check = _CHECKS.get(type(node).__name__)
        if check:
            check(node, loaded)


def _not_listed(node: exp.Expr, loaded: DialectRules) -> QueryRefused:
    name = node.name if isinstance(node, exp.Anonymous) else _spoken(node)
    instead = loaded.hints.get(type(node).__name__) or loaded.hints.get(f"{name.lower()}()")
    return QueryRefused(
        f"{name} is not on the list of what a query may use.",
        instead or "Return plain columns and compute it in the program.",
    )


def _spoken(node: exp.Expr) -> str:
    return (
        node.sql_name() if isinstance(node, exp.Func) else re.sub(r"(?<!^)(?=[A-Z])", " ", type(node).__name__).upper()
    )


def _check_parts(node: exp.Expr, allowed: frozenset[str], loaded: DialectRules) -> None:
    for part, value in node.args.items():
        if value and part not in allowed:
            name = type(value[0] if isinstance(value, list) else value).__name__
            what = f"{part.strip('_').replace('_', ' ').upper()} of {_spoken(node)}"
            raise QueryRefused(
                f"{what} is not on the list of what a query may use.",
                loaded.hints.get(f"{type(node).__name__}.{part}") or loaded.hints.get(name, "Leave it out."),
            )


def _check_table(node: Any, loaded: DialectRules) -> None:
    if not isinstance(node.this, exp.Identifier):
        raise QueryRefused("A query may only read tables by their name.", "Write FROM source.table.")
    if node.args.get("indexed") is not None:  # False stands for NOT INDEXED
        raise QueryRefused("A query may not choose an index.", "Leave INDEXED BY and NOT INDEXED out.")


def _check_placeholder(node: Any, loaded: DialectRules) -> None:
    if not isinstance(node.this, str) or not _PARAMETER.match(node.this):
        raise QueryRefused(
            "A parameter is not written as :name.", "Write :name with small letters, and pass name=… to data.sql."
        )


def _check_fetch(node: Any, loaded: DialectRules) -> None:
    """FETCH and TOP count rows; a share of them, or those that tie with the last, depend on rows not returned."""
    options = node.args.get("limit_options")
    if options is not None and (options.args.get("percent") or options.args.get("with_ties")):
        raise QueryRefused("PERCENT and WITH TIES are not on the list.", "Write a number of rows, and ORDER BY.")


def _check_word(node: Any, loaded: DialectRules) -> None:
    if node.name.upper() not in loaded.words.units:
        advice = (
            "Name the columns." if node.name.upper() == "ALL" else "Use YEAR, MONTH, WEEK, DAY, HOUR, MINUTE or SECOND."
        )
        raise QueryRefused(f"The word {node.name} is not on the list of what a query may use.", advice)


def _check_type(node: Any, loaded: DialectRules) -> None:
    if not isinstance(node.this, exp.DType) or node.this.name not in loaded.words.types or node.args.get("nested"):
        raise QueryRefused(
            f"The type {node.sql(loaded.name)} is not on the list.", "Cast to a number, VARCHAR, DATE or TIMESTAMP."
        )


def _check_join(node: Any, loaded: DialectRules) -> None:
    if node.kind not in loaded.words.join_kinds or node.method not in loaded.words.join_methods:
        raise QueryRefused(
            f"{node.method or node.kind} JOIN is not on the list.",
            "Write JOIN … ON …, LEFT JOIN, or WHERE EXISTS (SELECT 1 FROM …).",
        )


def _check_name(node: Any, loaded: DialectRules) -> None:
    if not node.name.isascii() or not node.name.isprintable() or _QUOTES & {*node.name} or len(node.name) > 128:
        raise QueryRefused("A name in the query is not in plain letters.", "Use the names of the dictionary.")


_CHECKS = {
    "Table": _check_table,
    "Placeholder": _check_placeholder,
    "Var": _check_word,
    "DataType": _check_type,
    "Join": _check_join,
    "Limit": _check_fetch,
    "Fetch": _check_fetch,
    "Identifier": _check_name,
}


def _check_growth(tree: exp.Expr) -> None:
    """Bound the work of the resolver. It writes out aliases that use earlier aliases, which can double each time."""
    if _depth(tree) > DEEPEST:
        raise QueryRefused("The query is nested too deeply.", "Split it into several.")
    selects = list(tree.find_all(exp.Select))
    if len(selects) > MOST_SELECTS:
        raise QueryRefused("It is built of too many SELECTs.", "Split it into several, or use GROUP BY.")
    for select in selects:
        sizes: dict[str, int] = {}
        total = 0
        for projection in select.expressions:
            size = sum(
                sizes.get(node.name.lower(), 1) if isinstance(node, exp.Column) and not node.table else 1
                for node in projection.walk()
            )
            sizes[projection.alias_or_name.lower()] = size
            total += size
        uses = sum(sizes.get(node.name.lower(), 1) for node in select.find_all(exp.Column) if not node.table)
        if max(total, uses) > MOST_NODES:
            raise QueryRefused("Its aliases build on each other too often.", "Compute the steps in nested queries.")


def _depth(tree: exp.Expr) -> int:
    """How many nodes stand above the deepest; a + b + c … is as deep as it is long."""
    depth, level = 0, [tree]
    while level := [child for node in level for child in node.iter_expressions()]:
        depth += 1
    return depth
