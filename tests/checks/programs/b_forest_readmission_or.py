# ruff: noqa  kept as it was written
"""Forest plot: odds of a further stay within N days in subgroups, with Mantel-Haenszel pooling."""

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.lines import Line2D
from statsmodels.stats.contingency_tables import StratifiedTable, Table2x2

PARAMETERS = {"window": 155, "age_cut": 65}


def main(data, report, window, age_cut):
    df = data.sql(
        """
        WITH seq AS (
            SELECT pat_id, enc_id, enc_class, age_at_admit, primary_dx, admit_dt, disch_dt,
                   lead(admit_dt) OVER (PARTITION BY pat_id ORDER BY admit_dt) AS next_admit
            FROM ehr.encounters
            WHERE disch_dt IS NOT NULL
        )
        SELECT s.enc_id, s.pat_id, s.enc_class, s.age_at_admit, p.sex,
               coalesce(left(s.primary_dx, 3), 'none') AS dx,
               date_diff('day', s.disch_dt, s.next_admit) AS gap
        FROM seq s JOIN ehr.patients p ON p.pat_id = s.pat_id
        """
    )
    df["back"] = df["gap"].le(window)
    df["exposed"] = df["age_at_admit"] >= age_cut
    subgroups = [("All", df.index == df.index)]
    subgroups += [(f"Sex {s}", df["sex"].eq(s)) for s in sorted(df["sex"].unique())]
    subgroups += [(f"Diagnosis {d}", df["dx"].eq(d)) for d in sorted(df["dx"].unique())]
    rows = []
    for label, mask in subgroups:
        sub = df[mask]
        counts = np.array(
            [[((sub.exposed == e) & (sub.back == b)).sum() for b in (True, False)] for e in (True, False)]
        )
        t = Table2x2(counts + 0.5)  # Haldane correction
        lo, hi = t.oddsratio_confint()
        rows.append((label, int(counts.sum()), t.oddsratio, lo, hi))
    res = pd.DataFrame(rows, columns=["subgroup", "n", "or", "lo", "hi"])
    strata = [
        pd.crosstab(g["exposed"], g["back"])
        .reindex(index=[True, False], columns=[True, False], fill_value=0)
        .to_numpy()
        + 0.5
        for _, g in df.groupby("dx")
    ]
    mh = StratifiedTable(strata)
    report.table("Odds ratios", res.round(2))
    report.value("Mantel-Haenszel OR", round(float(mh.oddsratio_pooled), 3))
    report.value("homogeneity p", round(float(mh.test_equal_odds().pvalue), 3))

    fig, ax = plt.subplots(figsize=(7, 0.5 * len(res) + 1.5))
    y = np.arange(len(res))[::-1]
    ax.hlines(y, res["lo"], res["hi"], color="#555555", lw=1.2)
    ax.scatter(
        res["or"],
        y,
        s=15 + 60 * np.sqrt(res["n"] / res["n"].max()),
        marker="s",
        color=["#b2182b"] + ["#2166ac"] * (len(res) - 1),
        zorder=3,
    )
    ax.axvline(1, color="k", lw=0.8)
    ax.axvline(mh.oddsratio_pooled, color="#b2182b", lw=0.8, ls="--")
    ax.set_xscale("log")
    ax.set_yticks(y, labels=[f"{r.subgroup} (n={r.n})" for r in res.itertuples()])
    for yi, r in zip(y, res.itertuples(index=False)):
        ax.text(
            1.02, yi, f"{r[2]:.2f} ({r.lo:.2f}–{r.hi:.2f})", transform=ax.get_yaxis_transform(), va="center", fontsize=8
        )
    ax.set_xlabel(f"Odds ratio, age >= {age_cut} vs younger")
    ax.legend(handles=[Line2D([], [], ls="--", color="#b2182b", label="MH pooled")], loc="upper left", fontsize=7)
    fig.subplots_adjust(left=0.3, right=0.75)
    report.figure("Forest plot", fig)
