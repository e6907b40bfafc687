"""What a trial saw a program do: steps, values, tables, figures, queries. Synthetic rows only."""

from __future__ import annotations

from typing import Any

import msgspec

from sandbox.checks.facts import Fact

from .made_up import Expectation

HEAD_ROWS = 10
CELL_LIMIT = 80


class StepSeen(Fact, frozen=True, kw_only=True):
    """One `report.step`; `patients` is -1 where no patient key was in the frame."""

    label: str
    rows: int
    patients: int = -1


class ColumnSeen(Fact, frozen=True, kw_only=True):
    name: str
    type: str
    nulls: int = 0


class TableSeen(Fact, frozen=True, kw_only=True):
    """One `report.table`: its shape, and its first rows as text."""

    label: str
    rows: int
    columns: tuple[ColumnSeen, ...]
    head: tuple[tuple[str, ...], ...] = ()


class QuerySeen(Fact, frozen=True, kw_only=True):
    """One `data.sql`: rows it gave, or why it was not run."""

    sql: str
    rows: int = 0
    sentence: str = ""


class Trial(Fact, frozen=True, kw_only=True):
    """How a draft did. `clean` says that every execution ended by itself; expectations are apart.

    `sentence` is what went wrong, `line` where in the program, `traceback` the whole of it (synthetic data
    only). `lines_never` were executed by no execution of this trial.
    """

    clean: bool
    sentence: str = ""
    line: int = 0
    traceback: str = ""
    seed: int = 1
    edge: bool = False
    steps: tuple[StepSeen, ...] = ()
    values: dict[str, Any] = {}
    tables: tuple[TableSeen, ...] = ()
    figures: tuple[str, ...] = ()
    queries: tuple[QuerySeen, ...] = ()
    lines_run: tuple[int, ...] = ()
    lines_never: tuple[int, ...] = ()
    expectations: tuple[Expectation, ...] = ()
    seconds: float = 0.0

    @property
    def expectations_met(self) -> bool:
        return all(one.ok for one in self.expectations)


class Seen(msgspec.Struct):
    """Everything one execution reported, as it came."""

    steps: list[StepSeen] = []
    values: dict[str, Any] = {}
    tables: list[TableSeen] = []
    figures: list[str] = []
    queries: list[QuerySeen] = []

    def said(self) -> dict[str, Any]:
        """By label what an expectation can be compared with; values win over tables, tables over steps."""
        steps = {step.label: step.rows for step in self.steps}
        tables = {table.label: table.rows for table in self.tables}
        return {**steps, **tables, **self.values}


def table_seen(label: str, payload: bytes | memoryview) -> TableSeen:
    """Shape and first rows of an Arrow stream."""
    import pyarrow as pa

    with pa.ipc.open_stream(pa.py_buffer(payload)) as stream:
        table = stream.read_all()
    columns = tuple(
        ColumnSeen(name=field.name, type=str(field.type), nulls=table[position].null_count)
        for position, field in enumerate(table.schema)
    )
    first = table.slice(0, HEAD_ROWS)
    cells = [[_cell(value) for value in column.to_pylist()] for column in first.columns]
    return TableSeen(label=label, rows=table.num_rows, columns=columns, head=tuple(zip(*cells, strict=True)))


def _cell(value: object) -> str:
    if value is None:
        return ""
    return (f"{value:.6g}" if isinstance(value, float) else str(value))[:CELL_LIMIT]
