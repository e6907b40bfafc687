"""The lists behind the made-up hospital, read once from the CSV files beside this module.

    rows("labs.csv")[0]["loinc"]                          # '2160-0'
    shares("HF:0.92|AKI:0.1")                             # {'HF': 0.92, 'AKI': 0.1}
    coded_uses("principal")["HF"]                         # ([row numbers in diagnoses.csv], [weights])

Codes are public (ICD-10-CM, ICD-10-PCS, LOINC, RxNorm, UB-04); see SOURCES.md.
"""

from __future__ import annotations

import csv
from functools import cache
from importlib import resources

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]
Flags = dict[str, Bools]


@cache
def rows(name: str) -> tuple[dict[str, str], ...]:
    """Every row of one of our CSV files, as text."""
    text = (resources.files("resources.demo") / name).read_text(encoding="utf-8")
    return tuple(csv.DictReader(text.splitlines()))


def column(name: str, key: str) -> list[str]:
    """One column of one of our CSV files, as text."""
    return [row[key] for row in rows(name)]


def numbers(name: str, key: str, empty: float = 0.0) -> Floats:
    """One column as numbers; an empty cell is `empty`."""
    return np.array([float(cell) if cell else empty for cell in column(name, key)])


def shares(uses: str) -> dict[str, float]:
    """`HF:0.92|AKI:0.1` as a dictionary."""
    return {key: float(share) for key, share in (use.split(":") for use in uses.split("|"))}


@cache
def coded_uses(use: str) -> dict[str, tuple[list[int], list[float]]]:
    """For one use of diagnosis codes ("principal", "chronic", …): row numbers and weights by what they are for."""
    found: dict[str, tuple[list[int], list[float]]] = {}
    for number, row in enumerate(rows("diagnoses.csv")):
        for one in row["uses"].split("|"):
            kind, rest = one.split(":")
            target, weight = rest.split("*")
            if kind == use:
                numbers_, weights = found.setdefault(target, ([], []))
                numbers_.append(number)
                weights.append(float(weight))
    return found


def choose(random: np.random.Generator, weights: list[float] | Floats, size: int) -> Ints:
    """`size` draws of an index, in proportion to `weights`."""
    edges = np.cumsum(np.asarray(weights, dtype=np.float64))
    drawn: Ints = np.searchsorted(edges, random.random(size) * edges[-1], side="right").astype(np.int64)
    return drawn


def choose_each(random: np.random.Generator, weights: Floats) -> Ints:
    """One index for each row of `weights` (all-zero rows give 0): the Gumbel-max trick, no loop over rows."""
    with np.errstate(divide="ignore"):
        best: Ints = np.argmax(np.log(weights) + random.gumbel(size=weights.shape), axis=1).astype(np.int64)
    return best


def expand(counts: Ints) -> tuple[Ints, Ints]:
    """Repeat each index `counts` times: the index, and the running number within it."""
    owner = np.repeat(np.arange(len(counts)), counts)
    starts = np.cumsum(counts) - counts
    return owner, np.arange(len(owner)) - starts[owner]
