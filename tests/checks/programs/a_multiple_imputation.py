# ruff: noqa  kept as it was written
# fmt: off
"""Multiple imputation by hand (Bayesian linear draw) and Rubin's rules, next to complete cases and single imputation."""
from math import sqrt
import numpy as np
import pandas as pd
from scipy import stats

PARAMETERS = {"m": 20, "seed": 99, "loinc": "2160-0"}


def ols(X, y):
    XtX_inv = np.linalg.inv(X.T @ X)
    b = XtX_inv @ X.T @ y
    resid = y - X @ b
    s2 = resid @ resid / (len(y) - X.shape[1])
    return b, s2, XtX_inv


def impute_once(y, X, rng):
    seen = ~np.isnan(y)
    b, s2, V = ols(X[seen], y[seen])
    dof = seen.sum() - X.shape[1]
    s2_star = s2 * dof / rng.chisquare(dof)
    b_star = rng.multivariate_normal(b, s2_star * V)
    filled = y.copy()
    filled[~seen] = X[~seen] @ b_star + rng.normal(0, sqrt(s2_star), (~seen).sum())
    return filled


def rubin(est, var):
    m = len(est)
    q, u, b = np.mean(est), np.mean(var), np.var(est, ddof=1)
    total = u + (1 + 1 / m) * b
    lam = (1 + 1 / m) * b / total
    df = (m - 1) / lam**2 if lam > 0 else np.inf
    half = stats.t.ppf(0.975, df) * sqrt(total)
    return q, sqrt(total), q - half, q + half, lam


def main(data, report, m, seed, loinc):
    d = data.sql("""
        SELECT e.enc_id, e.los, e.age_at_admit AS age, (e.enc_class = 'IP')::int AS inpatient, l.value
        FROM ehr.encounters e
        LEFT JOIN (SELECT enc_id, avg(value) AS value FROM ehr.labs WHERE loinc = :loinc GROUP BY enc_id) l USING (enc_id)
        ORDER BY e.admit_dt
    """, loinc=loinc)
    report.step("stays", d)
    report.value("missing lab (%)", round(100 * d["value"].isna().mean(), 1))
    X = np.column_stack([np.ones(len(d)), d["age"], d["inpatient"], d["los"]]).astype(float)
    y = d["value"].to_numpy(dtype=float)
    outcome = d["los"].to_numpy(dtype=float)
    design = lambda lab: np.column_stack([np.ones(lab.size), lab, X[:, 1]])

    def analyse(lab, rows=slice(None)):
        b, s2, V = ols(design(lab)[rows], outcome[rows])
        return b[1], s2 * V[1, 1]

    rng = np.random.default_rng(seed)
    fits = [analyse(impute_once(y, X, rng)) for _ in range(m)]
    mi = rubin(*map(np.array, zip(*fits)))
    cc_b, cc_v = analyse(y, ~np.isnan(y))
    si_b, si_v = analyse(np.where(np.isnan(y), np.nanmean(y), y))
    rows = [("complete cases", cc_b, sqrt(cc_v)), ("mean imputation", si_b, sqrt(si_v)), (f"multiple imputation, m={m}", mi[0], mi[1])]
    report.table("Slope of LOS on lab", pd.DataFrame(rows, columns=["method", "beta", "se"]).round(4))
    report.text(f"MI 95% CI {mi[2]:.3f} to {mi[3]:.3f}; fraction of missing information {mi[4]:.0%}")
