"""Reading reference tables whole: codes and their meanings, no patient in them."""

from __future__ import annotations

from sandbox.sources.catalog import quoted
from sandbox.sources.source import Source

from ._profile import Looked
from .classify import settle_kind
from .model import Column, ReferenceRows, Table
from .propose import physical_name
from .rules import kind_of
from .samples import LONGEST_LABEL
from .schema import key_role, usable
from .types import family

MOST_ROWS = 5000
LONGEST_MEANING = 300
SAFE = ("plain", "key")


def read_references(source: Source, table: Table, looked: Looked) -> ReferenceRows | None:
    """The table's rows as text where it is a reference table of at most 5,000 rows, else None."""
    columns = [column for column in table.columns if usable(column) and column.column_class in SAFE]
    if not _is_reference(table, looked, columns):
        return None
    names = ", ".join(f"CAST({quoted(physical_name(column))} AS VARCHAR)" for column in columns)
    first = quoted(physical_name(columns[0]))
    answer = source.read(f"SELECT {names} FROM {quoted(*table.physical)} ORDER BY {first}").read_all()
    texts = [column.to_pylist() for column in answer.columns]
    rows = tuple(tuple((value or "")[:LONGEST_MEANING] for value in row) for row in zip(*texts, strict=True))
    return ReferenceRows(table=table.full_name, columns=tuple(column.name for column in columns), rows=rows)


def _is_reference(table: Table, looked: Looked, columns: list[Column]) -> bool:
    """Whether the table may be read whole.

    1. It is named, or built, like a list of codes.
    2. No patient, event or person is in it.
    3. It has a short code per row, and words.
    """
    kind = settle_kind(kind_of(looked.table.name), looked.table.columns, ())
    clean = all(
        key_role(one) == "none" and one.column_class not in ("direct_identifier", "staff") for one in table.columns
    )
    coded = any(looked.is_unique(physical_name(one)) and _is_short(looked, one) for one in columns)
    worded = any(family(one.type) == "text" for one in columns)
    return kind == "reference" and clean and coded and worded and 0 < looked.rows <= MOST_ROWS


def _is_short(looked: Looked, column: Column) -> bool:
    sample = looked.samples.get(physical_name(column))
    return sample is not None and all(len(value) <= LONGEST_LABEL for value in sample.values)
