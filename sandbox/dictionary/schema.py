"""The dictionary as the query check sees it: what a program may name, and what it would be given."""

from __future__ import annotations

import msgspec

from sandbox.checks.facts import ColumnSchema, KeyRole, Schema, TableSchema
from sandbox.sources.catalog import bare_type

from .distinct import check_distinct
from .model import Column, Dictionary, ReferenceRows, Table

LONGEST_CODE = 24  # longer texts are meanings
TOKEN_TYPE = "BIGINT"  # tokens are random 64-bit integers, whatever the key was


def schema_of(dictionary: Dictionary) -> Schema:
    """Every usable column of every table. What is not told, or not given, does not exist for a program (`unseen`).

    `ColumnSchema.type` is the type in the source, except for tokens; a derivation starts from it.
    """
    check_distinct(dictionary.tables)
    referred = {(join.to_table.lower(), join.to_column.lower()) for table in dictionary.tables for join in table.joins}
    return Schema(
        tables={table.full_name.lower(): _table(table, referred) for table in dictionary.tables},
        dialects={source.lower(): dialect for source, dialect in dictionary.dialects.items()},
        codes={name: codes for one in dictionary.references for name, codes in _codes(one)},
    )


def usable(column: Column) -> bool:
    """Whether a program may name this column: the agent is told of it and it is given in some form."""
    return column.told != "nothing" and column.given != "nothing"


def key_role(column: Column) -> KeyRole:
    roles: dict[str, KeyRole] = {"patient_key": "patient", "event_key": "event"}
    return roles.get(column.column_class, "none")


def _table(table: Table, referred: set[tuple[str, str]]) -> TableSchema:
    columns = {column.name.lower(): _with_anchor(column, table) for column in table.columns if usable(column)}
    unseen = {column.name.lower(): _unseen(column) for column in table.columns if not usable(column)}
    joins = {join.column.lower(): (join.to_table.lower(), join.to_column.lower()) for join in table.joins}
    key = _key(table, columns, referred)
    return TableSchema(
        columns=columns,
        physical=table.physical or (table.name,),
        unseen=unseen,
        joins=joins,
        key=key,
        repeats=_repeats(table, columns, key),
    )


def _key(table: Table, columns: dict[str, ColumnSchema], referred: set[tuple[str, str]]) -> tuple[str, ...]:
    """The column that names one row: by what the dictionary says of a row, or because other tables refer to it."""
    grain = table.grain.lower().removeprefix("one row per ").replace(" ", "_")
    of_grain = [name for name, column in columns.items() if column.key != "none" and column.domain.lower() == grain]
    met = [name for name in columns if (table.full_name.lower(), name) in referred]
    both = [name for name in of_grain if name in met]
    return tuple((both or of_grain or met)[:1])


def _repeats(table: Table, columns: dict[str, ColumnSchema], key: tuple[str, ...]) -> tuple[str, ...]:
    """Columns of which one value stands in several rows: keys of another table, and patients with many rows."""
    held = {join.column.lower() for join in table.joins}
    many = {name for name, column in columns.items() if column.key == "patient" and table.per_patient > 1}
    return tuple(name for name in columns if name in (held | many) and name not in key)


def _codes(reference: ReferenceRows) -> list[tuple[str, tuple[str, ...]]]:
    """The columns of a searchable reference table that are different in every row, with what is in them."""
    table = reference.table.lower()
    listed = ((name.lower(), tuple(row[n] for row in reference.rows)) for n, name in enumerate(reference.columns))
    return [
        (f"{table}.{name}", values) for name, values in listed if len(set(values)) == len(values) and _short(values)
    ]


def _short(values: tuple[str, ...]) -> bool:
    return max((len(value) for value in values), default=0) <= LONGEST_CODE


def _with_anchor(column: Column, table: Table) -> ColumnSchema:
    """The column with the real name and type of the date it is counted from; without one it is given in no form."""
    anchor = next((one for one in table.columns if one.name == column.anchor), None) if column.anchor else None
    if anchor is None:
        return _column(column)
    physical = anchor.physical or anchor.name
    return msgspec.structs.replace(_column(column), anchor=physical, anchor_type=anchor.type.upper())


def _unseen(column: Column) -> ColumnSchema:
    """For row scopes and exclusions alone: as it is in the source, and given to nobody."""
    return msgspec.structs.replace(_column(column), type=bare_type(column.type), given="nothing", derivation="none")


def _column(column: Column) -> ColumnSchema:
    return ColumnSchema(
        type=TOKEN_TYPE if column.given == "token" else bare_type(column.type),
        given=column.given,
        key=key_role(column),
        domain=column.domain,
        derivation=column.derivation,
        physical=column.physical,
        identifies=column.column_class == "direct_identifier",
        values=column.values if column.told == "values" else (),
        nulls=column.null_share if column.told != "nothing" else 0.0,
    )
