"""The tables of contacts: encounters, movements between wards, diagnoses, problem list, procedures."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from ._calendar import DAY, END, HOUR
from ._chunk import Chunk
from ._data import Bools, Flags, Floats, Ints, choose, choose_each, coded_uses, column, expand, numbers, rows, shares
from ._encounters import ED, IN_ERROR, IP, KINDS, OP, SOURCES, STATES, Encounters, reason_is, sources, stay_hours
from ._illness import DIAGNOSES, history
from ._people import NEVER, PROVIDERS, SPECIALTIES, People
from ._text import dates, digits, joined, moments, nullable, pick

Columns = Mapping[str, Any]
_WARD_OF_SERVICE = {"Cardiology": 33, "Oncology": 34, "Orthopedics": 41, "General Surgery": 42, "Obstetrics": 51}
_EMERGENCY, _INTENSIVE, _CARDIAC, _STEPDOWN, _CLINIC = 10, 21, 22, 61, 90


def encounter_table(chunk: Chunk) -> Columns:
    """enc_adm: one row per contact, also those that never took place."""
    random, people, rows_ = chunk.random, chunk.people, chunk.encounters
    inpatient = rows_.kind == IP
    hours = stay_hours(rows_)
    charges = np.choose(rows_.kind, [6000 + 420 * hours, 900 + 130 * hours, np.full(len(rows_), 240.0)])
    charges = np.round(charges * random.lognormal(0, 0.35, len(rows_)), 2)
    emergency = inpatient & ~rows_.planned
    kind = np.where(rows_.planned & inpatient, 1, np.where(emergency | (rows_.kind == ED), 0, 2))
    disposition = np.where(inpatient & rows_.ended, rows_.disposition, -1)
    return {
        "enc_csn": chunk.csn,
        "pat_id": people.pat_id[rows_.who],
        "ENC_CLASS": pick(KINDS, rows_.kind),
        "ENC_STAT": pick(STATES, rows_.state),
        "ADMIT_DTTM": moments(rows_.start),
        "disch_dt": moments(rows_.out, ~rows_.ended),
        "PLANNED_YN": pick(("N", "Y"), rows_.planned.astype(np.int64)),
        "ADM_TYPE": pick(("Emergency", "Elective", "Routine"), kind),
        "ADM_SRC": pick(SOURCES, sources(random, rows_)),
        "DISCH_DISP_C": pick(column("dispositions.csv", "code"), disposition),
        "SERVICE_NM": pick(SPECIALTIES, rows_.service),
        "ward_id": home_wards(rows_),
        "ATTND_PROV_ID": nullable(attending(random, rows_), random.random(len(rows_)) < 0.01),
        "AGE_AT_ENC": np.maximum(people.age(rows_.who, rows_.start), 0).astype(np.int64),
        "DRG_WT": nullable(
            np.round(0.5 + 0.012 * hours * random.lognormal(0, 0.2, len(rows_)), 4), ~inpatient | ~rows_.ended
        ),
        "TOT_CHARGES": nullable(charges, ~rows_.real),
    }


def home_wards(rows_: Encounters) -> Ints:
    """The ward where a contact mostly takes place."""
    of_service = np.array([_WARD_OF_SERVICE.get(name, 31 + place % 2) for place, name in enumerate(SPECIALTIES)])
    return np.choose(
        rows_.kind, [of_service[rows_.service], np.full(len(rows_), _EMERGENCY), np.full(len(rows_), _CLINIC)]
    )


def attending(random: np.random.Generator, rows_: Encounters) -> Ints:
    """A provider of the contact's specialty."""
    each = PROVIDERS // len(SPECIALTIES)
    return rows_.service + 1 + random.integers(0, each, len(rows_)) * len(SPECIALTIES)


def movements(chunk: Chunk, first: int) -> Columns:
    """adt_move: emergency room, perhaps intensive care, the ward; every part of a stay is in exactly one place."""
    random, people, rows_, csn, flags = chunk.random, chunk.people, chunk.encounters, chunk.csn, chunk.flags
    index = np.flatnonzero(rows_.real & (rows_.kind == IP))
    stays = rows_[index]
    chance = numbers("reasons.csv", "intensive")[stays.reason]
    critical = (random.random(len(stays)) < chance) | flags["SHOCK"][index] | flags["VENTILATED"][index]
    steps = 1 + critical.astype(np.int64) * 2
    owner, step = expand(steps)
    share = np.where(critical[owner], np.array([0.0, 0.35, 0.6])[step], 0.0)
    length = (stays.last_known - stays.start)[owner]
    enters = stays.start[owner] + (share * length).astype(np.int64) // 60 * 60
    last = step == steps[owner] - 1
    leaves = np.where(last, stays.out[owner], np.concatenate([enters[1:], [0]]))
    unit = np.where(np.isin(stays.service, [SPECIALTIES.index("Cardiology")]), _CARDIAC, _INTENSIVE)
    ward = np.where(critical[owner] & (step == 0), unit[owner], home_wards(stays)[owner])
    ward = np.where(critical[owner] & (step == 1), _STEPDOWN, ward)
    here = last & ~stays.ended[owner]
    return {
        "MOVE_ID": first + np.arange(len(owner)),
        "enc_csn": csn[index][owner],
        "pat_id": people.pat_id[stays.who][owner],
        "WARD_ID": ward,
        "BED_LABEL": joined(digits(ward), "-", digits(random.integers(1, 30, len(owner)), 2)),
        "IN_DTTM": moments(enters),
        "OUT_DTTM": moments(leaves, here),
    }


def diagnoses(chunk: Chunk) -> Columns:
    """enc_dx: the principal diagnosis at rank 1, then what else was coded, in no particular order."""
    random, people, rows_, flags = chunk.random, chunk.people, chunk.encounters, chunk.flags
    parts = [
        _principal(random, rows_, flags, chunk.principal),
        *_chronic(random, people, rows_, flags),
        *_complications(random, rows_, flags),
    ]
    parts += [_visits(random, rows_, flags, ED, "emergency"), _visits(random, rows_, flags, OP, "clinic")]
    which, code, order, present = (np.concatenate(each) for each in zip(*parts, strict=True))
    counted = (rows_.real | (rows_.state == IN_ERROR))[which]
    which, code, order, present = which[counted], code[counted], order[counted], present[counted]
    sort = np.lexsort((order, which))
    which, code, present = which[sort], code[sort], present[sort]
    starts = np.flatnonzero(np.diff(which, prepend=-1))
    rank = np.arange(len(which)) - np.repeat(starts, np.diff(np.append(starts, len(which)))) + 1
    return {
        "enc_csn": chunk.csn[which],
        "pat_id": people.pat_id[rows_.who[which]],
        "DX_CD": pick(DIAGNOSES, code),
        "dx_rank": rank,
        "POA_FLAG": pick(("N", "Y", "U"), np.where(rows_.kind[which] == IP, present, -1)),
    }


Part = tuple[Ints, Ints, Floats, Ints]  # contact, code, order within the contact, present on admission


def _principal(random: np.random.Generator, rows_: Encounters, flags: Flags, principal: Ints) -> Part:
    """Rules of coding put hypertensive heart disease before the heart failure it comes with."""
    which = np.flatnonzero(principal >= 0)
    code = principal[which]
    combined = flags["HF"] & flags["HTN"] & (random.random(len(rows_)) < 0.6)
    first = np.where(flags["CKD"], DIAGNOSES.index("I13.0"), DIAGNOSES.index("I11.0"))
    before = np.flatnonzero(combined)
    return (
        np.concatenate([before, which]),
        np.concatenate([first[before], code]),
        np.concatenate([np.full(len(before), -2.0), np.full(len(which), -1.0)]),
        np.ones(len(before) + len(which), np.int64),
    )


def _chronic(random: np.random.Generator, people: People, rows_: Encounters, flags: Flags) -> list[Part]:
    """Long illnesses, under the same code in every stay of a patient; coders forget one in eight."""
    parts = []
    for condition, (codes, weights) in coded_uses("chronic").items():
        of_person = np.array(codes)[choose(random, weights, len(people))]
        coded = flags[history(condition)] & flags["INPATIENT"] & (random.random(len(rows_)) < 0.87)
        if condition in ("HF", "COPD", "AF"):  # their acute form is coded instead
            coded &= ~flags["HF" if condition == "HF" else "COPD" if condition == "COPD" else "AFIB"]
        which = np.flatnonzero(coded)
        parts.append((which, of_person[rows_.who[which]], random.random(len(which)), np.ones(len(which), np.int64)))
    return parts


def _complications(random: np.random.Generator, rows_: Encounters, flags: Flags) -> list[Part]:
    parts = []
    for flag, (codes, weights) in coded_uses("with").items():
        which = np.flatnonzero(flags[flag] & flags["INPATIENT"] & ~reason_is(rows_, flag))  # not what brought them
        code = np.array(codes)[choose(random, weights, len(which))]
        parts.append((which, code, random.random(len(which)), choose(random, [35, 60, 5], len(which))))
    return parts


def _visits(random: np.random.Generator, rows_: Encounters, flags: Flags, kind: int, use: str) -> Part:
    """One diagnosis for each visit: something chronic that the patient has, or something that anyone may have."""
    which = np.flatnonzero((rows_.kind == kind) & rows_.real)
    codes: list[int] = []
    weights: list[Floats] = []
    for condition, (numbers_, shares_) in coded_uses(use).items():
        has: Bools | float = 1.0 if condition == "ANY" else flags[history(condition)][which]
        for number, share in zip(numbers_, shares_, strict=True):
            codes.append(number)
            weights.append(np.full(len(which), share) * has)
    code = np.array(codes)[choose_each(random, np.stack(weights, axis=1))]
    return which, code, np.zeros(len(which)), np.ones(len(which), np.int64)


def problem_list(chunk: Chunk, first: int) -> Columns:
    """prob_list: what clinicians wrote down, mostly later than it began, some of it never."""
    random, people = chunk.random, chunk.people
    parts = []
    for condition, (codes, weights) in coded_uses("chronic").items():
        onset = people.onset[condition]
        noted = np.where(onset < NEVER, onset, 0) + random.exponential(200, len(people)) * DAY
        who = np.flatnonzero((onset < NEVER) & (noted < END) & (random.random(len(people)) < 0.8))
        parts.append((who, np.array(codes)[choose(random, weights, len(who))], (noted[who] // DAY).astype(np.int64)))
    who, code, noted_day = (np.concatenate(each) for each in zip(*parts, strict=True))
    resolved = random.random(len(who)) < 0.06
    return {
        "problem_id": first + np.arange(len(who)),
        "pat_id": people.pat_id[who],
        "DX_CD": pick(DIAGNOSES, code),
        "NOTED_DT": dates(noted_day),
        "RESOLVED_DT": dates(np.minimum(noted_day + random.integers(30, 900, len(who)), END // DAY), ~resolved),
        "PROB_STATUS": pick(("Active", "Resolved"), resolved.astype(np.int64)),
    }


def procedures(chunk: Chunk) -> Columns:
    """px_proc: what was done, in the first days of the stay."""
    random, rows_, flags = chunk.random, chunk.encounters, chunk.flags
    parts = []
    for number, row in enumerate(rows("procedures.csv")):
        done = np.zeros(len(rows_), np.bool_)
        for flag, share in shares(row["uses"]).items():
            done |= flags[flag] & (random.random(len(rows_)) < share)
        which = np.flatnonzero(done & rows_.real & (rows_.kind == IP))
        parts.append((which, np.full(len(which), number)))
    which, code = (np.concatenate(each) for each in zip(*parts, strict=True))
    hours = np.minimum(random.exponential(16, len(which)) + 1, stay_hours(rows_)[which] * 0.9)
    return {
        "enc_csn": chunk.csn[which],
        "pat_id": chunk.people.pat_id[rows_.who[which]],
        "PX_CD": pick(column("procedures.csv", "code"), code),
        "PX_DT": moments(rows_.start[which] + (hours * HOUR).astype(np.int64) // 60 * 60),
        "surgeon_prov_id": attending(random, rows_[which]),
    }
