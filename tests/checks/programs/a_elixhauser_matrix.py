# ruff: noqa  kept as it was written
# fmt: off
"""Elixhauser-style 0/1 matrix with van Walraven weights, and which pairs of conditions go together."""
from itertools import combinations

import numpy as np
import pandas as pd

PARAMETERS = {"top": 5}

CONDITIONS = {
    "CHF": (("I50", "I42", "I43"), 7),
    "PULM": (("J18", "J44", "J45"), 3),
    "DM": (("E10", "E11"), 0),
    "RENAL": (("N17", "N18", "N19"), 5),
    "LIVER": (("K70", "K72", "K74"), 11),
    "OBESITY": (("E66",), -4),
}


def main(data, report, top):
    dx = data.sql("SELECT pat_id, upper(primary_dx) AS code FROM ehr.encounters WHERE primary_dx <> ''")
    report.step("coded encounters", dx)

    matrix = pd.DataFrame({
        name: dx["code"].str.startswith(prefixes).groupby(dx["pat_id"]).any()
        for name, (prefixes, _) in CONDITIONS.items()
    }).astype(int)
    weights = pd.Series({name: weight for name, (_, weight) in CONDITIONS.items()})
    vw = matrix @ weights                                           # matrix product, patients x 1

    report.table("Prevalence", (
        matrix.mean().mul(100).round(1).to_frame("percent").join(weights.rename("weight")).rename_axis("condition").reset_index()
    ))
    report.table("van Walraven score", vw.describe(percentiles=[.1, .5, .9]).round(2).rename_axis("stat").reset_index(name="value"))

    pairs = [
        (a, b, int((matrix[a] & matrix[b]).sum()), round(float(np.corrcoef(matrix[a], matrix[b])[0, 1]), 3))
        for a, b in combinations([c for c in matrix if matrix[c].nunique() > 1], 2)
    ]
    pairs.sort(key=lambda t: (-t[2], t[0]))
    report.table("Pairs", pd.DataFrame(pairs[:top], columns=["a", "b", "both", "phi"]))
    share = (matrix.sum(axis=1) >= 2).mean()
    report.value("multimorbid (%)", f"{share:.1%}")
