"""A rate whose divisor is not what its numerator was taken from."""

from __future__ import annotations

from collections.abc import Iterator

from sandbox.checks.clinical._columns import Frame, Number
from sandbox.checks.clinical._events import Divided, Reading
from sandbox.checks.clinical._flag import warn
from sandbox.checks.facts import Flag

RULE = "denominator"
_COUNTS = ("rows", "patients", "keys", "share", "present")


def denominator(reading: Reading) -> Iterator[Flag]:
    for event in reading.events:
        if not isinstance(event, Divided) or event.top.what not in _COUNTS or event.bottom.what not in _COUNTS:
            continue
        if event.top.what == "patients" and event.bottom.what == "rows" and not _per_patient(event.bottom):
            reason = (
                "The numerator counts patients once, the denominator counts rows, of which a patient can have several."
            )
            yield warn(RULE, event.line, reason, "Divide by the number of distinct patients of the same rows.")
        elif (found := _other(event.top, event.bottom)) is not None:
            yield warn(RULE, event.line, found, "Divide by the rows that the numerator was filtered from.")


def _per_patient(number: Number) -> bool:
    return number.frame is not None and number.frame.per_patient


def _other(top: Number, bottom: Number) -> str | None:
    """Why the divisor is not the numerator's cohort; None when it is, or nothing is known."""
    one, other = top.frame, bottom.frame
    if one is None or other is None or not _is_known(one) or not _is_known(other):
        return None
    chain = list(one.chain())
    if _among(other, chain[:2]) or (top.what == "share" and _among(other, chain[:1])):
        return None
    if _among(other, chain):
        return "The divisor counts rows that were left out before the numerator was chosen: it is not the cohort."
    if _among(one, list(other.chain())):
        return None  # a ratio above one, of a whole to its part
    if chain[-1].mark != list(other.chain())[-1].mark:
        return "The divisor counts rows of another query than the one that the numerator was taken from."
    return None


def _is_known(frame: Frame) -> bool:
    return bool(frame.columns) or frame.parent is not None


def _among(frame: Frame, frames: list[Frame]) -> bool:
    return any(frame.mark == one.mark for one in frames)
