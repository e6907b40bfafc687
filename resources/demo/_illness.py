"""What is true of a patient during a contact: chronic conditions, the reason for coming, complications.

    flags = make_flags(random, people, encounters)
    flags["AKI"]           # one truth value per contact

A chronic condition and a reason of the same name are told apart: `HF` is the acute episode, `HF_HISTORY` the
long illness.
"""

from __future__ import annotations

import numpy as np

from ._data import Flags, Ints, choose, coded_uses, column, rows
from ._encounters import IP, Encounters, reason_is
from ._people import People
from ._stays import REASONS

DIAGNOSES = column("diagnoses.csv", "code")


def history(condition: str) -> str:
    """The flag of a chronic condition."""
    return f"{condition}_HISTORY" if condition in REASONS else condition


def make_flags(random: np.random.Generator, people: People, encounters: Encounters) -> Flags:
    """Every flag for every contact, in the order of complications.csv (later ones may follow from earlier)."""
    inpatient = encounters.kind == IP
    flags: Flags = {name: reason_is(encounters, name) for name in REASONS}
    for condition, onset in people.onset.items():
        flags[history(condition)] = onset[encounters.who] <= encounters.start
    flags["FEMALE"] = people.female[encounters.who]
    flags["INPATIENT"] = inpatient
    flags["OLD"] = inpatient & (people.age(encounters.who, encounters.start) >= 75)
    flags["DIED"] = encounters.died
    for row in rows("complications.csv"):
        comes = flags[row["given"]] & inpatient & (random.random(len(encounters)) < float(row["probability"]))
        flags[row["flag"]] = flags.get(row["flag"], np.zeros(len(encounters), np.bool_)) | comes
    return flags


def principal_diagnoses(random: np.random.Generator, encounters: Encounters, flags: Flags) -> Ints:
    """Row of diagnoses.csv for each stay's reason (-1 outside of stays); adds a flag for each code used."""
    principal = np.full(len(encounters), -1)
    for reason, (codes, weights) in coded_uses("principal").items():
        here = reason_is(encounters, reason)  # not the flag: that also holds for complications of this name
        principal[here] = np.array(codes)[choose(random, weights, int(here.sum()))]
    for row in rows("procedures.csv"):
        for use in row["uses"].split("|"):
            code = use.split(":")[0]
            if code not in flags:
                flags[code] = principal == DIAGNOSES.index(code)
    return principal
