"""Dictionary names in place of others, everywhere in a proposal: the real names stay where queries are made of them.

    renamed(proposal, {"dr_smith_list": Renamed(table="list_1", columns={"smith_no": "list_no"})})

Joins, references, grain, order and conventions follow. `physical` of tables and columns keeps the real name, so a
query over the new names reads the same rows.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TypeVar

import msgspec

from .model import Column, Join, Proposal, ReferenceFile, ReferenceRows, Table


class Renamed(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a table, and which of its columns, are called from now on; by the names they have in the proposal."""

    table: str
    columns: dict[str, str] = {}


Renames = Mapping[str, Renamed]
_Rows = TypeVar("_Rows", ReferenceRows, ReferenceFile)


def renamed(proposal: Proposal, renames: Renames) -> Proposal:
    """The proposal under the new names. Tables that `renames` does not have stay, but for what they say of others."""
    full = {f"{proposal.source}.{name}": name for name in renames}
    return msgspec.structs.replace(
        proposal,
        tables=tuple(_table(table, renames, full) for table in proposal.tables),
        references=tuple(_reference(one, renames, full) for one in proposal.references),
        reference_files=tuple(_reference(one, renames, full) for one in proposal.reference_files),
    )


def _table(table: Table, renames: Renames, full: Mapping[str, str]) -> Table:
    own = renames.get(table.name, Renamed(table=table.name))
    words = {table.name: own.table, **own.columns}
    return msgspec.structs.replace(
        table,
        name=own.table,
        physical=table.physical or (table.name,),
        columns=tuple(_column(column, own.columns) for column in table.columns),
        joins=tuple(_join(join, own, renames, full) for join in table.joins),
        grain=follow(table.grain, words),
        order=follow(table.order, words),
        conventions=tuple(follow(one, words) for one in table.conventions),
    )


def _column(column: Column, names: Mapping[str, str]) -> Column:
    name, real = names.get(column.name, column.name), column.physical or column.name
    anchor = names.get(column.anchor, column.anchor)
    return msgspec.structs.replace(column, name=name, physical="" if real == name else real, anchor=anchor)


def _join(join: Join, own: Renamed, renames: Renames, full: Mapping[str, str]) -> Join:
    column = own.columns.get(join.column, join.column)
    target = renames.get(full.get(join.to_table, ""))
    if target is None:
        return msgspec.structs.replace(join, column=column)
    source = join.to_table.partition(".")[0]
    to_column = target.columns.get(join.to_column, join.to_column)
    return Join(column=column, to_table=f"{source}.{target.table}", to_column=to_column)


def _reference(rows: _Rows, renames: Renames, full: Mapping[str, str]) -> _Rows:
    own = renames.get(full.get(rows.table, ""))
    if own is None:
        return rows
    columns = tuple(own.columns.get(name, name) for name in rows.columns)
    return msgspec.structs.replace(rows, table=f"{rows.table.partition('.')[0]}.{own.table}", columns=columns)


def follow(text: str, words: Mapping[str, str]) -> str:
    """The text with each old name, as a whole word, replaced; with spaces in place of `_` as well."""
    for old, new in words.items():
        if old != new:
            for form, instead in ((old, new), (old.replace("_", " "), new.replace("_", " "))):
                text = re.sub(rf"(?<!\w){re.escape(form)}(?!\w)", instead, text)
    return text
