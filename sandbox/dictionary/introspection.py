"""Looking at a source and proposing its dictionary. Runs on the running side only, read-only.

    with connect(settings, login) as source:
        proposal = introspect(source, "ehr", minimum=11)

What leaves here is names, types, classes with evidence, values that enough patients share, ranges, and the
rows of reference tables. A person decides on it and signs it, table by table.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import msgspec

from sandbox.sources.catalog import Catalog, CatalogTable
from sandbox.sources.source import Source

from ._joins import add_joins
from ._profile import Looked, look_at
from ._references import read_references
from ._told_values import add_values
from .model import Proposal, ReferenceRows, Table
from .propose import propose_table, settle_keys

LEAST_MINIMUM = 11  # CMS's cell size rule: no cell from 1 to 10


def introspect(source: Source, name: str, minimum: int = LEAST_MINIMUM) -> Proposal:
    """The proposal for every table of the source, under the dictionary source name `name`.

    `minimum` is k: a value is told only where at least that many patients have it, never fewer than 11.
    """
    minimum = max(minimum, LEAST_MINIMUM)
    catalog = source.catalog()
    names = table_names(catalog)
    looked = [look_at(source, table) for table in catalog.tables]
    tables = [propose_table(name, names[one.table.physical], one) for one in looked]
    tables = settle_keys(tables, looked)
    tables = add_joins(tables, looked)
    tables = [add_values(source, table, tables, minimum) for table in tables]
    references = tuple(_references(source, tables, looked))
    searchable = {rows.table for rows in references}
    proposed = tuple(msgspec.structs.replace(table, reference=table.full_name in searchable) for table in tables)
    return Proposal(source=name, dialect=source.dialect, tables=proposed, references=references, minimum=minimum)


def table_names(catalog: Catalog) -> dict[tuple[str, ...], str]:
    """Dictionary names by physical path: the table's name in lower case, with its schema where two would be alike."""
    plain = Counter(table.name.lower() for table in catalog.tables)
    return {table.physical: _table_name(table, plain) for table in catalog.tables}


def _table_name(table: CatalogTable, plain: Counter[str]) -> str:
    name = table.name.lower()
    return name if plain[name] == 1 else "_".join(part.lower() for part in table.physical[-2:])


def _references(source: Source, tables: list[Table], looked: list[Looked]) -> Iterator[ReferenceRows]:
    for table, one in zip(tables, looked, strict=True):
        rows = read_references(source, table, one)
        if rows is not None:
            yield rows
