"""Measured values whose unit nobody looks at: mixed in an aggregate, or chosen by a test's code alone."""

from __future__ import annotations

from collections.abc import Iterator

from sandbox.checks.clinical._columns import Col
from sandbox.checks.clinical._events import Aggregated, Asked, Reading
from sandbox.checks.clinical._flag import warn
from sandbox.checks.clinical._words import is_named
from sandbox.checks.facts import Flag, TableSchema

_MIXING = ("mean", "sum", "std", "median", "min", "max", "quantile", "ttest", "ranks")


def lab_without_unit(reading: Reading) -> Iterator[Flag]:
    for asked, table, facts in _queries(reading):
        unit, code = _unit_of(facts), _filtered_code(asked, table, facts)
        value = next((name for name in asked.named[table] if unit and is_value(facts, name, unit)), "")
        if unit and code and value and unit not in asked.named[table]:
            line = asked.filtered[table][code]
            reason = (
                f"{table} is filtered by {code} and {value} is used, but not {unit}: a test can come in several units."
            )
            instead = f"Filter on {unit} as well, or return it and convert."
            yield warn("lab_without_unit", line, reason, instead)


def mixed_units(reading: Reading) -> Iterator[Flag]:
    queries = [(asked, table, facts) for asked, table, facts in _queries(reading)]
    for event in reading.events:
        if not isinstance(event, Aggregated) or event.how not in _MIXING:
            continue
        for root in _values(event.col):
            for asked, table, facts in queries:
                unit = _unit_of(facts, root.source)
                if root.table != table or root.query != asked.line or not unit or unit in asked.named[table]:
                    continue
                if is_value(facts, root.source, unit) and not _filtered_code(asked, table, facts):
                    reason = f"{root.full_name} is put together in a {event.how} although {table} has a {unit}."
                    instead = f"Group by {unit}, filter on one, or convert before aggregating."
                    yield warn("mixed_units", event.line, reason, instead)


def _values(col: Col) -> Iterator[Col]:
    """Columns of values; a count of them has no unit."""
    if col.made not in ("count", "condition"):
        if col.table:
            yield col
        for one in col.of:
            yield from _values(one)


def _queries(reading: Reading) -> Iterator[tuple[Asked, str, TableSchema]]:
    for event in reading.events:
        if isinstance(event, Asked):
            for table in event.named:
                if reading.schema and table in reading.schema.tables:
                    yield event, table, reading.schema.tables[table]


def _unit_of(table: TableSchema, value: str = "") -> str:
    """The column with the unit: of several, the one whose other words are in the value's name."""
    units = [name for name, column in table.columns.items() if is_named("unit", name) and column.key == "none"]
    near = [name for name in units if value and name.split("_")[0] == value.split("_")[0]]
    return next(iter(near or units), "")


def is_value(table: TableSchema, name: str, unit: str) -> bool:
    """Whether the unit is the unit of this column: a number, named like a value or like the unit."""
    column = table.columns.get(name)
    if (
        column is None
        or column.key != "none"
        or not column.type.upper().startswith(("DOUBLE", "DECIMAL", "FLOAT", "REAL", "NUM", "INT", "BIGINT"))
    ):
        return False
    stem = unit.split("_")[0]
    return is_named("value", name) or (stem not in ("unit", "units", "uom") and stem in name.split("_"))


def _filtered_code(asked: Asked, table: str, facts: TableSchema) -> str:
    codes = (name for name in asked.filtered.get(table, {}) if is_named("test_code", name) and name in facts.columns)
    return next(codes, "")
