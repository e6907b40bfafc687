"""USING where the resolver writes out what the engine does; refused where the two differ.

The resolver makes `USING (k)` a condition on the first table that has k. That is another table than the engine's

- after a RIGHT or FULL JOIN … USING (k): there k is whichever side has a row, and the first table may have none;
- after a comma: `FROM a, b JOIN c USING (k)` joins b with c, and then each of those with a;
- in SQLite, where `a.*` beside a RIGHT or FULL JOIN b USING (k) holds the k of whichever side has a row.
"""

from __future__ import annotations

from sqlglot import exp

from sandbox.errors import QueryRefused


def require_plain_using(tree: exp.Query, dialect: str) -> None:
    """Raise `QueryRefused` where a USING would be written out as another condition than the engine's."""
    for select in tree.find_all(exp.Select):
        merged: set[str] = set()
        after_comma = False
        for join in select.args.get("joins") or ():
            names = {name.name.lower() for name in join.args.get("using") or ()}
            if names and (after_comma or names & merged):
                raise QueryRefused(
                    "USING follows a comma, or an outer join that merged its column.",
                    "Write JOIN … ON a.column = b.column; coalesce(a.column, b.column) after a RIGHT or FULL JOIN.",
                )
            if join.side in ("RIGHT", "FULL"):
                merged |= names
            after_comma |= not (join.kind or join.side or join.method or join.args.get("on") or names)
        stars = [part for part in select.expressions if isinstance(part, exp.Column) and part.is_star]
        if dialect == "sqlite" and merged and stars:
            raise QueryRefused("A star of one table stands beside an outer join with USING.", "Name the columns.")
