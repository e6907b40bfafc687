"""What a draft may read, table by table, with what is new about it."""

from __future__ import annotations

from collections.abc import Collection

from sandbox.checks.facts import Grant
from sandbox.dictionary.model import Column, Dictionary
from sandbox.review.offering import first_used
from sandbox.reviewing.orders.review import TableRead


def tables_read(
    grant: Grant, dictionary: Dictionary, *, new: Collection[str], read_before: Collection[str]
) -> tuple[TableRead, ...]:
    """Each granted table. `new` are columns (and tables) that the compared draft could not read; `read_before` are the
    tables of earlier approvals."""
    columns = {
        table.full_name: {column.name: column for column in table.columns}
        for table in dictionary.tables
        if table.full_name in grant.tables
    }
    opened = first_used(grant, read_before)
    return tuple(
        TableRead(
            table=table,
            columns=tuple(sorted(names)),
            new=tuple(name for name in sorted(names) if f"{table}.{name}" in new),
            given={name: _given(columns.get(table, {}).get(name)) for name in sorted(names)},
            first_use=table in opened,
        )
        for table, names in sorted(grant.tables.items())
    )


def _given(column: Column | None) -> str:
    """What a program is given of a column, with the derivation that it goes through."""
    if column is None:
        return "nothing"  # the table was signed anew without it; signing the draft will say so
    return f"{column.given} ({column.derivation})" if column.derivation != "none" else column.given
