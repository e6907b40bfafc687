# ruff: noqa  kept as it was written
# fmt: off
"""Is pneumonia seasonal? Harmonic Poisson regression on weekly counts, likelihood-ratio test, peak week; autocorrelation."""
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import statsmodels.api as sm
from scipy import signal, stats
from statsmodels.tsa.stattools import acf

PARAMETERS = {"prefix": "J", "harmonics": 1}

TWO_PI = 2.0 * np.pi


def fourier(week, k, period=52.18):
    return {f"{f.__name__}{j}": f(TWO_PI * j * week / period) for j in range(1, k + 1) for f in (np.sin, np.cos)}


def main(data, report, prefix, harmonics):
    weekly = data.sql("""
        SELECT date_trunc('week', admit_dt) AS wk,
               sum(CASE WHEN primary_dx LIKE :prefix || '%' THEN 1 ELSE 0 END) AS cases,
               count(*) AS admissions
        FROM ehr.encounters
        GROUP BY 1
        ORDER BY 1 ASC
    """, prefix=prefix)
    weekly["wk"] = pd.to_datetime(weekly["wk"])
    weekly = weekly.set_index("wk").asfreq("7D", fill_value=0)
    report.step("weeks", weekly.reset_index())

    y = weekly["cases"].astype(float)
    t = np.arange(len(y), dtype=float)
    base = pd.DataFrame({"const": 1.0, "trend": t / 52}, index=weekly.index)
    full = base.assign(**fourier(t, harmonics))
    m0, m1 = (sm.GLM(y, X, family=sm.families.Poisson()).fit() for X in (base, full))
    lr = 2 * (m1.llf - m0.llf)
    p = stats.chi2.sf(lr, 2 * harmonics)
    report.value("LR test p", round(float(p), 4))

    b_sin, b_cos = m1.params["sin1"], m1.params["cos1"]
    peak = (np.arctan2(b_sin, b_cos) / TWO_PI * 52.18) % 52.18
    report.text(f"Peak in week {peak:.0f} from the start; peak-to-trough ratio {np.exp(2 * np.hypot(b_sin, b_cos)):.2f}")
    report.table("Coefficients", m1.params.round(3).rename_axis("term").reset_index(name="log rate"))
    r = acf(m1.resid_pearson, nlags=4, fft=False)
    report.table("Residual autocorrelation", pd.DataFrame({"lag": range(5), "r": r.round(3)}))
    freq, power = signal.periodogram(y - y.mean(), fs=52.18)
    report.value("strongest cycle (per year)", round(float(freq[power.argmax()]), 2))

    fig, ax = plt.subplots(figsize=(8, 3))
    ax.bar(weekly.index, y, width=6, color="lightgray")
    ax.plot(weekly.index, m1.fittedvalues, "b-")
    ax.set_title(f"{prefix}: weekly cases (LR p = {p:.3f})", loc="left")
    report.figure("Season", fig)
