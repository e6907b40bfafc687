# ruff: noqa  kept as it was written
"""Discrimination and calibration of a simple score for prolonged stay: ROC/AUC by ranks, DeLong CI, Brier, calibration."""

import numpy as np
import pandas as pd
import statsmodels.api as sm
from scipy import stats
import matplotlib.pyplot as plt

PARAMETERS = {"prolonged": 3.0, "seed": 99, "test_share": 0.3}


def roc(y, s):
    order = np.argsort(-s, kind="mergesort")
    y, s = y[order], s[order]
    cut = np.r_[np.nonzero(np.diff(s))[0], y.size - 1]
    tp = np.cumsum(y)[cut]
    fp = 1 + cut - tp
    return np.r_[0, fp / fp[-1]], np.r_[0, tp / tp[-1]]


def auc_delong(y, s):
    pos, neg = s[y == 1], s[y == 0]
    m, n = len(pos), len(neg)
    r_all, r_pos, r_neg = (stats.rankdata(v) for v in (np.concatenate([pos, neg]), pos, neg))
    auc = (r_all[:m].sum() - m * (m + 1) / 2) / (m * n)
    v10 = (r_all[:m] - r_pos) / n
    v01 = 1 - (r_all[m:] - r_neg) / m
    return auc, np.sqrt(v10.var(ddof=1) / m + v01.var(ddof=1) / n)


def main(data, report, prolonged, seed, test_share):
    df = data.sql("""
        SELECT e.enc_id, e.los, e.age_at_admit, e.enc_class, hour(e.admit_dt) AS hr, p.sex, coalesce(max(l.value), 0) AS peak
        FROM ehr.encounters e JOIN ehr.patients p USING (pat_id) LEFT JOIN ehr.labs l ON l.enc_id = e.enc_id
        WHERE e.los IS NOT NULL GROUP BY ALL ORDER BY min(e.admit_dt), e.los""")
    X = pd.DataFrame(
        {
            "age": stats.zscore(df["age_at_admit"]),
            "ip": df["enc_class"] == "IP",
            "night": ~df["hr"].between(7, 19),
            "female": df.sex == "F",
            "peak": df["peak"],
        }
    ).astype(float)
    y = (df["los"] > prolonged).to_numpy().astype(int)
    rng = np.random.default_rng(seed)
    test = rng.permutation(len(y)) < int(test_share * len(y))
    fit = sm.GLM(y[~test], sm.add_constant(X[~test]), family=sm.families.Binomial()).fit()
    p = fit.predict(sm.add_constant(X[test])).to_numpy()
    yt = y[test]
    auc, se = auc_delong(yt, p)
    fpr, tpr = roc(yt, p)
    assert abs(np.trapezoid(tpr, fpr) - auc) < 1e-9
    report.value("AUC", round(float(auc), 3))
    report.value("AUC 95% CI", "{:.2f} to {:.2f}".format(auc - 1.96 * se, auc + 1.96 * se))
    report.value("Brier", round(float(((p - yt) ** 2).mean()), 3))
    j = np.argmax(tpr - fpr)
    report.value("Youden", round(float(tpr[j] - fpr[j]), 2))
    q = pd.qcut(p, 5, labels=False, duplicates="drop")
    cal = (
        pd.DataFrame({"q": q, "p": p, "y": yt})
        .groupby("q")
        .agg(predicted=("p", "mean"), observed=("y", "mean"), n=("y", "size"))
    )
    report.table("Calibration", cal.round(3))
    fig, (a, b) = plt.subplots(1, 2, figsize=(8, 4))
    a.plot(fpr, tpr, drawstyle="steps-post")
    a.plot([0, 1], [0, 1], "k:")
    a.set_aspect("equal")
    a.set(xlabel="1 - specificity", ylabel="Sensitivity", title=f"AUC {auc:.2f}")
    b.errorbar(cal.predicted, cal.observed, yerr=1.96 * np.sqrt(cal.observed * (1 - cal.observed) / cal.n), fmt="s")
    b.axline((0, 0), slope=1, ls=":", c="k")
    b.set(xlabel="Predicted", ylabel="Observed", title="Calibration")
    fig.tight_layout()
    report.figure("ROC and calibration", fig)
