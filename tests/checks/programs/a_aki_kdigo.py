# ruff: noqa  kept as it was written
# fmt: off
"""KDIGO stage of acute kidney injury: each creatinine against the lowest value in the week(s) before (rolling minimum)."""
import numpy as np
import pandas as pd

PARAMETERS = {"creatinine": "2160-0", "baseline_days": 120}

# (stage, ratio at least, absolute at least)
KDIGO = (
    (3, 3.0, 4.0),
    (2, 2.0, np.inf),
    (1, 1.5, np.inf),
)


def stage(ratio: float, value: float) -> int:
    for s, min_ratio, min_value in KDIGO:
        if ratio >= min_ratio or (value >= min_value and ratio > 1):
            return s
    return 0


def add_baseline(g: pd.DataFrame, days: int) -> pd.DataFrame:
    g = g.sort_values("taken_at").set_index("taken_at")
    g["baseline"] = g["value"].rolling(f"{days}D", closed="left").min()
    return g.reset_index()


def main(data, report, creatinine, baseline_days):
    labs = data.sql("""
        SELECT l.pat_id, l.enc_id, l.taken_at, l.value
        FROM ehr.labs AS l
        WHERE l.loinc = :creatinine AND l.value > 0
    """, creatinine=creatinine)
    report.step("creatinine > 0", labs)

    frames = []
    for key, g in labs.groupby("pat_id", as_index=False):
        frames.append(add_baseline(g, baseline_days))
    full = pd.concat(frames, ignore_index=True)
    full = full[full["baseline"].notnull()]
    report.step("with a baseline", full)
    full["ratio"] = full["value"] / full["baseline"]
    full["stage"] = np.vectorize(stage, otypes=[int])(full["ratio"], full["value"])

    worst = full.groupby("enc_id")["stage"].max()
    table = worst.value_counts().reindex(range(4), fill_value=0).rename_axis("KDIGO stage").reset_index(name="stays")
    table["%"] = (table["stays"] / max(table["stays"].sum(), 1) * 100).round(1)
    report.table("Worst stage", table)
    aki = int((worst > 0).sum())
    report.value("stays with AKI", aki)
    report.text("No acute kidney injury found." if not aki else f"{aki} stay{'s' if aki != 1 else ''} with AKI.")
