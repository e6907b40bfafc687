# ruff: noqa  kept as it was written
"""Census on the first of each month: calendar made with generate_series, joined to open stays (half-open intervals)."""

import pandas as pd

PARAMETERS = {"first": "2022-02-01", "last": "2023-09-01"}


def main(data, report, first, last):
    census = data.sql(
        """
        WITH calendar AS (
            SELECT unnest(generate_series(CAST(:first AS TIMESTAMP), CAST(:last AS TIMESTAMP), INTERVAL 1 MONTH)) AS day
        )
        SELECT c.day, count(e.enc_id) AS in_house, count(DISTINCT e.pat_id) AS patients,
               coalesce(round(avg(date_diff('hour', e.admit_dt, c.day)), 1), 0) AS hours_so_far
        FROM calendar c
        LEFT JOIN ehr.encounters e ON e.admit_dt <= c.day AND c.day < coalesce(e.disch_dt, e.admit_dt + INTERVAL '2 days')
        GROUP BY c.day
        ORDER BY c.day
        """,
        first=first,
        last=last,
    )
    report.step("months", census)
    report.table("Census", census.assign(day=census["day"].dt.date.astype(str)))
    report.value("mean in house", round(census.in_house.mean(), 2))
    check = data.sql("SELECT admit_dt, disch_dt, los FROM ehr.encounters")
    check["end"] = check["disch_dt"].fillna(check["admit_dt"] + pd.Timedelta(days=2))
    by_hand = [int(((check.admit_dt <= d) & (d < check.end)).sum()) for d in census["day"]]
    report.value("agrees with pandas", by_hand == census["in_house"].tolist())
