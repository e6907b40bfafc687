"""Missing values that take part in a mean as zero, or in a share as "no"."""

from __future__ import annotations

from collections.abc import Iterator

from sandbox.checks.clinical._columns import Col
from sandbox.checks.clinical._events import Aggregated, Divided, Filled, Reading
from sandbox.checks.clinical._flag import warn
from sandbox.checks.facts import Flag

RULE = "nulls_as_zero"
_NUMBERS = (
    "INT",
    "BIGINT",
    "SMALLINT",
    "TINYINT",
    "DOUBLE",
    "FLOAT",
    "REAL",
    "DECIMAL",
    "NUMERIC",
    "HUGEINT",
    "NUMBER",
)
_AVERAGES = ("mean", "std", "median", "min", "ttest", "ranks")


def nulls_as_zero(reading: Reading) -> Iterator[Flag]:
    averaged = [event for event in reading.events if isinstance(event, Aggregated)]
    for event in reading.events:
        if (
            isinstance(event, Filled)
            and is_measured(event.col)
            and (event.averaged or _later_averaged(event, averaged))
        ):
            reason = f"Missing values of {_name(event.col)} become 0 and are averaged as if they had been measured."
            yield warn(RULE, event.line, reason, "Leave nulls out of the mean, and report how many there are.")
        elif isinstance(event, Divided) and event.top.what == "sum" and event.bottom.what == "rows":
            col = event.top.col
            if (
                col is not None
                and is_measured(col)
                and not col.present
                and not (col.schema and col.schema.key != "none")
            ):
                reason = f"The sum of {_name(col)} leaves nulls out, the number of rows counts them: they weigh as 0."
                yield warn(
                    RULE, event.line, reason, "Use the mean, or divide by the number of values that are not null."
                )
        elif isinstance(event, Aggregated) and event.how == "share-mean" and _may_be_null(event.col):
            reason = f"Rows where {_name(event.col)} is null count as a condition that is not met."
            yield warn(RULE, event.line, reason, "Keep the rows with a value first, and report how many have none.")


def is_measured(col: Col) -> bool:
    """A number as it was read from a table; a count that is missing is 0."""
    if col.made == "filled":
        return any(is_measured(one) for one in col.of)
    return (
        bool(col.table)
        and not col.made
        and not col.is_key
        and (col.schema is None or col.schema.type.upper().startswith(_NUMBERS))
    )


def _may_be_null(col: Col) -> bool:
    return is_measured(col) and col.schema is not None and col.schema.nulls > 0 and not col.present


def _later_averaged(event: Filled, averaged: list[Aggregated]) -> bool:
    names = {root.full_name for root in event.col.roots()} or {event.col.name}
    return any(
        one.how in _AVERAGES and _is_filled(one.col) and names & {root.full_name for root in one.col.roots()}
        for one in averaged
    )


def _is_filled(col: Col) -> bool:
    return col.made == "filled" or any(_is_filled(one) for one in col.of)


def _name(col: Col) -> str:
    return next((root.full_name for root in col.roots()), col.name)
