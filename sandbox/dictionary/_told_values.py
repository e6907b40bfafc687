"""Which values and ranges may be told: those that at least k patients have.

A value list holds a value only where k different patients have it; a range runs from the k-th smallest to
the k-th largest patient, rounded. Where patients can't be counted, nothing is told but name and type.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import floor, log10
from typing import Any

import msgspec

from sandbox.sources.catalog import quoted
from sandbox.sources.source import Source

from .comments import suspect
from .model import Column, Table
from .propose import physical_name
from .rules import kind_of, load_rules
from .schema import key_role
from .types import family

MOST_VALUES = 200
MOST_LABELS = 60
MOST_NUMBERS = 12  # more different numbers than these are told as a range
LONGEST_VALUE = 60


def add_values(source: Source, table: Table, tables: Sequence[Table], minimum: int) -> Table:
    """The table with the values and ranges that may be told; a column without any is told by its name."""
    patients = _patients_of(table, tables)
    columns = tuple(
        _told(source, table, column, patients, minimum) if column.told == "values" else column
        for column in table.columns
    )
    return msgspec.structs.replace(table, columns=columns)


def _told(source: Source, table: Table, column: Column, patients: str, minimum: int) -> Column:
    if not patients:
        return _told_without_patients(source, table, column, minimum)
    kind = family(column.type)
    if kind in ("text", "boolean", "number") and column.column_class in ("plain", "key", "geography"):
        values = _values(source, _rows(patients, column), minimum)
        if values and (kind != "number" or len(values) <= MOST_NUMBERS):
            return msgspec.structs.replace(column, values=values)
    if kind in ("number", "date") and column.column_class in ("plain", "date"):
        low, high = _range(source, column, patients, minimum)
        if low and high:
            return msgspec.structs.replace(column, low=low, high=high)
    return msgspec.structs.replace(column, told="name")


def _told_without_patients(source: Source, table: Table, column: Column, minimum: int) -> Column:
    """Labels in a table that nobody is a patient in: of wards all, of staff those that enough of them share."""
    by_name = msgspec.structs.replace(column, told="name")
    if any(key_role(other) != "none" for other in table.columns) or family(column.type) not in ("text", "boolean"):
        return by_name
    if kind_of(table.physical[-1]) == "reference":
        return column  # its rows are read whole, or not at all
    least = minimum if any(other.column_class == "staff" for other in table.columns) else 1
    rows = f"SELECT row_number() OVER () AS p, {quoted(physical_name(column))} AS v FROM {quoted(*table.physical)}"
    values = _values(source, rows, least)
    return msgspec.structs.replace(column, values=values) if 0 < len(values) <= MOST_LABELS else by_name


def _patients_of(table: Table, tables: Sequence[Table]) -> str:
    """SQL for the table's rows with their patient as `p`, "" when it has none; rows are named `t`."""
    own = _key(table, "patient_key")
    if own:
        return f"SELECT {quoted('t', own)} AS p, {{}} AS v FROM {quoted(*table.physical)} AS t"
    by_name = {other.full_name: other for other in tables}
    for join in table.joins:
        other = by_name.get(join.to_table)
        patient = _key(other, "patient_key") if other else ""
        if other and patient:
            mine = _physical(table, join.column)
            theirs = _physical(other, join.to_column)
            return (
                f"SELECT {quoted('o', patient)} AS p, {{}} AS v FROM {quoted(*table.physical)} AS t "
                f"JOIN {quoted(*other.physical)} AS o ON {quoted('t', mine)} = {quoted('o', theirs)}"
            )
    return ""


def _key(table: Table, column_class: str) -> str:
    found = [column for column in table.columns if column.column_class == column_class]
    return physical_name(found[0]) if found else ""


def _physical(table: Table, name: str) -> str:
    return next((physical_name(column) for column in table.columns if column.name == name), name)


def _rows(patients: str, column: Column) -> str:
    return patients.format(quoted("t", physical_name(column)))


def _values(source: Source, rows: str, minimum: int) -> tuple[str, ...]:
    """Every value that k patients have, sorted; none when there are too many to list."""
    sql = (
        f"SELECT CAST(v AS VARCHAR) AS v FROM ({rows}) WHERE v IS NOT NULL "
        f"GROUP BY v HAVING count(DISTINCT p) >= {minimum:d} ORDER BY 1 LIMIT {MOST_VALUES + 1:d}"
    )
    found = [value for value in source.read(sql).read_all().column(0).to_pylist() if value.strip()]
    return tuple(value for value in found if _may_be_listed(value)) if len(found) <= MOST_VALUES else ()


def _may_be_listed(value: str) -> bool:
    """Short, and not shaped like anything of a person's, however many share it."""
    shaped = any(pattern.fullmatch(value) for shape, pattern in load_rules().shapes if shape.column_class != "date")
    return len(value) <= LONGEST_VALUE and not shaped and not suspect(value)


def _range(source: Source, column: Column, patients: str, minimum: int) -> tuple[str, str]:
    """The k-th smallest and k-th largest patient's value, rounded: two digits of a number, the year of a date."""
    rows = _rows(patients, column)
    ends = [
        source.read(
            f"SELECT {function}(v) AS v FROM ({rows}) WHERE v IS NOT NULL AND p IS NOT NULL "
            f"GROUP BY p ORDER BY 1 {order} LIMIT 1 OFFSET {minimum - 1:d}"
        ).read_all()
        for function, order in (("min", "ASC"), ("max", "DESC"))
    ]
    if any(end.num_rows == 0 for end in ends):
        return "", ""
    low, high = (end.column(0)[0].as_py() for end in ends)
    return rounded(low), rounded(high)


def rounded(value: Any) -> str:
    """A number to two digits, a date to its year."""
    year = getattr(value, "year", None)
    if year is not None:
        return str(year)
    number = float(value)
    if number == 0:
        return "0"
    text = f"{round(number, 1 - floor(log10(abs(number)))):f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
