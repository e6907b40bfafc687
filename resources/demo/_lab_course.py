"""What laboratory values do over the course of an illness, and when they are measured.

A value is the person's own level, plus what each condition does to it in its shape over the stay (steady, a
decay, a bump on the second day, a step), plus noise; skewed ones are computed as logarithms. The numbers are in
labs.csv and lab_effects.csv.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ._calendar import DAY, END, HOUR
from ._chunk import Chunk
from ._data import Bools, Floats, Ints, column, expand, rows
from ._encounters import ED, IP, OP, reason_is

LABS = column("labs.csv", "loinc")
CREATININE = LABS.index("2160-0")


@dataclass(frozen=True)
class Draws:
    """Specimens: the contact, the day of the stay (0 = arrival) and the time."""

    which: Ints
    day: Ints
    time: Ints

    def __getitem__(self, chosen: Bools) -> Draws:
        return Draws(self.which[chosen], self.day[chosen], self.time[chosen])


def make_draws(chunk: Chunk) -> Draws:
    """At arrival, and on every morning of a stay."""
    random, rows_ = chunk.random, chunk.encounters
    midnights = np.maximum(rows_.last_known // DAY - rows_.start // DAY, 0)
    counts = np.where(rows_.kind == IP, 1 + midnights, 1) * rows_.real
    which, day = expand(counts)
    first = rows_.start[which] + random.integers(10, 90, len(which)) * 60
    morning = (rows_.start[which] // DAY + day) * DAY + 5 * HOUR + random.integers(0, 120, len(which)) * 60
    time = np.where(day == 0, first, morning)
    draws = Draws(which, day, time)
    return draws[(time < rows_.last_known[which]) & (time < END)]


def orders(chunk: Chunk, draws: Draws) -> dict[str, Bools]:
    """For each panel which specimens it was ordered on."""
    random, rows_, flags = chunk.random, chunk.encounters, chunk.flags
    kind, chance = rows_.kind[draws.which], random.random((8, len(draws.which)))
    inpatient, first = kind == IP, draws.day == 0

    def of(*names: str) -> Bools:
        return reason_is(rows_, *names)[draws.which]

    def has(name: str) -> Bools:
        return flags[name][draws.which]

    diabetic = has("DM") | has("DM1")
    heart = of("HF", "MI", "CHEST_PAIN", "AFIB", "COPD")
    septic = of("SEPSIS") | has("SHOCK")
    by_kind = np.choose(kind, [0.96, 0.6, 0.28])
    return {
        "metabolic": chance[0] < by_kind,
        "blood count": chance[1] < np.choose(kind, [0.85, 0.6, 0.18]),
        "glycated": first
        & (chance[2] < np.where(diabetic, np.choose(kind, [0.4, 0.05, 0.5]), np.where(kind == OP, 0.06, 0.01))),
        "cardiac": inpatient & heart & (first | (chance[3] < 0.45)) | (kind == ED) & (chance[3] < 0.15),
        "sepsis": inpatient & (septic & (draws.day < 4) | of("PNEUMONIA") & first | first & (chance[4] < 0.08)),
        "inflammation": inpatient & (chance[5] < 0.3),
        "liver": inpatient & (draws.day % 3 == 0) & (chance[6] < 0.6) | (kind == OP) & (chance[6] < 0.1),
        "coagulation": inpatient & (has("WARFARIN") | first & (chance[7] < 0.25)),
        "clinic": (kind == OP) & (chance[7] < 0.15),
    }


def panel_values(chunk: Chunk, panel: str, sample: Draws, severity: Floats) -> dict[int, Floats]:
    """Every analyte of a panel (by row of labs.csv) on each specimen, rounded as the laboratory reports it."""
    values: dict[int, Floats] = {}
    for lab, about in enumerate(rows("labs.csv")):
        if about["panel"] != panel:
            continue
        if about["scale"] == "derived":
            who = chunk.encounters.who[sample.which]
            age = chunk.people.age(who, sample.time)
            values[lab] = np.round(estimated_gfr(values[CREATININE], age, chunk.people.female[who]))
        else:
            values[lab] = _measured(chunk, about, sample, severity)
    return values


def _measured(chunk: Chunk, about: dict[str, str], sample: Draws, severity: Floats) -> Floats:
    random, people = chunk.random, chunk.people
    who = chunk.encounters.who[sample.which]
    hours = (sample.time - chunk.encounters.start[sample.which]) / HOUR
    logarithmic = about["scale"] == "log"
    level = np.log(float(about["mean"])) if logarithmic else float(about["mean"])
    own = random.normal(0, float(about["person_sd"]), len(people))[who]
    total = level + own + random.normal(0, float(about["noise_sd"]), len(hours))
    for effect in rows("lab_effects.csv"):
        if effect["loinc"] == about["loinc"]:
            strength = _strength(chunk, effect, sample, severity)
            if logarithmic:  # a factor on a logarithm is a power, so it is damped
                strength = 1 + 0.35 * np.log(strength)
            present = chunk.flags[effect["condition"]][sample.which]
            total += float(effect["amount"]) * present * strength * _shape(effect["shape"], hours)
    value: Floats = np.clip(np.exp(total) if logarithmic else total, 0, float(about["most"]))
    return np.round(value, int(about["decimals"]))


def _strength(chunk: Chunk, effect: dict[str, str], sample: Draws, severity: Floats) -> Floats:
    """How strongly a condition shows: long ones by the person's frailty, acute ones by the stay's severity."""
    if effect["condition"] == "FEMALE":
        return np.ones(len(sample.which))
    long = effect["shape"] == "steady"
    return chunk.people.frailty[chunk.encounters.who[sample.which]] if long else severity[sample.which]


def _shape(name: str, hours: Floats) -> Floats:
    """How an effect runs over a stay, between 0 and 1."""
    shapes: dict[str, Floats] = {
        "steady": np.ones_like(hours),
        "decay": np.exp(-hours / 70),
        "bump": np.exp(-(((hours - 38) / 42) ** 2)),
        "step": (hours > 12).astype(np.float64),
    }
    return shapes[name]


def estimated_gfr(creatinine: Floats, age: Floats, female: Bools) -> Floats:
    """CKD-EPI 2021, creatinine in mg/dL (Inker et al., N Engl J Med 2021;385:1737-49)."""
    kappa, alpha = np.where(female, 0.7, 0.9), np.where(female, -0.241, -0.302)
    ratio = np.maximum(creatinine, 0.1) / kappa
    low, high = np.minimum(ratio, 1) ** alpha, np.maximum(ratio, 1) ** -1.200
    rate: Floats = 142 * low * high * 0.9938 ** np.maximum(age, 0) * np.where(female, 1.012, 1.0)
    return rate
