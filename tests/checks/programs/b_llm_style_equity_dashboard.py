# ruff: noqa  kept as it was written
"""Equity dashboard: access and outcome measures by sex and birth cohort.

Generates stratified summary tables, absolute and relative gaps with confidence
intervals, and a lollipop chart. Strata with fewer than MIN_STRATUM stays are
suppressed. All constants are declared at the top of the module.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import Callable, Final

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from statsmodels.stats.proportion import confint_proportions_2indep, proportions_ztest

logger = logging.getLogger(__name__)

PARAMETERS = {"reference_sex": "M", "generation_years": 20, "long_stay_days": 3.0}

MIN_STRATUM: Final = 10
MEASURES: Final[dict[str, str]] = {
    "long_stay": "Long stay",
    "uncoded": "No diagnosis coded",
    "weekend": "Admitted at the weekend",
    "lab": "Any laboratory value",
}


@dataclass(frozen=True, slots=True)
class Gap:
    measure: str
    difference: float
    lower: float
    upper: float
    p: float

    @property
    def significant(self) -> bool:
        return not (self.lower <= 0 <= self.upper)


def _load(data) -> pd.DataFrame:
    return data.sql(
        """
        SELECT
            e.enc_id,
            e.pat_id,
            p.sex,
            p.birth_year,
            e.los,
            e.primary_dx IS NULL AS uncoded,
            isodow(e.admit_dt) >= 6 AS weekend,
            EXISTS (SELECT 1 FROM ehr.labs l WHERE l.enc_id = e.enc_id AND l.value IS NOT NULL) AS lab
        FROM ehr.encounters AS e
        INNER JOIN ehr.patients AS p ON e.pat_id = p.pat_id
        """
    )


def _stratify(frame: pd.DataFrame, years: int) -> pd.DataFrame:
    cohort = (frame["birth_year"] // years * years).astype(int)
    return frame.assign(cohort=cohort.astype(str) + "–" + (cohort + years - 1).astype(str))


def _gap(frame: pd.DataFrame, measure: str, reference: str) -> Gap | None:
    is_ref = frame["sex"].eq(reference)
    counts = [int(frame.loc[m, measure].sum()) for m in (~is_ref, is_ref)]
    sizes = [int(m.sum()) for m in (~is_ref, is_ref)]
    if min(sizes) < MIN_STRATUM or sum(counts) in (0, sum(sizes)):
        logger.warning("measure %s skipped", measure)
        return None
    low, high = confint_proportions_2indep(counts[0], sizes[0], counts[1], sizes[1], method="newcomb")
    try:
        _, p = proportions_ztest(counts, sizes)
    except (ValueError, ZeroDivisionError):
        p = np.nan
    return Gap(MEASURES[measure], counts[0] / sizes[0] - counts[1] / sizes[1], float(low), float(high), float(p))


def _lollipop(gaps: list[Gap]) -> plt.Figure:
    fig, ax = plt.subplots(figsize=(7, 0.8 + 0.6 * len(gaps)))
    for i, gap in enumerate(sorted(gaps, key=lambda g: abs(g.difference))):
        colour = "#b30000" if gap.significant else "#7f7f7f"
        ax.plot([gap.lower, gap.upper], [i, i], color=colour, lw=2, solid_capstyle="round")
        ax.plot(gap.difference, i, "o", color=colour, markersize=9)
        ax.text(gap.upper + 0.01, i, f"{100 * gap.difference:+.1f} pp", va="center")
    ax.set_yticks(range(len(gaps)), [g.measure for g in sorted(gaps, key=lambda g: abs(g.difference))])
    ax.axvline(0, color="black", linewidth=0.8)
    ax.margins(x=0.2)
    fig.tight_layout()
    return fig


def main(data, report, reference_sex: str, generation_years: int, long_stay_days: float) -> None:
    logger.info("loading")
    frame = _stratify(_load(data), generation_years)
    frame["long_stay"] = frame["los"].gt(long_stay_days)
    report.step("stays", frame)
    aggregations: dict[str, tuple[str, str | Callable]] = {
        MEASURES[m]: (m, lambda s: round(100 * s.mean(), 1)) for m in MEASURES
    }
    for stratum in ("sex", "cohort"):
        table = frame.groupby(stratum).agg(stays=("enc_id", "size"), **aggregations)
        table = table.where(table["stays"] >= MIN_STRATUM)
        report.table(f"Measures by {stratum} (%)", table)
    gaps = [g for m in MEASURES if (g := _gap(frame, m, reference_sex)) is not None]
    report.table(
        "Gaps",
        pd.DataFrame(
            [{"measure": g.measure, "diff (pp)": round(100 * g.difference, 1), "p": round(g.p, 3)} for g in gaps]
        ),
    )
    report.figure("Gaps", _lollipop(gaps))
    n_sig = sum(g.significant for g in gaps)
    report.value("significant gaps", n_sig)
    report.text(
        "No significant gaps were found." if not n_sig else f"{n_sig} of {len(gaps)} measures differ significantly."
    )
