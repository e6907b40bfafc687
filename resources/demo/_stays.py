"""When the made-up people come to hospital: stays, visits to the emergency department and to the clinics.

Stays follow from age and illness; some are followed by a readmission (also within 30 days, also planned
ones) or by a transfer on the same day; nobody is in two beds at once or comes after their death.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace

import numpy as np

from ._calendar import COVID_SINCE, DAY, END, HOUR, START, YEARS
from ._data import Bools, Floats, Ints, choose, choose_each, column, numbers, rows
from ._people import NEVER, People

REASONS = column("reasons.csv", "reason")
_MUST_HAVE = 20.0  # a reason whose factor is at least this comes only to those who have the condition
_TRANSFER = column("dispositions.csv", "code").index("02")
EXPIRED = column("dispositions.csv", "code").index("20")
STILL_HERE = column("dispositions.csv", "code").index("30")
_FRAIL_SERVICES = ("HIP_FRACTURE", "STROKE", "SEPSIS", "HF", "PNEUMONIA")
_HOME_ONLY = ("DELIVERY", "CHEMO", "APPENDIX", "CHEST_PAIN")


@dataclass(frozen=True)
class Stays:
    """Inpatient stays, sorted by patient and time. Times are seconds since 1970; `out` may lie after the extract."""

    who: Ints
    reason: Ints
    start: Ints
    out: Ints
    planned: Bools
    disposition: Ints
    died: Bools

    def __getitem__(self, which: Bools | Ints) -> Stays:
        return Stays(**{field.name: getattr(self, field.name)[which] for field in fields(self)})

    def __len__(self) -> int:
        return len(self.who)


def make_stays(random: np.random.Generator, people: People) -> Stays:
    """Every inpatient stay of these people inside the window."""
    weights = _weights(people)
    # The weights sum to a yearly rate; 0.048 brings it to about one first stay per patient in six years.
    who = np.repeat(np.arange(len(people)), random.poisson(weights.sum(axis=1) * 0.048 * YEARS))
    starts = START + (random.random(len(who)) * YEARS * 365.2 * DAY).astype(np.int64)
    waves = [_admit(random, people, who, choose_each(random, weights[who]), starts)]
    for fewer in (1.0, 0.8, 0.6):
        waves.append(_readmissions(random, people, weights, waves[-1], fewer))
    every = _together(waves)
    return _one_bed_each(people, every[np.lexsort((every.start, every.who))])


def _weights(people: People) -> Floats:
    """For each patient and reason how often it brings them in, relative to the others."""
    age = people.age(np.arange(len(people)), np.full(len(people), START + int(YEARS * 182.6) * DAY))
    columns = []
    for row in rows("reasons.csv"):
        weight = np.full(len(people), float(row["base"]))
        if row["reason"] not in ("DELIVERY", "APPENDIX"):
            weight *= 0.15 + (np.maximum(age, 0) / 68) ** 2.2
        if row["needs"]:
            weight *= np.where(people.onset[row["needs"]] < END, float(row["needs_factor"]), 1.0)
            if float(row["needs_factor"]) >= _MUST_HAVE:
                weight *= people.onset[row["needs"]] < END
        weight *= (age >= float(row["minimum_age"]) - 3) & (age <= float(row["maximum_age"]) + 3)
        columns.append(weight * (people.female if row["sex"] == "F" else 1.0))
    return np.stack(columns, axis=1)


def _admit(random: np.random.Generator, people: People, who: Ints, reason: Ints, starts: Ints) -> Stays:
    """Make stays out of admissions, and leave out those that can't be (too young, not ill yet, no such virus)."""
    planned = random.random(len(who)) < numbers("reasons.csv", "planned")[reason]
    midnight = starts // DAY * DAY
    hour = np.where(planned, random.uniform(5.5, 9, len(who)), np.clip(random.normal(15, 5, len(who)), 0.1, 23.9))
    start = midnight + (hour * 60).astype(np.int64) * 60
    days = np.exp(
        np.log(numbers("reasons.csv", "days")[reason])
        + numbers("reasons.csv", "days_spread")[reason] * random.normal(size=len(who))
        + 0.25 * np.log(people.frailty[who])
    )
    out = (start + days * DAY).astype(np.int64) // DAY * DAY + (random.uniform(9.5, 18, len(who)) * 60).astype(
        np.int64
    ) * 60
    out = np.maximum(out, start + 5 * HOUR)
    age = people.age(who, start)
    risk = numbers("reasons.csv", "dies")[reason] * np.clip((age / 70) ** 1.8, 0.05, 3.0) * people.frailty[who]
    died = random.random(len(who)) < risk
    stays = Stays(
        who=who,
        reason=reason,
        start=start,
        out=out,
        planned=planned,
        disposition=np.where(died, EXPIRED, _dispositions(random, reason, age)),
        died=died,
    )
    return stays[_possible(people, stays, age)]


def _possible(people: People, stays: Stays, age: Floats) -> Bools:
    youngest, oldest = (numbers("reasons.csv", key)[stays.reason] for key in ("minimum_age", "maximum_age"))
    fits: Bools = (age >= youngest) & (age <= oldest) & (stays.start < END) & (stays.start >= START)
    for number, row in enumerate(rows("reasons.csv")):
        if row["needs"] and float(row["needs_factor"]) >= _MUST_HAVE:
            fits &= (stays.reason != number) | (people.onset[row["needs"]][stays.who] <= stays.start)
    covid = stays.reason == REASONS.index("COVID")
    fits &= ~covid | (stays.start >= COVID_SINCE)
    return fits


def _dispositions(random: np.random.Generator, reason: Ints, age: Floats) -> Ints:
    usual = choose(random, numbers("dispositions.csv", "weight"), len(reason))
    frail = choose(random, numbers("dispositions.csv", "frail_weight"), len(reason))
    names = np.array(REASONS)[reason]
    picked = np.where(np.isin(names, _FRAIL_SERVICES) & (age > 65) | (age > 82), frail, usual)
    return np.where(np.isin(names, _HOME_ONLY), 0, picked)


def _readmissions(random: np.random.Generator, people: People, weights: Floats, before: Stays, fewer: float) -> Stays:
    """Stays that follow earlier ones: transfers within hours, readmissions mostly within 45 days, some planned."""
    chance = numbers("reasons.csv", "readmitted")[before.reason] * fewer * np.sqrt(people.frailty[before.who])
    moved = (before.disposition == _TRANSFER) & (random.random(len(before)) < 0.5)
    again = ((random.random(len(before)) < chance) | moved) & ~before.died
    index, moved = before[again], moved[again]
    gap_days = np.minimum(1 + random.exponential(13.0, len(index)), 60.0)
    same = (random.random(len(index)) < 0.45) & ~np.isin(
        np.array(REASONS)[index.reason], ["DELIVERY", "KNEE", "APPENDIX"]
    )
    reason = np.where(same | moved, index.reason, choose_each(random, weights[index.who]))
    later = _admit(random, people, index.who, reason, index.out + (gap_days * DAY).astype(np.int64))
    quick = _admit(random, people, index.who[moved], reason[moved], index.out[moved])
    evening = quick.start // DAY * DAY + 19 * HOUR
    quick = replace(quick, start=evening, out=np.maximum(quick.out, evening + 18 * HOUR), planned=quick.planned & False)
    return _together([later, quick])


def _together(waves: list[Stays]) -> Stays:
    return Stays(
        **{field.name: np.concatenate([getattr(wave, field.name) for wave in waves]) for field in fields(Stays)}
    )


def _one_bed_each(people: People, stays: Stays) -> Stays:
    """Leave out what overlaps an earlier stay or follows a death; end at death what was running then."""
    shift = stays.who * (10 * (END - START))  # patients far apart, so that one running maximum serves them all
    latest_out = np.maximum.accumulate(stays.out + shift)
    free = np.ones(len(stays), dtype=np.bool_)
    free[1:] = stays.start[1:] + shift[1:] >= latest_out[:-1]
    stays = stays[free]
    before_death = stays.start + 2 * HOUR < death_times(people, stays)[stays.who]
    stays = stays[before_death]
    dies_inside = stays.out > people.death[stays.who]
    died = stays.died | dies_inside
    out = np.where(dies_inside, np.minimum(people.death[stays.who], END * 2), stays.out).astype(np.int64) // 60 * 60
    disposition = np.where(died, EXPIRED, stays.disposition)
    return replace(stays, out=out, died=died, disposition=disposition)


def death_times(people: People, stays: Stays) -> Floats:
    """When each person dies, in or out of hospital (seconds since 1970; NEVER if not in sight)."""
    inside: Floats = np.full(len(people), NEVER)
    np.minimum.at(inside, stays.who[stays.died], stays.out[stays.died].astype(np.float64))
    deaths: Floats = np.minimum(inside, people.death)
    return deaths
