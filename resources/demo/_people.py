"""Made-up people: who they are, what they have, and when they die.

    people = make_people(random, first=0, count=2000, seed=1)

Identifiers are of kinds that belong to nobody: telephone numbers 555-01xx, e-mail at example.org, social
security numbers of the 900 series outside the ranges given out to taxpayers.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np

from ._calendar import DAY, END_DAY, START, START_DAY, YEARS
from ._data import Bools, Floats, Ints, choose, column, numbers, rows

NEVER = np.inf
# Having one of these makes the other more likely; the factors keep the totals near the prevalence in chronic.csv.
LINKED = {"HF": {"CAD": 2.2, "HTN": 1.5, "DM": 1.3}, "CKD": {"DM": 1.8, "HTN": 1.4}, "CAD": {"SMOKER": 1.5, "DM": 1.3}}
LINKED_BASE = {"HF": 0.80, "CKD": 0.70, "CAD": 0.80}
DEADLY = {"HF": 1.2, "CANCER": 1.6, "COPD": 0.7, "CKD": 0.5, "DEMENTIA": 0.8}


@dataclass(frozen=True)
class People:
    """One chunk of patients. `number` counts from 0 over the whole hospital; times are days since 1970."""

    number: Ints
    pat_id: Ints
    female: Bools
    given: Ints
    family: Ints
    origin: Ints
    place: Ints
    birth: Ints
    onset: dict[str, Floats]  # seconds since 1970; NEVER when the condition never comes
    death: Floats  # seconds since 1970, from any cause outside the hospital
    frailty: Floats

    def age(self, who: Ints, seconds: Ints) -> Floats:
        """Age in years of patients `who` at a time."""
        return (seconds / DAY - self.birth[who]) / 365.2425

    def __len__(self) -> int:
        return len(self.number)


@cache
def given_names() -> tuple[str, ...]:
    """Every given name, women's of each origin first, in the order of `_spans`."""
    return tuple(name for row in rows("names.csv") for key in ("female", "male") for name in row[key].split(";"))


@cache
def family_names() -> tuple[str, ...]:
    return tuple(name for row in rows("names.csv") for name in row["family"].split(";"))


def make_people(random: np.random.Generator, first: int, count: int, seed: int) -> People:
    """`count` patients, whose running numbers start at `first`."""
    number = np.arange(first, first + count)
    origin = choose(random, numbers("names.csv", "weight"), count)
    female = random.random(count) < 0.53
    age_now = _ages(random, count)
    birth = np.minimum((END_DAY - 900 - age_now * 365.2425).astype(np.int64), START_DAY - 1)
    onset = _onsets(random, birth, female)
    return People(
        number=number,
        pat_id=4_000_000_000 + scattered(number, 10**9, seed),
        female=female,
        given=_from_span(random, _spans("female", "male"), origin * 2 + ~female),
        family=_from_span(random, _spans("family"), origin),
        origin=origin,
        place=choose(random, numbers("places.csv", "weight"), count),
        birth=birth,
        onset=onset,
        death=_deaths(random, birth, onset),
        frailty=np.clip(random.lognormal(0.0, 0.3, count), 0.5, 2.0),
    )


def scattered(number: Ints, modulus: int, salt: int) -> Ints:
    """Distinct numbers below `modulus` (a power of ten) that do not tell the order; distinct input, distinct output."""
    return (number % modulus * 387_420_489 + salt * 7_919 + 104_729) % modulus


def _ages(random: np.random.Generator, count: int) -> Floats:
    """A hospital's patients: some children, many old people, a few over 95."""
    group = choose(random, [10, 32, 43, 15], count)
    ages = np.choose(
        group,
        [
            random.uniform(0.1, 18, count),
            random.uniform(18, 52, count),
            random.normal(66, 10, count),
            random.normal(84, 6, count),
        ],
    )
    clipped: Floats = np.clip(np.abs(ages), 0.1, 103.0)
    return clipped


def _onsets(random: np.random.Generator, birth: Ints, female: Bools) -> dict[str, Floats]:
    """When each chronic condition began: prevalence follows a logistic curve of age, so onset is its inverse."""
    onset: dict[str, Floats] = {}
    by_name = {row["condition"]: row for row in rows("chronic.csv")}
    order = [name for name in by_name if name not in LINKED] + ["CAD", "CKD", "HF"]
    for name in order:
        row = by_name[name]
        peak = float(row["peak"]) * np.where(female, float(row["female_factor"]), 1.0) * LINKED_BASE.get(name, 1.0)
        for other, factor in LINKED.get(name, {}).items():
            peak = peak * np.where(onset[other] < NEVER, factor, 1.0)
        chance = random.random(len(birth))
        has = chance < np.minimum(peak, 0.95)
        with np.errstate(divide="ignore", invalid="ignore"):
            inside = np.clip(chance / peak, 1e-6, 1 - 1e-6)
        age = float(row["middle_age"]) + float(row["spread"]) * np.log(inside / (1 - inside))
        age = np.maximum(age, float(row["minimum_age"]))
        onset[name] = np.where(has, (birth + age * 365.2425) * DAY, NEVER)
    onset["DM"] = np.where(onset["DM1"] < NEVER, NEVER, onset["DM"])
    return onset


def _deaths(random: np.random.Generator, birth: Ints, onset: dict[str, Floats]) -> Floats:
    """Death outside the hospital: a Gompertz hazard at the middle of the window, raised by serious illness."""
    age = (START_DAY + YEARS * 182.6 - birth) / 365.2425
    hazard = 0.00012 * np.exp(0.085 * np.maximum(age - 30, 0))
    for name, more in DEADLY.items():
        hazard = hazard * np.where(onset[name] < START + YEARS * 182.6 * DAY, 1 + more, 1.0)
    years = random.exponential(1.0, len(birth)) / hazard
    return np.where(years < YEARS, START + years * 365.2425 * DAY, NEVER)


@cache
def _spans(*keys: str) -> tuple[tuple[int, int], ...]:
    """First place and length of each origin's list in the flat list of names."""
    lengths = [len(row[key].split(";")) for row in rows("names.csv") for key in keys]
    starts = np.cumsum([0, *lengths])
    return tuple((int(start), length) for start, length in zip(starts, lengths, strict=False))


def _from_span(random: np.random.Generator, spans: tuple[tuple[int, int], ...], which: Ints) -> Ints:
    starts, lengths = np.array(spans)[which].T
    found: Ints = starts + (random.random(len(which)) * lengths).astype(np.int64)
    return found


def provider_names() -> list[str]:
    """Names of the staff: other combinations of the same lists, always the same ones."""
    random = np.random.default_rng(20_190_101)
    given, family = given_names(), family_names()
    return [
        f"{family[random.integers(len(family))]}, {given[random.integers(len(given))]} MD" for _ in range(PROVIDERS)
    ]


PROVIDERS = 120
SPECIALTIES = tuple(dict.fromkeys([*column("reasons.csv", "service"), "Emergency Medicine", "Primary Care"]))
