"""The awkward data that real databases have: nothing, nulls, twice, at the same time, on the 29th of February."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

import numpy as np

from ._synthetic_dates import is_date
from .model import Column, Dictionary, Table
from .schema import key_role
from .types import family

if TYPE_CHECKING:
    import pyarrow as pa

LEAP_DAY = np.datetime64("2024-02-29T08:00")
EMPTY, ALL_NULL, TIED, TWICE = 0.2, 0.4, 0.4, 0.2


def make_edge(dictionary: Dictionary, tables: dict[str, pa.Table], rng: np.random.Generator) -> dict[str, pa.Table]:
    """The same tables made awkward.

    Reference tables stay as they are, and the event table that most others refer to always has rows.
    """
    by_name = {table.full_name: table for table in dictionary.tables}
    events = [name for name, table in by_name.items() if any(key_role(column) == "event" for column in table.columns)]
    referred = Counter(join.to_table for table in dictionary.tables for join in table.joins)
    kept = max(events, key=lambda name: (referred[name], tables[name].num_rows), default="")
    return {name: _awkward(by_name[name], rows, name == kept, rng) for name, rows in tables.items()}


def _awkward(table: Table, rows: pa.Table, kept: bool, rng: np.random.Generator) -> pa.Table:
    import pyarrow as pa

    keys = [column for column in table.columns if key_role(column) != "none"]
    if table.reference or not keys or rows.num_rows == 0:
        return rows
    if not kept and any(key_role(key) == "event" for key in keys) and rng.random() < EMPTY:
        return rows.slice(0, 0)
    tied = rng.random(rows.num_rows) < TIED
    arrays = [_awkward_column(column, rows.column(column.name), tied, rng) for column in table.columns]
    changed = pa.Table.from_arrays(arrays, schema=rows.schema)
    again = pa.array(np.flatnonzero(rng.random(rows.num_rows) < TWICE))
    return pa.concat_tables([changed, changed.take(again)]).combine_chunks()


def _awkward_column(column: Column, values: Any, tied: Any, rng: np.random.Generator) -> Any:
    import pyarrow as pa
    import pyarrow.compute as pc

    values = values.combine_chunks() if isinstance(values, pa.ChunkedArray) else values
    if key_role(column) != "none":
        return values
    if column.nullable and rng.random() < ALL_NULL and not is_date(column):
        return pa.nulls(len(values), values.type)
    if is_date(column) and family(column.type) == "date" and column.derivation == "none":
        leap = pa.scalar(LEAP_DAY.astype("datetime64[us]").item(), pa.timestamp("us")).cast(values.type)
        values = pc.if_else(pa.array(tied), leap, values)
    if not column.nullable:
        return values
    return pc.if_else(pa.array(rng.random(len(values)) < 0.2), pa.scalar(None, values.type), values)
