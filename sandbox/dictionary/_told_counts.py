"""What the minimum-count rule asks a source: how many patients have each value and lie at each end, and their rows.

Nothing here leaves the running side by itself; `_told_rule` says what of it may be told.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from sandbox.sources.catalog import quoted
from sandbox.sources.source import Source

from .model import Column, Table
from .propose import physical_name


class People(NamedTuple):
    """The rows of a table, named `t`, with an expression for whose each is."""

    key: str
    rows: str

    def select(self, column: Column) -> str:
        """SQL for the patient as `p` and the column's value as `v`."""
        return f"SELECT {self.key} AS p, {quoted('t', physical_name(column))} AS v FROM {self.rows}"


class Sizes(NamedTuple):
    """`rows` counts no patient with more rows than the k-th largest has."""

    patients: int
    rows: int


class Nulls(NamedTuple):
    """`share` is the mean over patients; `without` patients have a null, `having` have a value."""

    share: float
    without: int
    having: int


def people_of(table: Table, tables: Sequence[Table]) -> People | None:
    """Whose the table's rows are: by its own patient key, or by one join; None where nobody is in it."""
    own = _patient_key(table)
    if own:
        return People(quoted("t", own), f"{quoted(*table.physical)} AS t")
    by_name = {other.full_name: other for other in tables}
    for join in table.joins:
        other = by_name.get(join.to_table)
        patient = _patient_key(other) if other else ""
        if other and patient:
            on = f"{quoted('t', _physical(table, join.column))} = {quoted('o', _physical(other, join.to_column))}"
            rows = f"{quoted(*table.physical)} AS t JOIN {quoted(*other.physical)} AS o ON {on}"
            return People(quoted("o", patient), rows)
    return None


def values_that_many_have(source: Source, rows: str, minimum: int, most: int) -> dict[str, int]:
    """At most `most + 1` values that so many patients have, sorted, with their numbers."""
    sql = (
        f"SELECT CAST(r.v AS VARCHAR) AS label, count(DISTINCT r.p) AS n FROM ({rows}) AS r WHERE r.v IS NOT NULL "
        f"GROUP BY CAST(r.v AS VARCHAR) HAVING count(DISTINCT r.p) >= {minimum:d} ORDER BY 1 LIMIT {most + 1:d}"
    )
    answer = source.read(sql).read_all()
    found = zip(answer.column(0).to_pylist(), answer.column(1).to_pylist(), strict=True)
    return {value: number for value, number in found if value.strip()}


def outermost(source: Source, rows: str, number: int) -> tuple[Any, Any] | None:
    """The value of the `number`-th lowest and of the `number`-th highest patient, or None with fewer patients."""
    found = [
        source.read(
            f"SELECT {function}(r.v) AS e FROM ({rows}) AS r WHERE r.v IS NOT NULL AND r.p IS NOT NULL "
            f"GROUP BY r.p ORDER BY 1 {order} LIMIT 1 OFFSET {number - 1:d}"
        ).read_all()
        for function, order in (("min", "ASC"), ("max", "DESC"))
    ]
    if any(end.num_rows == 0 for end in found):
        return None
    low, high = (end.column(0)[0].as_py() for end in found)
    return low, high


def sizes(source: Source, people: People, minimum: int) -> Sizes:
    """How many patients the table has, and how many rows."""
    sql = (
        f"WITH c AS (SELECT {people.key} AS p, count(*) AS n FROM {people.rows} GROUP BY {people.key}), "
        f"m AS (SELECT n FROM c WHERE p IS NOT NULL ORDER BY n DESC LIMIT 1 OFFSET {minimum - 1:d}) "
        "SELECT count(p), coalesce(sum(CASE WHEN p IS NULL OR n < (SELECT n FROM m) THEN n ELSE (SELECT n FROM m) END)"
        ", 0) FROM c"
    )
    answer = source.read(sql).read_all()
    return Sizes(*(int(column[0].as_py()) for column in answer.columns))


def nulls(source: Source, people: People, columns: Sequence[Column]) -> list[Nulls]:
    """Of each column, over patients: how much of their rows has no value."""
    inner = ", ".join(
        f"avg(CASE WHEN {quoted('t', physical_name(column))} IS NULL THEN 1.0 ELSE 0.0 END) AS x{place}"
        for place, column in enumerate(columns)
    )
    outer = ", ".join(
        f"avg(x{place}), sum(CASE WHEN x{place} > 0 THEN 1 ELSE 0 END), sum(CASE WHEN x{place} < 1 THEN 1 ELSE 0 END)"
        for place in range(len(columns))
    )
    grouped = f"SELECT {inner} FROM {people.rows} WHERE {people.key} IS NOT NULL GROUP BY {people.key}"
    cells = [column[0].as_py() or 0 for column in source.read(f"SELECT {outer} FROM ({grouped}) AS g").read_all()]
    parts = zip(cells[0::3], cells[1::3], cells[2::3], strict=True)
    return [Nulls(float(share), int(without), int(having)) for share, without, having in parts]


def _patient_key(table: Table) -> str:
    return next((physical_name(column) for column in table.columns if column.column_class == "patient_key"), "")


def _physical(table: Table, name: str) -> str:
    return next((physical_name(column) for column in table.columns if column.name == name), name)
