# ruff: noqa  kept as it was written
# fmt: off
"""Estimated antibiotic days per 1000 patient-days: pneumonia stays are assumed to be on treatment for up to seven days."""
from __future__ import annotations

from collections import defaultdict
from datetime import datetime, timedelta
from math import ceil

import pandas as pd
from scipy.stats import chi2

PARAMETERS = {"indication": ["J18.9"], "max_days": 7, "per": 1000}


def month_key(day: datetime) -> str:
    return f"{day.year}-{day.month:02d}"


def each_day(start: datetime, end: datetime):
    current = start.replace(hour=0, minute=0, second=0, microsecond=0)
    while current <= end:
        yield current
        current += timedelta(days=1)


def poisson_ci(k: int, time: float) -> tuple[float, float]:
    low = chi2.ppf(0.025, 2 * k) / 2 if k > 0 else 0.0
    return low / time, chi2.ppf(0.975, 2 * (k + 1)) / 2 / time


def main(data, report, indication, max_days, per):
    stays = data.sql(
        """
        SELECT enc_id, admit_dt, disch_dt, (primary_dx IN (:indication)) AS treated
        FROM ehr.encounters
        WHERE enc_class = 'IP' AND disch_dt IS NOT NULL
        """,
        indication=indication,
    )
    report.step("completed inpatient stays", stays)
    stays["treated"] = stays["treated"].fillna(False).astype(bool)

    bed_days: dict[str, int] = defaultdict(int)
    therapy: dict[str, int] = defaultdict(int)
    for _, stay in stays.iterrows():
        for i, day in enumerate(each_day(stay["admit_dt"].to_pydatetime(), stay["disch_dt"].to_pydatetime())):
            bed_days[month_key(day)] += 1
            if stay["treated"] and i < max_days:
                therapy[month_key(day)] += 1

    rows = []
    for month in sorted(bed_days):
        k, t = therapy[month], bed_days[month]
        low, high = poisson_ci(k, t)
        rows.append((month, t, k, round(per * k / t, 1), round(per * low, 1), round(per * high, 1)))
    table = pd.DataFrame(rows, columns=["month", "patient_days", "DOT", "rate", "low", "high"])
    report.table(f"Days of therapy per {per} patient-days", table)
    total = per * sum(therapy.values()) / max(sum(bed_days.values()), 1)
    report.value("overall DOT rate", round(total, 1))
    report.value("months shown", ceil(len(table)))
