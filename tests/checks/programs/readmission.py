"""Share of inpatient stays followed by another inpatient stay within 30 days, by month."""

from __future__ import annotations

import matplotlib.pyplot as plt
import pandas as pd

PARAMETERS = {"start": "2022-01-01", "end": "2023-12-31", "days": 30}


def _next_admission(stays: pd.DataFrame) -> pd.DataFrame:
    stays = stays.sort_values(["pat_id", "admit_dt"]).reset_index(drop=True)
    stays["next_admit"] = stays.groupby("pat_id")["admit_dt"].shift(-1)
    stays["gap_days"] = (stays["next_admit"] - stays["disch_dt"]).dt.total_seconds() / 86400
    return stays


def main(data, report, start, end, days):
    stays = data.sql(
        """
        SELECT pat_id, enc_id, admit_dt, disch_dt, age_at_admit
        FROM ehr.encounters
        WHERE enc_class = 'IP' AND disch_dt BETWEEN :start AND :end
        """,
        start=start,
        end=end,
    )
    report.step("inpatient stays", stays)
    adults = stays[stays.age_at_admit >= 18].copy()
    report.step("adults", adults)
    adults = _next_admission(adults)
    adults["readmitted"] = adults["gap_days"].between(0, days)
    monthly = (
        adults.assign(month=adults["disch_dt"].dt.to_period("M").astype(str))
        .groupby("month", as_index=False)
        .agg(stays=("enc_id", "count"), readmitted=("readmitted", "sum"))
    )
    monthly["rate"] = (monthly["readmitted"] / monthly["stays"]).round(3)
    overall = adults["readmitted"].mean() if len(adults) else float("nan")
    report.value("30-day readmission rate", round(float(overall), 4))
    report.table("By month", monthly)
    fig, ax = plt.subplots(figsize=(7, 3))
    ax.plot(monthly["month"], monthly["rate"], marker="o")
    ax.set_ylabel("Share readmitted")
    ax.tick_params(axis="x", rotation=45)
    for label in ax.get_xticklabels():
        label.set_fontsize(8)
    fig.tight_layout()
    report.figure("Trend", fig)


if __name__ == "__main__":
    main(None, None, **PARAMETERS)
