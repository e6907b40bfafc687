"""The sizes that are told of a table, under the minimum-count rule: rows, rows per patient, shares of nulls."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from sandbox.sources.source import Source

from ._told_counts import People, nulls, sizes
from ._told_rule import needed, null_share, rows_band
from .model import Column, Table
from .propose import banded, physical_name


def with_bands(source: Source, table: Table, people: People | None, minimum: int, signed: Table | None) -> Table:
    """The table with the sizes that may be told; those of a table that nobody is a patient in stay as they are."""
    if people is None:
        return table
    counted = sizes(source, people, minimum)
    if counted.patients < needed(minimum, table.looks):
        return _without(table) if signed is None or not signed.rows_band else _as_signed(table, signed)
    kept = signed is not None and signed.rows_band > 0
    before = {physical_name(column): column for column in signed.columns} if signed is not None and kept else {}
    table = _with_null_shares(source, table, people, counted.patients, minimum, before)
    if signed is not None and kept:
        return msgspec.structs.replace(table, rows_band=signed.rows_band, per_patient=signed.per_patient)
    mean = banded(counted.rows / counted.patients) if table.per_patient else 0.0
    return msgspec.structs.replace(table, rows_band=rows_band(counted.rows, minimum), per_patient=mean)


def _with_null_shares(
    source: Source, table: Table, people: People, patients: int, minimum: int, before: dict[str, Column]
) -> Table:
    fresh = [column for column in table.columns if column.null_share and physical_name(column) not in before]
    counted = nulls(source, people, fresh) if fresh else []
    shares = {
        column.name: null_share(one.share, one.without, one.having, patients, minimum)
        for column, one in zip(fresh, counted, strict=True)
    }
    return _with_shares(table, shares, before)


def _with_shares(table: Table, shares: dict[str, float], before: dict[str, Column]) -> Table:
    columns = tuple(
        msgspec.structs.replace(column, null_share=_share(column, shares, before)) for column in table.columns
    )
    return msgspec.structs.replace(table, columns=columns)


def _share(column: Column, shares: dict[str, float], before: dict[str, Column]) -> float:
    signed = before.get(physical_name(column))
    return signed.null_share if signed is not None else shares.get(column.name, 0.0)


def _without(table: Table) -> Table:
    return _with_shares(msgspec.structs.replace(table, rows_band=0, per_patient=0.0), {}, {})


def _as_signed(table: Table, signed: Table) -> Table:
    before = {physical_name(column): column for column in signed.columns}
    return _with_shares(
        msgspec.structs.replace(table, rows_band=signed.rows_band, per_patient=signed.per_patient), {}, before
    )


def looks_before(signed: Table | None) -> int:
    """How many signed versions of a table came before the next one."""
    return signed.looks + 1 if signed is not None else 0


def same_table(signed: Sequence[Table], table: Table) -> Table | None:
    """The signed version of the table, found by its real place: its dictionary name may have changed."""
    return next((one for one in signed if one.physical == table.physical and one.source == table.source), None)
