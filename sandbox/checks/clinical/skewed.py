"""A mean, a standard deviation or a t-test of something with a long tail, and no median beside it."""

from __future__ import annotations

from collections.abc import Iterator

from sandbox.checks.clinical._columns import Col
from sandbox.checks.clinical._events import Aggregated, Reading
from sandbox.checks.clinical._flag import warn
from sandbox.checks.clinical._words import is_about
from sandbox.checks.facts import Flag

_MEANS = {"mean": "mean", "std": "standard deviation", "ttest": "t-test"}


def mean_of_skewed(reading: Reading) -> Iterator[Flag]:
    found = [event for event in reading.events if isinstance(event, Aggregated)]
    medians = [event.col for event in found if event.how in ("median", "ranks", "quantile")]
    told: set[tuple[str, ...]] = set()
    for event in found:
        if event.step or event.how not in _MEANS or not (name := skewed(event.col)):
            continue
        if any(_same(event.col, other) for other in medians) or (key := _key(event.col)) in told:
            continue
        told.add(key)
        reason = f"The {_MEANS[event.how]} of {name} is reported without a median; a few long values decide it."
        instead = "Report the median with its quartiles too, and compare groups by ranks or on a log scale."
        yield warn("mean_of_skewed", event.line, reason, instead)


def skewed(col: Col) -> str:
    """The name under which it is known to have a long tail, "" when it isn't."""
    if col.made in ("count", "condition", "difference", "year", "hour", "month"):
        return ""
    if is_about("skewed", col) and not is_about("share", col):
        return col.full_name
    if col.earlier is not None and col.later is not None and col.made == "days":
        starts = [
            one for one in (col.earlier, *col.earlier.roots()) if is_about("admission", one) or is_about("begin", one)
        ]
        ends = [one for one in (col.later, *col.later.roots()) if is_about("discharge", one) or is_about("end", one)]
        if starts and ends:
            return col.name or "a length of stay"
    if col.made in ("computed", "filled", "mean", "sum"):
        return next((name for one in col.of if (name := skewed(one))), "")
    return ""


def _key(col: Col) -> tuple[str, ...]:
    roots = tuple(sorted({root.full_name for root in col.roots()}))
    return roots or (col.name,)


def _same(one: Col, other: Col) -> bool:
    return one.name == other.name != "" or _key(one) == _key(other)
