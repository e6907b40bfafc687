"""Columns that have no name but their place in the file, as readers give where a file has no header row.

is_place("column04", "VARCHAR")      # True: what is in it, nobody has said
without_header(tables)               # tables that are nothing but such columns, as far as a look can tell
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from .model import Table
from .types import family

# DuckDB, Spark, pandas, R and spreadsheets, in this order; `_` where they leave it or not.
_PLACE = re.compile(
    r"col(?:umn)?_?\d+|_c(?:ol)?_?\d+|unnamed[:_ ]*\d+(?:_level_\d+)?|\.{3}\d+|(?:field|spalte)_?\d+", re.I
)
# Also short names of measurements (C3, V1, F8), so only where they are no numbers.
_PLACE_OR_SIGN = re.compile(r"(?:[cfvx]|var)_?\d+", re.I)
MOST = 2 / 3  # of the columns: some readers name a column so that has no name of its own
REASON = "its name is only its place in the file: nobody has said what is in it"


def is_place(name: str, sql_type: str) -> bool:
    """Whether the name says where the column stands, and nothing else."""
    if is_readers_name(name):
        return True
    return family(sql_type) != "number" and _PLACE_OR_SIGN.fullmatch(name.strip()) is not None


def is_readers_name(name: str) -> bool:
    """Whether a reader of files gave the name: then few values shared by many make the column no plain one, either."""
    return _PLACE.fullmatch(name.strip()) is not None


def without_header(tables: Iterable[Table]) -> list[Table]:
    """The tables whose file seems to have no header row."""
    return [table for table in tables if len(table.columns) > 1 and _places(table) >= MOST * len(table.columns)]


def _places(table: Table) -> int:
    return sum(is_place(column.physical or column.name, column.type) for column in table.columns)
