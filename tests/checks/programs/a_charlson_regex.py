# ruff: noqa  kept as it was written
"""Charlson weights per patient from primary diagnoses (regular expressions), against mean length of stay."""

import re

import numpy as np
import pandas as pd
from scipy.stats import spearmanr, kruskal

PARAMETERS = {"lookback_days": 365}

CHARLSON: dict[str, tuple[str, int]] = {
    "Myocardial infarction": (r"^I2[12]|^I25\.2", 1),
    "Congestive heart failure": (r"^I50|^I11\.0|^I13", 1),
    "Peripheral vascular disease": (r"^I7[01]|^I73\.[189]", 1),
    "COPD": (r"^J4[0-7]|^J6[0-7]", 1),
    "Diabetes": (r"^E1[0-4]", 1),
    "Renal disease": (r"^N18|^N19", 2),
    "Any malignancy": (r"^C[0-6]\d", 2),
    "Metastatic": (r"^C7[7-9]|^C80", 6),
}
PATTERNS = {name: (re.compile(rx), w) for name, (rx, w) in CHARLSON.items()}


def comorbidities(codes) -> set:
    return {name for name, (rx, _) in PATTERNS.items() if any(rx.search(c) for c in codes)}


def score(found: set) -> int:
    return sum(PATTERNS[name][1] for name in found)


def main(data, report, lookback_days):
    enc = data.sql(
        "SELECT pat_id, admit_dt, primary_dx, los FROM ehr.encounters WHERE primary_dx IS NOT NULL ORDER BY admit_dt"
    )
    last = enc.groupby("pat_id")["admit_dt"].transform("max")
    recent = enc[(last - enc["admit_dt"]) <= pd.Timedelta(days=lookback_days)]
    report.step("encounters in look-back", recent)

    people = recent.groupby("pat_id").agg(codes=("primary_dx", lambda s: sorted(set(s))), mean_los=("los", "mean"))
    people["found"] = people["codes"].map(comorbidities)
    people["cci"] = people["found"].map(score)

    prevalence = pd.Series({n: int(people["found"].map(lambda f: n in f).sum()) for n in CHARLSON}, name="patients")
    report.table("Comorbidities", prevalence[prevalence > 0].rename_axis("condition").reset_index())
    report.table("Score distribution", people["cci"].value_counts().sort_index().rename("patients").reset_index())

    rho, p = spearmanr(people["cci"], people["mean_los"])
    if not np.isnan(rho):
        report.value("Spearman rho, CCI vs LOS", round(float(rho), 3))
    groups = [g["mean_los"].values for _, g in people.groupby("cci") if len(g) > 2]
    if len(groups) > 1:
        h, p = kruskal(*groups)
        report.text(f"Kruskal-Wallis H = {h:.2f}, p = {p:.3f}")
