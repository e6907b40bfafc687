# ruff: noqa  kept as it was written
"""Agreement between the recorded stay and midnights counted from the dates: Bland-Altman, Lin's concordance, Deming regression."""

import numpy as np
import matplotlib.pyplot as plt
from scipy import stats

PARAMETERS = {"enc_class": "IP", "min_gap_days": 1}


def lin_ccc(x, y):
    sxy = np.cov(x, y, ddof=0)[0, 1]
    return 2 * sxy / (x.var() + y.var() + (x.mean() - y.mean()) ** 2)


def deming(x, y, lam=1.0):
    sx, sy, sxy = x.var(ddof=1), y.var(ddof=1), np.cov(x, y)[0, 1]
    b = (sy - lam * sx + np.sqrt((sy - lam * sx) ** 2 + 4 * lam * sxy**2)) / (2 * sxy)
    return b, y.mean() - b * x.mean()


def main(data, report, enc_class, min_gap_days):
    pairs = data.sql(
        """SELECT enc_id, los AS first, date_diff('day', admit_dt, disch_dt) AS second,
                  date_diff('day', lag(admit_dt) OVER (PARTITION BY pat_id ORDER BY admit_dt), admit_dt) AS gap
           FROM ehr.encounters WHERE enc_class = :enc_class AND disch_dt IS NOT NULL
           QUALIFY gap IS NULL OR gap > :min_gap_days ORDER BY admit_dt""",
        enc_class=enc_class,
        min_gap_days=min_gap_days,
    )
    report.step("pairs", pairs)
    x, y = pairs["first"].values, pairs["second"].values.astype(float)
    mean, diff = (x + y) / 2, y - x
    bias, sd = diff.mean(), diff.std(ddof=1)
    loa = bias + np.array([-1.96, 1.96]) * sd
    report.value("bias", round(float(bias), 2))
    report.value("limits of agreement", [round(float(v), 2) for v in loa])
    report.value("Lin's concordance", round(float(lin_ccc(x, y)), 3))
    b, a = deming(x, y)
    report.text(f"Deming: midnights = {a:.2f} {'+' if b >= 0 else '-'} {abs(b):.2f} × recorded")
    prop = stats.linregress(mean, diff)
    report.value("proportional bias p", round(prop.pvalue, 3))
    tau = stats.kendalltau(x, y)
    report.value("Kendall tau", round(tau.statistic, 3))

    fig, ax = plt.subplots(figsize=(6, 4))
    ax.hexbin(mean, diff, gridsize=15, cmap="Greys", mincnt=1)
    for v, t in zip((bias, *loa), ("bias", "−1.96 SD", "+1.96 SD")):
        ax.axhline(v, color="C3" if t == "bias" else "C0", ls="-" if t == "bias" else "--")
        ax.text(ax.get_xlim()[1], v, f" {t}\n {v:.2f}", va="center", fontsize=7)
    xs = np.array(ax.get_xlim())
    ax.plot(xs, prop.intercept + prop.slope * xs, "C1:", lw=1)
    ax.set_xlabel("Mean of the two"), ax.set_ylabel("Midnights − recorded days")
    report.figure("Bland-Altman", fig)
