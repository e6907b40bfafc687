# ruff: noqa  kept as it was written
# fmt: off
"""
Implant Surveillance Analysis
=============================

This program provides a comprehensive overview of implant placements:

    1. Summarise the number of placements per ISO week and the intervals between them.
    2. Test whether placements are uniformly distributed over weekdays (chi-square goodness of fit).
    3. Visualise the cumulative number of placements over time.

Missing dates are excluded; the number excluded is reported for transparency.
"""

from typing import Any, Dict, List, Tuple

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from scipy import stats

# --- Configuration ---
PARAMETERS: Dict[str, Any] = {
    "since": "2023-01-01",  # first date to include (ISO format)
    "alpha": 0.05,  # significance level
}

WEEKDAYS: List[str] = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]


def compute_weekday_test(dates: pd.Series) -> Tuple[pd.DataFrame, float]:
    """Compute a chi-square goodness-of-fit test over weekdays; returns the counts and the p-value."""
    counts = dates.dt.day_name().value_counts().reindex(WEEKDAYS, fill_value=0)
    p_value = stats.chisquare(counts.to_numpy()).pvalue
    return counts.rename_axis("weekday").reset_index(name="placements"), float(p_value)


def main(data: Any, report: Any, since: str, alpha: float) -> None:
    """Run the analysis end to end."""
    # Load
    placements = data.sql("SELECT person, placed_on FROM reg.implants WHERE placed_on >= :since", since=since)
    placements["placed_on"] = pd.to_datetime(placements["placed_on"], errors="coerce")
    n_missing = int(placements["placed_on"].isna().sum())
    placements = placements.dropna(subset=["placed_on"]).sort_values("placed_on")
    report.step("Placements with a valid date", placements)
    report.value("Excluded (missing date)", n_missing)
    # Step 1: Weeks and intervals
    iso = placements["placed_on"].dt.isocalendar()
    weekly = placements.groupby([iso.year, iso.week])["person"].nunique().reset_index(name="persons")
    report.table("Placements per ISO week", weekly)
    intervals = placements["placed_on"].diff().dt.days.dropna()
    report.table("Interval (days)", intervals.agg(["mean", "median", "min", "max"]).round(2).rename_axis("statistic").reset_index(name="days"))
    # Step 2: Test
    counts, p_value = compute_weekday_test(placements["placed_on"])
    report.table("Placements per weekday", counts)
    conclusion = "differs significantly from" if p_value < alpha else "is compatible with"
    report.text(f"✅ The weekday distribution {conclusion} uniformity (p = {p_value:.3f}, alpha = {alpha}).")
    # Step 3: Figure
    fig, ax = plt.subplots(figsize=(7, 4))
    ax.step(placements["placed_on"], np.arange(1, len(placements) + 1), where="post", linewidth=2)
    ax.set_title("Cumulative placements", fontweight="bold")
    ax.grid(visible=True, alpha=0.3)
    fig.autofmt_xdate()
    report.figure("Cumulative placements", fig)


if __name__ == "__main__":
    raise SystemExit("This program is started by the application.")
