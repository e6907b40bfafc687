"""Length of stay before and after a change, difference in differences with a bootstrap interval."""

import numpy as np
import pandas as pd

PARAMETERS = {"change": "2022-09-01", "draws": 200, "seed": 7}


def main(data, report, change, draws, seed):
    df = data.sql("SELECT enc_class, admit_dt, los FROM ehr.encounters WHERE los IS NOT NULL")
    df["after"] = df["admit_dt"] >= pd.Timestamp(change)
    df["treated"] = df["enc_class"].eq("IP")

    def effect(frame):
        m = frame.groupby(["treated", "after"])["los"].mean()
        try:
            return (m[True, True] - m[True, False]) - (m[False, True] - m[False, False])
        except KeyError:
            return np.nan

    rng = np.random.default_rng(seed)
    estimates = []
    failed = 0

    def draw():
        nonlocal failed
        sample = df.iloc[rng.integers(0, len(df), len(df))]
        value = effect(sample)
        if np.isnan(value):
            failed += 1
            return
        estimates.append(value)

    while len(estimates) < draws and failed < draws:
        draw()
    low, high = np.percentile(estimates, [2.5, 97.5])
    report.value("effect, days", round(float(effect(df)), 4))
    report.value("95% interval", [round(float(low), 4), round(float(high), 4)])
    means = df.groupby(["treated", "after"]).agg({"los": ["mean", "std", "size"]})
    means.columns = means.columns.droplevel(0)
    report.table("Means", means.reset_index().round(3))
