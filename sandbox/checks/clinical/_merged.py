"""A merge of two tables of rows: the same fact as a JOIN."""

from __future__ import annotations

from dataclasses import replace
from typing import Protocol

from sandbox.checks.clinical._columns import Col, Frame

_ONE_RIGHT = ("one_to_one", "1:1", "many_to_one", "m:1")
_ONE_LEFT = ("one_to_one", "1:1", "one_to_many", "1:m")


class Given(Protocol):
    def texts(self, name: str, place: int | None = None) -> tuple[str, ...] | None: ...
    def text(self, name: str, place: int | None = None) -> str: ...


def merged(left: Frame, right: object, given: Given, start: int) -> Frame:
    """`left.merge(right, how, on, …)`; `start` is the place of `how` among the arguments."""
    if not isinstance(right, Frame):
        return replace(left, whole=False)
    how = given.text("how", start) or "inner"
    both = given.texts("on", start + 1)
    on_left = set(both or given.texts("left_on", start + 2) or set(left.columns) & set(right.columns))
    on_right = set(both or given.texts("right_on", start + 3) or set(left.columns) & set(right.columns))
    validated = given.text("validate")
    many_right = right.is_unique(on_right) is False and validated not in _ONE_RIGHT
    many_left = left.is_unique(on_left) is False and validated not in _ONE_LEFT
    suffixes = given.texts("suffixes") or ("_x", "_y")
    mine = left.multiplied(_called(right)) if many_right else left
    theirs = right.multiplied("" if right.per_patient else _called(left)) if many_left else right
    if how in ("left", "outer"):
        theirs = replace(theirs, columns={n: replace(c, optional=True) for n, c in theirs.columns.items()})
    columns = _columns(mine, theirs, on_left & on_right, suffixes)
    kept = how == "left" and not many_right
    return Frame(
        columns=columns,
        unique=_unique(mine, theirs, many_left, many_right),
        repeats=mine.repeats | theirs.repeats,
        table=left.table,
        whole=left.whole and right.whole,
        parent=left.parent if kept else left,
        mark=left.mark if kept else Frame().mark,
    )


def _unique(mine: Frame, theirs: Frame, many_left: bool, many_right: bool) -> tuple[frozenset[str], ...]:
    keys = () if many_right else mine.unique
    return (*keys, *(() if many_left else theirs.unique))


def _called(frame: Frame) -> str:
    tables = {col.table for col in frame.columns.values() if col.table}
    return tables.pop() if len(tables) == 1 else frame.table or "the merged rows"


def _columns(mine: Frame, theirs: Frame, shared: set[str], suffixes: tuple[str, ...]) -> dict[str, Col]:
    columns: dict[str, Col] = {}
    for side, other, suffix in ((mine, theirs, suffixes[0]), (theirs, mine, suffixes[-1])):
        for name, col in side.columns.items():
            if name in shared:
                columns.setdefault(name, replace(col, optional=False))
            elif name in other.columns:
                columns[name + suffix] = replace(col, name=name + suffix)
            else:
                columns[name] = col
    return columns
