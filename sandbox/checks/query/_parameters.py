"""Named parameters: bound by the database, never pasted; a list of any length is one parameter."""

from __future__ import annotations

from functools import cache

import msgspec
import sqlglot
from sqlglot import exp

from sandbox.checks.facts import ANCHORED, ColumnSchema, TableSchema
from sandbox.checks.query._canonical import canonical
from sandbox.checks.query._parse import rules
from sandbox.errors import QueryRefused

# A list of texts is not compared with a date by itself. Numbers are left alone: a cast would round 1.5 to 2.
_CAST_LISTS = {"DATE": exp.DType.DATE, "TIMESTAMP": exp.DType.TIMESTAMP}

_LISTS = (exp.Explode, exp.Any, exp.JSONTable, exp.OpenJSON, exp.Table)  # where a list stands
_NUMBERS = frozenset(
    {
        "TINYINT", "SMALLINT", "INTEGER", "INT", "BIGINT", "HUGEINT", "UTINYINT", "USMALLINT", "UINTEGER", "UBIGINT",
        "FLOAT", "REAL", "DOUBLE", "DECIMAL",
    }
)  # fmt: skip


class Bound(msgspec.Struct, frozen=True):
    """The parameters of a query: all `names`, those that are `lists`, and of them those compared with `numbers`."""

    names: tuple[str, ...]
    lists: tuple[str, ...]
    numbers: tuple[str, ...]


def bind_lists(tree: exp.Query, dialect: str) -> Bound:
    """Rewrite every `x IN (:list)` so that one parameter holds any number of values.

    `IN (SELECT unnest($list))` keeps the meaning of IN for NULLs and for an empty list, and so does `= ANY (:list)`,
    where PostgreSQL takes the type from x. The others read the list as JSON (`lists` of the dialect's file).
    """
    lists: dict[str, None] = {}
    numbers: dict[str, None] = {}
    for node in [*tree.find_all(exp.In)]:
        only = node.expressions[0] if len(node.expressions) == 1 else None
        if isinstance(only, exp.Placeholder):
            lists[only.this] = None
            if node.this.meta.get("number"):
                numbers[only.this] = None
            _bind_list(node, only, dialect)
    names = tuple(dict.fromkeys(placeholder.this for placeholder in tree.find_all(exp.Placeholder)))
    _check_use(tree, lists)
    return Bound(names, tuple(lists), tuple(numbers))


def _bind_list(node: exp.In, parameter: exp.Placeholder, dialect: str) -> None:
    own = rules(dialect).own.lists
    if own.way == "any":
        value = node.this if isinstance(node.this, exp.Column | exp.Paren) else exp.Paren(this=node.this)
        node.replace(exp.EQ(this=value, expression=exp.Any(this=exp.Paren(this=parameter.copy()))))
        return
    kind = node.this.meta.get("date_type", "")
    node.set("expressions", None)
    if own.way == "unnest":
        node.set("query", _unnested(parameter, _CAST_LISTS.get(kind)))
    else:
        family = (
            "date"
            if kind == "DATE"
            else "timestamp"
            if kind == "TIMESTAMP"
            else "number"
            if kind in _NUMBERS
            else "text"
        )
        node.set("query", _from_json(dialect, own.typed.get(family, ""), parameter))


def _from_json(dialect: str, kind: str, parameter: exp.Placeholder) -> exp.Expr:
    tree = _json_query(dialect, kind).copy()
    for placeholder in list(tree.find_all(exp.Placeholder)):
        placeholder.replace(parameter.copy())
    return tree


@cache
def _json_query(dialect: str, kind: str) -> exp.Expr:
    text = rules(dialect).own.lists.query.replace("TYPE", kind)
    found = canonical(sqlglot.parse_one(f"SELECT 1 FROM t WHERE x IN ({text})", read=dialect), dialect).find(exp.In)
    assert found is not None
    query: exp.Expr = found.args["query"]
    return query


def _unnested(parameter: exp.Placeholder, cast: exp.DType | None) -> exp.Subquery:
    value: exp.Expr = parameter.copy()
    if cast is not None:
        value = exp.Cast(
            this=value, to=exp.DataType(this=exp.DType.ARRAY, expressions=[exp.DataType(this=cast)], nested=True)
        )
    return exp.Select(expressions=[exp.Explode(this=value)]).subquery(copy=False)


def mark_dates(tree: exp.Query, tables: dict[str, TableSchema]) -> None:
    """Note on each date column compared with a list what it is, while its table can still be looked up."""
    for node in tree.find_all(exp.In):
        column = node.this.unnest()
        select = node.find_ancestor(exp.Select)
        if isinstance(column, exp.Column) and select is not None:
            found = _column(column, select, tables)
            node.this.meta["date_type"] = _date_type(found)
            node.this.meta["number"] = found is not None and _is_number(found)


def _column(column: exp.Column, select: exp.Select, tables: dict[str, TableSchema]) -> ColumnSchema | None:
    sources = [select.args["from_"].this] if select.args.get("from_") else []
    sources += [join.this for join in select.args.get("joins") or ()]
    for source in sources:
        if isinstance(source, exp.Table) and source.db and source.alias_or_name == column.table:
            return tables[f"{source.db}.{source.name}"].columns.get(column.name)
    return None


def _date_type(column: ColumnSchema | None) -> str:
    if column is None or column.derivation not in ("none", "month"):
        return ""
    kind = column.type.upper()
    return "TIMESTAMP" if kind.startswith("TIMESTAMP") else kind


def _is_number(column: ColumnSchema) -> bool:
    """Whether a program is given numbers of it."""
    if column.derivation in ("none", "age_capped"):
        return column.type.upper().partition("(")[0] in {*_NUMBERS, "NUMERIC"}
    return column.derivation in ("year", *ANCHORED)


def _check_use(tree: exp.Query, lists: dict[str, None]) -> None:
    for placeholder in tree.find_all(exp.Placeholder):
        if placeholder.this in lists and placeholder.find_ancestor(*_LISTS) is None:
            raise QueryRefused(
                f"The parameter :{placeholder.this} is used as a list and as a single value.", "Use two parameters."
            )
