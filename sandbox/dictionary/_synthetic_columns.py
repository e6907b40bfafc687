"""What stands in each column: keys, dates, signed values, reference codes, and otherwise plain invention."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from sandbox.checks.facts import ANCHORED

from ._synthetic_dates import date_values, is_date, years_old
from ._synthetic_events import Rows
from .model import Column, ReferenceRows
from .schema import key_role
from .types import family, made_type
from .words import words_of

if TYPE_CHECKING:
    import pyarrow as pa

    from ._synthetic_plan import Plan

PLANTED = 0.35
RUNNING = frozenset(("rank", "sequence", "line", "ordinal", "position"))
Array = npt.NDArray[Any]


class Literals:
    """The literals of a program, and which of some options they mean."""

    def __init__(self, literals: Iterable[str | int | float]) -> None:
        texts = [str(literal) for literal in literals]
        self._exact = frozenset(texts)
        self._patterns = [_like(text) for text in texts if re.search(r"[^%_][%_]|[%_][^%_]", text)]

    def among(self, options: Sequence[str]) -> list[int]:
        """Places of those options that a literal names, or that a LIKE pattern of the program meets."""
        return [i for i, option in enumerate(options) if self._means(option)]

    def _means(self, option: str) -> bool:
        return option in self._exact or any(pattern.fullmatch(option) for pattern in self._patterns)


def _like(pattern: str) -> re.Pattern[str]:
    parts = {"%": ".*", "_": "."}
    return re.compile("".join(parts.get(c, re.escape(c)) for c in pattern), re.DOTALL)


def column_array(
    column: Column,
    plan: Plan,
    rows: Rows,
    reference: ReferenceRows | None,
    made: Mapping[str, pa.Table],
    literals: Literals,
    rng: np.random.Generator,
) -> pa.Array:
    """The column's values for `rows`, of the type that the dictionary states."""
    import pyarrow as pa

    target = made_type(column)
    if reference is not None and column.name in reference.columns:
        place = reference.columns.index(column.name)
        return _cast(pa.array([row[place] or None for row in reference.rows], pa.string()), target)
    if column.domain in rows.keys and key_role(column) != "none":
        return _cast(_keys(column, plan, rows, rng), target)
    if column.derivation in ANCHORED:
        return _cast(_with_nulls(_counted(column, rows, rng), column, rng), target)
    if is_date(column):
        return _cast(_with_nulls(date_values(column, rows, rng), column, rng), target)
    if rows.position is not None and family(column.type) == "number" and set(words_of(column.name)) & RUNNING:
        return _cast(pa.array(rows.position), target)
    options = _options(column, plan, made)
    if options is not None and len(options):
        values = options.take(pa.array(_choose(options, rows.count, literals, rng)))
        return _cast(_with_nulls(values, column, rng), target)
    return _cast(_with_nulls(_invented(column, target, rows, rng), column, rng), target)


def _keys(column: Column, plan: Plan, rows: Rows, rng: np.random.Generator) -> pa.Array:
    """The row's key of that domain. A second column of a domain refers to another: the one before, a mother."""
    import pyarrow as pa

    keys = rows.keys[column.domain]
    same = [other.name for other in plan.table.columns if other.domain == column.domain and key_role(other) != "none"]
    if column.name == same[0]:
        return pa.array(keys)
    before = np.roll(keys, 1)
    missing = (np.roll(rows.patient, 1) != rows.patient) | (before == keys)
    if column.column_class == "patient_key":
        before, missing = rng.permutation(keys), rng.random(rows.count) < 0.5
    return pa.array(before, mask=missing)


def _options(column: Column, plan: Plan, made: Mapping[str, pa.Table]) -> pa.Array | None:
    """What the column may hold, from the table it joins to or from its signed values."""
    import pyarrow as pa

    for join in plan.table.joins:
        target = made.get(join.to_table)
        if join.column == column.name and target is not None and join.to_column in target.column_names:
            found = target.column(join.to_column).combine_chunks().drop_null()
            return found if len(found) else None
    return pa.array(column.values, pa.string()) if column.values else None


def _choose(options: pa.Array, count: int, literals: Literals, rng: np.random.Generator) -> Array:
    """Places in `options`: the first ones more often, and in a third of the rows what the program looks for.

    Planting draws from a generator of its own, so that other literals change no other row and no other column.
    """
    weights = 1.0 / (np.arange(len(options)) + 3.0)
    chosen = rng.choice(len(options), count, p=weights / weights.sum())
    planting = rng.spawn(1)[0]
    planted = literals.among([str(option) for option in options.to_pylist()])
    if planted and len(planted) < len(options):
        chosen = np.where(planting.random(count) < PLANTED, planting.choice(planted, count), chosen)
    return chosen


def _with_nulls(values: Any, column: Column, rng: np.random.Generator) -> pa.Array:
    import pyarrow as pa
    import pyarrow.compute as pc

    array = values if isinstance(values, pa.Array) else pa.array(values)
    if not column.nullable or not column.null_share:
        return array
    return pc.if_else(pa.array(rng.random(len(array)) >= column.null_share), array, pa.scalar(None, array.type))


def _counted(column: Column, rows: Rows, rng: np.random.Generator) -> Array:
    """Ages when the row begins, and a few days after whatever they are counted from."""
    if column.derivation == "age_at":
        ages = years_old(rows) if rows.life is not None else rng.integers(0, 95, rows.count)
        return np.minimum(ages, 90)
    return rng.poisson(3, rows.count)


def _invented(column: Column, target: pa.DataType, rows: Rows, rng: np.random.Generator) -> Array:
    kind, words = family(column.type), set(words_of(column.name))
    if kind == "boolean":
        return rng.random(rows.count) < 0.3
    if kind == "number":
        return _numbers(column, words, rows, rng)
    if "zip" in words or "postcode" in words:
        return np.char.zfill(rng.integers(501, 99951, rows.count).astype(str), 5)
    if words & {"flag", "indicator"} or re.search(r"CHAR\(1\)", column.type.upper()):
        return rng.choice(["Y", "N"], rows.count)
    if str(target) == "time64[us]":
        return rng.integers(0, 86_400, rows.count) * 1_000_000
    if str(target) == "binary":
        return np.array([b""] * rows.count, dtype=object)
    return np.char.add(f"{column.name} ", rng.integers(1, 6, rows.count).astype(str))


def _numbers(column: Column, words: set[str], rows: Rows, rng: np.random.Generator) -> Array:
    count = rows.count
    low, high = _number(column.low), _number(column.high)
    if "age" in words and rows.life is not None:
        return years_old(rows)
    if low is not None and high is not None:
        values = rng.triangular(low, (low * 2 + high) / 3, high, count) if high > low else np.full(count, low)
    elif "year" in words:
        values = rng.integers(2021, 2025, count).astype(float)
    elif words & {"percent", "share", "fraction", "ratio"}:
        values = rng.uniform(0, 100, count)
    elif words & {"count", "number", "quantity", "day", "length"}:
        values = rng.poisson(3, count).astype(float)
    elif words & {"amount", "cost", "charge", "price", "paid"}:
        values = rng.lognormal(6, 1, count)
    else:
        values = np.abs(rng.normal(50, 25, count))
    return np.round(values, 2)


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:  # a range of dates, or none
        return None


def _cast(values: Any, target: pa.DataType) -> pa.Array:
    """`values` as `target`; a signed value that does not fit the type becomes null."""
    import pyarrow as pa
    import pyarrow.compute as pc

    array = values if isinstance(values, pa.Array) else pa.array(values)
    if array.type == target:
        return array
    if pa.types.is_string(array.type) and not pa.types.is_string(target):
        return _parse(array, target)
    if pa.types.is_floating(array.type) and pa.types.is_integer(target):
        array = pc.round(array)
    if pa.types.is_decimal(target):
        return pc.round(array.cast(pa.float64()), target.scale).cast(target, safe=False)
    return array.cast(target, safe=False)


def _parse(texts: pa.Array, target: pa.DataType) -> pa.Array:
    import pyarrow as pa

    distinct = texts.dictionary_encode()
    parsed = [_parsed(text, target) for text in distinct.dictionary.to_pylist()]
    return pa.array(parsed, target).take(distinct.indices)


def _parsed(text: str | None, target: pa.DataType) -> Any:
    import pyarrow as pa

    try:
        return pa.array([text], pa.string()).cast(target)[0].as_py()
    except pa.ArrowInvalid:
        return None
