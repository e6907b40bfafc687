"""Whether the source still has what an approval reads: asked of the database itself, before a run is reserved.

The signed dictionary says how a column was. When its database has changed since and nobody has looked again, the
program would fail halfway, or read something else than was reviewed; so the run is refused, and none is used up.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from sandbox.checks.exclusions import Route, domain_of, routes
from sandbox.checks.facts import Exclusion
from sandbox.checks.grant import columns_read
from sandbox.dictionary import Table
from sandbox.dictionary.types import same_type
from sandbox.errors import ApprovalRefused, QueryRefused
from sandbox.sources import Source
from sandbox.sources.catalog import bare_type

from .approved import Approved

Needed = dict[str, set[str]]  # columns by table
Signed = Mapping[str, Table]


def check_still_there(approved: Approved, sources: Mapping[str, Source]) -> None:
    """Return when every column that the run needs is there with its signed type, or raise `ApprovalRefused`.

    1. What the approval reads, with the dates that derived columns are counted from.
    2. What the exclusions and row scopes find their patients by: where that is another, they would leave nobody out.
    3. Each source is asked once.
    """
    signed = {table.full_name.lower(): table for table in approved.dictionary.tables}
    needed = {name: _read_of(approved, signed[name]) for name in approved.approval.grant.tables}  # (1)
    for one in approved.exclusions:
        _add_exclusion(needed, one, approved)  # (2)
    for source in sorted({name.partition(".")[0] for name in needed}):  # (3)
        _check_source(sources[source], {n: c for n, c in needed.items() if n.partition(".")[0] == source}, signed)


def _read_of(approved: Approved, table: Table) -> set[str]:
    grant, name = approved.approval.grant, table.full_name.lower()
    read = {*columns_read(grant, name), *(scope.key for scope in grant.rows.get(name, ()) if scope.key)}
    anchors = {column.name.lower(): column.anchor.lower() for column in table.columns}
    return read | {anchors[column] for column in read if anchors.get(column)}


def _add_exclusion(needed: Needed, exclusion: Exclusion, approved: Approved) -> None:
    """The columns that tell who is excluded, and every key on the ways from a granted table to its patients."""
    named = (exclusion.key, exclusion.identifier, *exclusion.columns)
    needed.setdefault(exclusion.table, set()).update(name.lower() for name in named if name)
    domain = domain_of(exclusion, approved.schema)
    if domain is None:
        return  # `read_approved` has refused it
    for table in approved.approval.grant.tables:
        if table.partition(".")[0] == exclusion.source:
            _add_routes(needed, table, routes(table, domain, approved.schema))


def _add_routes(needed: Needed, table: str, ways: Iterable[Route]) -> None:
    for way in ways:
        needed.setdefault(table, set()).add(way.column)
        if way.through:
            needed.setdefault(way.through, set()).add(way.to)
            _add_routes(needed, way.through, way.further)


def _check_source(source: Source, needed: Needed, signed: Signed) -> None:
    wanted = [(signed[name], _paths(signed[name], columns)) for name, columns in sorted(needed.items())]
    try:
        found = source.types([(_physical(table), list(paths.values())) for table, paths in wanted])
    except QueryRefused:
        raise _changed(_missing(source, wanted)) from None
    for (table, paths), kinds in zip(wanted, found, strict=True):
        types = {column.name.lower(): column.type for column in table.columns}
        for column, kind in zip(paths, kinds, strict=True):
            if not same_type(kind, types[column]):
                was, now = bare_type(types[column]).lower(), bare_type(kind).lower()
                what = f"is {now}" if was != now else "has others inside of it"
                raise _changed(f"{table.full_name.lower()}.{column} was signed as {was} and {what} in the source now")


def _paths(table: Table, columns: Iterable[str]) -> dict[str, str]:
    """What these columns of a table are called in the source."""
    real = {column.name.lower(): column.physical or column.name for column in table.columns}
    missing = sorted(set(columns) - set(real))
    if missing:
        raise _changed(f"{table.full_name.lower()}.{missing[0]} is not in the signed dictionary any more")
    return {column: real[column] for column in sorted(columns)}


def _physical(table: Table) -> tuple[str, ...]:
    return table.physical or (table.name,)


def _missing(source: Source, wanted: list[tuple[Table, dict[str, str]]]) -> str:
    """Which of the tables or columns is gone."""
    for table, paths in wanted:
        name, physical = table.full_name.lower(), _physical(table)
        if not _has(source, physical, []):
            return f"{name} is not in the source any more"
        for column, path in paths.items():
            if not _has(source, physical, [path]):
                return f"{name}.{column} is not in the source any more"
    return "A table that the approval reads can't be read in the source any more"


def _has(source: Source, physical: tuple[str, ...], columns: list[str]) -> bool:
    try:
        source.types([(physical, columns)])
    except QueryRefused:
        return False
    return True


def _changed(what: str) -> ApprovalRefused:
    return ApprovalRefused(
        f"{what}, so the program would not do what was approved.",
        "Nothing was run, and no run is used up. Look at the source again and sign the table as it is now.",
    )
