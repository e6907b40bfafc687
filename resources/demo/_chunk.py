"""One chunk of patients with all that is known of them: what every table of the hospital is written from."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ._data import Flags, Floats, Ints
from ._encounters import Encounters, make_encounters
from ._illness import make_flags, principal_diagnoses
from ._people import People, make_people
from ._stays import death_times, make_stays

FIRST_CSN = 200_000_000_000


@dataclass(frozen=True)
class Chunk:
    """`csn`, `principal` and each of `flags` have one entry per encounter, `deaths` one per patient."""

    random: np.random.Generator
    seed: int
    people: People
    deaths: Floats
    encounters: Encounters
    csn: Ints
    flags: Flags
    principal: Ints


def make_chunk(first: int, count: int, seed: int, first_encounter: int) -> Chunk:
    """Patients number `first` to `first + count`; depends on nothing but the arguments."""
    random = np.random.default_rng([seed, first])
    people = make_people(random, first, count, seed)
    stays = make_stays(random, people)
    encounters = make_encounters(random, people, stays)
    flags = make_flags(random, people, encounters)
    return Chunk(
        random=random,
        seed=seed,
        people=people,
        deaths=death_times(people, stays),
        encounters=encounters,
        csn=FIRST_CSN + (first_encounter + random.permutation(len(encounters))) * 7,
        flags=flags,
        principal=principal_diagnoses(random, encounters, flags),
    )
