"""What is different in a table from how it was signed: column by column, and of the table itself, in words.

changed = since_signed(table, signed)
changed.columns[0].kind, changed.columns[0].words      # "changed", ("class was plain", "told was name")
changed.words                                          # ("its description",)
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Literal

import msgspec

from sandbox.dictionary.model import Column, Table
from sandbox.sources.catalog import bare_type

Kind = Literal["new", "gone", "changed"]


class ColumnChange(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One column that is not as it was signed; `words` say how it was."""

    column: str
    kind: Kind
    words: tuple[str, ...] = ()


class SinceSigned(msgspec.Struct, frozen=True, kw_only=True):
    """All columns that differ, those that are gone at the end, and what differs of the table itself."""

    columns: tuple[ColumnChange, ...] = ()
    words: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.columns or self.words)


def since_signed(table: Table, signed: Table) -> SinceSigned:
    """The table, as it would be signed now, set against its newest signature. A column is known by its real name."""
    before = {_real(column): column for column in signed.columns}
    found = [change for column in table.columns if (change := _change(column, before)) is not None]
    there = {_real(column) for column in table.columns}
    found += [ColumnChange(column=one.name, kind="gone") for one in signed.columns if _real(one) not in there]
    return SinceSigned(columns=tuple(found), words=tuple(_of_table(table, signed)))


def _change(column: Column, before: Mapping[str, Column]) -> ColumnChange | None:
    signed = before.get(_real(column))
    if signed is None:
        return ColumnChange(column=column.name, kind="new")
    if signed is column or signed == column:
        return None
    words = tuple(_words(column, signed))
    return ColumnChange(column=column.name, kind="changed", words=words) if words else None


def _words(column: Column, signed: Column) -> Iterator[str]:
    """How the column was, where that matters to what is told or given of it."""
    if signed.name != column.name:
        yield f"name was {signed.name}"
    if signed.column_class != column.column_class:
        yield f"class was {signed.column_class.replace('_', ' ')}"
    elif signed.domain != column.domain:
        yield f"key was of {signed.domain or 'nothing known'}".replace("_", " ")
    if signed.type.lower() != column.type.lower():
        was = bare_type(signed.type)
        yield f"type was {was.lower()}" if was != bare_type(column.type) else "what is inside of it differs"
    if signed.told != column.told:
        yield f"told was {signed.told}"
    if _given(signed) != _given(column):
        yield f"given was {_given(signed)}"
    if signed.told == column.told == "values":
        yield from _values(column, signed)
    if signed.description != column.description:
        yield "description differs"


def _values(column: Column, signed: Column) -> Iterator[str]:
    now, then = set(column.values), set(signed.values)
    if now - then:
        yield f"{len(now - then):,} values more"
    if then - now:
        yield f"{len(then - now):,} values fewer"
    if (signed.low, signed.high) != (column.low, column.high):
        yield f"range was {signed.low} to {signed.high}" if signed.low or signed.high else "range is new"


def _given(column: Column) -> str:
    """With what is derived, which is another thing to be given."""
    if column.given != "derived":
        return column.given
    form = f"{column.derivation}:{column.anchor}" if column.anchor else column.derivation
    return f"derived ({form})"


def _of_table(table: Table, signed: Table) -> Iterator[str]:
    facts = (
        ("its description", table.description, signed.description),
        ("what a row is", table.grain, signed.grain),
        ("its time order", table.order, signed.order),
        ("its joins", table.joins, signed.joins),
        ("its conventions", table.conventions, signed.conventions),
        ("whether it is a reference table", table.reference, signed.reference),
        ("about how many rows it has", table.rows_band, signed.rows_band),
        ("the minimum count of its values", table.minimum, signed.minimum),
    )
    yield from (words for words, now, then in facts if now != then)


def _real(column: Column) -> str:
    return column.physical or column.name
