"""A date written into a program that has the dates of its period as parameters."""

from __future__ import annotations

from collections.abc import Iterator

from sandbox.checks.clinical._events import Dated, Reading
from sandbox.checks.clinical._flag import warn
from sandbox.checks.clinical._query_events import DATE
from sandbox.checks.clinical._words import clinical_file
from sandbox.checks.facts import Flag


def date_beside_parameters(reading: Reading) -> Iterator[Flag]:
    period = sorted(
        found[1] for value in reading.parameters.values() if isinstance(value, str) and (found := DATE.match(value))
    )
    if len(period) < 2:
        return
    for event in reading.events:
        if not isinstance(event, Dated) or event.date in clinical_file().never or event.date in period:
            continue
        if not period[0] <= event.date <= period[-1]:
            reason = f"The date {event.date} lies outside the period of the parameters, {period[0]} to {period[-1]}."
        elif event.bounds:
            reason = f"The date {event.date} decides which rows stay, beside the period of the parameters."
        else:
            continue
        instead = "Compute it from the parameters, or make it a parameter, so that another period changes it too."
        yield warn("date_beside_parameters", event.line, reason, instead)
