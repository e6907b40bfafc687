"""The grant of a draft: the least it needs, as a fact that a privacy officer can read and compare.

grant = derive_grant(verdict.queries)
added, removed = compare_grants(last_signed, grant)
print("\\n".join(grant_text(grant, new=added)))
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator

from sandbox.checks.facts import CheckedQuery, Grant, RowScope


def derive_grant(checked: Iterable[CheckedQuery]) -> Grant:
    """Exactly what these queries read. A table that is only counted is there with no columns."""
    tables: dict[str, set[str]] = {}
    for query in checked:
        for table, columns in query.read.items():
            tables.setdefault(table, set()).update(columns)
    return Grant(tables={table: tuple(sorted(tables[table])) for table in sorted(tables)})


def compare_grants(old: Grant, new: Grant) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """What `new` may read that `old` may not, and the reverse, as `source.table` and `source.table.column`."""
    before, after = set(_items(old)), set(_items(new))
    return tuple(sorted(after - before)), tuple(sorted(before - after))


def covers(grant: Grant, needed: Grant) -> bool:
    """Whether everything that `needed` names is in `grant`."""
    return not compare_grants(grant, needed)[0]


def grant_text(grant: Grant, *, new: Collection[str] = ()) -> Iterator[str]:
    """The grant in lines for people, new items marked."""
    if not grant.tables:
        yield "It may read nothing."
    for table, columns in sorted(grant.tables.items()):
        names = ", ".join(f"{column} (new)" if f"{table}.{column}" in new else column for column in sorted(columns))
        mark = " (new)" if table in new else ""
        yield f"{table}{mark}: {names or 'the number of its rows only'}"
        yield from scopes_text(grant.rows.get(table, ()), granted=columns)


def scopes_text(scopes: Iterable[RowScope], *, granted: Collection[str] = ()) -> Iterator[str]:
    """Which rows, one line for each scope, with what it reads that the program is not given."""
    for scope in scopes:
        if scope.keys is not None:
            what = f"{scope.key} on a list of {scope.keys.count:,} identifiers ({scope.keys.name})"
        else:
            what = scope.condition
        beside = sorted(set(scope.columns) - set(granted))
        note = f"; {', '.join(beside)} decides, and is not given for that" if beside else ""
        yield f"  only rows: {scope.words}: {what}{note}"


def columns_read(grant: Grant, table: str) -> tuple[str, ...]:
    """Every column of a granted table whose facts an approval rests on: the granted, and those of its row scopes."""
    scoped = {column for scope in grant.rows.get(table, ()) for column in scope.columns}
    return tuple(sorted({*grant.tables[table], *scoped}))


def _items(grant: Grant) -> Iterator[str]:
    for table, columns in grant.tables.items():
        yield table
        yield from (f"{table}.{column}" for column in columns)
