"""An age from a difference of years, or from days divided by 365."""

from __future__ import annotations

from collections.abc import Iterator

from sandbox.checks.clinical._events import Aged, Reading
from sandbox.checks.clinical._flag import warn
from sandbox.checks.clinical._words import is_named
from sandbox.checks.facts import Flag


def age_by_year(reading: Reading) -> Iterator[Flag]:
    for event in reading.events:
        if isinstance(event, Aged):
            born = event.earlier.full_name
            how = "by days divided by 365" if event.how == "days" else "by the difference of two years"
            off = "some days early, more with each leap year" if event.how == "days" else "up to a year too high"
            reason = f"The age from {born} is computed {how}, which is {off}."
            yield warn("age_by_year", event.line, reason, _instead(reading))


def _instead(reading: Reading) -> str:
    known = [
        f"{table}.{name}"
        for table, facts in (reading.schema.tables if reading.schema else {}).items()
        for name in facts.columns
        if is_named("age", name)
    ]
    if known:
        return f"Use the age that the dictionary has ({known[0]})."
    return (
        "Take one year off before the birthday; where only a birth year is given, say that ages are by calendar year."
    )
