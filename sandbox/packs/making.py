"""A pack out of signed tables: under their dictionary names, without values unless asked, without physical names."""

from __future__ import annotations

import re
from collections.abc import Iterable

from sandbox.dictionary.model import Column, Table

from .model import Pack, PackColumn, PackTable
from .reading import NEVER_GIVEN


def pack_of_tables(tables: Iterable[Table], title: str, *, values: bool = False) -> Pack:
    """What was signed of these tables of one source, for sources that are built alike.

    A column that nobody knows, or that is told and given less than its class, stays as it was decided. Evidence, row
    counts, shares of nulls and ranges stay behind: they are of the one source.
    """
    kept = tuple(tables)
    names = {table.full_name: table.name for table in kept}
    return Pack(
        name=pack_name(title),
        version="1",
        title=title,
        about="Made from tables that a reviewer signed.",
        facts_from="The signed dictionary of one source.",
        tables={table.name: _table(table, names, values) for table in kept},
    )


def pack_name(title: str) -> str:
    """A pack's name out of its title: small letters, digits and -."""
    return re.sub(r"[^a-z0-9]+", "-", title.lower()).strip("-")[:48].strip("-") or "pack"


def _table(table: Table, names: dict[str, str], values: bool) -> PackTable:
    joins = {join.column: f"{names[join.to_table]}.{join.to_column}" for join in table.joins if join.to_table in names}
    return PackTable(
        description=table.description,
        grain=table.grain,
        order=table.order,
        conventions=table.conventions,
        reference=table.reference,
        columns={column.name: _column(column, joins.get(column.name, ""), values) for column in table.columns},
    )


def _column(column: Column, joins: str, values: bool) -> PackColumn:
    """Of an unknown column only its description; what a derivation cuts down to only where it is given."""
    if column.column_class == "unknown":
        return PackColumn(description=column.description, joins=joins)
    derived = column.given == "derived"
    return PackColumn(
        column_class=column.column_class,
        told=column.told,
        given="nothing" if column.column_class in NEVER_GIVEN else column.given,
        derivation=column.derivation if derived else None,
        domain=column.domain,
        description=column.description,
        joins=joins,
        values=column.values if values and column.told == "values" else (),
    )
