# ruff: noqa  kept as it was written
"""Monthly dashboard in one query: FILTER aggregates, year-to-date and rolling windows, change on the month before."""

import pandas as pd
import matplotlib.pyplot as plt
import matplotlib.dates as mdates

PARAMETERS = {"year": 2022}


def main(data, report, year):
    q = data.sql(
        """
        WITH m AS (
            SELECT
                date_trunc('month', admit_dt)::DATE AS month,
                count(*) AS visits,
                count(*) FILTER (WHERE enc_class = 'IP') AS inpatient,
                count(*) FILTER (WHERE enc_class = 'OP' AND age_at_admit >= 65) AS old_clinic,
                count(DISTINCT pat_id) FILTER (WHERE primary_dx IS NOT NULL) AS coded_patients,
                avg(los) FILTER (enc_class = 'IP') AS mean_los,
                percentile_cont(0.9) WITHIN GROUP (ORDER BY los) AS p90_los,
                bool_and(los > 0) AS all_positive
            FROM ehr.encounters
            WHERE year(admit_dt) >= :year
            GROUP BY 1
        )
        SELECT *,
            sum(visits) OVER (PARTITION BY year(month) ORDER BY month) AS ytd,
            round(avg(visits) OVER (ORDER BY month ROWS BETWEEN 2 PRECEDING AND CURRENT ROW), 1) AS rolling3,
            visits - lag(visits, 1, visits) OVER (ORDER BY month) AS change,
            rank() OVER (ORDER BY mean_los DESC NULLS LAST) AS los_rank,
            first_value(visits) OVER (PARTITION BY year(month) ORDER BY month) AS january,
            round(100.0 * inpatient / nullif(visits, 0), 1) AS inpatient_pct
        FROM m
        ORDER BY month
        """,
        year=year,
    )
    assert bool(q["all_positive"].all())
    q = q.drop(columns="all_positive")
    report.table("Dashboard", q.round({"mean_los": 2, "p90_los": 2}))
    worst = q.loc[q["los_rank"] == 1].iloc[0]
    report.value("longest mean stay", round(float(worst["mean_los"]), 2))
    report.text("Month with the longest mean stay: %s" % pd.Timestamp(worst["month"]).strftime("%B %Y"))

    fig, axes = plt.subplots(3, 1, sharex=True, figsize=(8, 7), height_ratios=[2, 1, 1])
    axes[0].bar(q["month"], q["visits"], width=20, color="#9ecae1")
    axes[0].plot(q["month"], q["rolling3"], "k-", lw=1)
    axes[1].bar(q["month"], q["change"], width=20, color=["#2ca02c" if c >= 0 else "#d62728" for c in q["change"]])
    axes[2].plot(q["month"], q["p90_los"], marker=".")
    for a, t in zip(axes.flat, ["Visits", "Change", "P90 stay"]):
        a.set_ylabel(t)
        a.spines["top"].set_visible(False)
    axes[-1].xaxis.set_major_formatter(mdates.DateFormatter("%m/%y"))
    fig.align_ylabels(axes)
    report.figure("Dashboard", fig)
