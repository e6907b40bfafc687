# ruff: noqa  kept as it was written
"""Interrupted time series: did monthly mean length of stay change after the discharge lounge opened?"""

import matplotlib.dates as mdates
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import statsmodels.api as sm
from statsmodels.stats.stattools import durbin_watson

PARAMETERS = {"opened": "2022-10-01", "maxlags": 3}


def main(data, report, opened, maxlags):
    monthly = data.sql(
        """
        SELECT date_trunc('month', admit_dt) AS month, count(*) AS n, avg(los) AS mean_los, stddev_samp(los) AS sd_los
        FROM ehr.encounters
        WHERE enc_class = 'IP'
        GROUP BY ALL
        ORDER BY month
        """
    )
    monthly["month"] = pd.to_datetime(monthly["month"])
    change = pd.Timestamp(opened)
    monthly["t"] = np.arange(len(monthly))
    monthly["post"] = (monthly["month"] >= change).astype(int)
    t0 = monthly.loc[monthly["post"].eq(1), "t"].min()
    monthly["t_post"] = np.where(monthly["post"] == 1, monthly["t"] - t0, 0)
    if monthly["post"].nunique() < 2:
        raise ValueError("the change lies outside the months observed")

    X = sm.add_constant(monthly[["t", "post", "t_post"]].astype(float))
    fit = sm.OLS(monthly["mean_los"], X).fit(cov_type="HAC", cov_kwds={"maxlags": maxlags})
    table = pd.concat([fit.params, fit.bse, fit.pvalues], axis=1, keys=["coef", "NW SE", "p"]).round(4)
    table = table.rename(
        index={"const": "baseline level", "t": "slope before", "post": "step", "t_post": "slope change"}
    )
    report.table("Segmented regression", table)
    report.value("Durbin-Watson", round(float(durbin_watson(fit.resid)), 2))

    counterfactual = X.copy()
    counterfactual[["post", "t_post"]] = 0.0
    cf = fit.predict(counterfactual)
    fig, ax = plt.subplots(figsize=(8, 4))
    ax.errorbar(
        monthly["month"],
        monthly["mean_los"],
        yerr=monthly["sd_los"] / np.sqrt(monthly["n"]),
        fmt="o",
        ms=4,
        color="0.3",
        ecolor="0.7",
        capsize=2,
        label="observed",
    )
    for flag, colour in ((0, "tab:blue"), (1, "tab:orange")):
        part = monthly["post"] == flag
        ax.plot(monthly.loc[part, "month"], fit.fittedvalues[part], color=colour, lw=2)
    ax.plot(
        monthly.loc[monthly.post == 1, "month"],
        cf[monthly.post == 1],
        ls=":",
        color="tab:blue",
        label="had nothing changed",
    )
    ax.axvline(change, color="crimson", ls="--")
    ax.annotate(
        "lounge opened",
        xy=(change, ax.get_ylim()[1]),
        xytext=(5, -12),
        textcoords="offset points",
        color="crimson",
        fontsize=8,
    )
    ax.xaxis.set_major_locator(mdates.MonthLocator(interval=3))
    ax.xaxis.set_major_formatter(mdates.DateFormatter("%b %y"))
    ax.set_ylabel("Mean length of stay (days)")
    ax.legend(frameon=False, loc="lower right")
    ax.spines[["top", "right"]].set_visible(False)
    fig.autofmt_xdate()
    report.figure("Length of stay before and after", fig)
