"""The steps of a run as an attrition list: how many rows and patients were left after each."""

from __future__ import annotations

from desktop.runs.facts import StepLine
from desktop.widgets import Column, RowsTable


def steps_table(empty: str) -> RowsTable[tuple[int, StepLine]]:
    """Rows are numbered, since a program may give two steps the same label."""
    columns: list[Column[tuple[int, StepLine]]] = [
        Column("Step", lambda row: row[1].label, stretch=True),
        Column("Rows", lambda row: row[1].rows, right=True),
        Column("Patients", lambda row: row[1].patients, right=True),
        Column("Change", lambda row: row[1].change, right=True),
    ]
    return RowsTable("Steps of the program", columns, empty=empty)


def show_steps(table: RowsTable[tuple[int, StepLine]], steps: tuple[StepLine, ...]) -> None:
    table.set_rows(tuple(enumerate(steps, 1)), key=lambda row: row[0])
