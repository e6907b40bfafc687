# ruff: noqa  kept as it was written
# fmt: off
"""30/60/90-day readmission per index diagnosis, self-join done in pandas."""
import pandas as pd
import numpy as np
import matplotlib.pyplot as plt

PARAMETERS = {
    "first_day": "2022-01-01",
    "last_day": "2023-06-30",
    "windows": [30, 90, 180],
}


def main(data, report, first_day, last_day, windows):
    index = data.sql(
        """
        SELECT pat_id, enc_id, disch_dt, substring(primary_dx, 1, 3) AS dx3
        FROM ehr.encounters
        WHERE enc_class = 'IP'
          AND disch_dt BETWEEN :first_day AND :last_day
          AND primary_dx IS NOT NULL
        """,
        first_day=first_day, last_day=last_day,
    )
    report.step("index discharges", index)

    later = data.sql(
        "SELECT pat_id, enc_id AS next_enc, admit_dt AS next_admit FROM ehr.encounters WHERE enc_class = 'IP'",
        cohort={"pat_id": index["pat_id"]},
    )

    pairs = index.merge(later, on="pat_id", how="left")
    pairs = pairs[(pairs["next_enc"] != pairs["enc_id"]) & (pairs["next_admit"] > pairs["disch_dt"])]
    pairs["gap"] = (pairs["next_admit"] - pairs["disch_dt"]).dt.days
    first_gap = pairs.groupby("enc_id")["gap"].min()
    index["gap"] = index["enc_id"].map(first_gap)

    for w in windows:
        index[f"readm_{w}"] = np.where(index["gap"] <= w, 1, 0)

    cols = [c for c in index.columns if c.startswith("readm_")]
    by_dx = index.groupby("dx3")[cols].mean().mul(100).round(1)
    by_dx.insert(0, "n", index.groupby("dx3").size())
    report.table("Readmission (%) by diagnosis", by_dx.reset_index())

    for c in cols:
        report.value(f"overall {c} (%)", round(float(index[c].mean() * 100), 2))

    ax = by_dx[cols].plot(kind="bar", figsize=(7, 4), rot=0)
    ax.set_ylabel("% readmitted")
    ax.legend([f"{w} days" for w in windows], frameon=False)
    report.figure("Readmission windows", ax.get_figure())
    plt.close("all")


if __name__ == "__main__":
    print("run me through the runner")
