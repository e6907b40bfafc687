"""DISTINCT ON as PostgreSQL reads it: its ORDER BY must begin with the same columns, or the server refuses it."""

from __future__ import annotations

from sqlglot import exp

from sandbox.errors import QueryRefused


def require_matching_order(tree: exp.Query) -> None:
    """Raise `QueryRefused` for a DISTINCT ON whose ORDER BY begins with something else."""
    for select in tree.find_all(exp.Select):
        distinct, order = select.args.get("distinct"), select.args.get("order")
        on = distinct.args.get("on") if distinct else None
        if on is None or order is None:
            continue
        wanted = {_meant(part, select) for part in (on.expressions if isinstance(on, exp.Tuple) else [on.unnest()])}
        first = {_meant(ordered.this, select) for ordered in order.expressions[: len(wanted)]}
        if not (first <= wanted):
            raise QueryRefused(
                "DISTINCT ON and ORDER BY begin with different columns.",
                "Order by the columns of DISTINCT ON first: SELECT DISTINCT ON (a) … ORDER BY a, b.",
            )


def _meant(part: exp.Expr, select: exp.Select) -> str:
    """What a part stands for, as text: the name of an output or its place is that output."""
    part = part.unnest()
    if isinstance(part, exp.Literal) and part.is_int and 0 < int(part.name) <= len(select.expressions):
        return _text(select.expressions[int(part.name) - 1])
    if isinstance(part, exp.Column) and not part.table:
        for output in select.expressions:
            if output.alias_or_name == part.name:
                return _text(output)
    return _text(part.transform(_column_meant, select))


def _column_meant(node: exp.Expr, select: exp.Select) -> exp.Expr:
    """In an expression the server reads columns alone; the resolver leaves those bare that are an output, too."""
    if isinstance(node, exp.Column) and not node.table:
        for output in select.expressions:
            if output.alias_or_name == node.name and isinstance(output.unalias(), exp.Column):
                meant: exp.Expr = output.unalias().copy()
                return meant
    return node


def _text(part: exp.Expr) -> str:
    return part.unalias().sql("postgres")
