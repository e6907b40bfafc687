# ruff: noqa  kept as it was written
# fmt: off
"""LOS by age: equal-width, clinical and quantile bins side by side, ordered categoricals, trend test (Jonckheere by hand)."""
import numpy as np
import pandas as pd
from pandas.api.types import CategoricalDtype
from scipy.stats import norm, f_oneway

PARAMETERS = {"edges": [18, 40, 55, 65, 75, 85], "groups": 5}


def labels_for(edges):
    return [f"{lo}-{hi - 1}" for lo, hi in zip(edges, edges[1:])] + [f"{edges[-1]}+"]


def jonckheere(samples):
    u = sum(
        (b[:, None] > a[None, :]).sum() + 0.5 * (b[:, None] == a[None, :]).sum()
        for i, a in enumerate(samples) for b in samples[i + 1:]
    )
    n = np.array([len(s) for s in samples])
    N = n.sum()
    mean = (N**2 - (n**2).sum()) / 4
    var = (N**2 * (2 * N + 3) - (n**2 * (2 * n + 3)).sum()) / 72
    z = (u - mean) / var**0.5
    return z, 2 * norm.sf(abs(z))


def main(data, report, edges, groups):
    d = data.sql("SELECT enc_id, age_at_admit AS age, los FROM ehr.encounters WHERE age_at_admit >= 18 AND los IS NOT NULL")
    report.step("adult encounters", d)

    labels = labels_for(edges)
    band = CategoricalDtype(labels, ordered=True)
    d["clinical"] = pd.cut(d["age"], [*edges, np.inf], right=False, labels=labels).astype(band)
    d["width"] = pd.cut(d["age"], groups, precision=0)
    d["quantile"], cuts = pd.qcut(d["age"], groups, retbins=True, duplicates="drop")

    for how in ("clinical", "width", "quantile"):
        t = d.groupby(how, observed=False)["los"].agg(n="count", mean="mean", p90=lambda s: s.quantile(0.9))
        t.index = t.index.astype(str)
        report.table(f"LOS by age, {how}", t.round(2).reset_index())

    old = d[d["clinical"] >= "75-84"]
    report.step("75 and older", old)
    samples = [g.to_numpy() for _, g in d.groupby("clinical", observed=True)["los"]]
    z, p = jonckheere(samples)
    F, pf = f_oneway(*samples)
    report.value("trend z", round(float(z), 3))
    report.text(f"Jonckheere-Terpstra p = {p:.3f}; ANOVA F = {F:.2f}, p = {pf:.3f}; quantile cuts at {np.round(cuts, 1).tolist()}")
