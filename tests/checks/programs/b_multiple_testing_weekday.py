# ruff: noqa  kept as it was written
"""Screen many comparisons (lab x weekday) and correct for multiplicity: Bonferroni, Holm, Benjamini-Hochberg."""

from itertools import combinations, product

import numpy as np
import pandas as pd
from scipy import stats
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.multicomp import pairwise_tukeyhsd

PARAMETERS = {"alpha": 0.05}
METHODS = ("bonferroni", "holm", "fdr_bh")
WEEKDAYS = "Mon Tue Wed Thu Fri Sat Sun".split()


def cohen_d(a, b):
    na, nb = len(a), len(b)
    pooled = np.sqrt(((na - 1) * a.var(ddof=1) + (nb - 1) * b.var(ddof=1)) / (na + nb - 2))
    return (a.mean() - b.mean()) / pooled


def main(data, report, alpha):
    labs = data.sql(
        "SELECT loinc, value, isodow(taken_at) AS dow, taken_at FROM ehr.labs WHERE value IS NOT NULL ORDER BY taken_at"
    )
    labs["day"] = labs["dow"].sub(1).map(dict(enumerate(WEEKDAYS)))
    by = {key: g["value"].to_numpy() for key, g in labs.groupby(["loinc", "day"])}
    tests = []
    for loinc, (d1, d2) in product(sorted(labs["loinc"].unique()), combinations(WEEKDAYS, 2)):
        a, b = by.get((loinc, d1)), by.get((loinc, d2))
        if a is None or b is None or min(map(len, (a, b))) < 5:
            continue
        t, p = stats.ttest_ind(a, b, equal_var=False)
        tests.append((loinc, f"{d1} vs {d2}", cohen_d(a, b), t, p))
    res = pd.DataFrame(tests, columns=["loinc", "contrast", "d", "t", "p"])
    for m in METHODS:
        reject, adj, *_ = multipletests(res["p"], alpha=alpha, method=m)
        res[f"p_{m}"] = adj
        res[f"sig_{m}"] = reject
    res = res.sort_values("p").reset_index(drop=True)
    report.value("comparisons", len(res))
    report.value("nominally significant", int((res["p"] < alpha).sum()))
    report.table("Significant after correction", res.filter(regex="^sig_").sum().rename("n").to_frame())
    report.table("Ten smallest p", res.head(10).drop(columns=[c for c in res if c.startswith("sig_")]).round(3))

    for loinc, g in labs.groupby("loinc"):
        groups = [v.to_numpy() for _, v in g.groupby("day")["value"]]
        f = stats.f_oneway(*groups)
        kw = stats.kruskal(*groups)
        lev = stats.levene(*groups, center="median")
        report.text(f"{loinc}: ANOVA p={f.pvalue:.3f}, Kruskal-Wallis p={kw.pvalue:.3f}, Levene p={lev.pvalue:.3f}")
        tukey = pairwise_tukeyhsd(g["value"], g["day"], alpha=alpha)
        report.value("Tukey rejections " + loinc, int(np.sum(tukey.reject)))
