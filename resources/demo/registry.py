"""The second demo source: a heart-failure registry with its own numbers for some of the hospital's patients.

    facts = write_registry(Path("registry.duckdb"), hospital, hospital_password="a login", password="another")
    facts.matches["HFR-004-1187"]               # the pat_id behind it, for checking a linkage

Names are sometimes misspelt, shortened or without accents, birth dates sometimes have day and month swapped, and
about one participant in six was never in this hospital.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np

from ._calendar import END_DAY, START_DAY
from ._data import Ints, choose, column, expand
from ._people import family_names, given_names, scattered
from ._store import new_database, opened, schema
from ._text import dates, digits, joined, pick
from .hospital import HospitalFacts

_PATIENTS = """
    SELECT p.pat_id, PAT_FIRST_NAME, PAT_LAST_NAME, BIRTH_DATE, SEX_C, ADD_LINE_1, CITY, ZIP, HOME_PHONE, EMAIL_ADDRESS
    FROM PATIENT p
    WHERE p.pat_id IN (SELECT pat_id FROM enc_dx WHERE DX_CD LIKE 'I50%' OR DX_CD IN ('I11.0', 'I13.0'))
    ORDER BY p.pat_id
"""
_SHORT = {"William": "Bill", "Robert": "Bob", "Margaret": "Peggy", "James": "Jim", "Patrick": "Pat", "Antonio": "Tony"}
_DEVICES = ("ICD", "CRT-D", "CRT-P", "Pacemaker")


@dataclass(frozen=True)
class RegistryFacts:
    """What was written, and the truth about who is who (participants who are no patients are not in it)."""

    path: Path
    tables: dict[str, int]
    matches: dict[str, int]


def write_registry(
    path: Path,
    hospital: HospitalFacts,
    *,
    hospital_password: str | None = None,
    password: str | None = None,
    seed: int = 1,
) -> RegistryFacts:
    """Write the registry to a new file, about seven in ten of the hospital's heart-failure patients in it."""
    random = np.random.default_rng([seed, 50])
    with opened(hospital.path, hospital_password) as connection:
        patients = connection.execute(_PATIENTS).fetchall()
    known = [patient for patient in patients if random.random() < 0.7]
    people = [_as_registered(random, patient[1:]) for patient in known]
    people += [_stranger(random) for _ in range(len(known) // 5)]
    order = random.permutation(len(people))
    ids = [f"HFR-{value // 10_000:03d}-{value % 10_000:04d}" for value in scattered(order, 10**7, seed).tolist()]
    with new_database(path, password) as store:
        store.create(schema("registry.toml"))
        store.append("nyha_class", {"nyha_cd": [1, 2, 3, 4], "meaning": column("registry_stages.csv", "description")})
        enrolled = START_DAY + random.integers(0, END_DAY - START_DAY - 200, len(people))
        store.append("hf_participant", _participants(random, ids, people, enrolled))
        store.append("hf_visit", _visits(random, ids, enrolled))
        store.append("hf_device", _devices(random, ids, enrolled))
        store.mark(f"made-up registry beside the made-up hospital, seed {seed}")
        matches = {ids[place]: patient[0] for place, patient in enumerate(known)}
        return RegistryFacts(path=path, tables=dict(store.counts), matches=matches)


def _as_registered(random: np.random.Generator, patient: tuple[Any, ...]) -> tuple[Any, ...]:
    """The same person as another clerk wrote them down."""
    first, last, born, sex, street, city, postal, phone, mail = patient
    chance = random.random(6)
    first = _SHORT.get(first, first) if chance[0] < 0.3 else first
    last = misspelt(random, last) if chance[1] < 0.12 else last
    if chance[2] < 0.03 and born.day <= 12:
        born = born.replace(month=born.day, day=born.month)
    street, city, postal = (None, None, None) if chance[3] < 0.1 else (street, city, postal)
    return (
        first,
        last,
        born,
        sex,
        street,
        city,
        postal,
        phone if chance[4] < 0.7 else None,
        mail if chance[5] < 0.5 else None,
    )


def misspelt(random: np.random.Generator, name: str) -> str:
    """A surname with one slip of a keyboard: two letters swapped, one dropped, one doubled."""
    place = int(random.integers(1, max(2, len(name) - 1)))
    kind = int(random.integers(3))
    if kind == 0 and place + 1 < len(name):
        return name[:place] + name[place + 1] + name[place] + name[place + 2 :]
    return name[:place] + (name[place + 1 :] if kind == 1 and len(name) > 3 else name[place] + name[place:])


def _stranger(random: np.random.Generator) -> tuple[Any, ...]:
    given, family = given_names(), family_names()
    born = date(1930, 1, 1) + timedelta(days=int(random.integers(0, 16_000)))
    first, last = given[random.integers(len(given))], family[random.integers(len(family))]
    phone = f"(207) 555-01{random.integers(100):02d}"
    return first, last, born, "FM"[random.integers(2)], None, "Far Point", "04401", phone, None


def _participants(
    random: np.random.Generator, ids: list[str], people: list[tuple[Any, ...]], enrolled: Ints
) -> dict[str, Any]:
    columns = list(zip(*people, strict=True)) or [()] * 9
    left = random.random(len(ids)) < 0.1
    return {
        "hfr_id": ids,
        "given_nm": list(columns[0]),
        "family_nm": list(columns[1]),
        "dob": list(columns[2]),
        "sex": ["female" if sex == "F" else "male" for sex in columns[3]],
        "street": list(columns[4]),
        "town": list(columns[5]),
        "postal_cd": list(columns[6]),
        "mobile_tel": list(columns[7]),
        "mail_addr": list(columns[8]),
        "enrolled_on": dates(enrolled),
        "consent_yn": pick(("Y", "N"), choose(random, [97, 3], len(ids))),
        "left_on": dates(np.minimum(enrolled + random.integers(30, 900, len(ids)), END_DAY), ~left),
    }


def _visits(random: np.random.Generator, ids: list[str], enrolled: Ints) -> dict[str, Any]:
    owner, number = expand(np.maximum((END_DAY - enrolled) // 182, 1))
    size = len(owner)
    stage = choose(random, [15, 45, 32, 8], len(ids))[owner] + 1
    fraction = np.clip(random.normal(40, 13, len(ids)), 12, 70)[owner] + random.normal(0, 2, size)
    return {
        "visit_no": number + 1,
        "hfr_id": pick(ids, owner),
        "visit_date": dates(np.minimum(enrolled[owner] + number * 182 + random.integers(0, 21, size), END_DAY)),
        "nyha_cd": stage,
        "lvef_pct": np.round(fraction, 1),
        "kccq_overall": np.round(np.clip(92 - 16 * stage + random.normal(0, 9, size), 0, 100), 1),
        "ntprobnp_pgml": np.round(np.exp(5.6 + 0.55 * stage + random.normal(0, 0.5, size))),
        "six_min_walk_m": np.clip(520 - 85 * stage + random.normal(0, 50, size), 20, 700).astype(np.int64),
    }


def _devices(random: np.random.Generator, ids: list[str], enrolled: Ints) -> dict[str, Any]:
    has = np.flatnonzero(random.random(len(ids)) < 0.3)
    return {
        "hfr_id": pick(ids, has),
        "device_type": pick(_DEVICES, choose(random, [40, 25, 10, 25], len(has))),
        "serial_no": joined("PX", digits(scattered(has, 10**9, 3), 9)),
        "implanted_on": dates(enrolled[has] - random.integers(0, 1500, len(has))),
    }
