# ruff: noqa  kept as it was written
# fmt: off
"""Cox partial likelihood (Breslow ties) maximised with scipy: time from discharge to the next encounter."""
import numpy as np
import pandas as pd
from scipy.optimize import minimize
from scipy.special import logsumexp
from scipy.stats import norm

PARAMETERS = {"end": "2023-09-30", "ridge": 1e-6}


def neg_log_pl(beta, X, t, d, ridge):
    eta = X @ beta
    ll = 0.0
    for u in np.unique(t[d]):
        at_risk = t >= u
        dying = d & (t == u)
        ll += eta[dying].sum() - dying.sum() * logsumexp(eta[at_risk])
    return -ll + ridge * np.sum(beta**2)


def concordance(eta, t, d):
    good = total = 0.0
    for i in np.flatnonzero(d):
        later = t > t[i]
        total += later.sum()
        good += (eta[i] > eta[later]).sum() + 0.5 * (eta[i] == eta[later]).sum()
    return good / total if total else np.nan


def main(data, report, end, ridge):
    d = data.sql(
        """
        SELECT pat_id, disch_dt, age_at_admit, enc_class, left(primary_dx, 3) AS dx,
               lead(admit_dt) OVER (PARTITION BY pat_id ORDER BY admit_dt ASC) AS next_admit
        FROM ehr.encounters
        QUALIFY disch_dt IS NOT NULL AND primary_dx IS NOT NULL
        ORDER BY disch_dt
        """
    )
    report.step("discharges at risk", d)
    end_ts = np.datetime64(end)
    event = d["next_admit"].notna().to_numpy() & (d["next_admit"] <= end_ts).to_numpy()
    stop = d["next_admit"].where(event, pd.Timestamp(end))
    t = ((stop - d["disch_dt"]).dt.total_seconds() / 86400).to_numpy()
    ok = t > 0
    Z = pd.get_dummies(d["dx"], drop_first=True, dtype=float)
    Z.insert(0, "inpatient", (d["enc_class"] == "IP").astype(float))
    Z.insert(0, "age", (d["age_at_admit"] - 60) / 10)
    X, t, event = Z.to_numpy()[ok], np.round(t[ok]), event[ok]

    res = minimize(neg_log_pl, np.zeros(X.shape[1]), args=(X, t, event, ridge), method="BFGS")
    se = np.sqrt(np.diag(res.hess_inv))
    z = res.x / se
    hr = pd.DataFrame({"term": Z.columns, "HR": np.exp(res.x), "low": np.exp(res.x - 1.96 * se), "high": np.exp(res.x + 1.96 * se), "p": 2 * norm.sf(np.abs(z))})
    report.table("Hazard ratios", hr.round(2))
    report.value("events", int(event.sum()))
    report.value("concordance", round(float(concordance(X @ res.x, t, event)), 3))
    if not res.success:
        report.text(f"Optimiser: {res.message}")
