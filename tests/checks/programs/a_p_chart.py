# ruff: noqa  kept as it was written
"""p-chart of long stays with Western Electric rules 1 and 4 (eight in a row on one side)."""

import matplotlib
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.ticker import PercentFormatter

matplotlib.rcParams["axes.spines.top"] = False
matplotlib.rcParams["axes.spines.right"] = False

PARAMETERS = {"long_days": 3.0, "run": 8}


def longest_runs(above: pd.Series) -> pd.Series:
    block = (above != above.shift()).cumsum()
    return above.groupby(block).cumcount() + 1


def main(data, report, long_days, run):
    df = data.sql(
        """
        SELECT strftime(admit_dt, '%Y-%m') AS month, sum(CASE WHEN los > :long_days THEN 1 ELSE 0 END) AS x, count(*) AS n
        FROM ehr.encounters WHERE enc_class IN ('IP') GROUP BY 1 ORDER BY 1
        """,
        long_days=long_days,
    )
    df[["x", "n"]] = df[["x", "n"]].astype(float)
    p_bar = df.x.sum() / df.n.sum()
    df["p"] = df.x / df.n
    se = np.sqrt(p_bar * (1 - p_bar) / df.n)
    df["ucl"], df["lcl"] = (p_bar + 3 * se).clip(upper=1), (p_bar - 3 * se).clip(lower=0)
    df["rule1"] = ~df.p.between(df.lcl, df.ucl)
    df["rule4"] = longest_runs(df.p > p_bar) >= run
    df["signal"] = df[["rule1", "rule4"]].any(axis="columns")

    report.value("centre line", round(p_bar, 4))
    report.value("months with a signal", int(df.signal.sum()))
    report.table("p-chart", df.round({"p": 3, "ucl": 3, "lcl": 3}))

    fig, ax = plt.subplots(figsize=(8, 3.2))
    ax.plot(df.month, df.p, "o-", color="navy", ms=4)
    ax.plot(df.month, df.ucl, drawstyle="steps-mid", color="firebrick", lw=0.8)
    ax.plot(df.month, df.lcl, drawstyle="steps-mid", color="firebrick", lw=0.8)
    ax.axhline(p_bar, color="grey")
    ax.plot(df.month[df.signal], df.p[df.signal], "rs", ms=8, mfc="none")
    ax.yaxis.set_major_formatter(PercentFormatter(xmax=1, decimals=0))
    [t.set_rotation(60) for t in ax.get_xticklabels()]
    fig.subplots_adjust(bottom=0.3)
    report.figure("p-chart", fig)
