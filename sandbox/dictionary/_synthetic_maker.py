"""Fills one table after the other; what later tables refer to is kept."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ._synthetic_columns import Literals, column_array
from ._synthetic_edge import make_edge
from ._synthetic_events import Life, Rows, patient_rows, rows_below, standalone_rows
from ._synthetic_plan import Plan, plan_tables
from .model import Dictionary
from .types import arrow_schema

if TYPE_CHECKING:
    import pyarrow as pa


def make_tables(
    dictionary: Dictionary, seed: int, patients: int, edge: bool, literals: tuple[str | int | float, ...]
) -> dict[str, pa.Table]:
    """The tables by `source.table`, in the dictionary's order."""
    maker = _Maker(dictionary, seed, patients, Literals(literals))
    tables = {plan.table.full_name: maker.make(plan) for plan in plan_tables(dictionary)}
    if edge:
        tables = make_edge(dictionary, tables, np.random.default_rng([seed, 29]))
    return {table.full_name: tables[table.full_name] for table in dictionary.tables}


class _Maker:
    def __init__(self, dictionary: Dictionary, seed: int, patients: int, literals: Literals) -> None:
        self._seed = seed
        self._literals = literals
        self._references = {rows.table: rows for rows in dictionary.references}
        self._life = Life.make(patients, np.random.default_rng([seed, 0]))
        self._rows: dict[str, Rows] = {}
        self._made: dict[str, pa.Table] = {}

    def make(self, plan: Plan) -> pa.Table:
        import pyarrow as pa

        name = plan.table.full_name
        rng = np.random.default_rng([self._seed, *name.encode()])
        rows = self._rows_of(plan, rng)
        self._rows[name] = rows
        reference = self._references.get(name)
        arrays = [
            column_array(column, plan, rows, reference, self._made, self._literals, rng)
            for column in plan.table.columns
        ]
        made = pa.Table.from_arrays(arrays, schema=arrow_schema(plan.table))
        self._made[name] = made
        return made

    def _rows_of(self, plan: Plan, rng: np.random.Generator) -> Rows:
        if plan.kind == "standalone":
            reference = self._references.get(plan.table.full_name)
            return standalone_rows(len(reference.rows) if reference else 12, plan.owns, rng)
        if plan.kind == "patient":
            return patient_rows(self._life, plan.owns, rng)
        parent = self._rows[plan.parent] if plan.parent else patient_rows(self._life, (), rng)
        return rows_below(parent, plan, self._life, self._rows, rng)
