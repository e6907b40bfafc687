"""Admissions by hour and weekday, as a heat map and a table."""

import calendar

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd

PARAMETERS = {"kind": "IP", "days": ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]}


def main(data, report, kind, **rest):
    admissions = data.sql("SELECT enc_id, admit_dt FROM ehr.encounters WHERE enc_class = :kind", kind=kind)
    admissions["hour"] = admissions["admit_dt"].dt.hour
    admissions["weekday"] = admissions["admit_dt"].dt.day_name()
    grid = (
        admissions.pivot_table(index="weekday", columns="hour", values="enc_id", aggfunc="count", fill_value=0)
        .reindex(rest["days"])
        .fillna(0)
        .astype(int)
    )
    fig, axes = plt.subplots(1, 2, figsize=(10, 4), gridspec_kw={"width_ratios": [3, 1]})
    image = axes[0].imshow(grid.values, aspect="auto", cmap="viridis")
    axes[0].set_yticks(range(len(grid.index)), [calendar.day_abbr[i] for i in range(7)])
    fig.colorbar(image, ax=axes[0])
    axes[1].barh(grid.index, grid.sum(axis=1))
    for i, total in enumerate(grid.sum(axis=1)):
        axes[1].text(total, i, f" {total}", va="center")
    report.figure("Heat map", fig)
    busiest = np.unravel_index(np.argmax(grid.values), grid.shape)
    report.text(f"Busiest: {grid.index[busiest[0]]} at {grid.columns[busiest[1]]:02d}:00")
    out = grid.copy()
    out.columns = [f"{h:02d}" for h in out.columns]
    out.loc["total"] = out.sum()
    report.table("Grid", out.reset_index())
    del out["weekday" if "weekday" in out.columns else out.columns[0]]
    report.value("columns left", out.shape[1])
    assert isinstance(grid, pd.DataFrame), "a frame"
