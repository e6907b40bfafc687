"""The dictionary as the query check sees it: what a program may name, and what it would be given."""

from __future__ import annotations

from sandbox.checks.facts import ColumnSchema, KeyRole, Schema, TableSchema

from .model import Column, Dictionary, Table

TOKEN_TYPE = "BIGINT"  # tokens are random 64-bit integers, whatever the key was


def schema_of(dictionary: Dictionary) -> Schema:
    """Every usable column of every table. What is not told, or not given, does not exist here.

    `ColumnSchema.type` is the type in the source, except for tokens; a derivation starts from it.
    """
    return Schema(
        tables={table.full_name.lower(): _table(table) for table in dictionary.tables},
        dialects={source.lower(): dialect for source, dialect in dictionary.dialects.items()},
    )


def usable(column: Column) -> bool:
    """Whether a program may name this column: the agent is told of it and it is given in some form."""
    return column.told != "nothing" and column.given != "nothing"


def key_role(column: Column) -> KeyRole:
    roles: dict[str, KeyRole] = {"patient_key": "patient", "event_key": "event"}
    return roles.get(column.column_class, "none")


def _table(table: Table) -> TableSchema:
    columns = {column.name.lower(): _column(column) for column in table.columns if usable(column)}
    return TableSchema(columns=columns, physical=table.physical or (table.name,))


def _column(column: Column) -> ColumnSchema:
    return ColumnSchema(
        type=TOKEN_TYPE if column.given == "token" else column.type.upper(),
        given=column.given,
        key=key_role(column),
        domain=column.domain,
        derivation=column.derivation,
        physical=column.physical,
    )
