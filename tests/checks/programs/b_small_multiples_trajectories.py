# ruff: noqa  kept as it was written
"""Small multiples: value trajectories of the patients with most results (labelled by letter), LOWESS over all."""

import string

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from statsmodels.nonparametric.smoothers_lowess import lowess

PARAMETERS = {"loinc": "4548-4", "n_panels": 6, "frac": 0.4}


def main(data, report, loinc, n_panels, frac):
    df = data.sql(
        "SELECT pat_id, taken_at, value FROM ehr.labs WHERE loinc = :loinc AND value IS NOT NULL ORDER BY taken_at",
        loinc=loinc,
    )
    df["n"] = df.groupby("pat_id")["value"].transform("count")
    df["rel"] = df.groupby("pat_id")["taken_at"].transform(lambda s: (s - s.min()).dt.days)
    biggest = df.drop_duplicates("pat_id").sort_values(["n", "taken_at"], ascending=[False, True]).head(n_panels)
    letter = dict(zip(biggest["pat_id"], string.ascii_uppercase))
    shown = df[df["pat_id"].isin(letter)].assign(panel=lambda d: d["pat_id"].map(letter))
    smooth = lowess(df["value"], df["rel"], frac=frac, return_sorted=True)

    ncols = 3
    nrows = -(-n_panels // ncols)
    fig, axs = plt.subplots(nrows, ncols, figsize=(9, 2.4 * nrows), sharex=True, sharey=True, squeeze=False)
    for ax, (name, g) in zip(axs.ravel(), shown.groupby("panel")):
        ax.plot(df["rel"], df["value"], ",", color="0.8", zorder=0)
        ax.plot(*smooth.T, color="tab:gray", lw=1)
        ax.plot(g["rel"], g["value"], "-o", ms=3, color="tab:red")
        ax.set_title(f"Patient {name}", fontsize=9, pad=2)
        lo, hi = g["value"].quantile([0.1, 0.9])
        ax.axhspan(lo, hi, color="tab:red", alpha=0.08, lw=0)
    for ax in axs.ravel()[len(letter) :]:
        ax.remove()
    fig.supxlabel("Days since first result")
    fig.supylabel(loinc)
    report.figure("Trajectories", fig)
    cv = shown.groupby("panel")["value"].agg(n="count", mean="mean", cv=lambda s: s.std() / s.mean())
    report.table("Within-patient variation", cv.round(2))
    report.value("spread of the smooth", round(float(np.ptp(smooth[:, 1])), 1))
