# ruff: noqa  kept as it was written
"""Implant registry against the hospital system: linkage rate, unlinked by month, labs after placement where linked."""

import pandas as pd
import numpy as np

PARAMETERS = {"since": "2023-01-01", "window_days": 90}


def link(left, right, left_key, right_key):
    """Left join with a linkage indicator; keys are compared as they are, never read."""
    return (
        left.rename(columns={left_key: "key"})
        .astype({"key": object})
        .merge(
            right.rename(columns={right_key: "key"}).astype({"key": object}), on="key", how="left", indicator="linked"
        )
        .assign(linked=lambda f: f["linked"].eq("both"))
    )


def main(data, report, since, window_days):
    implants = data.sql("SELECT person, placed_on FROM reg.implants WHERE placed_on >= :since", since=since)
    report.step("implants", implants)
    patients = data.sql("SELECT pat_id, sex, birth_year FROM ehr.patients")
    report.value("duplicate persons in the registry", int(implants["person"].duplicated().sum()))
    both = link(implants, patients, "person", "pat_id")
    report.value("linkage rate", round(float(both["linked"].mean()), 3))
    both["month"] = pd.PeriodIndex(both["placed_on"], freq="M").astype(str)
    report.table(
        "Linkage by month",
        both.pivot_table(index="month", columns="linked", values="placed_on", aggfunc="count", fill_value=0),
    )

    linked = both[both["linked"]]
    if linked.empty:
        report.text("No registry person was found among the patients: is the key mapping of the registry right?")
        week = both["placed_on"].dt.isocalendar().week.astype(int)
        counts = np.bincount(week - week.min())
        report.value("implants per week, mean", round(counts.mean(), 2))
        return
    labs = data.sql(
        "SELECT pat_id, value, taken_at FROM ehr.labs WHERE value IS NOT NULL", cohort={"pat_id": linked["key"]}
    )
    after = labs.merge(linked, left_on="pat_id", right_on="key")
    after["day"] = (after["taken_at"] - after["placed_on"]).dt.days
    after = after[after["day"].between(0, window_days)]
    report.table(
        "After placement",
        after.groupby(pd.cut(after["day"], [0, 30, 60, 90], include_lowest=True), observed=False)["value"]
        .describe()
        .round(2),
    )
