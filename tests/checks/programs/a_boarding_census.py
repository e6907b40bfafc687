# ruff: noqa  kept as it was written
# fmt: off
"""Boarding: occupied beds by hour of day and how many hours the ward was over capacity (difference of cumulative counts)."""
import pandas as pd, numpy as np
import matplotlib.pyplot as plt

PARAMETERS = {"start": "2022-02-01", "end": "2022-12-31", "beds": 2}


def hourly_census(stays, start, end):
    idx = pd.date_range(start, end, freq="h")
    ins = stays["admit_dt"].dt.floor("h").value_counts()
    outs = stays["disch_dt"].dropna().dt.ceil("h").value_counts()
    change = ins.sub(outs, fill_value=0).sort_index()
    full = change.reindex(change.index.union(idx), fill_value=0).cumsum()
    return full.loc[idx]


def main(data, report, start, end, beds):
    stays = data.sql("""
        SELECT enc_id, admit_dt, disch_dt FROM ehr.encounters
        WHERE enc_class = 'IP' AND admit_dt <= :end AND disch_dt >= :start
    """, start=start, end=end)
    report.step("stays touching the period", stays)
    census = hourly_census(stays, start, end)
    assert (census >= 0).all(), "census cannot be negative"

    tab = pd.DataFrame({"census": census})
    tab["hour"], tab["dow"] = tab.index.hour, tab.index.day_name().str[:3]
    heat = tab.pivot_table(index="dow", columns="hour", values="census", aggfunc="mean")
    heat = heat.loc[["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]]

    over = census > beds
    # length of each run over capacity
    runs = over.ne(over.shift()).cumsum()[over]
    lengths = runs.value_counts()
    report.value("hours over capacity", int(over.sum()))
    report.value("share of hours over capacity", f"{over.mean():.2%}")
    report.value("longest run over capacity (h)", int(lengths.max()) if len(lengths) else 0)
    report.table("Mean census by weekday", heat.mean(axis=1).round(2).rename("mean census").reset_index())

    fig = plt.figure(figsize=(8, 3))
    ax = fig.add_subplot(111)
    im = ax.imshow(heat.values, aspect="auto", cmap="viridis")
    ax.set_yticks(range(len(heat.index)), heat.index)
    ax.set_xlabel("hour")
    fig.colorbar(im, ax=ax, label="mean census")
    report.figure("Census heatmap", fig)
