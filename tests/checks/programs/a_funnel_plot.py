# ruff: noqa  kept as it was written
# fmt: off
"""Funnel plot: share of stays longer than a limit, by patient area (first digit of ZIP), with exact binomial control limits."""
import numpy as np
import pandas as pd
import matplotlib.pyplot as plt
from scipy.stats import binom

PARAMETERS = {"limit": 2.5}

def funnel_limits(p0, n_grid, levels=(0.95, 0.998)):
    out = {}
    for level in levels:
        a = (1 - level) / 2
        out[level] = (binom.ppf(a, n_grid, p0) / n_grid, binom.ppf(1 - a, n_grid, p0) / n_grid)
    return out

def main(data, report, limit):
    areas = data.sql("""
        SELECT left(p.zip, 1) AS area,
               count(*) AS stays,
               count(*) FILTER (WHERE e.los > :limit) AS long_stays
        FROM ehr.encounters e
        JOIN ehr.patients p ON p.pat_id = e.pat_id
        WHERE e.los IS NOT NULL
        GROUP BY area
        HAVING count(*) >= 4
        ORDER BY area
    """, limit=limit)
    report.step("areas", areas)
    p0 = areas["long_stays"].sum() / areas["stays"].sum()
    areas["share"] = areas["long_stays"] / areas["stays"]
    lims = funnel_limits(p0, areas["stays"].to_numpy())
    low, high = lims[0.998]
    areas["outlier"] = (areas["share"] < low) | (areas["share"] > high)
    report.table("Areas", areas.round(3))
    report.value("target", round(float(p0), 4))
    report.value("outliers at 99.8%", int(areas["outlier"].sum()))

    grid = np.arange(4, areas["stays"].max() + 10)
    fig, ax = plt.subplots(figsize=(6, 4))
    for (level, (lo, hi)), style in zip(funnel_limits(p0, grid).items(), ["--", "-"]):
        ax.plot(grid, lo, style, c="grey", lw=1)
        ax.plot(grid, hi, style, c="grey", lw=1, label=f"{level:.1%}")
    ax.scatter(areas["stays"], areas["share"], c=areas["outlier"].map({True: "red", False: "black"}))
    for r in areas.itertuples():
        ax.text(r.stays + .5, r.share, r.area, fontsize=7)
    ax.axhline(p0, lw=.8); ax.legend(title="limits"); ax.set_xlabel("stays"); ax.set_ylabel("share long")
    report.figure("Funnel plot", fig)
