# ruff: noqa  kept as it was written
"""Treatment funnel: admission -> lab within 48 h -> repeat lab -> follow-up visit, as UNION ALL of counts and pivot."""

import pandas as pd
import matplotlib.pyplot as plt

PARAMETERS = {"hours": 480, "follow_up_days": 160}


def main(data, report, hours, follow_up_days):
    funnel = data.sql(
        """
        WITH idx AS (
            SELECT pat_id, enc_id, admit_dt, disch_dt FROM ehr.encounters WHERE enc_class = 'IP' AND disch_dt IS NOT NULL
        ),
        lab1 AS (
            SELECT i.enc_id, i.pat_id, i.disch_dt, min(l.taken_at) AS first_lab
            FROM idx i INNER JOIN ehr.labs l ON i.pat_id = l.pat_id
             AND l.taken_at >= i.admit_dt AND l.taken_at < i.admit_dt + to_hours(CAST(:hours AS BIGINT))
            GROUP BY ALL
        ),
        lab2 AS (
            SELECT x.enc_id, x.pat_id, x.disch_dt FROM lab1 x
            WHERE EXISTS (FROM ehr.labs l WHERE l.pat_id = x.pat_id AND l.taken_at > x.first_lab)
        ),
        seen AS (
            SELECT y.enc_id, y.pat_id FROM lab2 y
            WHERE y.pat_id IN (
                SELECT e.pat_id FROM ehr.encounters e
                WHERE e.pat_id = y.pat_id AND e.admit_dt BETWEEN y.disch_dt AND y.disch_dt + to_days(CAST(:follow_up_days AS INTEGER))
            )
        )
        SELECT 1 AS ord, 'admitted' AS stage, count(*) AS stays, count(DISTINCT pat_id) AS patients FROM idx
        UNION ALL SELECT 2, 'lab in time', count(*), count(DISTINCT pat_id) FROM lab1
        UNION ALL SELECT 3, 'repeat lab', count(*), count(DISTINCT pat_id) FROM lab2
        UNION ALL SELECT 4, 'followed up', count(*), count(DISTINCT pat_id) FROM seen
        ORDER BY ord
        """,
        hours=hours,
        follow_up_days=follow_up_days,
    )
    funnel["of previous"] = (funnel["stays"] / funnel["stays"].shift()).round(3)
    funnel["of all"] = funnel["stays"].div(funnel["stays"].iat[0]).round(3)
    report.table("Funnel", funnel.drop(columns="ord").set_index("stage"))
    drop = -funnel["stays"].diff()
    report.text(f"Largest loss: before '{funnel.loc[drop.idxmax(), 'stage']}' ({drop.max():.0f} stays).")
    fig, ax = plt.subplots(figsize=(6, 2.5))
    w = funnel["stays"]
    bars = ax.barh(funnel["stage"], w, left=(w.max() - w) / 2, color=plt.cm.Blues(0.3 + 0.6 * funnel["of all"]))
    ax.bar_label(bars, labels=[f"{s:,} ({a:.0%})" for s, a in zip(w, funnel["of all"])], label_type="center")
    ax.invert_yaxis()
    ax.set_xticks([])
    ax.set_frame_on(False)
    report.figure("Funnel", fig)
