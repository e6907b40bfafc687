"""Applying a pack to a proposed table: what the pack says, within what values and people allow.

table = applied(pack, table, shown=shown_by_values(looked))

What the look takes for a key, an identifier, a secret or specially protected stays that and is opened no further; a
pack describes it or makes it stricter. So does a column whose values show an identifier, whatever it is called.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple, get_args

import msgspec

from sandbox.checks.facts import Given
from sandbox.dictionary._references import holds_people
from sandbox.dictionary.classify import DEFAULTS, Verdict
from sandbox.dictionary.comments import clean_comment
from sandbox.dictionary.model import Column, Join, Table, Told
from sandbox.dictionary.rules import ColumnFacts, kind_of, load_rules
from sandbox.dictionary.samples import Sampled, shape_evidence
from sandbox.dictionary.types import family
from sandbox.sources.catalog import CatalogTable

from .model import Pack, PackColumn, PackTable

HELD = ("direct_identifier", "secret")
CLOSED = (*HELD, "patient_key", "event_key")  # of these a program is given a token at the most, whatever a pack says
KEPT = (*CLOSED, "specially_protected")  # what the look takes for one of these stays one
_TOLD, _GIVEN = get_args(Told), get_args(Given)  # both from the strictest on
SURE = 0.99


def apply_packs(packs: Sequence[Pack], tables: Sequence[Table], shown: Mapping[str, Collection[str]]) -> list[Table]:
    """The tables of one source, each with what the first pack that knows it says, and with its joins.

    `shown`: for a table (by its dictionary name) the columns whose values show an identifier or a secret.
    """
    described = [_described(packs, table, shown.get(table.name)) for table in tables]
    names: dict[tuple[str, str], Table] = {}
    for pack, found, table in described:
        if pack is not None:
            names.setdefault((pack.name, found), table)
    return [_joined(pack, found, table, names) if pack else table for pack, found, table in described]


def applied(pack: Pack, table: Table, shown: Collection[str] | None = None) -> Table:
    """The table as the pack says it is, or as it was where the pack does not know it. Joins need the other tables.

    `shown` are the columns whose values show an identifier or a secret, beside those that the look took for one.
    """
    name = matching(pack, table)
    return table if name is None else _applied(pack, pack.tables[name], table, shown)


def matching(pack: Pack, table: Table) -> str | None:
    """The name under which the pack knows the table, by name and by share of its columns; else None."""
    has = _names(table)
    for name, known in pack.tables.items():
        if known.columns and is_called(pack, name, table.name, *table.physical[-1:]):
            present = sum(column.lower() in has for column in known.columns)
            if present >= pack.least_share * len(known.columns):
                return name
    return None


class Unmatched(NamedTuple):
    """What a pack describes and a source has not: whole tables, and columns (`table.column`) of those that it has."""

    tables: tuple[str, ...]
    columns: tuple[str, ...]


def unmatched(pack: Pack, tables: Iterable[Table]) -> Unmatched:
    """Of the pack, in its order; a table that has too few of its columns is none of the pack's."""
    has: dict[str, set[str]] = {}
    for table in tables:
        if (name := matching(pack, table)) is not None:
            has.setdefault(name, set()).update(_names(table))
    columns = [
        f"{name}.{column}"
        for name, known in pack.tables.items()
        for column in known.columns
        if name in has and column.lower() not in has[name]
    ]
    return Unmatched(tuple(name for name in pack.tables if name not in has), tuple(columns))


def is_called(pack: Pack, known: str, *found: str) -> bool:
    """Whether one of the names found is that of the pack's table, with one of its prefixes and suffixes."""
    return any(_same_name(pack, known.lower(), one.lower()) for one in found)


def _names(table: Table) -> set[str]:
    return {name.lower() for column in table.columns for name in (column.name, column.physical) if name}


def _same_name(pack: Pack, known: str, found: str) -> bool:
    return any(
        found == f"{prefix.lower()}{known}{suffix.lower()}"
        for prefix in ("", *pack.prefixes)
        for suffix in ("", *pack.suffixes)
    )


def shown_by_values(table: CatalogTable, samples: Mapping[str, Sampled]) -> frozenset[str]:
    """The columns (in lower case) whose sampled values alone show a direct identifier or a secret."""
    rules, kind = load_rules(), kind_of(table.name)
    found = set()
    for column in table.columns:
        if column.name in samples:
            facts = ColumnFacts(table=table.name, name=column.name, type=column.type, kind=kind)
            if shape_evidence(rules, facts, Verdict(), samples[column.name]).column_class in HELD:
                found.add(column.name.lower())
    return frozenset(found)


def _described(packs: Sequence[Pack], table: Table, shown: Collection[str] | None) -> tuple[Pack | None, str, Table]:
    for pack in packs:
        name = matching(pack, table)
        if name is not None:
            return pack, name, _applied(pack, pack.tables[name], table, shown)
    return None, "", table


def _applied(pack: Pack, known: PackTable, table: Table, shown: Collection[str] | None) -> Table:
    facts = {name.lower(): column for name, column in known.columns.items()}
    columns = tuple(_column(pack, _of(facts, column), column, shown) for column in table.columns)
    conventions = tuple(filter(None, map(clean_comment, known.conventions)))
    return msgspec.structs.replace(
        table,
        columns=columns,
        description=clean_comment(known.description) or table.description,
        grain=clean_comment(known.grain) or table.grain,
        order=clean_comment(known.order) or table.order,
        conventions=(*conventions, *(one for one in table.conventions if one not in conventions)),
        reference=table.reference if known.reference is None else known.reference and not holds_people(table),
    )


def _of(facts: Mapping[str, PackColumn], column: Column) -> PackColumn | None:
    return facts.get((column.physical or column.name).lower()) or facts.get(column.name.lower())


def _column(pack: Pack, known: PackColumn | None, column: Column, shown: Collection[str] | None) -> Column:
    if known is None:
        return column
    described = msgspec.structs.replace(column, description=clean_comment(known.description) or column.description)
    if known.column_class is None:
        return described
    if _is_held(column, known, shown):
        reason = f"the pack {pack.title} calls it {known.column_class}, and what was found in it outranks the pack"
        told, given = _strictest(known, column)
        return msgspec.structs.replace(described, told=told, given=given, evidence=_first(reason, column.evidence))
    return _decided(pack, known, described)


def _is_held(column: Column, known: PackColumn, shown: Collection[str] | None) -> bool:
    """Whether the column is, or was shown to be, something that the pack would make less of, or open further.

    Its class and what is derived from it say what a person may decide, so a pack that closes it leaves them, too.
    """
    if known.column_class not in CLOSED and (column.physical or column.name).lower() in (shown or ()):
        return True
    if column.column_class in KEPT:
        return known.column_class not in (column.column_class, *HELD) or _opens_more(known, column)
    if column.derivation == "none" or known.column_class in CLOSED:
        return False
    return known.derivation != column.derivation or _opens_more(known, column)


def _opens_more(known: PackColumn, column: Column) -> bool:
    return _strictest(known, column) != _settings(known)


def _strictest(known: PackColumn, column: Column) -> tuple[Told, Given]:
    """The less that one of the two, the pack and the look, tells and gives of it."""
    told, given = _settings(known)
    return min(told, column.told, key=_TOLD.index), min(given, column.given, key=_GIVEN.index)


def _settings(known: PackColumn) -> tuple[Told, Given]:
    assert known.column_class is not None
    told, given = DEFAULTS[known.column_class]
    return known.told or told, known.given or given


def _decided(pack: Pack, known: PackColumn, column: Column) -> Column:
    told, given = _settings(known)
    same = column.column_class == known.column_class
    return msgspec.convert(
        msgspec.to_builtins(column)
        | {
            "column_class": known.column_class,
            "told": told,
            "given": given,
            "derivation": known.derivation or "none",
            "domain": known.domain or (column.domain if same else ""),
            "rule": column.rule if same else "",
            "confidence": SURE,
            "evidence": _first(pack.says, column.evidence),
        },
        Column,
    )


def _first(reason: str, evidence: tuple[str, ...]) -> tuple[str, ...]:
    return (reason, *(one for one in evidence if one not in (reason, "no rule knows it")))


def _joined(pack: Pack, name: str, table: Table, names: Mapping[tuple[str, str], Table]) -> Table:
    """The table with the pack's joins first; of each column one join."""
    joins = {join.column: join for join in _joins(pack, pack.tables[name], table, names)}
    for join in table.joins:
        joins.setdefault(join.column, join)
    return msgspec.structs.replace(table, joins=tuple(joins.values()))


def _joins(pack: Pack, known: PackTable, table: Table, names: Mapping[tuple[str, str], Table]) -> Iterator[Join]:
    facts = {name.lower(): column for name, column in known.columns.items()}
    for column in table.columns:
        said = _of(facts, column)
        to_table, _, to_column = (said.joins if said else "").partition(".")
        target = names.get((pack.name, to_table))
        home = _named(target, to_column) if target else None
        if target is not None and home is not None and family(column.type) == family(home.type):
            yield Join(column=column.name, to_table=target.full_name, to_column=home.name)


def _named(table: Table, name: str) -> Column | None:
    return next((one for one in table.columns if name.lower() in (one.name, one.physical.lower())), None)
