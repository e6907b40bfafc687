# ruff: noqa  kept as it was written
# fmt: off
"""eGFR (CKD-EPI 2021) per creatinine, and the slope per year of every patient with enough values."""
from __future__ import annotations

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from scipy.stats import linregress

PARAMETERS = {"creatinine": "2160-0", "min_values": 4, "fast_decline": -5.0}


def ckd_epi_2021(scr: np.ndarray, age: np.ndarray, female: np.ndarray) -> np.ndarray:
    kappa = np.where(female, 0.7, 0.9)
    alpha = np.where(female, -0.241, -0.302)
    ratio = scr / kappa
    return (
        142
        * np.minimum(ratio, 1) ** alpha
        * np.maximum(ratio, 1) ** -1.200
        * 0.9938**age
        * np.where(female, 1.012, 1.0)
    )


def slope(g: pd.DataFrame) -> pd.Series:
    years = (g["taken_at"] - g["taken_at"].min()) / pd.Timedelta(days=365.25)
    fit = linregress(years, g["egfr"])
    return pd.Series({"n": len(g), "slope": fit.slope, "baseline": fit.intercept, "r2": fit.rvalue**2})


def main(data, report, creatinine, min_values, fast_decline):
    labs = data.sql(
        """
        SELECT l.pat_id, l.taken_at, l.value AS scr, p.sex, year(l.taken_at) - p.birth_year AS age
        FROM ehr.labs l JOIN ehr.patients p USING (pat_id)
        WHERE l.loinc = :creatinine AND l.value > 0
        """,
        creatinine=creatinine,
    )
    report.step("creatinine results", labs)
    labs["egfr"] = ckd_epi_2021(labs["scr"].to_numpy(), labs["age"].to_numpy(), (labs["sex"] == "F").to_numpy())
    enough = labs.groupby("pat_id").filter(lambda g: len(g) >= min_values)
    report.step(f"patients with >= {min_values} values", enough)

    slopes = enough.groupby("pat_id")[["taken_at", "egfr"]].apply(slope)
    report.value("median slope (mL/min/1.73m2/year)", round(float(slopes["slope"].median()), 2))
    report.value("fast decliners", int((slopes["slope"] <= fast_decline).sum()))
    stage = pd.cut(slopes["baseline"], [-np.inf, 15, 30, 45, 60, 90, np.inf], labels=["G5", "G4", "G3b", "G3a", "G2", "G1"], right=False)
    report.table("Baseline stage", stage.value_counts(sort=False).rename_axis("stage").reset_index(name="patients"))

    fig, (left, right) = plt.subplots(1, 2, figsize=(8, 3), layout="constrained")
    left.hist(slopes["slope"], bins=15, color="0.6", edgecolor="white")
    left.axvline(fast_decline, ls=":", c="r")
    left.set_xlabel("slope / year")
    right.scatter(slopes["baseline"], slopes["slope"], s=12)
    right.set_xlabel("baseline eGFR")
    report.figure("eGFR slopes", fig)
