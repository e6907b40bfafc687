"""Names that stand for one thing each: of two columns of one name, a program would read the one nobody decided on."""

from __future__ import annotations

from collections.abc import Iterable

from sandbox.errors import RecordRefused

from .model import Table


def check_distinct(tables: Iterable[Table]) -> None:
    """`RecordRefused` when two of the tables, or two columns of one, have the same name in any case."""
    tables = list(tables)
    twice = _twice(table.full_name for table in tables)
    for table in tables:
        twice = twice or _twice(f"{table.full_name}.{column.name}" for column in table.columns)
    if twice:
        raise RecordRefused(f"{twice} is there twice in the dictionary.", "Look at the source again, then sign anew.")


def _twice(names: Iterable[str]) -> str:
    """The first name that is there a second time."""
    seen: set[str] = set()
    for name in names:
        if name.lower() in seen:
            return name
        seen.add(name.lower())
    return ""
