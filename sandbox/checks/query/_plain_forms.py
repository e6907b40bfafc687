"""Longer forms for shorter ones: brackets around joins, windows named once, FETCH without a number.

Each is the same query by the standard's own definition, in syntax that the checks after it already know. What is not
exactly one of these forms is left as it is, for the closed list to refuse.
"""

from __future__ import annotations

from sqlglot import exp

_NAMES = "windows"
_OF_A_WINDOW = {"this", "partition_by", "order", "spec"}


def plain_forms(tree: exp.Query, dialect: str) -> None:
    """Change the tree in place."""
    tree.meta[_NAMES] = {
        window.name.upper() for select in tree.find_all(exp.Select) for window in select.args.get("windows") or ()
    }
    for select in [*tree.find_all(exp.Select)]:
        _without_brackets(select)
        _with_windows_written_out(select)
    for fetch in [*tree.find_all(exp.Fetch)]:
        _with_a_number(fetch, dialect)


def names_left_out(tree: exp.Query) -> frozenset[str]:
    """The names of windows, in capitals, that stood in the text of a query that was just parsed."""
    return frozenset(tree.meta[_NAMES])


def _without_brackets(select: exp.Select) -> None:
    """`FROM (a JOIN b ON …) JOIN c` is `FROM a JOIN b ON … JOIN c`: joins are read from the left."""
    from_ = select.args.get("from_")
    while from_ is not None and isinstance(from_.this, exp.Subquery) and _said(from_.this) == {"this"}:
        inner = from_.this.this
        if not isinstance(inner, exp.Table | exp.Subquery) or not _holds_joins(inner):
            return
        joins = inner.args.pop("joins", None) or []
        from_.set("this", inner)
        select.set("joins", [*joins, *(select.args.get("joins") or [])])


def _holds_joins(node: exp.Expr) -> bool:
    """Whether the brackets are around joins, maybe in further brackets, and not around one table or query."""
    while isinstance(node, exp.Subquery) and _said(node) == {"this"}:
        node = node.this
    return bool(node.args.get("joins"))


def _with_windows_written_out(select: exp.Select) -> None:
    """`OVER w … WINDOW w AS (…)` is `OVER (…)`. If one builds on another or is not used, all of them stay."""
    windows = {window.name.lower(): window for window in select.args.get("windows") or ()}
    uses = [
        node
        for node in select.find_all(exp.Window)
        if node.parent_select is select and node.args.get("over") == "OVER" and node.args.get("alias")
    ]
    used = {use.alias.lower() for use in uses}
    plain = all(
        isinstance(window.this, exp.Identifier) and _said(window) <= _OF_A_WINDOW for window in windows.values()
    )
    if not windows or used != windows.keys() or len(windows) != len(select.args["windows"]) or not plain:
        return
    if any(_said(use) != {"this", "alias", "over"} for use in uses):
        return
    for use in uses:
        window = windows[use.alias.lower()].copy()
        use.set("alias", None)
        for part in ("partition_by", "order", "spec"):
            use.set(part, window.args.get(part))
    select.set("windows", None)


def _with_a_number(fetch: exp.Fetch, dialect: str) -> None:
    """`FETCH FIRST ROW ONLY` is one row. DuckDB's writer makes LIMIT of FETCH by itself, and loses its other words."""
    count = fetch.args.get("count") or exp.Literal.number(1)
    options = fetch.args.get("limit_options")
    if dialect == "duckdb" and not (options and _said(options) & {"percent", "with_ties"}):
        fetch.replace(exp.Limit(expression=count))
    else:
        fetch.set("count", count)


def _said(node: exp.Expr) -> set[str]:
    return {part for part, value in node.args.items() if value}
