"""A join that can multiply rows, followed by a count, sum or mean of the side that is multiplied."""

from __future__ import annotations

from collections.abc import Iterator

from sandbox.checks.clinical._columns import Col
from sandbox.checks.clinical._events import Aggregated, Counted, Reading
from sandbox.checks.clinical._flag import warn
from sandbox.checks.facts import Flag

_CHANGED = ("mean", "sum", "std", "median", "count", "ttest", "ranks", "share-mean", "share-sum")


def row_multiplying_join(reading: Reading) -> Iterator[Flag]:
    for event in reading.events:
        if isinstance(event, Aggregated) and event.how in _CHANGED and (many := _many(event.col)):
            what = event.how.removeprefix("share-")
            reason = (
                f"The {what} of {_named(event.col)} is taken after a join with {many}, which can have several rows "
                "for each of its values."
            )
            yield warn("row_multiplying_join", event.line, reason, _instead(many, what))
        elif isinstance(event, Counted) and not event.fine and (many := _of_rows(event)):
            reason = (
                f"Rows are counted after a join with {many}, which can have several rows for each row joined to it."
            )
            yield warn("row_multiplying_join", event.line, reason, _instead(many, "count"))


def _many(col: Col) -> str:
    """What multiplies it; a value computed from several sides belongs to the finest of them."""
    if col.table or not col.of:
        return col.many
    if col.made in ("count", "row_number"):
        return ""
    found = [_many(one) for one in col.of]
    return found[0] if all(found) else ""


def _of_rows(event: Counted) -> str:
    return next((col.many for col in event.frame.columns.values() if col.many), "")


def _named(col: Col) -> str:
    return next((root.full_name for root in col.roots()), col.name or "a column")


def _instead(many: str, what: str) -> str:
    once = "count(DISTINCT key)" if what == "count" else "the value once per row"
    return f"Use {once}: reduce {many} to one row per key first, or ask with EXISTS."
