"""A left join that a filter turns into an inner one."""

from __future__ import annotations

from collections.abc import Iterator

from sandbox.checks.clinical._events import Narrowed, Reading
from sandbox.checks.clinical._flag import warn
from sandbox.checks.facts import Flag


def left_join_made_inner(reading: Reading) -> Iterator[Flag]:
    for event in reading.events:
        if isinstance(event, Narrowed):
            col = event.optional[0]
            reason = (
                f"{col.full_name} comes from the right side of a left join, and this filter drops every row that "
                "found no partner there."
            )
            instead = (
                "Put the condition into the ON (or filter before the merge), or write an inner join if that is meant."
            )
            yield warn("left_join_made_inner", event.line, reason, instead)
