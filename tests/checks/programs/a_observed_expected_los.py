# ruff: noqa  kept as it was written
# fmt: off
"""Observed/expected prolonged stays by 3-digit ZIP (indirect standardisation on age band x diagnosis)."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy import stats

PARAMETERS = {"long_days": 3.0, "min_cases": 5}


def byar_limits(observed: int, expected: float, alpha: float = 0.05) -> tuple[float, float]:
    """Byar's approximation to the exact Poisson limits of an SMR."""
    z = stats.norm.ppf(1 - alpha / 2)
    if expected == 0:
        return (np.nan, np.nan)
    low = 0.0
    if observed > 0:
        low = observed * (1 - 1 / (9 * observed) - z / (3 * np.sqrt(observed))) ** 3 / expected
    o1 = observed + 1
    high = o1 * (1 - 1 / (9 * o1) + z / (3 * np.sqrt(o1))) ** 3 / expected
    return low, high


def main(data, report, long_days, min_cases):
    df = data.sql(
        """
        SELECT e.enc_id, p.zip, e.age_at_admit, coalesce(left(e.primary_dx, 3), 'UNK') AS dx, e.los
        FROM ehr.encounters AS e
        INNER JOIN ehr.patients AS p ON p.pat_id = e.pat_id
        WHERE e.enc_class = 'IP'
        """
    )
    report.step("inpatient stays with a ZIP", df)
    df["long"] = (df["los"] > long_days).astype(int)
    df["band"] = pd.cut(df["age_at_admit"], bins=[0, 40, 60, 75, np.inf], right=False, labels=["<40", "40-59", "60-74", "75+"])
    reference = df.groupby(["band", "dx"], observed=True)["long"].mean().rename("expected")
    df = df.join(reference, on=["band", "dx"])
    df["area"] = df["zip"].str[0]

    smr = df.groupby("area").agg(n=("long", "size"), observed=("long", "sum"), expected=("expected", "sum"))
    smr = smr[smr["n"] >= min_cases]
    smr["ratio"] = smr["observed"] / smr["expected"]
    smr[["low", "high"]] = [byar_limits(int(o), e) for o, e in zip(smr["observed"], smr["expected"])]
    smr["flag"] = np.select([smr["low"] > 1, smr["high"] < 1], ["above", "below"], default="as expected")

    report.table("Observed/expected by ZIP region", smr.round(2).reset_index())
    report.value("regions above expected", int((smr["flag"] == "above").sum()))
    report.text(f"Reference: all {len(df):,} stays; long stay means > {long_days:g} days.")
