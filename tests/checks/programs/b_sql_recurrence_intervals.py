# ruff: noqa  kept as it was written
"""Return visits: order of visit, gaps by order, same or other diagnosis; nested CTEs, named windows avoided, IS DISTINCT FROM."""

import numpy as np
import pandas as pd
import matplotlib.pyplot as plt

PARAMETERS = {"max_order": 4, "bin_days": 10}


def main(data, report, max_order, bin_days):
    v = data.sql(
        """
        WITH visits AS (
            SELECT pat_id, enc_id, admit_dt, disch_dt, nullif(left(primary_dx, 3), '') AS dx, enc_class,
                   row_number() OVER (PARTITION BY pat_id ORDER BY admit_dt) AS visit_no,
                   count(*) OVER (PARTITION BY pat_id) AS total,
                   lag(dx) OVER (PARTITION BY pat_id ORDER BY admit_dt) AS prev_dx,
                   lag(disch_dt) OVER (PARTITION BY pat_id ORDER BY admit_dt) AS prev_disch,
                   lag(enc_class, 1, 'none') OVER (PARTITION BY pat_id ORDER BY admit_dt) AS prev_class,
                   lead(enc_id) OVER (PARTITION BY pat_id ORDER BY admit_dt) IS NULL AS is_last
            FROM ehr.encounters
        )
        SELECT visit_no, total, enc_class, prev_class, is_last,
               dx IS NOT DISTINCT FROM prev_dx AS same_dx,
               date_diff('hour', prev_disch, admit_dt) / 24.0 AS gap_days,
               percent_rank() OVER (PARTITION BY visit_no ORDER BY date_diff('hour', prev_disch, admit_dt)) AS pr,
               ntile(4) OVER (PARTITION BY visit_no ORDER BY date_diff('hour', prev_disch, admit_dt) NULLS LAST) AS quarter
        FROM visits
        WHERE visit_no BETWEEN 1 AND :max_order
        ORDER BY visit_no, gap_days
        """,
        max_order=max_order,
    )
    back = v[v["visit_no"] > 1].dropna(subset=["gap_days"])
    report.step("visits", v)
    report.step("returns with a known gap", back)
    t = back.groupby("visit_no").agg(
        n=("gap_days", "size"),
        median=("gap_days", "median"),
        same=("same_dx", "mean"),
        p90=("gap_days", lambda s: np.percentile(s, 90)),
    )
    report.table("Gap by order of visit", t.round(2))
    report.table("Setting before and now", pd.crosstab(v["prev_class"], v["enc_class"], normalize="index").round(2))
    report.value("last visits", int(v["is_last"].sum()))
    report.value("first quarter's longest gap", round(float(back.query("quarter == 1")["gap_days"].max()), 1))
    bins = np.arange(
        np.floor(back["gap_days"].min() / bin_days) * bin_days, back["gap_days"].max() + bin_days, bin_days / 10
    )
    fig, ax = plt.subplots()
    ax.hist(
        [g["gap_days"] for _, g in back.groupby("visit_no")],
        bins=bins,
        stacked=True,
        label=[f"visit {n}" for n in sorted(back["visit_no"].unique())],
        color=plt.get_cmap("viridis")(np.linspace(0.2, 0.9, back["visit_no"].nunique())),
    )
    ax.legend()
    ax.set_xlabel("Days since last discharge")
    report.figure("Gaps", fig)
