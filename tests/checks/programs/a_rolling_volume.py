# ruff: noqa  kept as it was written
# fmt: off
"""Rolling 28-day volume and LOS, exponentially weighted mean, expanding record high."""
import matplotlib.pyplot as plt
import matplotlib.dates as mdates
import pandas as pd

PARAMETERS = {"window": 28, "span": 14}


def main(data, report, window, span):
    d = data.sql("SELECT enc_id, admit_dt, los FROM ehr.encounters WHERE enc_class = 'IP' ORDER BY admit_dt")
    report.step("inpatient admissions", d)

    ts = d.set_index("admit_dt").sort_index()
    roll = ts["los"].rolling(f"{window}D", min_periods=3).agg(["count", "mean", "std"])
    roll["ewm"] = ts["los"].ewm(span=span).mean()
    roll["z"] = (ts["los"] - roll["mean"].shift(1)) / roll["std"].shift(1)

    daily = ts["los"].resample("D").count()
    window_sum = daily.rolling(window).sum()
    record = window_sum.expanding().max()
    new_records = window_sum[(window_sum == record) & (record > record.shift(1))]

    report.table("Last ten days", roll.tail(10).round(2).reset_index(drop=True))
    report.value("busiest window", int(window_sum.max()))
    report.value("busiest window ends", str(window_sum.idxmax().date()))
    report.value("records set", int(new_records.size))
    report.value("stays more than 2 SD above the window before", int((roll["z"] > 2).sum()))

    fig, axes = plt.subplots(nrows=2, ncols=1, sharex=True, figsize=(8, 5))
    axes[0].plot(window_sum.index, window_sum.values, label=f"{window}-day sum")
    axes[0].legend()
    axes[1].plot(roll.index, roll["mean"], label="rolling")
    axes[1].plot(roll.index, roll["ewm"], label="EWM", lw=0.7)
    axes[1].fill_between(roll.index, roll["mean"] - roll["std"], roll["mean"] + roll["std"], color="C0", alpha=0.15)
    axes[1].legend(ncol=2)
    axes[1].xaxis.set_major_locator(mdates.MonthLocator(interval=3))
    axes[1].xaxis.set_major_formatter(mdates.ConciseDateFormatter(axes[1].xaxis.get_major_locator()))
    fig.align_ylabels(axes)
    report.figure("Rolling volume", fig)
