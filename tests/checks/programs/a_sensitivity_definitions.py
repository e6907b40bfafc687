# ruff: noqa  kept as it was written
# fmt: off
"""How much does the readmission rate depend on its definition? One function, a grid of definitions."""
from itertools import product

import pandas as pd

PARAMETERS = {"windows": [30, 60, 180], "classes": ["IP only", "any"], "exclusions": ["none", "no J18 index", "adults"]}

EXCLUDE = {
    "none": lambda d: d,
    "no J18 index": lambda d: d[~d["primary_dx"].fillna("").str.startswith("J18")],
    "adults": lambda d: d[d["age_at_admit"] >= 18],
}


def rate(index: pd.DataFrame, later: pd.DataFrame, window: int) -> tuple[int, int]:
    """(readmitted, index stays) using the first later admission of the same patient."""
    left = index.sort_values("disch_dt")
    right = later[["pat_id", "admit_dt"]].sort_values("admit_dt").rename(columns={"admit_dt": "next_admit"})
    joined = pd.merge_asof(
        left, right, left_on="disch_dt", right_on="next_admit", by="pat_id",
        direction="forward", allow_exact_matches=False, tolerance=pd.Timedelta(days=window),
    )
    return int(joined["next_admit"].notna().sum()), len(joined)


def main(data, report, windows, classes, exclusions):
    enc = data.sql(
        "SELECT pat_id, enc_id, admit_dt, disch_dt, primary_dx, enc_class, age_at_admit FROM ehr.encounters"
    )
    report.step("all encounters", enc)
    inpatient = enc[enc["enc_class"].eq("IP")]
    index_all = inpatient.dropna(subset=["disch_dt"])
    report.step("index stays", index_all)

    results = []
    for window, kind, excl in product(windows, classes, exclusions):
        index = EXCLUDE[excl](index_all)
        later = inpatient if kind == "IP only" else enc
        k, n = rate(index, later, window)
        results.append({"window": window, "readmission class": kind, "exclusion": excl, "n": n, "rate %": round(100 * k / n, 2) if n else None})
    grid = pd.DataFrame.from_records(results)
    report.table("All definitions", grid)
    base = grid.query("window == 30 and `readmission class` == 'IP only' and exclusion == 'none'")["rate %"].squeeze()
    report.value("base case (%)", base)
    lo, hi = grid["rate %"].agg(["min", "max"])
    report.text(f"Across {len(grid)} definitions the rate runs from {lo}% to {hi}%.")
