"""Looking at a source and proposing its dictionary. Runs on the running side only, read-only.

    with connect(settings, login) as source:
        proposal = introspect(source, "ehr", minimum=11)                   # a small source, all of it
        opened = open_tables(source, tables, "ehr", surroundings, before)  # these tables of a large one

What leaves here is names, types, classes with evidence, values that enough patients share, ranges, and the
rows of reference tables. A person decides on it and signs it, table by table.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

import msgspec

from sandbox.sources.catalog import CatalogTable
from sandbox.sources.source import Source

from ._catalog_write import names_of
from ._joins import add_joins
from ._profile import Looked, Profile, look_at, looked_before, profile_of
from ._references import Keeping, settle_references, without_people
from ._told_values import add_values
from .classify import settled
from .context import Around
from .model import Proposal, Table
from .propose import propose_table, settle_keys, with_order
from .samples import Sampled
from .telling import FIRST, Telling

LEAST_MINIMUM = 11  # CMS's cell size rule: no cell from 1 to 10
Path = tuple[str, ...]
Seen = tuple[CatalogTable, Mapping[str, Sampled]]
Known = Callable[[Sequence[Table], Sequence[Seen]], list[Table]]  # what packs say of tables, within what was seen


def nothing_known(tables: Sequence[Table], seen: Sequence[Seen]) -> list[Table]:
    """No packs: the tables as they are."""
    return list(tables)


class Surroundings(NamedTuple):
    """What is known of the whole source: names by path, what tables say of each other, tables that are not open."""

    names: Mapping[Path, str]
    around: Callable[[Path], Around | None] = lambda path: None
    neighbour: Callable[[Path], Table | None] = lambda path: None
    comments: bool = True  # whether the comments of the database's owner are looked at


class Rules(NamedTuple):
    """How tables are opened: k, packs, what was told before, where large lists go, and who hears of each table."""

    minimum: int = LEAST_MINIMUM
    known: Known = nothing_known
    telling: Telling = FIRST
    keeping: Keeping | None = None
    each: Callable[[str, int, int], None] = lambda table, done, of: None


class Opened(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Every open table as looking gives it, before names are cleaned and decisions applied, and its counts by path."""

    proposal: Proposal
    counts: tuple[tuple[Path, Profile], ...]


def introspect(
    source: Source,
    name: str,
    minimum: int = LEAST_MINIMUM,
    known: Known = nothing_known,
    telling: Telling = FIRST,
    keeping: Keeping | None = None,
) -> Proposal:
    """The proposal for every table of the source, under the dictionary source name `name`.

    `minimum` is k: a value is told only where at least that many patients have it, never fewer than 11.
    """
    tables = source.catalog().tables
    keys = {".".join(table.physical[-2:]): table for table in tables}
    declared = {
        (home, key.columns[0]): ".".join(key.to_table[-2:])
        for home, table in keys.items()
        for key in table.foreign_keys
        if len(key.columns) == 1 and ".".join(key.to_table[-2:]) in keys
    }
    around = settled({key: table.columns for key, table in keys.items()}, declared)
    surroundings = Surroundings(
        names=names_of((table.physical for table in tables), {}), around=lambda path: around.get(".".join(path[-2:]))
    )
    return open_tables(source, tables, name, surroundings, rules=Rules(minimum, known, telling, keeping)).proposal


def open_tables(
    source: Source,
    tables: Sequence[CatalogTable],
    name: str,
    surroundings: Surroundings,
    before: Opened | None = None,
    rules: Rules | None = None,
) -> Opened:
    """Open these tables beside those that are open already; one of these that is open is looked at afresh.

    1. One table after the other is sampled and counted.
    2. What is known of a table decides its classes before declared keys are followed, also to tables that are not open.
    3. Joins are those among open tables; those that were open gain the ones that lead to what was opened now.
    """
    rules = rules or Rules()
    minimum = max(rules.minimum, LEAST_MINIMUM)
    wanted = [table if surroundings.comments else _without_comments(table) for table in tables]
    looked = list(_looked(source, wanted, rules))  # (1)
    fresh = [
        propose_table(name, surroundings.names[one.table.physical], one, surroundings.around(one.table.physical))
        for one in looked
    ]
    bare = settle_keys(fresh, looked, surroundings.neighbour)
    fresh = settle_keys(rules.known(fresh, _seen(looked)), looked, surroundings.neighbour)  # (2)
    stay, seen_before = _still_open(source, before, wanted)
    opened = {table.full_name for table in fresh}
    everything = add_joins([*stay, *fresh], [*seen_before, *looked], opened)  # (3)
    everything = rules.known(everything, _seen([*seen_before, *looked]))
    bare = add_joins([*stay, *bare], [*seen_before, *looked], opened)  # as no pack has touched them
    old, new = everything[: len(stay)], [with_order(table) for table in everything[len(stay) :]]
    new = [add_values(source, table, everything, minimum, rules.telling, bare) for table in new]
    found = settle_references(source, new, looked, without_people(rules.keeping, bare))
    names = {table.full_name for table in stay}
    kept = before.proposal if before is not None else Proposal(source=name, dialect=source.dialect, tables=())
    proposal = Proposal(
        source=name,
        dialect=source.dialect,
        tables=tuple(sorted((*old, *found.tables), key=lambda table: table.physical)),
        references=(*(rows for rows in kept.references if rows.table in names), *found.references),
        minimum=minimum,
        reference_files=(*(file for file in kept.reference_files if file.table in names), *found.files),
    )
    return Opened(proposal, tuple((one.table.physical, profile_of(one)) for one in (*seen_before, *looked)))


def _looked(source: Source, tables: Sequence[CatalogTable], rules: Rules) -> list[Looked]:
    looked = []
    for number, table in enumerate(tables):
        rules.each(table.name, number, len(tables))
        looked.append(look_at(source, table))
    return looked


def _still_open(
    source: Source, before: Opened | None, wanted: Sequence[CatalogTable]
) -> tuple[list[Table], list[Looked]]:
    """The tables that were open before and are not looked at now. One that is gone from the source is open no more."""
    afresh = {table.physical for table in wanted}
    stay = [table for table in before.proposal.tables if table.physical not in afresh] if before is not None else []
    if before is None or not stay:
        return [], []
    counts = dict(before.counts)
    there = {table.physical: table for table in source.tables([table.physical for table in stay])}
    stay = [table for table in stay if table.physical in there and table.physical in counts]
    return stay, [looked_before(source, there[one.physical], counts[one.physical]) for one in stay]


def _seen(looked: Sequence[Looked]) -> list[Seen]:
    return [(one.table, one.samples) for one in looked]


def _without_comments(table: CatalogTable) -> CatalogTable:
    columns = tuple(msgspec.structs.replace(column, comment="") for column in table.columns)
    return msgspec.structs.replace(table, comment="", columns=columns)
