"""Which values, ranges and sizes of a table may be told, under the minimum-count rule (`_told_rule`).

    told = add_values(source, table, tables, 11, Telling(signed=earlier, recognise=recognisers.find))

Where patients can't be counted, nothing is told but name and type. A table that is signed already keeps what it told.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, NamedTuple

import msgspec

from sandbox.sources.catalog import quoted
from sandbox.sources.source import Source

from ._told_bands import looks_before, same_table, with_bands
from ._told_counts import People, outermost, people_of, values_that_many_have
from ._told_rule import Ends, ends, needed, widened
from ._told_texts import Recognise, may_be_listed, with_evidence
from .model import Column, Table
from .propose import physical_name
from .rules import ColumnFacts, kind_of, load_rules
from .schema import key_role
from .telling import FIRST, Telling
from .types import family

MOST_VALUES = 200
MOST_LATER = 5000  # a signed list grows to no more
MOST_LABELS = 60
MOST_NUMBERS = 12  # more different numbers than these are told as a range
OLDEST = 90  # 45 CFR 164.514(b)(2)(i)(C): no year that tells of an age over 89
UNSETTLED = ("unknown", "direct_identifier", "specially_protected", "free_text", "staff")


class _Look(NamedTuple):
    """One table being looked at; `before` are its columns as signed, by their real names, `bare` the look's alone."""

    source: Source
    table: Table
    people: People | None
    minimum: int
    before: dict[str, Column]
    recognise: Recognise
    bare: Table

    @property
    def needed(self) -> int:
        return needed(self.minimum, self.table.looks)


def add_values(
    source: Source,
    table: Table,
    tables: Sequence[Table],
    minimum: int,
    telling: Telling = FIRST,
    bare: Sequence[Table] | None = None,
) -> Table:
    """The table with what may be told; a column without any value to tell is told by its name.

    `bare`: the tables as the look alone takes them, before any pack. Patients are counted over their keys, so that no
    pack says what a patient is where the look has found one; only where it finds none do the keys of a pack count.
    """
    signed = same_table(telling.signed, table)
    table = msgspec.structs.replace(table, looks=looks_before(signed), minimum=minimum)
    kept = signed if signed is not None and signed.minimum >= minimum else None
    looks_alone = {one.full_name: one for one in bare or tables}.get(table.full_name, table)
    people = people_of(looks_alone, bare or tables) or people_of(table, tables)
    before = {physical_name(column): column for column in kept.columns} if kept is not None else {}
    look = _Look(source, table, people, minimum, before, telling.recognise, looks_alone)
    columns = tuple(_told(look, column) if column.told == "values" else column for column in table.columns)
    return with_bands(source, msgspec.structs.replace(table, columns=columns), people, minimum, kept)


def _told(look: _Look, column: Column) -> Column:
    if look.people is None:
        return _told_without_patients(look, column)
    kind, signed = family(column.type), look.before.get(physical_name(column), column)
    if signed.untellable:
        return _untellable(column)
    if signed.low:
        return _with_range(look, column, signed)
    if kind in ("text", "boolean", "number") and _may_have_a_list(look.table, column):
        listed = _with_values(look, column, signed, MOST_NUMBERS if kind == "number" else MOST_VALUES, look.needed)
        if listed is not None:
            return listed
    return _with_range(look, column, signed)


def _may_have_a_list(table: Table, column: Column) -> bool:
    """Plain columns, keys of things, and of geography no more than states (45 CFR 164.514(b)(2)(i)(B))."""
    if column.column_class != "geography":
        return column.column_class in ("plain", "key")
    facts = ColumnFacts(table=table.physical[-1], name=physical_name(column), type=column.type, kind="geography")
    found = next((rule.text for rule in load_rules().column if rule.applies(facts)), None)
    return found is not None and found.column_class == "geography" and found.told == "values"


def _with_values(look: _Look, column: Column, signed: Column, most: int, least: int) -> Column | None:
    """The column with its list: what was signed, and what enough patients have; None where there is nothing to list."""
    rows = _rows(look, column)
    found = values_that_many_have(look.source, rows, least, MOST_LATER if signed.values else most)
    if len(found) > (MOST_LATER if signed.values else most):
        if not signed.values:
            return _too_many(column)
        found = {}  # a signed list stays as it is
    listed = may_be_listed(column, sorted({*signed.values, *found}), look.recognise)
    if not listed.values:
        return with_evidence(_untellable(column), listed.withheld) if listed.withheld else None
    return with_evidence(msgspec.structs.replace(column, values=listed.values), listed.withheld)


def _too_many(column: Column) -> Column | None:
    """Numbers can still be told as a range."""
    return None if family(column.type) == "number" else _untellable(column)


def _untellable(column: Column) -> Column:
    return msgspec.structs.replace(column, told="name", untellable=True)


def _rows(look: _Look, column: Column) -> str:
    """SQL for whose row it is as `p` and the value as `v`; in a table of nobody each row is its own."""
    if look.people is not None:
        return look.people.select(column)
    value, rows = quoted("t", physical_name(column)), quoted(*look.table.physical)
    return f"SELECT row_number() OVER () AS p, {value} AS v FROM {rows} AS t"


def _with_range(look: _Look, column: Column, signed: Column) -> Column:
    by_name = msgspec.structs.replace(column, told="name")
    if family(column.type) not in ("number", "date") or column.column_class not in ("plain", "date"):
        return by_name
    outer = outermost(look.source, _rows(look, column), look.needed)
    found = _ends(column, *outer) if outer is not None else Ends()
    before = Ends(signed.low, signed.high)
    told = _within_age(column, widened(before, found) if before else found)
    if not told:
        return _untellable(column) if outer is not None else by_name
    return msgspec.structs.replace(column, low=told.low, high=told.high)


def _ends(column: Column, low: Any, high: Any) -> Ends:
    if column.derivation == "year" and family(column.type) == "number":
        return Ends(str(int(low)), str(int(high)))
    return ends(low, high)


def _within_age(column: Column, told: Ends) -> Ends:
    """No year of birth before the oldest age, and no age above it."""
    if not told or column.derivation not in ("year", "month", "age_capped", "age_at"):
        return told
    if column.derivation == "age_capped":
        told = Ends(told.low, min(told.high, str(OLDEST), key=Decimal))
    else:
        told = Ends(max(told.low, str(datetime.now(UTC).year - OLDEST), key=Decimal), told.high)
    return told if Decimal(told.low) <= Decimal(told.high) else Ends()


def _told_without_patients(look: _Look, column: Column) -> Column:
    """Labels in a table that nobody is a patient in: of wards all; where people may be in it, those of many rows."""
    table, by_name = look.table, msgspec.structs.replace(column, told="name")
    everything = (*table.columns, *look.bare.columns)
    if any(key_role(other) != "none" for other in everything) or family(column.type) not in ("text", "boolean"):
        return by_name
    if kind_of(table.physical[-1]) == "reference":
        return column  # its rows are read whole, or not at all
    settled = not any(other.column_class in UNSETTLED for other in everything)
    signed = look.before.get(physical_name(column), column)
    found = _with_values(look, column, column if settled else signed, MOST_LABELS, 1 if settled else look.needed)
    return found or by_name
