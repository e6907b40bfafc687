"""vitals_flow: what nurses write down, with the course of the illness in it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from ._calendar import HOUR
from ._chunk import Chunk
from ._data import Floats, expand
from ._encounters import IP, OP
from ._text import moments, nullable

Columns = Mapping[str, Any]


def vital_signs(chunk: Chunk, first: int) -> Columns:
    """vitals_flow: once per visit, every eight hours of a stay."""
    random, people, rows_, csn, flags = chunk.random, chunk.people, chunk.encounters, chunk.csn, chunk.flags
    hours = (rows_.last_known - rows_.start) / HOUR
    counts = (np.where(rows_.kind == IP, 1 + np.maximum(hours, 0) // 8, 1) * rows_.real).astype(np.int64)
    counts *= (rows_.kind != OP) | (random.random(len(rows_)) < 0.8)
    which, number = expand(counts)
    size, who = len(which), rows_.who[which]
    fading = np.exp(-number / 6)

    def has(*names: str) -> Floats:
        found: Floats = np.any([flags[name][which] for name in names], axis=0).astype(np.float64)
        return found

    infected = has("SEPSIS", "PNEUMONIA", "COVID", "APPENDIX", "CELLULITIS") * fading
    systolic = (
        122
        + random.normal(0, 9, len(people))[who]
        + 12 * has("HTN")
        - 32 * has("SHOCK") * fading
        + random.normal(0, 8, size)
    )
    fahrenheit = np.round(98.3 + 2.6 * infected + random.normal(0, 0.45, size), 1)
    celsius = random.random(size) < 0.004
    weight = np.clip(random.normal(78, 13, len(people)), 42, 150)[who] * np.where(flags["OBESITY"][which], 1.3, 1.0)
    weight *= np.clip((people.age(who, rows_.start[which]) + 4) / 20, 0.15, 1.0)
    return {
        "FSD_ID": first + np.arange(size),
        "enc_csn": csn[which],
        "pat_id": people.pat_id[who],
        "REC_DTTM": moments(rows_.start[which] + number * 8 * HOUR + random.integers(0, 40, size) * 60),
        "BP_SYS": systolic.astype(np.int64),
        "BP_DIA": (systolic * 0.6 + random.normal(0, 6, size)).astype(np.int64),
        "PULSE": (
            74 + 22 * infected + 12 * has("SHOCK", "AFIB", "GI_BLEED") * fading + random.normal(0, 9, size)
        ).astype(np.int64),
        "RESP": (15 + 6 * has("COPD", "HF", "PNEUMONIA", "COVID") * fading + np.abs(random.normal(0, 2, size))).astype(
            np.int64
        ),
        "TEMP_F": np.where(celsius, np.round((fahrenheit - 32) / 1.8, 1), fahrenheit),
        "SPO2": np.clip(
            97.5 - 6 * has("RESPIRATORY_FAILURE", "COPD") * fading - np.abs(random.normal(0, 1.3, size)), 60, 100
        ).astype(np.int64),
        "WT_KG": nullable(np.round(weight + 3.5 * has("HF") * fading, 1), (number > 0) & (random.random(size) < 0.7)),
    }
