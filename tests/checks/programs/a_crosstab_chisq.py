# ruff: noqa  kept as it was written
# fmt: off
"""Cross tables of diagnosis by sex, age band and season: row percentages, chi-square, Cramér's V, adjusted residuals."""
import numpy as np
import pandas as pd
from scipy.stats import chi2_contingency
from statsmodels.stats.multitest import multipletests

PARAMETERS = {"alpha": 0.05}

season = lambda m: {12: "winter", 1: "winter", 2: "winter", 3: "spring", 4: "spring", 5: "spring",
                    6: "summer", 7: "summer", 8: "summer"}.get(m, "autumn")


def cramers_v(tab, chi2):
    n = tab.to_numpy().sum()
    return np.sqrt(chi2 / (n * (min(tab.shape) - 1)))


def adjusted_residuals(tab, expected):
    n = tab.values.sum()
    r = tab.sum(axis=1).values[:, np.newaxis] / n
    c = tab.sum(axis=0).values[np.newaxis, :] / n
    return (tab - expected) / np.sqrt(expected * (1 - r) * (1 - c))


def main(data, report, alpha):
    d = data.sql("""
        SELECT e.enc_id, substring(e.primary_dx, 1, 1) AS chapter, e.age_at_admit, e.admit_dt, p.sex
        FROM ehr.encounters e JOIN ehr.patients p ON p.pat_id = e.pat_id
        WHERE e.primary_dx IS NOT NULL
    """)
    report.step("coded encounters", d)
    d["age band"] = np.digitize(d["age_at_admit"], [40, 60, 75])
    d["age band"] = d["age band"].map(dict(enumerate(["<40", "40-59", "60-74", "75+"])))
    d["season"] = d["admit_dt"].dt.month.map(season)

    tests = []
    for by in ["sex", "age band", "season"]:
        tab = pd.crosstab(d["chapter"], d[by])
        stat, p, dof, expected = chi2_contingency(tab, correction=False)
        tests.append((by, stat, dof, p, cramers_v(tab, stat)))
        pct = pd.crosstab(d["chapter"], d[by], normalize="index").mul(100).round(1)
        report.table(f"Chapter by {by}, row %", pct.reset_index())
        res = adjusted_residuals(tab, expected)
        hot = res.stack().loc[lambda s: s.abs() > 1.96]
        for (chapter, level), z in hot.items():
            report.text(f"{chapter} x {level}: adjusted residual {z:+.1f}")
    out = pd.DataFrame(tests, columns=["by", "chi2", "df", "p", "V"])
    out["p (Holm)"] = multipletests(out["p"], alpha=alpha, method="holm")[1]
    report.table("Tests", out.round(4))
