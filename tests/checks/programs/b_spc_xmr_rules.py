# ruff: noqa  kept as it was written
"""XmR chart of monthly admissions with Western Electric rules implemented as a registry of decorated functions."""

import numpy as np
import pandas as pd
import matplotlib.pyplot as plt

PARAMETERS = {"baseline_months": 12}

RULES = {}


def rule(number, description):
    def register(f):
        RULES[number] = (description, f)
        f.number = number
        return f

    return register


@rule(1, "one point beyond 3 sigma")
def beyond(z):
    return np.abs(z) > 3


@rule(2, "eight in a row on one side")
def run_of_eight(z):
    out, run, side = np.zeros(len(z), bool), 0, 0
    for i, s in enumerate(np.sign(z)):
        run = run + 1 if s == side and s != 0 else 1
        side = s
        if run >= 8:
            out[i - 7 : i + 1] = True
    return out


@rule(3, "six rising or falling")
def trend(z):
    d = np.sign(np.diff(z))
    out = np.zeros_like(z, dtype=bool)
    for i in range(len(d) - 4):
        if abs(d[i : i + 5].sum()) == 5:
            out[i : i + 6] |= True
    return out


@rule(4, "two of three beyond 2 sigma")
def two_of_three(z):
    w = np.lib.stride_tricks.sliding_window_view(z, 3)
    hit = ((w > 2).sum(axis=1) >= 2) | ((w < -2).sum(axis=1) >= 2)
    return np.r_[False, False, hit]


def main(data, report, baseline_months):
    q = data.sql(
        "SELECT strftime(admit_dt, '%Y-%m') AS month, count(*) AS n FROM ehr.encounters GROUP BY month ORDER BY month"
    )
    x = q["n"].to_numpy(float)
    base = x[:baseline_months]
    centre = base.mean()
    mr = np.abs(np.diff(base)).mean()
    sigma = mr / 1.128
    z = (x - centre) / sigma
    flags = pd.DataFrame({n: f(z) for n, (_, f) in RULES.items()}, index=q["month"])
    report.value("centre line", round(centre, 2))
    report.value("natural limits", f"{max(0, centre - 3 * sigma):.1f} to {centre + 3 * sigma:.1f}")
    legend = pd.DataFrame(
        [{"rule": n, "text": d, "points": int(flags[n].sum())} for n, (d, _) in sorted(RULES.items())]
    )
    report.table("Rules", legend)

    fig, ax = plt.subplots(figsize=(9, 3.5))
    ax.plot(q["month"], x, "-", c="0.4", lw=1)
    anyflag = flags.any(axis=1).values
    ax.scatter(q["month"], x, c=np.where(anyflag, "red", "0.2"), s=25, zorder=3)
    for k, style in ((0, "-"), (3, "--"), (-3, "--")):
        ax.axhline(centre + k * sigma, ls=style, c="tab:blue", lw=0.8)
    for i in np.flatnonzero(anyflag):
        which = ",".join(str(c) for c in flags.columns[flags.iloc[i]])
        ax.annotate(which, (i, x[i]), xytext=(0, 6), textcoords="offset points", ha="center", fontsize=7, color="red")
    plt.setp(ax.get_xticklabels(), rotation=90, fontsize=7)
    report.figure("XmR chart", fig)
    report.text("Special cause in: " + (", ".join(flags.index[anyflag]) or "no month"))
