"""LAB_RESULT: what the laboratory reported, with the blemishes that real results have."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ._chunk import Chunk
from ._data import Floats, Ints, choose, column, numbers
from ._lab_course import CREATININE, LABS, make_draws, orders, panel_values
from ._text import decimals, digits, joined, moments, nullable, pick, where

Columns = Mapping[str, Any]
NO_NUMBER = 9_999_999.0  # what this hospital's laboratory system writes where there is no number
_HBA1C, _HEMOGLOBIN, _TROPONIN = LABS.index("4548-4"), LABS.index("718-7"), LABS.index("10839-9")
_OTHER_UNIT = {CREATININE: LABS.index("14682-9"), _HBA1C: LABS.index("59261-8")}
_STATES = ("Final", "Corrected", "Entered in error")


def lab_results(chunk: Chunk, first: int) -> Columns:
    """LAB_RESULT for all contacts: every analyte of every panel that was ordered."""
    severity = np.clip(chunk.random.lognormal(0, 0.35, len(chunk.encounters)), 0.4, 2.2)
    draws = make_draws(chunk)
    whose, times, labs, values = [], [], [], []
    for panel, ordered in orders(chunk, draws).items():
        sample = draws[ordered]
        for lab, value in panel_values(chunk, panel, sample, severity).items():
            whose.append(sample.which)
            times.append(sample.time)
            labs.append(np.full(len(value), lab))
            values.append(value)
    which, time, lab_, value_ = map(np.concatenate, (whose, times, labs, values))
    order = np.lexsort((lab_, time, which))
    return _table(chunk, which[order], time[order], lab_[order], value_[order], first)


def _table(chunk: Chunk, which: Ints, time: Ints, lab: Ints, value: Floats, first: int) -> Columns:
    random, who, csn = chunk.random, chunk.encounters.who[which], chunk.csn[which]
    lab, value = _in_other_units(random, lab, value)
    unit, value = _units(random, lab, value)
    low, high = _limits(chunk, who, lab)
    spoiled = random.random(len(value)) < 0.002
    below = (lab == _TROPONIN) & (value < 0.01)
    flag = np.where(spoiled, -1, np.where(value > high, 0, np.where(value < low, 1, -1)))
    return {
        "RESULT_ID": first + np.arange(len(which)),
        "enc_csn": csn,
        "pat_id": chunk.people.pat_id[who],
        "ACCESSION_NUM": joined("A", digits(csn % 10**9, 9), digits(time // 60 % 10_000, 4)),
        "LOINC_CD": pick(LABS, lab),
        "COLL_DTTM": moments(time),
        "RESULT_DTTM": moments(time + random.integers(20, 200, len(time)) * 60),
        "ORD_VALUE": where(spoiled, "HEMOLYZED", where(below, "<0.01", _printed(lab, value))),
        "ORD_NUM_VALUE": np.where(spoiled | below, NO_NUMBER, value),
        "RESULT_UNIT": unit,
        "REF_LOW": nullable(low, np.isnan(low)),
        "REF_HIGH": nullable(high, np.isnan(high)),
        "ABN_FLAG": pick(("H", "L"), flag),
        "RESULT_STAT": pick(_STATES, choose(random, [98.8, 0.9, 0.3], len(which))),
    }


def _limits(chunk: Chunk, who: Ints, lab: Ints) -> tuple[Floats, Floats]:
    """The reference range, women's for women; not a number where there is no limit."""
    female = chunk.people.female[who]
    low, high = (
        np.where(female, numbers("labs.csv", f"female_{end}", np.nan)[lab], numbers("labs.csv", end, np.nan)[lab])
        for end in ("low", "high")
    )
    return low, high


def _in_other_units(random: np.random.Generator, lab: Ints, value: Floats) -> tuple[Ints, Floats]:
    """A few results come from a laboratory that reports SI units under another LOINC code."""
    other = random.random(len(lab)) < 0.03
    creatinine, glycated = other & (lab == CREATININE), other & (lab == _HBA1C)
    value = np.where(
        creatinine, np.round(value * 88.42), np.where(glycated, np.round((value - 2.152) / 0.09148), value)
    )
    lab = np.where(creatinine, _OTHER_UNIT[CREATININE], np.where(glycated, _OTHER_UNIT[_HBA1C], lab))
    return lab, value


def _units(random: np.random.Generator, lab: Ints, value: Floats) -> tuple[pa.Array, Floats]:
    """And a few are in another unit under the same code, which only the unit tells."""
    grams_per_litre = (lab == _HEMOGLOBIN) & (random.random(len(lab)) < 0.015)
    return where(grams_per_litre, "g/L", pick(column("labs.csv", "unit"), lab)), np.where(
        grams_per_litre, value * 10, value
    )


def _printed(lab: Ints, value: Floats) -> pa.Array:
    """Each number with the decimals of its analyte."""
    places = numbers("labs.csv", "decimals").astype(np.int64)[lab]
    text = decimals(value, 0)
    for count in range(1, 4):
        text = pc.if_else(pa.array(places == count), decimals(value, count), text)
    return text
