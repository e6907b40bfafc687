# ruff: noqa  kept as it was written
# fmt: off
"""Door-to-test time (stand-in for door-to-antibiotic), by shift of arrival and weekday/weekend."""
import numpy as np
import pandas as pd
from scipy import stats

PARAMETERS = {"target_hours": 24, "max_hours": 24 * 14}

SHIFTS = {"night": range(0, 8), "day": range(8, 16), "evening": range(16, 24)}


def which_shift(ts):
    return next(name for name, hours in SHIFTS.items() if ts.hour in hours)


def geometric_mean(x):
    x = np.asarray(x)[np.asarray(x) > 0]
    return float(np.exp(np.log(x).mean())) if x.size else float("nan")


def main(data, report, target_hours, max_hours):
    df = data.sql("""
        SELECT e.enc_id, e.admit_dt, min(l.taken_at) AS first_lab
          FROM ehr.encounters e
          LEFT JOIN ehr.labs l
            ON l.pat_id = e.pat_id
           AND l.taken_at >= e.admit_dt
         GROUP BY e.enc_id, e.admit_dt
    """)
    report.step("arrivals", df)
    df["hours"] = (df["first_lab"] - df["admit_dt"]) / np.timedelta64(1, "h")
    df = df.dropna(subset=["hours"]).query("hours <= @max_hours").copy()
    report.step("tested within the window", df)

    df["shift"] = df["admit_dt"].map(which_shift)
    df["weekend"] = np.where(df["admit_dt"].dt.dayofweek >= 5, "weekend", "weekday")
    out = (df.groupby(["shift", "weekend"])["hours"]
             .agg(["count", "median", geometric_mean, lambda s: (s <= target_hours).mean() * 100])
             .rename(columns={"<lambda_0>": "pct_on_target"})
             .round(1)
             .reset_index())
    report.table("Hours to first test", out)

    a, b = (g["hours"] for _, g in df.groupby("weekend"))
    u, p = stats.mannwhitneyu(a, b, alternative="two-sided")
    report.value("p weekday vs weekend", round(p, 4))
    report.value("within target (%)", round(100 * np.mean(df["hours"] <= target_hours), 1))
