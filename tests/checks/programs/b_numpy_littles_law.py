# ruff: noqa  kept as it was written
"""Time-varying census and Little's law with bare numpy: structured arrays, searchsorted, einsum, masked arrays."""

import numpy as np

PARAMETERS = {"start": "2022-03-01", "stop": "2023-03-01", "bins": 12}

dt = np.dtype([("t", "M8[s]"), ("delta", "i4")])


def main(data, report, start, stop, bins):
    df = data.sql("SELECT admit_dt, disch_dt, los FROM ehr.encounters WHERE disch_dt IS NOT NULL")
    a = df["admit_dt"].to_numpy().astype("M8[s]")
    d = df["disch_dt"].to_numpy().astype("M8[s]")
    ev = np.empty(2 * len(a), dtype=dt)
    ev["t"][: len(a)], ev["t"][len(a) :] = a, d
    ev["delta"] = np.where(np.arange(ev.size) < len(a), 1, -1)
    ev = np.sort(ev, order=["t", "delta"])
    level = ev["delta"].cumsum()

    lo, hi = np.datetime64(start, "s"), np.datetime64(stop, "s")
    inside = (ev["t"] >= lo) & (ev["t"] < hi)
    t = np.r_[lo, ev["t"][inside], hi]
    lv = np.r_[level[np.searchsorted(ev["t"], lo, side="right") - 1], level[inside]]
    width = np.diff(t).astype("f8")
    L = np.einsum("i,i->", lv, width) / width.sum()
    lam = ((a >= lo) & (a < hi)).sum() / ((hi - lo) / np.timedelta64(1, "D"))
    W = df.los[(a >= lo) & (a < hi)].mean()
    report.value("L (mean census)", round(float(L), 2))
    report.value("lambda (per day)", round(float(lam), 2))
    report.value("W (days)", round(float(W), 2))
    report.value("L / (lambda W)", round(float(L / (lam * W)), 2))

    m = np.ma.masked_where(~np.isin(lv, np.arange(0, 50)), lv)
    report.value("peak", int(m.max()))
    share = np.bincount(lv, weights=width) / width.sum()
    poisson = (
        np.exp(-L)
        * L ** np.arange(share.size)
        / np.array([float(np.prod(np.arange(1, k + 1))) for k in range(share.size)])
    )
    with np.printoptions(precision=2, suppress=True):
        report.text("Share of time at each level: " + str(share))
        report.text(f"Poisson would give: {poisson}")
    edges = np.linspace(0, width.sum(), bins + 1)
    which = np.digitize(np.cumsum(width) - width / 2, edges[1:-1])
    per = np.array(
        [np.average(lv[which == b], weights=width[which == b]) if (which == b).any() else np.nan for b in range(bins)]
    )
    coef = np.linalg.lstsq(np.vander(np.arange(bins), 2), per, rcond=None)[0]
    report.value("trend per twelfth", round(float(coef[0]), 2))
    import pandas as pd

    report.table(
        "Levels", pd.DataFrame({"level": np.arange(share.size), "share": share.round(3), "poisson": poisson.round(3)})
    )
