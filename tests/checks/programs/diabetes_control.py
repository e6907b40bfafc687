"""HbA1c control: newest value per patient and the share at or above the limit, by sex."""

import numpy as np
import pandas as pd
from scipy import stats

PARAMETERS = {"limit": 5.5, "loinc": ["4548-4"]}


def wilson(k: int, n: int, z: float = 1.96) -> tuple[float, float]:
    if n == 0:
        return (np.nan, np.nan)
    p = k / n
    centre = (p + z**2 / (2 * n)) / (1 + z**2 / n)
    half = z * np.sqrt(p * (1 - p) / n + z**2 / (4 * n**2)) / (1 + z**2 / n)
    return (centre - half, centre + half)


def main(data, report, limit, loinc):
    labs = data.sql(
        "SELECT pat_id, value, taken_at FROM ehr.labs WHERE loinc IN (:loinc) AND value IS NOT NULL", loinc=loinc
    )
    people = data.sql("SELECT pat_id, sex FROM ehr.patients", cohort={"pat_id": labs["pat_id"]})
    newest = labs.sort_values("taken_at").drop_duplicates("pat_id", keep="last")
    merged = newest.merge(people, on="pat_id", how="left", validate="one_to_one")
    merged["high"] = np.where(merged["value"] >= limit, 1, 0)
    rows = []
    for sex, group in merged.groupby("sex"):
        low, high = wilson(int(group["high"].sum()), len(group))
        rows.append({"sex": sex, "n": len(group), "high": int(group["high"].sum()), "low95": low, "high95": high})
    table = pd.DataFrame(rows)
    report.table("Share above the limit", table.round(3))
    crosstab = pd.crosstab(merged["sex"], merged["high"])
    chi2, p, dof, _ = stats.chi2_contingency(crosstab)
    report.value("p (chi-squared)", round(float(p), 6))
    report.text(f"{len(merged):,} patients; chi2 = {chi2:.3f} on {dof} degree{'s' if dof != 1 else ''} of freedom")
