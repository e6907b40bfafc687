"""An outcome counted from the wrong day, or in a window without a beginning."""

from __future__ import annotations

from collections.abc import Iterator

from sandbox.checks.clinical._columns import Col
from sandbox.checks.clinical._events import Reading, Windowed
from sandbox.checks.clinical._flag import warn
from sandbox.checks.clinical._words import is_about, says
from sandbox.checks.facts import Flag

RULE = "outcome_anchor"


def outcome_anchor(reading: Reading) -> Iterator[Flag]:
    windows = [event for event in reading.events if isinstance(event, Windowed)]
    for event in windows:
        if event.side in ("upper", "both") and (found := _wrong_anchor(event, reading)):
            yield warn(RULE, event.line, *found)
        elif event.side == "upper" and not _is_next(event.later) and _is_open(event, windows):
            reason = (
                f"The time from {event.earlier.name} to {event.later.name} has an upper limit only, so events before "
                f"{event.earlier.name} are in the window too."
            )
            yield warn(RULE, event.line, reason, f"Require {event.later.name} > {event.earlier.name} as well.")
        elif event.side == "lower" and not event.strict and _is_itself(event, windows):
            reason = (
                f"{event.later.full_name} is held against the same column of a joined row without excluding that row, "
                "so the index event is its own outcome."
            )
            yield warn(RULE, event.line, reason, "Require another key (a.key <> b.key), or a later time (>).")


def _wrong_anchor(event: Windowed, reading: Reading) -> tuple[str, str] | None:
    if not _is("admission", event.earlier) or _is("discharge", event.earlier):
        return None
    is_death = _is("death", event.later)
    is_again = _is_next(event.later) or _is("again", event.later)
    if is_death and says("after_discharge", reading.words):
        what = "Deaths after discharge"
    elif is_again and (_is("admission", event.later) or says("readmission", reading.words)):
        what = "Readmissions"
    else:
        return None
    reason = f"{what} are counted from {event.earlier.name}, so a long stay uses up the days of its own window."
    return reason, f"Count the days from the discharge to {event.later.name}."


def _is(kind: str, col: Col) -> bool:
    return any(is_about(kind, one) for one in (col, *col.roots()))


def _is_next(col: Col) -> bool:
    return col.made == "next" or any(_is_next(one) for one in col.of)


def _is_open(event: Windowed, windows: list[Windowed]) -> bool:
    """Both sides may have several rows for each other, and nothing says which comes first."""
    if not (_many(event.later) and _many(event.earlier)):
        return False
    ends = _ends(event)
    return not any(other.side in ("lower", "both") and _ends(other) == ends for other in windows)


def _is_itself(event: Windowed, windows: list[Windowed]) -> bool:
    one, other = _root(event.later), _root(event.earlier)
    is_same = bool(one.table) and (one.table, one.source) == (other.table, other.source)
    is_told_apart = any(window.side == "apart" for window in windows)
    return is_same and bool(_many(event.later)) and bool(_many(event.earlier)) and not is_told_apart


def _many(col: Col) -> str:
    return col.many or next((root.many for root in col.roots() if root.many), "")


def _ends(event: Windowed) -> tuple[str, str]:
    return _root(event.later).full_name, _root(event.earlier).full_name


def _root(col: Col) -> Col:
    return next(col.roots(), col)
