# ruff: noqa  kept as it was written
"""
Screening report for abnormal laboratory values during inpatient stays
======================================================================

Question
--------
Among adult inpatient stays, how often is at least one laboratory value above
the screening threshold, and is that associated with a prolonged stay?

Approach
--------
1. Select adult inpatient stays in the study period.
2. Attach laboratory values taken between admission and discharge + grace.
3. Flag stays; compare prolonged stay between flagged and unflagged stays.
4. Report effect sizes with 95% confidence intervals (no p-value fishing).
"""

# --- Imports -----------------------------------------------------------------
from typing import Dict, List, Optional, Tuple

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from scipy import stats

# --- Configuration -----------------------------------------------------------
PARAMETERS = {
    "start_date": "2022-01-01",
    "end_date": "2023-12-31",
    "min_age": 18,
    "threshold": 5.0,
    "prolonged_days": 3.0,
    "grace_days": 2,
}

COLOR_FLAGGED = "#C44E52"
COLOR_UNFLAGGED = "#4C72B0"
MIN_CELL_SIZE = 5
ALPHA = 0.05


# --- Helper functions --------------------------------------------------------
def risk_ratio(
    a: int, n1: int, c: int, n0: int, alpha: float = ALPHA
) -> Tuple[Optional[float], Optional[float], Optional[float]]:
    """Risk ratio with Katz log confidence interval; None where it cannot be computed."""
    if 0 in (a, c, n1, n0):
        return None, None, None
    rr = (a / n1) / (c / n0)
    se = np.sqrt(1 / a - 1 / n1 + 1 / c - 1 / n0)
    z = stats.norm.ppf(1 - alpha / 2)
    return float(rr), float(np.exp(np.log(rr) - z * se)), float(np.exp(np.log(rr) + z * se))


def suppress_small_cells(df: pd.DataFrame, columns: List[str], minimum: int = MIN_CELL_SIZE) -> pd.DataFrame:
    """Replace counts below the minimum with '<minimum'."""
    out = df.copy()
    for column in columns:
        out[column] = out[column].apply(lambda v: f"<{minimum}" if v < minimum else str(int(v)))
    return out


# --- Main entry point --------------------------------------------------------
def main(data, report, start_date, end_date, min_age, threshold, prolonged_days, grace_days):
    # Step 1: stays
    stays = data.sql(
        """
        SELECT pat_id, enc_id, admit_dt, disch_dt, age_at_admit, los
        FROM ehr.encounters
        WHERE enc_class = 'IP'
          AND admit_dt >= CAST(:start_date AS TIMESTAMP)
          AND admit_dt < CAST(:end_date AS TIMESTAMP) + INTERVAL 1 DAY
          AND disch_dt IS NOT NULL
        """,
        start_date=start_date,
        end_date=end_date,
    )
    report.step("Inpatient stays in period", stays)
    stays = stays[stays["age_at_admit"] >= min_age].reset_index(drop=True)
    report.step("Adult stays", stays)

    # Step 2: labs
    labs = data.sql(
        "SELECT enc_id, value, taken_at FROM ehr.labs WHERE value IS NOT NULL",
        cohort={"enc_id": stays["enc_id"]},
    )
    peak = labs.groupby("enc_id")["value"].max().rename("peak")
    stays = stays.join(peak, on="enc_id")
    report.text(f"{stays['peak'].isna().sum()} stays have no laboratory value and are treated as unflagged.")

    # Step 3: flags
    stays["flagged"] = stays["peak"].fillna(-np.inf) > threshold
    stays["prolonged"] = stays["los"] > prolonged_days
    summary: Dict[str, pd.Series] = {}
    for flag, group in stays.groupby("flagged"):
        summary["Flagged" if flag else "Not flagged"] = pd.Series(
            {"stays": len(group), "prolonged": group["prolonged"].sum(), "median los": group["los"].median()}
        )
    table = pd.DataFrame(summary).T
    report.table("Summary", suppress_small_cells(table, ["stays", "prolonged"]).round(2))

    # Step 4: effect size
    a, n1 = (int(table.loc["Flagged", k]) for k in ("prolonged", "stays"))
    c, n0 = (int(table.loc["Not flagged", k]) for k in ("prolonged", "stays"))
    rr, low, high = risk_ratio(a, n1, c, n0)
    if rr is None:
        report.text("⚠️ Risk ratio not estimable.")
    else:
        report.value("Risk ratio", round(rr, 2))
        report.text(f"RR {rr:.2f} (95% CI {low:.2f} to {high:.2f}).")

    # Step 5: figure
    fig, ax = plt.subplots(figsize=(6, 4), dpi=120)
    for flag, color, label in [(True, COLOR_FLAGGED, "Flagged"), (False, COLOR_UNFLAGGED, "Not flagged")]:
        values = np.sort(stays.loc[stays["flagged"] == flag, "los"])
        ax.step(values, np.arange(1, len(values) + 1) / len(values), color=color, label=label, where="post")
    ax.axvline(prolonged_days, color="grey", linestyle=":", label="Prolonged")
    ax.set_xlabel("Length of stay (days)")
    ax.set_ylabel("Cumulative share")
    ax.legend(frameon=False)
    fig.tight_layout()
    report.figure("Cumulative distribution of stay", fig)


if __name__ == "__main__":
    print("This program is run by Preceptor.")
