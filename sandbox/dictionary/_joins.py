"""Which column holds keys of which table: declared, by what a key identifies, by name, by comment and values."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

import msgspec

from ._profile import Looked
from .model import Column, Join, Table
from .propose import physical_name
from .schema import key_role, usable
from .words import words_of

CONTAINED = 0.95  # share of the different sampled values that must be codes of the other table
CONTAINED_IF_NAMED = 0.5  # lists of codes are seldom complete
NAMED = 2.5
ENOUGH = 2
GENERIC = frozenset(("code", "identifier", "number", "key", "name", "type", "reference", "d", "description", "source"))

Places = dict[str, tuple[Table, Looked]]
CodeColumn = tuple[Table, Looked, Column]


def add_joins(tables: Sequence[Table], looked: Sequence[Looked], opened: Collection[str] | None = None) -> list[Table]:
    """The tables with their joins; each column has at most one, the best founded.

    `opened`: the tables (full names) that are new among these (all when None). The others keep the joins that they
    have, and gain those that lead to new ones.
    """
    places = {table.full_name: (table, one) for table, one in zip(tables, looked, strict=True)}
    new = set(places) if opened is None else set(opened)
    homes, codes = _homes(places), _code_columns(places)
    joined = []
    for table, one in places.values():
        found = {} if table.full_name in new else {join.column: join for join in table.joins}
        targets = codes if table.full_name in new else [target for target in codes if target[0].full_name in new]
        for join in (*_declared(table, one, places), *_by_domain(table, homes), *_by_codes(table, one, targets)):
            if table.full_name in new or join.to_table in new:
                found.setdefault(join.column, join)
        joined.append(msgspec.structs.replace(table, joins=tuple(found.values())))
    return joined


def _code_columns(places: Places) -> list[CodeColumn]:
    """Columns with a value of their own in every row, in tables that nobody is in: what codes lead to."""
    return [
        (table, looked, column)
        for table, looked in places.values()
        if all(key_role(one) == "none" for one in table.columns)
        for column in table.columns
        if usable(column) and looked.is_unique(physical_name(column))
    ]


def _declared(table: Table, looked: Looked, places: Places) -> Iterator[Join]:
    by_path = {one.table.physical: other for other, one in places.values()}
    for key in looked.table.foreign_keys:
        target = by_path.get(key.to_table)
        column = _named(table, key.columns[0])
        to_column = _named(target, key.to_columns[0]) if target else None
        if target and column and to_column and len(key.columns) == 1 and usable(column) and usable(to_column):
            yield Join(column=column.name, to_table=target.full_name, to_column=to_column.name)


def _named(table: Table, physical: str) -> Column | None:
    return next((column for column in table.columns if physical_name(column) == physical), None)


def _homes(places: Places) -> dict[str, tuple[str, str]]:
    """For each domain the table and column in which each key stands once; of several, one that knows the patient."""
    homes: dict[str, tuple[tuple[int, int, int, int], str, str]] = {}
    for table, looked in places.values():
        for column in table.columns:
            if key_role(column) == "none" or not looked.is_unique(physical_name(column)):
                continue
            others = sum(key_role(other) != "none" for other in table.columns)
            named = len(set(words_of(column.domain)) & set(words_of(table.name)))
            has_patient = any(other.column_class == "patient_key" for other in table.columns)
            score = (int(has_patient), looked.rows, named, -others)
            known = homes.get(column.domain)
            if known is None or score > known[0]:
                homes[column.domain] = (score, table.full_name, column.name)
    return {domain: (table, column) for domain, (_, table, column) in homes.items()}


def _by_domain(table: Table, homes: dict[str, tuple[str, str]]) -> Iterator[Join]:
    for column in table.columns:
        home = homes.get(column.domain) if key_role(column) != "none" else None
        if home is not None and home[0] != table.full_name:
            yield Join(column=column.name, to_table=home[0], to_column=home[1])


def _by_codes(table: Table, looked: Looked, targets: Sequence[CodeColumn]) -> Iterator[Join]:
    """Codes and keys of things: the values must be found in the other table, and the names must have to do."""
    for column in table.columns:
        if column.column_class not in ("plain", "key") or not usable(column) or column.derivation != "none":
            continue
        best = max(_candidates(column, table, looked, targets), key=lambda found: found[0], default=None)
        if best is not None:
            yield best[1]


def _candidates(
    column: Column, table: Table, looked: Looked, targets: Sequence[CodeColumn]
) -> Iterator[tuple[float, Join]]:
    for target, other, to_column in targets:
        related = _related(column, target, to_column, looked) if target.full_name != table.full_name else 0.0
        if not related:
            continue
        sample = looked.samples.get(physical_name(column))
        if sample is None or sample.distinct < ENOUGH:
            return
        share = _contained(sample.values, other, physical_name(to_column))
        if share >= (CONTAINED_IF_NAMED if related >= NAMED else CONTAINED):
            join = Join(column=column.name, to_table=target.full_name, to_column=to_column.name)
            yield related + share, join


def _related(column: Column, target: Table, to_column: Column, looked: Looked) -> float:
    """How much the names have to do with each other; 0 for nothing."""
    if column.name == to_column.name or column.name.endswith(f"_{to_column.name}"):
        return 3.0
    if _mentioned(column, target, looked):
        return NAMED
    mine = set(words_of(column.name)) - GENERIC
    return 1.0 * len(mine & (set(words_of(to_column.name)) | set(words_of(target.name))))


def _mentioned(column: Column, target: Table, looked: Looked) -> bool:
    comment = next((one.comment for one in looked.table.columns if one.name == physical_name(column)), "")
    return target.physical[-1].lower() in comment.lower()


def _contained(values: Sequence[str], other: Looked, name: str) -> float:
    """The share of `values` that the other column's sample holds; a sample of all its rows is needed."""
    sample = other.samples[name]
    known = sample.all_values
    if len(known) < other.distinct[name]:
        return 0.0
    return sum(value in known for value in values) / len(values)
