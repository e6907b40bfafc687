# ruff: noqa  kept as it was written
"""Empirical-Bayes shrinkage of long-stay rates by three-digit area: beta-binomial by method of moments and MLE."""

import numpy as np
import pandas as pd
from scipy.optimize import minimize
from scipy.special import betaln, gammaln
from scipy import stats

PARAMETERS = {"long_days": 3, "min_stays": 1}


def betabinom_logpmf(k, n, a, b):
    choose = gammaln(n + 1) - gammaln(k + 1) - gammaln(n - k + 1)
    return choose + betaln(k + a, n - k + b) - betaln(a, b)


def moments(k, n):
    p = k / n
    m = k.sum() / n.sum()
    v = np.average((p - m) ** 2, weights=n)
    v = max(v, 1e-4)
    s = max(m * (1 - m) / v - 1, 0.5)
    return m * s, (1 - m) * s


def main(data, report, long_days, min_stays):
    by = data.sql(
        """
        SELECT p.zip, count(*) AS n, sum((e.los > :long_days)::INT)::INT AS k
        FROM ehr.encounters e JOIN ehr.patients p ON p.pat_id = e.pat_id
        WHERE e.los IS NOT NULL GROUP BY p.zip HAVING count(*) >= :min_stays ORDER BY p.zip
        """,
        long_days=long_days,
        min_stays=min_stays,
    )
    k, n = by["k"].to_numpy(float), by["n"].to_numpy(float)
    a0, b0 = moments(k, n)

    def nll(theta):
        a, b = np.exp(theta)
        return -betabinom_logpmf(k, n, a, b).sum()

    fit = minimize(nll, np.log([a0, b0]), method="L-BFGS-B", bounds=[(-5, 8)] * 2)
    if not fit.success:
        report.text(f"optimiser: {fit.message}")
    a, b = np.exp(fit.x)
    by["raw"] = k / n
    by["shrunk"] = (k + a) / (n + a + b)
    post = stats.beta(k + a, n - k + b)
    by["low"], by["high"] = post.ppf(0.05), post.ppf(0.95)
    overall = k.sum() / n.sum()
    by["p_above"] = post.sf(overall)
    report.value("areas", len(by))
    report.value("overall rate", round(float(overall), 3))
    report.value("prior mean", round(float(a / (a + b)), 2))
    reliable = by[by["n"] >= by["n"].quantile(0.9)]
    report.table("Largest areas", reliable.drop(columns="k").round(2))
    outl = by[(by.p_above > 0.95) | (by.p_above < 0.05)]
    report.value("areas credibly different", len(outl))
    report.value("mean shrinkage", round(float((by["raw"] - by["shrunk"]).abs().mean()), 2))
