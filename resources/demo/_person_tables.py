"""The tables about persons: patients with their identifiers, contacts and insurance; staff; wards."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pyarrow as pa

from ._calendar import DAY, END, END_DAY, START_DAY
from ._chunk import Chunk
from ._data import Floats, Ints, choose, column, numbers
from ._people import (
    PROVIDERS,
    SPECIALTIES,
    People,
    family_names,
    given_names,
    provider_names,
    scattered,
)
from ._text import dates, digits, joined, letters_only, moments, pick, where

Columns = Mapping[str, Any]
STREETS = ("Linden", "Quarry", "Old Mill", "Harbor", "Chestnut", "Beacon", "Foxglove", "Meadow", "Bishop", "Larkspur")
STREET_KINDS = ("Street", "Avenue", "Lane", "Road", "Court")
EMPLOYERS = (
    "Alder Cannery",
    "Northgate Schools",
    "Kettle Pond Dairy",
    "Granite Rail",
    "Self",
    "Retired",
    "Saltmarsh Ferries",
)
RACES = (
    "White",
    "Black or African American",
    "Asian",
    "Hispanic or Latino",
    "American Indian",
    "Pacific Islander",
    "Other",
)
RACE_OF = {
    "african_american": 1, "nigerian": 1, "ethiopian": 1, "chinese": 2, "vietnamese": 2, "korean": 2, "japanese": 2,
    "indian": 2, "filipino": 2, "hispanic": 3, "navajo": 4, "polynesian": 5, "arabic": 6, "turkish": 6,
}  # fmt: skip
LANGUAGES = ("English", "Spanish", "Mandarin", "Vietnamese", "Korean", "Arabic", "Polish", "Russian", "Portuguese")
LANGUAGE_OF = {
    "hispanic": 1,
    "chinese": 2,
    "vietnamese": 3,
    "korean": 4,
    "arabic": 5,
    "polish": 6,
    "russian": 7,
    "portuguese": 8,
}
MARITAL = ("Single", "Married", "Divorced", "Widowed", "Partner")
PAYORS = ("Medicare", "Medicaid", "Blue Harbor Health", "Granite State Mutual", "Self-pay")
RELATIONS = ("Spouse", "Daughter", "Son", "Sister", "Brother", "Parent", "Friend")


def patient_tables(chunk: Chunk) -> dict[str, Columns]:
    """PATIENT, pat_ident, pat_contact, pat_coverage, allergy."""
    random, people, seed = chunk.random, chunk.people, chunk.seed
    return {
        "PATIENT": _patients(random, people, chunk.deaths, seed),
        "pat_ident": _identifiers(random, people, seed),
        "pat_contact": _contacts(random, people),
        "pat_coverage": _coverage(random, people, seed),
        "allergy": _allergies(random, people),
    }


def first_names(people: People) -> pa.Array:
    return pick(given_names(), people.given)


def last_names(people: People) -> pa.Array:
    return pick(family_names(), people.family)


def record_numbers(people: People, seed: int) -> pa.Array:
    """Medical record numbers: E and eight digits."""
    return joined("E", digits(scattered(people.number, 10**8, seed + 1), 8))


def home_phones(people: People) -> pa.Array:
    area = pick(column("places.csv", "area_code"), people.place)
    return joined("(", area, ") 555-01", digits(scattered(people.number, 10**9, 7) // 13 % 100, 2))


def _patients(random: np.random.Generator, people: People, deaths: Floats, seed: int) -> Columns:
    size = len(people)
    origins = column("names.csv", "origin")
    dead = deaths < END
    first, last = first_names(people), last_names(people)
    email = joined(letters_only(first), ".", letters_only(last), digits(people.number % 100_000), "@example.org")
    social = scattered(people.number, 10**7, seed + 2)
    group = digits(social // 10**4 % 10)
    employer = pick(EMPLOYERS, random.integers(-1, len(EMPLOYERS), size))
    race = np.array([RACE_OF.get(origin, 0) for origin in origins])[people.origin]
    language = np.array([LANGUAGE_OF.get(origin, 0) for origin in origins])[people.origin]
    return {
        "pat_id": people.pat_id,
        "PAT_MRN_ID": record_numbers(people, seed),
        "PAT_LAST_NAME": last,
        "PAT_FIRST_NAME": first,
        "PAT_MIDDLE_INIT": pick("ABCDEFGHJKLMNPRSTW", random.integers(-1, 18, size)),
        "BIRTH_DATE": dates(people.birth),
        "SEX_C": pick(("M", "F"), people.female.astype(np.int64)),
        "RACE_NM": pick(RACES, race),
        "LANGUAGE_NM": pick(LANGUAGES, np.where(random.random(size) < 0.5, language, 0)),
        "MARITAL_STATUS": pick(MARITAL, choose(random, [30, 45, 12, 10, 3], size)),
        "ADD_LINE_1": _addresses(random, size),
        "CITY": pick(column("places.csv", "city"), people.place),
        "STATE_ABBR": pick(column("places.csv", "state"), people.place),
        "ZIP": pick(column("places.csv", "zip"), people.place),
        "HOME_PHONE": home_phones(people),
        "EMAIL_ADDRESS": where(random.random(size) < 0.7, email, pa.scalar(None, pa.string())),
        # 9xx-0g-nnnn: taxpayer numbers of the 900 series have middle digits from 50 on, so these belong to nobody.
        "SSN": joined("9", digits(social // 10**5, 2), "-0", group, "-", digits(social % 10**4, 4)),
        "EMPLOYER_NM": employer,
        "DEATH_DATE": dates(np.where(dead, np.where(dead, deaths, 0) // DAY, 0).astype(np.int64), ~dead),
        "PAT_STATUS": pick(("Alive", "Deceased"), dead.astype(np.int64)),
        "cur_pcp_prov_id": random.integers(1, PROVIDERS + 1, size),
        "LAST_UPD_DTTM": moments(END - random.integers(0, 400 * DAY, size)),
    }  # fmt: skip


def _addresses(random: np.random.Generator, size: int) -> pa.Array:
    street = joined(
        pick(STREETS, random.integers(0, len(STREETS), size)), " ", pick(STREET_KINDS, random.integers(0, 5, size))
    )
    unit = joined(", Apt ", digits(random.integers(1, 40, size)))
    return joined(digits(random.integers(1, 2200, size)), " ", street, where(random.random(size) < 0.25, unit, ""))


def _identifiers(random: np.random.Generator, people: People, seed: int) -> Columns:
    """Numbers of the system before this one for most, driving licences for some."""
    old = random.random(len(people)) < 0.6
    licence = random.random(len(people)) < 0.5
    old_number = digits(scattered(people.number, 10**8, seed + 3), 9)
    licence_number = joined("S", digits(scattered(people.number, 10**8, seed + 4), 8))
    return {
        "pat_id": np.concatenate([people.pat_id[old], people.pat_id[licence]]),
        "ident_type": ["LEGACY_MRN"] * int(old.sum()) + ["DRIVERS_LICENSE"] * int(licence.sum()),
        "ident_value": pa.concat_arrays([old_number.filter(pa.array(old)), licence_number.filter(pa.array(licence))]),
    }


def _contacts(random: np.random.Generator, people: People) -> Columns:
    """Whom to call: mostly someone of the same surname."""
    has = np.flatnonzero(random.random(len(people)) < 0.8)
    first = pick(given_names(), random.integers(0, len(given_names()), len(has)))
    own = last_names(people).take(pa.array(has))
    other = pick(family_names(), random.integers(0, len(family_names()), len(has)))
    area = pick(column("places.csv", "area_code"), people.place[has])
    return {
        "pat_id": people.pat_id[has],
        "CONTACT_NM": joined(first, " ", where(random.random(len(has)) < 0.75, own, other)),
        "REL_TO_PAT": pick(RELATIONS, random.integers(0, len(RELATIONS), len(has))),
        "CONTACT_TELE": joined(area, "-555-01", digits(random.integers(0, 100, len(has)), 2)),
    }


def _coverage(random: np.random.Generator, people: People, seed: int) -> Columns:
    size = len(people)
    old = (END_DAY - people.birth) / 365.25 >= 65
    payor = np.where(old, 0, choose(random, [0, 24, 40, 28, 8], size))
    insured = payor != PAYORS.index("Self-pay")
    ended = insured & (random.random(size) < 0.12)
    member = joined("HX", digits(scattered(people.number, 10**9, seed + 5), 9))
    return {
        "coverage_id": 10_000_000 + people.number,
        "pat_id": people.pat_id,
        "payor_nm": pick(PAYORS, payor),
        "plan_type": pick(("HMO", "PPO", "FFS"), random.integers(0, 3, size)),
        "MEMBER_ID": where(insured, member, pa.scalar(None, pa.string())),
        "GRP_NUM": joined("G", digits(random.integers(1000, 1400, size))),
        "eff_dt": dates(START_DAY - random.integers(0, 3000, size)),
        "term_dt": dates(START_DAY + random.integers(100, 2100, size), ~ended),
    }


def _allergies(random: np.random.Generator, people: People) -> Columns:
    who = np.repeat(np.arange(len(people)), random.poisson(0.35, len(people)))
    allergens = (
        "Penicillin",
        "Sulfonamides",
        "Latex",
        "Peanut",
        "Iodinated contrast",
        "Codeine",
        "Aspirin",
        "Shellfish",
    )
    noted: Ints = START_DAY - 2000 + random.integers(0, 4000, len(who))
    return {
        "pat_id": people.pat_id[who],
        "ALLERGEN": pick(allergens, choose(random, [30, 18, 8, 6, 8, 12, 6, 7], len(who))),
        "REACTION": pick(
            ("Rash", "Hives", "Anaphylaxis", "Nausea", "Unknown"), choose(random, [40, 25, 6, 17, 12], len(who))
        ),
        "SEVERITY_C": pick(("Mild", "Moderate", "Severe"), choose(random, [55, 35, 10], len(who))),
        "NOTED_DT": dates(np.maximum(noted, people.birth[who])),
    }


def provider_table() -> Columns:
    """Staff, always the same. National provider identifiers get a check digit that can't be right."""
    names = provider_names()
    number = np.arange(PROVIDERS)
    bodies = [f"1{value:08d}" for value in scattered(number, 10**8, 11).tolist()]
    mail = joined(letters_only(pa.array([name.split(",")[0] for name in names])), digits(number), "@example.org")
    return {
        "PROV_ID": number + 1,
        "prov_nm": names,
        "prov_npi": [body + str((luhn_digit("80840" + body) + 5) % 10) for body in bodies],
        "SPECIALTY_NM": pick(SPECIALTIES, number % len(SPECIALTIES)),
        "prov_email": mail,
    }


def luhn_digit(body: str) -> int:
    """The check digit that would make `body` valid."""
    doubled = [int(c) * (2 if place % 2 == 0 else 1) for place, c in enumerate(reversed(body))]
    return -sum(digit - 9 if digit > 9 else digit for digit in doubled) % 10


def ward_table() -> Columns:
    return {
        "WARD_ID": numbers("wards.csv", "ward_id").astype(np.int64),
        "WARD_NM": column("wards.csv", "name"),
        "WARD_TYPE": column("wards.csv", "kind"),
        "LICENSED_BEDS": numbers("wards.csv", "beds").astype(np.int64),
    }


def reference_tables() -> dict[str, Columns]:
    """Codes with their meanings."""
    return {
        "REF_DX": {"DX_CD": column("diagnoses.csv", "code"), "DX_NAME": column("diagnoses.csv", "description")},
        "ref_lab": {
            "LOINC_CD": column("labs.csv", "loinc"),
            "SHORT_NM": column("labs.csv", "short"),
            "LONG_NM": column("labs.csv", "name"),
            "USUAL_UNIT": column("labs.csv", "unit"),
        },
        "ref_drug": {
            "RXCUI": column("drugs.csv", "rxcui"),
            "DRUG_NM": column("drugs.csv", "name"),
            "DRUG_CLASS": column("drugs.csv", "class"),
        },
        "ref_px": {"PX_CD": column("procedures.csv", "code"), "PX_NAME": column("procedures.csv", "description")},
        "REF_DISCH_DISP": {
            "DISCH_DISP_C": column("dispositions.csv", "code"),
            "DISP_NM": column("dispositions.csv", "description"),
        },
    }
