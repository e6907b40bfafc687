"""Whether the source still has what an approval reads: asked of the database itself, before a run is reserved.

The signed dictionary says how a column was. When its database has changed since and nobody has looked again, the
program would fail halfway, or read something else than was reviewed; so the run is refused, and none is used up.
"""

from __future__ import annotations

from collections.abc import Mapping

from sandbox.checks.facts import ColumnSchema
from sandbox.checks.grant import columns_read
from sandbox.dictionary.types import same_type
from sandbox.errors import ApprovalRefused, QueryRefused
from sandbox.sources import Source

from .approved import Approved


def check_still_there(approved: Approved, sources: Mapping[str, Source]) -> None:
    """Return when every column that the approval reads is there with its signed type, or raise `ApprovalRefused`."""
    signed = {table.full_name.lower(): table for table in approved.dictionary.tables}
    for name in approved.approval.grant.tables:
        read = columns_read(approved.approval.grant, name)
        facts = approved.schema.tables[name]
        types = {column.name.lower(): column.type for column in signed[name].columns}
        _check_table(sources[name.partition(".")[0]], name, facts.physical, read, facts.every_column, types)


def _check_table(
    source: Source,
    name: str,
    physical: tuple[str, ...],
    read: tuple[str, ...],
    columns: Mapping[str, ColumnSchema],
    types: Mapping[str, str],
) -> None:
    paths = [columns[column].physical or column for column in read]
    try:
        found = source.types(physical, paths)
    except QueryRefused:
        raise _changed(_missing(source, name, physical, dict(zip(read, paths, strict=True)))) from None
    for column, kind in zip(read, found, strict=True):
        if not same_type(kind, types[column]):
            was = types[column].lower()
            raise _changed(f"{name}.{column} was signed as {was} and is {kind.lower()} in the source now")


def _missing(source: Source, name: str, physical: tuple[str, ...], paths: Mapping[str, str]) -> str:
    """Which of the columns is gone, or that the table is."""
    for column, path in paths.items():
        try:
            source.types(physical, [path])
        except QueryRefused:
            try:
                source.types(physical, [])
            except QueryRefused:
                return f"{name} is not in the source any more"
            return f"{name}.{column} is not in the source any more"
    return f"{name} is not in the source any more"


def _changed(what: str) -> ApprovalRefused:
    return ApprovalRefused(
        f"{what}, so the program would not do what was approved.",
        "Nothing was run, and no run is used up. Look at the source again and sign the table as it is now.",
    )
