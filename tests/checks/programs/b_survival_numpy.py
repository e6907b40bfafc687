# ruff: noqa  kept as it was written
"""Hand-written Nelson-Aalen and restricted mean time to the next visit, log-rank via chi-square, by enc. class."""

import numpy as np
import pandas as pd
from scipy.stats import chi2
from statsmodels.duration.survfunc import SurvfuncRight, survdiff
import matplotlib.pyplot as plt

PARAMETERS = {"censor": "2023-12-31", "tau": 300}


def nelson_aalen(t: np.ndarray, d: np.ndarray):
    """Return distinct event times, cumulative hazard, and its variance."""
    order = np.argsort(t, kind="stable")
    t, d = t[order], d[order].astype(int)
    times = np.unique(t[d == 1])
    at_risk = np.array([(t >= u).sum() for u in times])
    events = np.array([((t == u) & (d == 1)).sum() for u in times])
    with np.errstate(divide="raise"):
        h = np.cumsum(events / at_risk)
        v = np.cumsum(events / at_risk**2)
    return times, h, v


def rmst(times, surv, tau):
    grid = np.concatenate(([0.0], times[times < tau], [tau]))
    s = np.concatenate(([1.0], surv[times < tau]))
    return float(np.sum(np.diff(grid) * s))


def main(data, report, censor, tau):
    d = data.sql(
        """
        SELECT pat_id, enc_class, disch_dt, lead(admit_dt) OVER w AS nxt
        FROM ehr.encounters WHERE disch_dt IS NOT NULL
        WINDOW w AS (PARTITION BY pat_id ORDER BY admit_dt)
        """
    )
    end = pd.to_datetime(d["nxt"]).fillna(pd.Timestamp(censor))
    d["time"] = (end - d["disch_dt"]) / np.timedelta64(1, "D")
    d["event"] = d["nxt"].notna()
    d = d.loc[d["time"].gt(0)]
    report.step("intervals", d)

    fig, ax = plt.subplots()
    lines = []
    for k, (name, g) in enumerate(d.groupby("enc_class")):
        t, e = g["time"].to_numpy(), g["event"].to_numpy()
        times, H, V = nelson_aalen(t, e)
        sd = np.sqrt(V)
        ax.step(times, H, where="post", color=f"C{k}", label=f"{name} (n={len(g)})")
        ax.fill_between(
            times, H * np.exp(-1.96 * sd / H), H * np.exp(1.96 * sd / H), step="post", alpha=0.15, color=f"C{k}"
        )
        lines.append([name, len(g), int(e.sum()), rmst(times, np.exp(-H), tau)])
    ax.set(xlabel="Days since discharge", ylabel="Cumulative hazard of next visit")
    ax.legend()
    report.figure("Nelson-Aalen", fig)
    report.table("Restricted mean", pd.DataFrame(lines, columns=["class", "n", "events", f"RMST to {tau} d"]).round(1))

    stat, p = survdiff(d["time"], d["event"].astype(int), d["enc_class"])
    report.value("log-rank chi2", round(float(stat), 3))
    report.value("log-rank p", round(float(p), 4))
    assert np.isclose(p, chi2.sf(stat, df=1))
    sf = SurvfuncRight(d["time"], d["event"].astype(int))
    report.value("median days to next visit", float(sf.quantile(0.5)))
