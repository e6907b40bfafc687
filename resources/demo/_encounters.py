"""Every contact with the hospital as one list: stays, emergency visits, clinic visits, and what never happened.

`real` marks contacts that took place; only those have measurements, orders and notes. Extracts also hold
cancelled contacts and rows that were entered in error, and a query that forgets them is wrong.
"""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np
import numpy.typing as npt

from ._calendar import DAY, END, HOUR, START, YEARS
from ._data import Bools, Floats, Ints, choose, column, numbers
from ._people import SPECIALTIES, People
from ._stays import REASONS, STILL_HERE, Stays, death_times

KINDS = ("IP", "ED", "OP")
IP, ED, OP = range(3)
STATES = ("Discharged", "Admitted", "Completed", "Cancelled", "No show", "Entered in error")
_DISCHARGED, _ADMITTED, _COMPLETED, _CANCELLED, _NO_SHOW, IN_ERROR = range(6)
SOURCES = ("Emergency room", "Physician referral", "Transfer from hospital", "Skilled nursing facility", "Clinic")


@dataclass(frozen=True)
class Encounters:
    """Sorted by patient and time. `reason` is -1 outside of stays; `out` is only meant where `ended`."""

    who: Ints
    kind: Ints
    state: Ints
    reason: Ints
    start: Ints
    out: Ints
    ended: Bools
    real: Bools
    planned: Bools
    through_ed: Bools
    disposition: Ints
    died: Bools

    def __getitem__(self, which: Bools | Ints) -> Encounters:
        return Encounters(**{field.name: getattr(self, field.name)[which] for field in fields(self)})

    def __len__(self) -> int:
        return len(self.who)

    @property
    def service(self) -> Ints:
        """Place in SPECIALTIES: the reason's service, or that of the department."""
        of_reason = np.array([SPECIALTIES.index(name) for name in column("reasons.csv", "service")])
        other = np.where(self.kind == ED, SPECIALTIES.index("Emergency Medicine"), SPECIALTIES.index("Primary Care"))
        return np.where(self.reason >= 0, of_reason[self.reason], other)

    @property
    def last_known(self) -> Ints:
        """The end of the contact, or of the extract while it lasts."""
        return np.minimum(self.out, END)


def make_encounters(random: np.random.Generator, people: People, stays: Stays) -> Encounters:
    """All contacts of these people, with those that were cancelled, missed or entered in error."""
    through_ed = random.random(len(stays)) < numbers("reasons.csv", "through_ed")[stays.reason]
    through_ed &= ~stays.planned
    inpatient = _inpatient(stays, through_ed)
    deaths = death_times(people, stays)
    every = [inpatient, _emergency_before(random, inpatient), _emergency(random, people), _clinic(random, people)]
    real = _join(every)
    real = real[(real.start < deaths[real.who]) & (real.start > people.birth[real.who] * DAY)]
    real = real[~_inside_a_stay(real)]
    every_row = _join([real, _cancelled(random, real), _in_error(random, real)])
    return every_row[np.lexsort((every_row.state, every_row.start, every_row.who))]


def _build(who: Ints, kind: int, start: Ints, out: Ints, **values: npt.NDArray[np.generic]) -> Encounters:
    size = len(who)
    usual: dict[str, npt.NDArray[np.generic]] = {
        "state": np.full(size, _COMPLETED),
        "reason": np.full(size, -1),
        "ended": np.ones(size, np.bool_),
        "real": np.ones(size, np.bool_),
        "planned": np.zeros(size, np.bool_),
        "through_ed": np.zeros(size, np.bool_),
        "disposition": np.zeros(size, np.int64),
        "died": np.zeros(size, np.bool_),
    }
    return Encounters(who=who, kind=np.full(size, kind), start=start, out=out, **{**usual, **values})  # type: ignore[arg-type]


def _inpatient(stays: Stays, through_ed: Bools) -> Encounters:
    still_here = stays.out > END
    return _build(
        stays.who,
        IP,
        stays.start,
        stays.out,
        state=np.where(still_here, _ADMITTED, _DISCHARGED),
        reason=stays.reason,
        ended=~still_here,
        planned=stays.planned,
        through_ed=through_ed,
        disposition=np.where(still_here, STILL_HERE, stays.disposition),
        died=stays.died & ~still_here,
    )


def _emergency_before(random: np.random.Generator, inpatient: Encounters) -> Encounters:
    """The emergency visit that ends at the minute the stay begins."""
    through = inpatient[inpatient.through_ed]
    hours = np.clip(random.lognormal(1.5, 0.5, len(through)), 0.5, 30)
    start = through.start - (hours * 60).astype(np.int64) * 60
    discharged = np.full(len(through), _DISCHARGED)
    return _build(through.who, ED, start, through.start, state=discharged, disposition=np.full(len(through), -1))


def _emergency(random: np.random.Generator, people: People) -> Encounters:
    """Visits that end at home."""
    who = np.repeat(np.arange(len(people)), random.poisson(0.22 * YEARS * people.frailty))
    start = START + (random.random(len(who)) * (END - START) / 60).astype(np.int64) * 60
    out = start + (np.clip(random.lognormal(1.2, 0.55, len(who)), 0.3, 24) * 60).astype(np.int64) * 60
    return _build(who, ED, start, np.minimum(out, END), state=np.full(len(who), _DISCHARGED))


def _clinic(random: np.random.Generator, people: People) -> Encounters:
    """Clinic visits, more of them for people with chronic conditions, on working days."""
    conditions = np.sum([onset < END for onset in people.onset.values()], axis=0)
    who = np.repeat(np.arange(len(people)), random.poisson((0.5 + 0.32 * conditions) * YEARS))
    day = (START + random.random(len(who)) * (END - START)).astype(np.int64) // DAY
    day -= np.maximum((day + 3) % 7 - 4, 0)  # 1970-01-01 was a Thursday: Saturdays and Sundays become Fridays
    start = day * DAY + 8 * HOUR + random.integers(0, 32, len(who)) * 900
    return _build(who, OP, start, start + random.integers(2, 6, len(who)) * 900, planned=np.ones(len(who), np.bool_))


def _inside_a_stay(rows: Encounters) -> Bools:
    """Which emergency and clinic visits would happen while the patient lies in a bed."""
    order = np.lexsort((rows.kind, rows.start, rows.who))
    shift = rows.who[order] * (10 * (END - START))
    stay_out = np.where(rows.kind[order] == IP, rows.out[order] + shift, 0)
    until = np.concatenate([[0], np.maximum.accumulate(stay_out)[:-1]])
    inside = np.zeros(len(rows), np.bool_)
    inside[order] = (rows.start[order] + shift < until) & (rows.kind[order] != IP)
    return inside


def _cancelled(random: np.random.Generator, real: Encounters) -> Encounters:
    """Contacts that were planned and never happened: they have an appointment time and no end."""
    chance = np.choose(real.kind, [0.012, 0.0, 0.06])
    source = real[random.random(len(real)) < chance]
    start = np.minimum(source.start + random.integers(1, 40, len(source)) * DAY, END)
    state = np.where((source.kind == OP) & (random.random(len(source)) < 0.5), _NO_SHOW, _CANCELLED)
    size = len(source)
    return _changed(source, start=start, state=state, planned=np.ones(size, np.bool_))


def _in_error(random: np.random.Generator, real: Encounters) -> Encounters:
    """Stays that were entered twice; the second row was marked, not removed, and still has its dates."""
    source = real[(real.kind == IP) & real.ended & (random.random(len(real)) < 0.01)]
    start = source.start + random.integers(-90, 90, len(source)) * 60
    return _changed(source, start=start, state=np.full(len(source), IN_ERROR), ended=source.ended)


def _changed(source: Encounters, **values: npt.NDArray[np.generic]) -> Encounters:
    size = len(source)
    never = {"real": np.zeros(size, np.bool_), "through_ed": np.zeros(size, np.bool_), "died": np.zeros(size, np.bool_)}
    values = {"ended": np.zeros(size, np.bool_), **never, **values}
    return Encounters(**{field.name: values.get(field.name, getattr(source, field.name)) for field in fields(source)})


def _join(parts: list[Encounters]) -> Encounters:
    return Encounters(**{f.name: np.concatenate([getattr(part, f.name) for part in parts]) for f in fields(Encounters)})


def sources(random: np.random.Generator, encounters: Encounters) -> Ints:
    """Place in SOURCES; -1 where none is recorded."""
    elsewhere = 1 + choose(random, [70, 12, 10, 0.001], len(encounters))
    source = np.where(encounters.through_ed, 0, elsewhere)
    return np.where(encounters.kind == OP, 4, np.where(encounters.kind == ED, -1, source))


def reason_is(encounters: Encounters, *names: str) -> Bools:
    """Whether a contact is a stay for one of these reasons."""
    return np.isin(encounters.reason, [REASONS.index(name) for name in names if name in REASONS])


def stay_hours(encounters: Encounters) -> Floats:
    return (encounters.last_known - encounters.start) / HOUR
