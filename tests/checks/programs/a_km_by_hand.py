# ruff: noqa  kept as it was written
# fmt: off
"""Kaplan-Meier with Greenwood variance and a log-rank test, written out by hand: time to the next encounter by sex."""
import math
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from scipy.stats import chi2

PARAMETERS = {"end_of_study": "2023-09-30"}


def kaplan_meier(t, d):
    s, var, out = 1.0, 0.0, [(0.0, 1.0, 1.0, 1.0, len(t))]
    for u in np.unique(t[d == 1]):
        n = int((t >= u).sum())
        k = int(((t == u) & (d == 1)).sum())
        s *= 1 - k / n
        if n > k:
            var += k / (n * (n - k))
        half = 1.96 * s * math.sqrt(var)
        out.append((float(u), s, max(0, s - half), min(1, s + half), n))
    return np.array(out)


def log_rank(t, d, g):
    o = e = v = 0.0
    for u in np.unique(t[d == 1]):
        risk, at = t >= u, (t == u) & (d == 1)
        n, n1, k, k1 = risk.sum(), (risk & g).sum(), at.sum(), (at & g).sum()
        o += k1
        e += k * n1 / n
        if n > 1:
            v += k * (n1 / n) * (1 - n1 / n) * (n - k) / (n - 1)
    z2 = (o - e) ** 2 / v
    return z2, chi2.sf(z2, 1)


def main(data, report, end_of_study):
    df = data.sql(
        """
        WITH ordered AS (
            SELECT pat_id, disch_dt, lead(admit_dt) OVER (PARTITION BY pat_id ORDER BY admit_dt) AS next_admit,
                   row_number() OVER (PARTITION BY pat_id ORDER BY admit_dt) AS k
            FROM ehr.encounters
        )
        SELECT o.pat_id, p.sex, o.disch_dt, o.next_admit
        FROM ordered o JOIN ehr.patients p ON p.pat_id = o.pat_id
        WHERE o.disch_dt IS NOT NULL
        """
    )
    report.step("discharges", df)
    end = pd.to_datetime(end_of_study)
    stop = df["next_admit"].fillna(end).clip(upper=end)
    t = (stop - df["disch_dt"]).dt.days.to_numpy().astype(float)
    d = (df["next_admit"].notna() & (df["next_admit"] <= end)).astype(int).to_numpy()
    female = (df["sex"] == "F").to_numpy()
    fig, ax = plt.subplots()
    for label, mask in {"women": female, "men": ~female}.items():
        c = kaplan_meier(t[mask], d[mask])
        ax.step(c[:, 0], c[:, 1], where="post", label=f"{label} (n={mask.sum()})")
        ax.fill_between(c[:, 0], c[:, 2], c[:, 3], step="post", alpha=.2)
        below = c[c[:, 1] <= 0.5, 0]
        report.value(f"median days, {label}", float(below[0]) if below.size else "not reached")
    ax.legend(); ax.set_ylim(0, 1)
    report.figure("Time to next encounter", fig)
    z2, p = log_rank(t, d, female)
    report.text(f"log-rank chi2 = {z2:.2f}, p = {p:.3g}")
