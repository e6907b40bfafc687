# ruff: noqa  kept as it was written
# fmt: off
"""ROC of the lab value for a long stay; AUC by the Mann-Whitney identity, DeLong standard error, Youden cut-off."""
import numpy as np
import pandas as pd
import matplotlib.pyplot as plt

PARAMETERS = {"loinc": "2160-0", "long_days": 2.5}


def roc(y, s):
    order = np.argsort(-s, kind="mergesort")
    y, s = y[order], s[order]
    last = np.r_[np.flatnonzero(np.diff(s)), y.size - 1]
    tp = np.cumsum(y)[last]
    fp = 1 + last - tp
    return np.r_[0, fp / fp[-1]], np.r_[0, tp / tp[-1]], np.r_[np.inf, s[last]]


def delong(y, s):
    pos, neg = s[y == 1], s[y == 0]
    psi = (pos[:, None] > neg[None, :]) + 0.5 * (pos[:, None] == neg[None, :])
    v10, v01 = psi.mean(axis=1), psi.mean(axis=0)
    se = np.sqrt(v10.var(ddof=1) / len(pos) + v01.var(ddof=1) / len(neg))
    return psi.mean(), se


def main(data, report, loinc, long_days):
    d = data.sql("""
        SELECT e.enc_id, max(l.value) AS peak, any_value(e.los) AS los
        FROM ehr.encounters e JOIN ehr.labs l ON l.enc_id = e.enc_id
        WHERE l.loinc = :loinc AND l.value IS NOT NULL
        GROUP BY e.enc_id
    """, loinc=loinc)
    report.step("stays with a result", d)
    y = (d["los"] > long_days).to_numpy(dtype=int)
    s = d["peak"].to_numpy(dtype=float)
    if y.min() == y.max():
        report.text("only one outcome class, no ROC")
        return
    fpr, tpr, cut = roc(y, s)
    auc, se = delong(y, s)
    trapezoid = np.sum(np.diff(fpr) * (tpr[1:] + tpr[:-1]) / 2)
    assert abs(auc - trapezoid) < 1e-9
    best = int(np.argmax(tpr - fpr))
    report.value("AUC", f"{auc:.3f} ({auc - 1.96 * se:.3f} to {auc + 1.96 * se:.3f})")
    report.value("Youden cut-off", round(float(cut[best]), 2))
    pred = s >= cut[best]
    cells = pd.crosstab(pd.Series(pred, name="test").map({True: "+", False: "-"}), pd.Series(y, name="long"))
    report.table("2 x 2 at the cut-off", cells.reset_index())
    fig = plt.figure(figsize=(4, 4)); ax = fig.gca()
    ax.plot(fpr, tpr); ax.plot([0, 1], [0, 1], ":k"); ax.plot(fpr[best], tpr[best], "ro")
    ax.set_aspect("equal"); ax.set_title("AUC = %.3f" % auc)
    report.figure("ROC", fig)
