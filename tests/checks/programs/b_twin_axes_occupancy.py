# ruff: noqa  kept as it was written
"""Daily bed occupancy from admissions and discharges, with admissions on a second axis."""

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt
from matplotlib.dates import AutoDateLocator, ConciseDateFormatter
from matplotlib.ticker import MaxNLocator
import numpy as np
import pandas as pd

PARAMETERS = {"beds": 4, "window": 14}

plt.rcParams.update({"font.size": 9, "axes.grid": True, "grid.alpha": 0.25})


def main(data, report, beds, window):
    stays = data.sql(
        "SELECT enc_id, admit_dt, disch_dt FROM ehr.encounters WHERE enc_class = 'IP' AND disch_dt IS NOT NULL"
    )
    report.step("closed stays", stays)
    ins = stays["admit_dt"].dt.floor("D").value_counts()
    outs = stays["disch_dt"].dt.floor("D").value_counts()
    days = pd.date_range(min(ins.index.min(), outs.index.min()), max(ins.index.max(), outs.index.max()), freq="D")
    flow = pd.DataFrame({"in": ins, "out": outs}).reindex(days).fillna(0).astype(int)
    flow["census"] = (flow["in"] - flow["out"]).cumsum()
    flow["smooth"] = flow["census"].rolling(window, center=True, min_periods=1).mean()
    over = flow["census"] > beds

    fig, ax = plt.subplots(figsize=(10, 4))
    ax.fill_between(flow.index, flow["census"], step="mid", color="#c6dbef", label="midnight census")
    ax.plot(flow.index, flow["smooth"], color="#08519c", lw=1.5, label=f"{window}-day mean")
    ax.axhline(beds, color="firebrick", ls="--", lw=1)
    ax.text(flow.index[0], beds, " funded beds", va="bottom", color="firebrick", fontsize=8)
    ax.set_ylabel("Patients in bed")
    ax2 = ax.twinx()
    ax2.grid(False)
    weekly = flow["in"].resample("W-MON").sum()
    ax2.bar(weekly.index, weekly, width=5, alpha=0.3, color="darkgreen", label="admissions per week")
    ax2.set_ylabel("Admissions per week", color="darkgreen")
    ax2.yaxis.set_major_locator(MaxNLocator(integer=True))
    ax2.tick_params(axis="y", colors="darkgreen")
    h1, l1 = ax.get_legend_handles_labels()
    h2, l2 = ax2.get_legend_handles_labels()
    ax.legend(h1 + h2, l1 + l2, ncols=3, loc="upper center", bbox_to_anchor=(0.5, -0.12))
    loc = AutoDateLocator()
    ax.xaxis.set_major_locator(loc)
    ax.xaxis.set_major_formatter(ConciseDateFormatter(loc))
    report.figure("Occupancy", fig)

    report.value("Mean census", round(flow["census"].mean(), 2))
    report.value("Peak census", int(flow["census"].max()))
    report.value("Days above funded beds, %", round(100 * over.mean(), 1))
    q = flow["census"].quantile([0.5, 0.9, 0.95]).rename_axis("quantile").reset_index(name="census")
    report.table("Census quantiles", q)
