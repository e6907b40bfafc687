# ruff: noqa  kept as it was written
# fmt: off
"""Weekly lab workload per analyte; slow weeks; share out of hours; Grouper and resample."""
import pandas as pd
import matplotlib.pyplot as plt

PARAMETERS = {"names": {"2160-0": "creatinine", "4548-4": "HbA1c"}, "office": [8, 17]}


def main(data, report, names, office):
    labs = data.sql("SELECT loinc, taken_at, value FROM ehr.labs")
    report.step("results", labs)
    labs["test"] = labs["loinc"].map(names).fillna("other").astype("category")
    start, stop = office
    hour = labs["taken_at"].dt.hour
    labs["out_of_hours"] = ~hour.between(start, stop - 1) | labs["taken_at"].dt.weekday.isin([5, 6])

    weekly = (
        labs.groupby([pd.Grouper(key="taken_at", freq="W-MON"), "test"], observed=True)
        .agg(n=("value", "size"), failed=("value", lambda v: v.isna().sum()), ooh=("out_of_hours", "mean"))
        .unstack("test", fill_value=0)
    )
    n = weekly["n"]
    report.table("By week (first five)", n.head().reset_index().assign(taken_at=lambda d: d.taken_at.dt.date.astype(str)))
    monthly = labs.set_index("taken_at").resample("MS").agg({"value": ["count", "mean", "max"], "out_of_hours": "mean"})
    monthly.columns = monthly.columns.map("|".join)
    monthly.index = monthly.index.strftime("%b %y")
    report.table("By month", monthly.round(2).rename_axis("month").reset_index())

    quiet = n.sum(axis=1).lt(n.sum(axis=1).quantile(0.05))
    report.value("quiet weeks", int(quiet.sum()))
    report.value("failed results (%)", f"{labs['value'].isna().mean() * 100:.2f}")
    by_test = labs.groupby("test", observed=True)["out_of_hours"].mean()
    for test, share in by_test.items():
        report.value(f"out of hours, {test}", f"{share:.0%}")
    ax = n.plot.area(figsize=(7, 3), alpha=.6)
    ax.set_xlabel("")
    report.figure("Workload", ax.figure)
    plt.close(ax.figure)
