"""One form for what sqlglot holds in two: a tree read from a text and the tree read from its own writing are equal.

sqlglot notes what it has guessed of a value's type in nodes that stand for nothing in the text. They are taken out,
so that what is written out again is what was written.
"""

from __future__ import annotations

from sqlglot import exp

_GUESSES = (exp.TsOrDsToDate, exp.TimeStrToTime, exp.TsOrDsToTimestamp, exp.TsOrDsToTime)


def canonical(tree: exp.Expr, dialect: str) -> exp.Expr:
    """The same tree without guesses, and with one node class for each thing that the dialect can say."""
    return tree if dialect == "duckdb" else tree.transform(_CANONICAL.get(dialect, _without_guess), copy=False)


def _without_guess(node: exp.Expr) -> exp.Expr:
    """A guess stands between a function and its argument; TO_DATE(…) itself is no guess of its parent."""
    while isinstance(node, _GUESSES) and isinstance(node.parent, exp.Func):
        if node.args.get("format") or node.args.get("safe"):  # the author's own TO_DATE(…)
            break
        node = node.this
    return node


def _spark(node: exp.Expr) -> exp.Expr:
    """Every cast that Spark writes as CAST is one class; DATE '…' is read as a cast, too."""
    if type(node) is exp.Cast:
        return exp.TryCast(this=node.this, to=node.args["to"], requires_string=False)
    return _without_guess(node)


def _oracle(node: exp.Expr) -> exp.Expr:
    """DATE '2024-01-31' is written out as TO_DATE with that format."""
    if isinstance(node, exp.DateStrToDate):
        return exp.StrToDate(this=node.this, format=exp.Literal.string("%Y-%m-%d"))
    return _without_guess(node)


def _tsql(node: exp.Expr) -> exp.Expr:
    """[#name] is a name that begins with #, wherever sqlglot puts the sign."""
    if isinstance(node, exp.Identifier) and node.args.get("temporary"):
        return exp.Identifier(this="#" + node.this, quoted=True)
    return _without_guess(node)


def _sqlite(node: exp.Expr) -> exp.Expr:
    """IS NOT DISTINCT FROM NULL is written out as IS NULL."""
    if isinstance(node, exp.NullSafeEQ | exp.NullSafeNEQ) and isinstance(node.expression, exp.Null):
        same = exp.Is(this=node.this, expression=node.expression)
        return same if isinstance(node, exp.NullSafeEQ) else exp.Not(this=same)
    return _without_guess(node)


_CANONICAL = {"sqlite": _sqlite, "spark": _spark, "oracle": _oracle, "tsql": _tsql}
