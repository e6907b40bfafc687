# ruff: noqa  kept as it was written
"""Gaps and islands in SQL: merge visits less than N days apart into episodes, per patient."""

import pandas as pd

PARAMETERS = {"gap_days": 151}


def main(data, report, gap_days):
    episodes = data.sql(
        """
        WITH ordered AS (
            SELECT
                pat_id,
                enc_id,
                admit_dt,
                coalesce(disch_dt, admit_dt + to_hours(CAST(round(los * 24) AS INTEGER))) AS end_dt,
                max(coalesce(disch_dt, admit_dt)) OVER (
                    PARTITION BY pat_id ORDER BY admit_dt
                    ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
                ) AS latest_end
            FROM ehr.encounters
        ),
        flagged AS (
            SELECT *,
                CASE
                    WHEN latest_end IS NULL THEN 1
                    WHEN date_diff('day', latest_end, admit_dt) > :gap_days THEN 1
                    ELSE 0
                END AS is_start
            FROM ordered
        ),
        islands AS (
            SELECT *, sum(is_start) OVER (PARTITION BY pat_id ORDER BY admit_dt ROWS UNBOUNDED PRECEDING) AS episode
            FROM flagged
        )
        SELECT pat_id, episode, count(*) AS visits, min(admit_dt) AS first_admit, max(end_dt) AS last_end,
               date_diff('day', min(admit_dt), max(end_dt)) AS span_days
        FROM islands
        GROUP BY pat_id, episode
        HAVING count(*) >= 1
        ORDER BY first_admit
        """,
        gap_days=gap_days,
    )
    report.step("episodes", episodes)
    dist = episodes["visits"].value_counts().sort_index().rename_axis("visits").reset_index(name="episodes")
    dist["share %"] = (100 * dist["episodes"] / dist["episodes"].sum()).round(1)
    report.table("Visits per episode", dist)
    report.value("median span", float(episodes["span_days"].median()))
    per_patient = episodes.groupby("pat_id")["episode"].max()
    report.value("patients with more than one episode", int((per_patient > 1).sum()))
