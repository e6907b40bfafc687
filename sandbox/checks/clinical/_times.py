"""Two times held against each other: differences, windows, ages. Shared by SQL and pandas."""

from __future__ import annotations

from dataclasses import replace

from sandbox.checks.clinical._columns import Col
from sandbox.checks.clinical._events import Aged, Windowed
from sandbox.checks.clinical._words import is_about

_TIMES = ("DATE", "TIMESTAMP", "DATETIME")
TURNED = {"<": ">", "<=": ">=", ">": "<", ">=": "<=", "=": "=", "<>": "<>"}
_SIDES = {"<": "upper", "<=": "upper", ">": "lower", ">=": "lower", "=": "both", "between": "both"}


def is_time(col: Col) -> bool:
    """Whether its values are dates or times, as far as is known."""
    if col.later is not None or col.made in ("days", "years", "count"):
        return False
    if col.made in ("next", "previous", "shifted", "", "min", "max", "filled") and col.schema is not None:
        return col.schema.type.upper().startswith(_TIMES) and col.schema.derivation in ("none", "month")
    return is_about("time", col) or any(is_time(one) for one in col.of)


def difference(later: Col, earlier: Col, name: str = "", made: str = "days") -> Col:
    """The time from `earlier` to `later`."""
    return Col(
        name=name or f"{later.name} - {earlier.name}",
        made=made,
        of=(later, earlier),
        later=later,
        earlier=earlier,
        many=later.many and earlier.many,
    )


def shifted(col: Col) -> Col:
    """The same time plus or minus a span."""
    return replace(col, made="shifted", of=(col,))


def unshifted(col: Col) -> Col:
    return col.of[0] if col.made == "shifted" and col.of else col


def window_of_span(line: int, col: Col, op: str) -> Windowed | None:
    """A difference of times compared with a length."""
    if col.later is None or col.earlier is None or op not in _SIDES:
        return None
    return Windowed(line, col.later, col.earlier, _SIDES[op], op in ("<", ">"))


def window_of_times(line: int, left: Col, op: str, right: Col) -> Windowed | None:
    """Two times compared: `left <= right + 30 days` is an upper bound of the time from right to left."""
    if op == "<>":
        return Windowed(line, left, right, "apart")
    if op not in TURNED or not (is_time(left) and is_time(right)):
        return None
    if left.made == "shifted" and right.made != "shifted":
        left, op, right = right, TURNED[op], left
    strict = op in ("<", ">")
    if right.made == "shifted" and op in ("<", "<="):
        return Windowed(line, left, unshifted(right), "upper", strict)
    if op in (">", ">="):
        return Windowed(line, left, unshifted(right), "lower", strict)
    if op in ("<", "<="):
        return Windowed(line, right, left, "lower", strict)
    return Windowed(line, left, right, "both")


def age(line: int, later: Col | None, earlier: Col, how: str) -> Aged | None:
    """Years since a birth, if it is one."""
    return (
        Aged(line, later, earlier, how) if any(is_about("birth", one) for one in (earlier, *earlier.roots())) else None
    )
