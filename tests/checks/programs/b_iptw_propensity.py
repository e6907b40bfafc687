# ruff: noqa  kept as it was written
"""Inverse-probability weighting: effect of weekend admission on length of stay, with balance (SMD) before and after."""

import numpy as np
import pandas as pd
import statsmodels.api as sm
import matplotlib.pyplot as plt

PARAMETERS = {"trim": 0.01, "seed": 7, "reps": 60}
COVARIATES = ["age", "female", "hf", "pneumonia"]


def smd(x, t, w):
    m1, m0 = np.average(x[t == 1], weights=w[t == 1]), np.average(x[t == 0], weights=w[t == 0])
    s = np.sqrt((x[t == 1].var() + x[t == 0].var()) / 2)
    return (m1 - m0) / s if s > 0 else 0.0


def weights(X, t, trim):
    ps = np.asarray(sm.Logit(t, sm.add_constant(X, has_constant="add")).fit(disp=False).predict())
    lo, hi = np.quantile(ps, [trim, 1 - trim])
    ps = ps.clip(lo, hi)
    return np.where(t == 1, t.mean() / ps, (1 - t.mean()) / (1 - ps)), ps


def effect(df, trim):
    t = df["weekend"].to_numpy()
    w, _ = weights(df[COVARIATES], t, trim)
    y = df["los"].to_numpy()
    return np.average(y[t == 1], weights=w[t == 1]) - np.average(y[t == 0], weights=w[t == 0])


def main(data, report, trim, seed, reps):
    df = data.sql(
        """
        SELECT e.enc_id, e.los, e.age_at_admit / 10.0 AS age,
               (p.sex = 'F')::INT AS female,
               coalesce(e.primary_dx LIKE 'I50%', false)::INT AS hf,
               coalesce(e.primary_dx LIKE 'J18%', false)::INT AS pneumonia,
               CASE WHEN dayofweek(e.admit_dt) IN (0, 6) THEN 1 ELSE 0 END AS weekend
        FROM ehr.encounters e JOIN ehr.patients p USING (pat_id)
        WHERE e.los IS NOT NULL
        ORDER BY e.admit_dt
        """
    )
    t = df["weekend"].to_numpy()
    w, ps = weights(df[COVARIATES], t, trim)
    ones = np.ones_like(w)
    balance = pd.DataFrame(
        {c: {"before": smd(df[c].to_numpy(), t, ones), "after": smd(df[c].to_numpy(), t, w)} for c in COVARIATES}
    ).T
    report.table("Standardised differences", balance.round(2))
    ess = w.sum() ** 2 / (w**2).sum()
    report.value("effective sample size", round(float(ess), 0))

    rng = np.random.default_rng(seed)
    point = effect(df, trim)
    boot = np.fromiter(
        (effect(df.sample(frac=1, replace=True, random_state=rng), trim) for _ in range(reps)), dtype=float, count=reps
    )
    lo, hi = np.percentile(boot, (2.5, 97.5))
    report.value("weighted difference, days", round(float(point), 2))
    report.text(f"95% bootstrap interval {lo:.1f} to {hi:.1f} days ({reps} replicates)")

    fig, axes = plt.subplots(ncols=2, figsize=(9, 3.5), gridspec_kw={"width_ratios": [2, 1]})
    axes[0].hist(
        [ps[t == 1], ps[t == 0]], bins=20, density=True, label=["weekend", "weekday"], color=["#d95f02", "#1b9e77"]
    )
    axes[0].legend()
    axes[0].set_xlabel("Propensity score")
    axes[1].plot(balance.abs()["before"], range(len(balance)), "o", mfc="none", label="before")
    axes[1].plot(balance.abs()["after"], range(len(balance)), "o", label="after")
    axes[1].set_yticks(range(len(balance)), balance.index)
    axes[1].axvline(0.1, ls=":", c="grey")
    fig.tight_layout()
    report.figure("Overlap and balance", fig)
