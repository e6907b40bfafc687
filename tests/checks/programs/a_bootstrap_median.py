# ruff: noqa  kept as it was written
# fmt: off
"""Bootstrap (percentile) intervals of the difference in median LOS between two diagnoses."""
import numpy as np
from scipy import stats
import pandas as pd
import matplotlib.pyplot as plt

PARAMETERS = {"a": "J18", "b": "E11", "draws": 500, "seed": 1}

def main(data, report, a, b, draws, seed):
    np.random.seed(seed)

    df = data.sql("""
        SELECT substring(primary_dx, 1, 3) AS dx, los
        FROM ehr.encounters
        WHERE enc_class = 'IP' AND (primary_dx LIKE :a || '%' OR primary_dx LIKE :b || '%')
    """, a=a, b=b)
    report.step("stays", df)
    x = df.loc[df.dx == a, "los"].dropna().values
    y = df.loc[df.dx == b, "los"].dropna().values

    diffs = []
    for i in range(draws):
        xs = np.random.choice(x, size=len(x), replace=True)
        ys = np.random.choice(y, size=len(y), replace=True)
        diffs.append(np.median(xs) - np.median(ys))
    diffs = np.array(diffs)

    est = np.median(x) - np.median(y)
    lo, hi = np.percentile(diffs, [2.5, 97.5])
    boot = stats.bootstrap(
        (x, y), lambda u, v, axis=-1: np.median(u, axis=axis) - np.median(v, axis=axis),
        n_resamples=draws, method="percentile", rng=np.random.default_rng(seed),
    )
    report.table("Difference in medians", pd.DataFrame([
        {"method": "hand", "estimate": est, "low": lo, "high": hi},
        {"method": "scipy", "estimate": est, "low": boot.confidence_interval.low, "high": boot.confidence_interval.high},
    ]).round(3))
    perm = stats.permutation_test((x, y), lambda u, v: np.median(u) - np.median(v), n_resamples=200, rng=seed)
    report.value("permutation p", round(float(perm.pvalue), 3))

    plt.hist(diffs, bins=30, color="steelblue")
    plt.axvline(est, color="k")
    plt.axvspan(lo, hi, alpha=.15)
    plt.title(f"{a} minus {b}: {est:.2f} days")
    report.figure("Bootstrap distribution", plt.gcf())
    plt.clf()
