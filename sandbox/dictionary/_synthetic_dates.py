"""Which moment of a row each date column holds: birth, death, begin, end, or something between."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from sandbox.checks.facts import ANCHORED

from ._synthetic_events import FIRST, Days, Rows
from .model import Column
from .types import family
from .words import words_of

if TYPE_CHECKING:
    import pyarrow as pa

_ENDS = frozenset(
    ("discharge", "end", "ended", "stop", "stopped", "departure", "out", "until", "thru", "result", "resulted")
    + ("resolved", "resolution", "completed", "closed", "abatement", "expiration", "discontinued", "released")
    + ("verified", "reported", "finalized")
)
_LATER = frozenset(("update", "updated", "load", "loaded", "modified", "extract", "inserted", "created", "recorded"))
_BEGINS = frozenset(
    ("admission", "admit", "start", "started", "begin", "arrival", "onset", "order", "ordered", "requested", "from")
)


def is_date(column: Column) -> bool:
    """Dates by type, by class, and birth dates that are kept as text or as numbers."""
    if column.derivation in ANCHORED:
        return False
    return column.column_class == "date" or family(column.type) == "date"


def date_values(column: Column, rows: Rows, rng: np.random.Generator) -> pa.Array:
    """The column's moments, nulls for what never happened, in a shape that casts to the column's type."""
    import pyarrow as pa

    days = _moments(column, rows, rng)
    missing = np.isnan(days)
    whole = np.where(missing, 0, days)
    kind = family(column.type)
    if kind == "number":
        return pa.array(_as_numbers(column, whole), mask=missing)
    if kind != "date":
        return pa.array(np.floor(whole).astype("datetime64[D]").astype(str), pa.string(), mask=missing)
    if column.type.upper() == "DATE":
        return pa.array(np.floor(whole).astype("datetime64[D]"), mask=missing)
    minutes = np.round(whole * 1440).astype(np.int64)
    return pa.array(minutes.astype("datetime64[m]").astype("datetime64[us]"), mask=missing)


def years_old(rows: Rows) -> npt.NDArray[np.float64]:
    """Age in whole years when each row begins."""
    if rows.life is None:
        return np.zeros(rows.count)
    return np.floor((rows.start - rows.life.birth[rows.patient]) / 365.25)


def _moments(column: Column, rows: Rows, rng: np.random.Generator) -> Days:
    words = set(words_of(column.name))
    if rows.life is not None and "birth" in words:
        return rows.life.birth[rows.patient]
    if rows.life is not None and words & {"death", "deceased", "died"}:
        return rows.life.death[rows.patient]
    if words & _LATER:
        return np.where(np.isnan(rows.stop), rows.start, rows.stop) + rng.uniform(0, 2, rows.count)
    if words & _BEGINS and not words & {"discharge", "end", "stop", "out"}:
        return rows.start
    if words & _ENDS:
        return rows.stop
    return rows.start


def _as_numbers(column: Column, days: Days) -> Any:
    """A year, a month, a day, or a date written as the number 20230131."""
    words = set(words_of(column.name))
    dates = np.floor(days).astype("datetime64[D]")
    years = dates.astype("datetime64[Y]").astype(int) + 1970
    months = dates.astype("datetime64[M]").astype(int) % 12 + 1
    day = (dates - dates.astype("datetime64[M]")).astype(int) + 1
    if "year" in words or column.derivation == "year":
        return years
    if "month" in words:
        return months
    if "day" in words:
        return day
    if words & {"offset", "age"}:
        return np.floor(days - FIRST)
    return years * 10_000 + months * 100 + day
