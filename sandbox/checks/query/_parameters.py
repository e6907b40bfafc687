"""Named parameters: bound by the database, never pasted; a list of any length is one parameter."""

from __future__ import annotations

from sqlglot import exp

from sandbox.checks.facts import TableSchema
from sandbox.errors import QueryRefused

# A list of texts is not compared with a date by itself. Numbers are left alone: a cast would round 1.5 to 2.
_CAST_LISTS = {"DATE": exp.DType.DATE, "TIMESTAMP": exp.DType.TIMESTAMP}


def bind_lists(tree: exp.Query, tables: dict[str, TableSchema]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Rewrite every `x IN (:list)` so that one parameter holds any number of values; (all names, list names).

    `IN (SELECT unnest($list))` keeps the meaning of IN for NULLs and for an empty list.
    """
    lists: dict[str, None] = {}
    for node in [*tree.find_all(exp.In)]:
        only = node.expressions[0] if len(node.expressions) == 1 else None
        if isinstance(only, exp.Placeholder):
            lists[only.this] = None
            node.set("expressions", None)
            node.set("query", _unnested(only, _list_type(node.this)))
    names = tuple(dict.fromkeys(placeholder.this for placeholder in tree.find_all(exp.Placeholder)))
    _check_use(tree, lists)
    return names, tuple(lists)


def _unnested(parameter: exp.Placeholder, cast: exp.DType | None) -> exp.Subquery:
    value: exp.Expr = parameter.copy()
    if cast is not None:
        value = exp.Cast(
            this=value, to=exp.DataType(this=exp.DType.ARRAY, expressions=[exp.DataType(this=cast)], nested=True)
        )
    return exp.Select(expressions=[exp.Explode(this=value)]).subquery(copy=False)


def _list_type(compared: exp.Expr) -> exp.DType | None:
    return _CAST_LISTS.get(compared.meta.get("date_type", ""))


def mark_dates(tree: exp.Query, tables: dict[str, TableSchema]) -> None:
    """Note on each date column compared with a list what it is, while its table can still be looked up."""
    for node in tree.find_all(exp.In):
        column = node.this.unnest()
        select = node.find_ancestor(exp.Select)
        if isinstance(column, exp.Column) and select is not None:
            node.this.meta["date_type"] = _date_type(column, select, tables)


def _date_type(column: exp.Column, select: exp.Select, tables: dict[str, TableSchema]) -> str:
    sources = [select.args["from_"].this] if select.args.get("from_") else []
    sources += [join.this for join in select.args.get("joins") or ()]
    for source in sources:
        if isinstance(source, exp.Table) and source.db and source.alias_or_name == column.table:
            schema = tables[f"{source.db}.{source.name}"].columns.get(column.name)
            if schema is not None and schema.derivation in ("none", "month"):
                kind = schema.type.upper()
                return "TIMESTAMP" if kind.startswith("TIMESTAMP") else kind
    return ""


def _check_use(tree: exp.Query, lists: dict[str, None]) -> None:
    for placeholder in tree.find_all(exp.Placeholder):
        inside = placeholder.find_ancestor(exp.Explode)
        if placeholder.this in lists and inside is None:
            raise QueryRefused(
                f"The parameter :{placeholder.this} is used as a list and as a single value.", "Use two parameters."
            )
