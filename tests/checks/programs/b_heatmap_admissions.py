# ruff: noqa  kept as it was written
"""When do patients arrive? Heat map of admissions by weekday and hour band, with row and column totals."""

import calendar

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib import colormaps
from matplotlib.colors import LinearSegmentedColormap, Normalize

PARAMETERS = {"start": "2022-01-01", "end": "2023-12-31", "band_hours": 4}


def main(data, report, start, end, band_hours):
    df = data.sql(
        "SELECT admit_dt, enc_class FROM ehr.encounters WHERE admit_dt >= CAST(:start AS TIMESTAMP) AND admit_dt < CAST(:end AS TIMESTAMP)",
        start=start,
        end=end,
    )
    report.step("arrivals", df)
    df["dow"] = pd.Categorical(
        df["admit_dt"].dt.day_name().str[:3], categories=[d[:3] for d in calendar.day_name], ordered=True
    )
    df["band"] = df["admit_dt"].dt.hour // band_hours * band_hours
    grid = pd.crosstab(df["dow"], df["band"], dropna=False)
    grid = grid.reindex(columns=range(0, 24, band_hours), fill_value=0)
    grid.columns = [f"{h:02d}-{h + band_hours:02d}" for h in grid.columns]

    z = grid.to_numpy()
    expected = z.sum(axis=1, keepdims=True) @ z.sum(axis=0, keepdims=True) / z.sum()
    with np.errstate(divide="ignore", invalid="ignore"):
        pearson = np.nan_to_num((z - expected) / np.sqrt(expected))

    cmap = LinearSegmentedColormap.from_list("quiet", ["#f7fbff", "#6baed6", "#08306b"])
    fig, (ax1, ax2) = plt.subplots(1, 2, figsize=(11, 4), layout="constrained", sharey=True)
    im = ax1.imshow(z, cmap=cmap, norm=Normalize(0, z.max()), aspect="auto")
    for (i, j), n in np.ndenumerate(z):
        ax1.text(j, i, str(n), ha="center", va="center", fontsize=8, color="white" if n > 0.6 * z.max() else "black")
    ax1.set_title("Admissions")
    cbar = fig.colorbar(im, ax=ax1, shrink=0.8)
    cbar.set_label("count", rotation=270, labelpad=10)
    lim = np.abs(pearson).max()
    im2 = ax2.pcolormesh(pearson, cmap=colormaps["RdBu_r"], vmin=-lim, vmax=lim, edgecolors="w", linewidth=0.5)
    fig.colorbar(im2, ax=ax2, label="Pearson residual")
    for ax in (ax1, ax2):
        ax.set_xticks(
            np.arange(grid.shape[1]) + (0.5 if ax is ax2 else 0), labels=grid.columns, rotation=45, ha="right"
        )
    ax1.set_yticks(range(7), grid.index)
    report.figure("Arrivals by weekday and time", fig)

    totals = grid.assign(Total=grid.sum(axis=1))
    totals.loc["Total"] = totals.sum()
    report.table("Counts", totals)
    busiest = grid.stack().idxmax()
    report.text("Busiest cell: {0} {1}".format(*busiest))
