"""Small tables in memory, what is told of them, and the facts behind it, counted without any of the rule's code."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from decimal import Decimal
from typing import Any, NamedTuple

import duckdb
import msgspec
from hypothesis import strategies as st

from sandbox.dictionary._told_values import add_values
from sandbox.dictionary.model import Column, Table
from sandbox.dictionary.telling import FIRST, Telling

K = 3
COLUMNS = (
    Column(name="person", type="VARCHAR", column_class="patient_key", told="name", given="token", domain="patient"),
    Column(name="label", type="VARCHAR", column_class="plain", told="values", given="full", null_share=0.3),
    Column(name="code", type="INTEGER", column_class="plain", told="values", given="full", null_share=0.3),
    Column(name="amount", type="DOUBLE", column_class="plain", told="values", given="full", null_share=0.3),
    Column(name="day", type="DATE", column_class="date", told="values", given="full", null_share=0.3),
)
VISITS = Table(source="s", name="visits", physical=("visits",), columns=COLUMNS, rows_band=7, per_patient=1.0)


class Row(NamedTuple):
    """What one patient's row holds beside the patient."""

    label: str | None
    code: int | None
    amount: float | None
    day: str | None


Data = dict[str, tuple[Row, ...]]  # the rows of each patient

_amounts = st.integers(900, 1300).map(lambda number: number / 10) | st.floats(-1e6, 1e6).map(lambda n: round(n, 3))
rows = st.builds(
    Row,
    label=st.sampled_from(("north", "south", "east", "west", None)),
    code=st.integers(0, 20) | st.none(),
    amount=_amounts | st.none(),
    day=st.dates().map(str) | st.none(),
)
patients = st.lists(rows, min_size=1, max_size=3).map(tuple)
tables = st.dictionaries(st.sampled_from([f"p{n}" for n in range(16)]), patients, max_size=14)


class Memory:
    """A source that answers SELECTs from a table `visits` in memory."""

    dialect = "duckdb"

    def __init__(self) -> None:
        self._connection = duckdb.connect()

    def hold(self, data: Data) -> Memory:
        self._connection.execute(
            "CREATE OR REPLACE TABLE visits(person VARCHAR, label VARCHAR, code INTEGER, amount DOUBLE, day DATE)"
        )
        cells = [[person, *row] for person, several in data.items() for row in several]
        if cells:
            marks = ", ".join(["(?, ?, ?, ?, ?)"] * len(cells))
            self._connection.execute(f"INSERT INTO visits VALUES {marks}", [cell for row in cells for cell in row])
        return self

    def read(self, sql: str, parameters: Any = None, relations: Any = None) -> Any:
        return self._connection.sql(sql).to_arrow_reader()

    def rename(self, column: str, name: str) -> None:
        self._connection.execute(f'ALTER TABLE visits RENAME COLUMN "{column}" TO "{name}"')

    def close(self) -> None:
        self._connection.close()


@contextmanager
def in_memory() -> Iterator[Memory]:
    memory = Memory()
    try:
        yield memory
    finally:
        memory.close()


def told(memory: Memory, data: Data, signed: Table | None = None, minimum: int = K) -> Table:
    """What is told of the data after what was signed before."""
    telling = FIRST if signed is None else Telling(signed=(signed,))
    return add_values(memory.hold(data), VISITS, (VISITS,), minimum, telling)  # type: ignore[arg-type]


def said(table: Table) -> Table:
    """The table without the count of its versions and without evidence, which no agent is told."""
    columns = tuple(msgspec.structs.replace(column, evidence=()) for column in table.columns)
    return msgspec.structs.replace(table, columns=columns, looks=0)


class Fact(NamedTuple):
    """One thing that is told: a value of a column, or an end of its range."""

    column: str
    kind: str
    value: str


def facts(table: Table) -> set[Fact]:
    found = set()
    for column in table.columns:
        found |= {Fact(column.name, "value", value) for value in column.values}
        found |= {Fact(column.name, "at most", column.low)} if column.low else set()
        found |= {Fact(column.name, "at least", column.high)} if column.high else set()
    return found


def behind(fact: Fact, data: Data) -> set[str]:
    """The patients who have the value, or who lie at the end or beyond it."""
    return {person for person, several in data.items() if any(_holds(fact, row) for row in several)}


def _holds(fact: Fact, row: Row) -> bool:
    value = getattr(row, fact.column)
    if value is None:
        return False
    if fact.kind == "value":
        return str(value) == fact.value
    number = Decimal(value[:4]) if fact.column == "day" else Decimal(str(value))
    return number <= Decimal(fact.value) if fact.kind == "at most" else number >= Decimal(fact.value)


def changed(data: Data, people: Iterable[tuple[str, tuple[Row, ...] | None]]) -> Data:
    """The data with these patients' rows replaced, or (None) with the patients gone."""
    return {person: several for person, several in {**data, **dict(people)}.items() if several is not None}
