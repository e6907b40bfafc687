# ruff: noqa  kept as it was written
# fmt: off
"""Prediction model for a long stay: restricted cubic spline for age, split by time, calibration, Brier score, Hosmer-Lemeshow."""
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import statsmodels.api as sm
from scipy.stats import chi2, rankdata

PARAMETERS = {"long_days": 2.5, "split": "2023-01-01", "knots": [25.0, 45.0, 65.0, 85.0], "groups": 5}


def rcs(x, knots):
    x = np.asarray(x, float)
    t = np.asarray(knots)
    pos = lambda u: np.maximum(u, 0) ** 3
    k = len(t)
    cols = [x]
    for j in range(k - 2):
        c = pos(x - t[j]) - pos(x - t[k - 2]) * (t[k - 1] - t[j]) / (t[k - 1] - t[k - 2]) + pos(x - t[k - 1]) * (t[k - 2] - t[j]) / (t[k - 1] - t[k - 2])
        cols.append(c / (t[-1] - t[0]) ** 2)
    return np.column_stack(cols)


def auc(y, p):
    r = rankdata(p)
    n1 = y.sum()
    return (r[y == 1].sum() - n1 * (n1 + 1) / 2) / (n1 * (len(y) - n1))


def main(data, report, long_days, split, knots, groups):
    d = data.sql("""SELECT e.admit_dt, e.los, e.age_at_admit AS age, e.enc_class, p.sex
                    FROM ehr.encounters AS e LEFT OUTER JOIN ehr.patients AS p ON e.pat_id = p.pat_id""")
    report.step("all", d)
    y = d["los"].gt(long_days).astype(int).values
    X = np.hstack([np.ones((len(d), 1)), rcs(d["age"], knots), d[["sex"]].eq("F").values, d[["enc_class"]].eq("IP").values]).astype(float)
    train = (d["admit_dt"] < split).values
    report.step("development", d[train])
    report.step("validation", d[~train])
    fit = sm.GLM(y[train], X[train], family=sm.families.Binomial()).fit()
    p = fit.predict(X[~train]); yv = y[~train]

    lp = np.log(p / (1 - p))
    recal = sm.Logit(yv, sm.add_constant(lp)).fit(disp=False).params
    g = pd.qcut(p, groups, labels=False, duplicates="drop")
    cal = pd.DataFrame({"g": g, "p": p, "y": yv}).groupby("g").agg(n=("y", "size"), predicted=("p", "mean"), observed=("y", "mean"))
    hl = (cal.n * (cal.observed - cal.predicted) ** 2 / (cal.predicted * (1 - cal.predicted))).sum()
    report.table("Calibration", cal.round(3).reset_index(drop=True))
    for name, value in dict(AUC=auc(yv, p), Brier=np.mean((p - yv) ** 2), intercept=recal[0], slope=recal[1], HL_p=chi2.sf(hl, groups)).items():
        report.value(name, round(float(value), 3))

    fig, ax = plt.subplots(figsize=(4, 4))
    ax.plot([0, 1], [0, 1], color=".8"); ax.errorbar(cal.predicted, cal.observed, yerr=1.96 * np.sqrt(cal.observed * (1 - cal.observed) / cal.n), fmt="o", capsize=3)
    ax.set_xlim(0, 1); ax.set_ylim(0, 1)
    report.figure("Calibration plot", fig)
