# ruff: noqa  kept as it was written
# fmt: off
"""Interrupted time series: segmented regression of monthly mean LOS around a policy change, Newey-West errors."""
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import statsmodels.formula.api as smf
from statsmodels.stats.stattools import durbin_watson

PARAMETERS = {"change": "2022-11-01", "maxlags": 2}


def main(data, report, change, maxlags):
    m = data.sql(
        """
        SELECT date_trunc('month', admit_dt) AS month, avg(los) AS los, count(*) AS n
        FROM ehr.encounters
        WHERE enc_class = 'IP'
        GROUP BY month
        ORDER BY month
        """
    )
    m["month"] = pd.to_datetime(m["month"])
    m["time"] = np.arange(1, len(m) + 1)
    m["level"] = (m["month"] >= change).astype(int)
    m["trend"] = (m["time"] - m.loc[m["level"].idxmax(), "time"] + 1) * m["level"]
    report.step("months", m)

    fit = smf.ols("los ~ time + level + trend", data=m).fit(cov_type="HAC", cov_kwds={"maxlags": maxlags})
    ci = fit.conf_int()
    est = pd.concat([fit.params, ci, fit.pvalues], axis=1)
    est.columns = ["estimate", "low", "high", "p"]
    est.index = est.index.map({"Intercept": "baseline level", "time": "baseline trend", "level": "step change", "trend": "change in trend"}.get)
    report.table("Segmented regression", est.round(4).reset_index(names="term"))
    report.value("Durbin-Watson", round(float(durbin_watson(fit.resid)), 3))

    counterfactual = fit.predict(m.assign(level=0, trend=0))
    effect = (fit.fittedvalues - counterfactual).iloc[-1]
    report.value("effect in last month (days)", round(float(effect), 3))

    fig, ax = plt.subplots(figsize=(7, 3.5))
    ax.scatter(m["month"], m["los"], s=m["n"], alpha=0.5)
    ax.plot(m["month"], fit.fittedvalues, "k-")
    ax.plot(m["month"][m["level"] == 1], counterfactual[m["level"] == 1], "k--", lw=0.8)
    ax.axvline(pd.Timestamp(change), color="r", lw=1)
    ax.annotate("policy", xy=(pd.Timestamp(change), ax.get_ylim()[1]), xytext=(5, -12), textcoords="offset points")
    report.figure("ITS", fig)
