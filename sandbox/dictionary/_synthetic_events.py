"""Lives and events: who has how many, when they begin and end, and which keys they carry."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from ._synthetic_plan import Plan

Days = npt.NDArray[np.float64]  # days since 1970-01-01, with fractions
Keys = npt.NDArray[np.int64]

WINDOW = (np.datetime64("2021-01-01"), np.datetime64("2025-01-01"))
FIRST, LAST = (float(day.astype("datetime64[D]").astype(int)) for day in WINDOW)
SOON_AGAIN = 0.4  # share of events that follow the one before within 45 days
DIED = 0.1
HIGHEST_PER_PATIENT = 60


@dataclasses.dataclass(frozen=True)
class Life:
    """One entry per patient: token, birth and death (not a number for the living) in days since 1970."""

    token: Keys
    birth: Days
    death: Days

    @classmethod
    def make(cls, patients: int, rng: np.random.Generator) -> Life:
        age = np.clip(rng.normal(62, 19, patients), 0.1, 99)
        age[rng.random(patients) < 0.08] *= 0.2  # some children
        death = np.where(rng.random(patients) < DIED, rng.uniform(FIRST + 365, LAST, patients), np.nan)
        return cls(token=fresh_keys(patients, rng), birth=np.floor(FIRST - age * 365.25), death=death)

    def last(self, patient: npt.NDArray[np.int64]) -> Days:
        """The last day on which something can happen to each of these patients."""
        return np.where(np.isnan(self.death[patient]), LAST, self.death[patient])


@dataclasses.dataclass(frozen=True)
class Rows:
    """The rows of one table before its columns: whose they are, when they were, their keys by domain.

    `position` counts the rows of one parent from 1: the principal diagnosis is the first.
    """

    count: int
    life: Life | None
    patient: npt.NDArray[np.int64]
    start: Days
    stop: Days
    keys: dict[str, Keys]
    position: npt.NDArray[np.int64] | None = None


def fresh_keys(count: int, rng: np.random.Generator) -> Keys:
    """`count` different random tokens; below 2**53, because a column with nulls becomes float64 in pandas."""
    keys = np.unique(rng.integers(2**52, 2**53, count + 16))
    return rng.permutation(keys)[:count]


def standalone_rows(count: int, owns: Iterable[str], rng: np.random.Generator) -> Rows:
    """Rows that belong to nobody: wards, codes."""
    days = rng.uniform(FIRST, LAST, count)
    return Rows(
        count=count,
        life=None,
        patient=np.full(count, -1),
        start=days,
        stop=days,
        keys={domain: fresh_keys(count, rng) for domain in owns},
    )


def patient_rows(life: Life, owns: Iterable[str], rng: np.random.Generator) -> Rows:
    """One row per patient."""
    count = len(life.token)
    keys = {domain: fresh_keys(count, rng) for domain in owns if domain != "patient"}
    patient = np.arange(count)
    first = rng.uniform(FIRST, FIRST + 0.6 * (life.last(patient) - FIRST))
    return Rows(
        count=count,
        life=life,
        patient=patient,
        start=first,
        stop=life.last(patient),
        keys={**keys, "patient": life.token},
    )


def rows_below(parent: Rows, plan: Plan, life: Life, made: dict[str, Rows], rng: np.random.Generator) -> Rows:
    """Rows that belong to rows of `parent`, inside their time, carrying their keys."""
    number = _numbers(parent.count, plan.per_parent, plan.below_patients, rng)
    belongs = np.repeat(np.arange(parent.count), number)
    patient = parent.patient[belongs]
    if plan.below_patients:
        start, stop, keep = _sequence(number, life, patient, rng)
        belongs, patient, start, stop = belongs[keep], patient[keep], start[keep], stop[keep]
    else:
        start, stop = _inside(parent.start[belongs], parent.stop[belongs], rng)
    keys = {domain: values[belongs] for domain, values in parent.keys.items()}
    keys.update({domain: fresh_keys(len(belongs), rng) for domain in plan.owns})
    for domain in {column.domain for column in plan.table.columns if column.domain} - set(keys):
        keys[domain] = _borrow(domain, plan.table.source, patient, made, rng)
    position = np.arange(len(belongs)) - np.searchsorted(belongs, belongs, "left") + 1
    return Rows(count=len(belongs), life=life, patient=patient, start=start, stop=stop, keys=keys, position=position)


def _numbers(parents: int, mean: float, below_patients: bool, rng: np.random.Generator) -> npt.NDArray[np.int64]:
    if 0.95 <= mean <= 1.05:
        return np.ones(parents, dtype=np.int64)
    if below_patients and mean > 1:  # some have many, everyone has one
        many = rng.poisson(rng.gamma(1.5, (mean - 1) / 1.5, parents)) + 1
        return np.minimum(many, HIGHEST_PER_PATIENT)
    return rng.poisson(mean, parents)


def _sequence(
    number: npt.NDArray[np.int64], life: Life, patient: npt.NDArray[np.int64], rng: np.random.Generator
) -> tuple[Days, Days, npt.NDArray[np.bool_]]:
    """One event after the other for each patient; what would begin after the end is dropped."""
    count = len(patient)
    length = np.minimum(rng.lognormal(1.2, 0.8, count), 40.0)
    soon = rng.random(count) < SOON_AGAIN
    gap = np.where(soon, rng.uniform(0.3, 45, count), rng.uniform(45, 300, count))
    first = np.repeat(np.cumsum(number) - number, number)  # index of each patient's first event
    step = gap + np.concatenate(([0.0], length[:-1]))
    is_first = np.arange(count) == first
    step[is_first] = rng.uniform(0, 0.6, int(is_first.sum())) * (life.last(patient[is_first]) - FIRST)
    total = np.cumsum(step)
    start = FIRST + total - total[first] + step[first] if count else total
    last = life.last(patient)
    return start, np.minimum(start + length, last), start < last


def _inside(start: Days, stop: Days, rng: np.random.Generator) -> tuple[Days, Days]:
    length = np.maximum(stop - start, 0.0)
    begin = start + length * rng.uniform(0, 0.9, len(start))
    return begin, begin + (stop - begin) * rng.uniform(0, 0.6, len(start))


def _borrow(
    domain: str, source: str, patient: npt.NDArray[np.int64], made: dict[str, Rows], rng: np.random.Generator
) -> Keys:
    """Keys of a domain that another table made: one of the same patient where there is one."""
    owner = _owner(domain, source, made)
    if owner is None or owner.count == 0:
        return fresh_keys(len(patient), rng)
    values = owner.keys[domain]
    order = np.argsort(owner.patient, kind="stable")
    low = np.searchsorted(owner.patient[order], patient, "left")
    high = np.searchsorted(owner.patient[order], patient, "right")
    chosen = low + np.floor(rng.random(len(patient)) * (high - low)).astype(np.int64)
    anyone = rng.integers(0, owner.count, len(patient))
    return values[np.where(high > low, order[np.minimum(chosen, owner.count - 1)], anyone)]


def _owner(domain: str, source: str, made: dict[str, Rows]) -> Rows | None:
    holders: list[Any] = [rows for name, rows in made.items() if domain in rows.keys and name.startswith(f"{source}.")]
    return holders[0] if holders else None
