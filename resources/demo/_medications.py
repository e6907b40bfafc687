"""Medication orders and what became of each dose. Which drug is for what is in drugs.csv."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from ._calendar import DAY, HOUR
from ._chunk import Chunk
from ._data import Flags, Ints, choose, column, expand, numbers, rows, shares
from ._encounter_tables import attending
from ._encounters import IP, Encounters
from ._text import moments, pick

Columns = Mapping[str, Any]
_ACTIONS = ("Given", "Held", "Refused", "Missed")


def medication_tables(chunk: Chunk, first_order: int, first_dose: int) -> dict[str, Columns]:
    """med_order and MAR_ADMIN for all stays."""
    random, people, rows_, csn, flags = chunk.random, chunk.people, chunk.encounters, chunk.csn, chunk.flags
    which, drug = _ordered(random, rows_, flags)
    size = len(which)
    order_id = first_order + np.arange(size)
    begins = rows_.start[which] + random.integers(10, 360, size) * 60
    begins = np.minimum(begins, rows_.last_known[which] - HOUR)
    full = rows_.last_known[which]
    stopped = random.random(size) < 0.2
    ends = np.where(
        stopped, begins + ((full - begins) * random.uniform(0.2, 0.9, size)).astype(np.int64) // 60 * 60, full
    )
    per_day = numbers("drugs.csv", "per_day").astype(np.int64)[drug]
    dose = numbers("drugs.csv", "dose")[drug] * np.array([0.5, 1.0, 1.0, 2.0])[random.integers(0, 4, size)]
    orders = {
        "ORDER_MED_ID": order_id,
        "enc_csn": csn[which],
        "pat_id": people.pat_id[rows_.who[which]],
        "RXCUI": pick(column("drugs.csv", "rxcui"), drug),
        "DOSE": dose,
        "DOSE_UNIT": pick(column("drugs.csv", "unit"), drug),
        "ROUTE": pick(column("drugs.csv", "route"), drug),
        "FREQ_PER_DAY": per_day,
        "ORD_DTTM": moments(begins),
        "END_DTTM": moments(ends),
        "ORD_STAT": pick(("Completed", "Discontinued"), stopped.astype(np.int64)),
        "auth_prov_id": attending(random, rows_[which]),
    }
    counts = np.maximum(((ends - begins) / DAY * per_day).astype(np.int64), 1)
    owner, number = expand(counts)
    taken = begins[owner] + number * (DAY // per_day[owner]) + random.integers(5, 50, len(owner)) * 60
    action = choose(random, [93, 3.5, 2, 1.5], len(owner))
    doses = {
        "MAR_ID": first_dose + np.arange(len(owner)),
        "ORDER_MED_ID": order_id[owner],
        "enc_csn": csn[which][owner],
        "pat_id": people.pat_id[rows_.who[which]][owner],
        "TAKEN_DTTM": moments(taken),
        "MAR_ACTION": pick(_ACTIONS, action),
        "DOSE_GIVEN": np.where(action == 0, dose[owner], 0.0),
    }
    return {"med_order": orders, "MAR_ADMIN": doses}


def _ordered(random: np.random.Generator, rows_: Encounters, flags: Flags) -> tuple[Ints, Ints]:
    """Which drug (row of drugs.csv) for which stay."""
    stays = rows_.real & (rows_.kind == IP)
    parts = []
    for number, row in enumerate(rows("drugs.csv")):
        given = np.zeros(len(rows_), np.bool_)
        for flag, share in shares(row["uses"]).items():
            given |= flags[flag] & (random.random(len(rows_)) < share)
        which = np.flatnonzero(given & stays)
        parts.append((which, np.full(len(which), number)))
    which, drug = (np.concatenate(each) for each in zip(*parts, strict=True))
    order = np.lexsort((drug, which))
    return which[order], drug[order]
