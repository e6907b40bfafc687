# ruff: noqa  kept as it was written
"""Median creatinine per patient with bootstrap confidence intervals, patients born before a year against those born later."""

import numpy as np
import pandas as pd
from scipy import stats

PARAMETERS = {"loinc": "2160-0", "n_boot": 400, "alpha": 0.05, "born": 1966, "seed": 20240117}


def bootstrap_ci(x, stat, n_boot, alpha, rng):
    idx = rng.integers(0, len(x), size=(n_boot, len(x)))
    draws = stat(x[idx], axis=1)
    lo, hi = np.quantile(draws, [alpha / 2, 1 - alpha / 2])
    return float(lo), float(hi)


def main(data, report, loinc, n_boot, alpha, born, seed):
    rng = np.random.default_rng(seed)
    df = data.sql(
        """
        SELECT l.pat_id, CASE WHEN p.birth_year < :born THEN 'older' ELSE 'younger' END AS grp, median(l.value) AS med
        FROM ehr.labs l JOIN ehr.patients p USING (pat_id)
        WHERE l.loinc = :loinc AND l.value IS NOT NULL AND l.value > 0
        GROUP BY l.pat_id, grp
        ORDER BY grp, med
        """,
        loinc=loinc,
        born=born,
    )
    report.step("patients with a result", df)
    rows = []
    groups = {name: g["med"].to_numpy(dtype=float) for name, g in df.groupby("grp")}
    for name, x in groups.items():
        lo, hi = bootstrap_ci(x, np.median, n_boot, alpha, rng)
        mlo, mhi = bootstrap_ci(x, np.mean, n_boot, alpha, rng)
        rows.append(
            {
                "group": name,
                "n": x.size,
                "median": round(np.median(x), 3),
                "median CI": f"{lo:.2f} to {hi:.2f}",
                "mean": round(x.mean(), 3),
                "mean CI": f"{mlo:.2f} to {mhi:.2f}",
                "IQR": "{:.2f}–{:.2f}".format(*np.percentile(x, [25, 75])),
            }
        )
    report.table("Creatinine by age group", pd.DataFrame(rows).set_index("group"))
    if len(groups) == 2:
        a, b = groups.values()
        u, p = stats.mannwhitneyu(a, b, alternative="two-sided")
        report.value("Mann-Whitney U", float(u))
        report.value("p", round(float(p), 4))
        # rank-biserial correlation as an effect size
        report.value("rank-biserial r", round(1 - 2 * float(u) / (a.size * b.size), 3))
        perm = stats.permutation_test(
            (a, b),
            lambda x, y, axis: np.mean(x, axis=axis) - np.mean(y, axis=axis),
            n_resamples=199,
            vectorized=True,
            rng=np.random.default_rng(seed),
        )
        report.value("permutation p", round(float(perm.pvalue), 3))
    else:
        report.text("Only one group present, no comparison made.")
