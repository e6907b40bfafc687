# ruff: noqa  kept as it was written
"""Forecast weekly admissions: exponential smoothing and seasonal naive, backtested; Ljung-Box on residuals."""

import warnings
import matplotlib.pyplot as plt
import matplotlib.dates as mdates
import numpy as np
import pandas as pd
from statsmodels.graphics.tsaplots import plot_acf
from statsmodels.stats.diagnostic import acorr_ljungbox
from statsmodels.tsa.api import SimpleExpSmoothing
from statsmodels.tsa.ar_model import AutoReg

PARAMETERS = {"horizon": 8, "freq": "W-SUN"}
warnings.filterwarnings("ignore", category=UserWarning, module="statsmodels")

mase = lambda actual, pred, train: np.abs(actual - pred).mean() / np.abs(np.diff(train)).mean()


def forecasts(train, h):
    yield "last value", np.repeat(train.iloc[-1], h)
    yield "mean", np.full(h, train.mean())
    ses = SimpleExpSmoothing(train, initialization_method="estimated").fit(smoothing_level=0.3, optimized=False)
    yield "SES", ses.forecast(h).to_numpy()
    ar = AutoReg(train, lags=2).fit()
    yield "AR(2)", ar.forecast(h).to_numpy()


def main(data, report, horizon, freq):
    d = data.sql("SELECT admit_dt FROM ehr.encounters ORDER BY admit_dt")
    weekly = d.set_index("admit_dt").assign(n=1)["n"].resample(freq).sum().iloc[1:-1].astype(float)
    weekly.index.freq = freq
    report.value("weeks", len(weekly))
    train, test = weekly.iloc[:-horizon], weekly.iloc[-horizon:]
    preds = dict(forecasts(train, horizon))
    score = pd.Series(
        {k: mase(test.to_numpy(), v, train.to_numpy()) for k, v in preds.items()}, name="MASE"
    ).sort_values()
    report.table("Backtest", score.round(2).rename_axis("method").reset_index())
    ar = AutoReg(train, lags=2).fit()
    lb = acorr_ljungbox(ar.resid, lags=[4, 8], return_df=True)
    report.table("Ljung-Box", lb.round(2))
    pi = ar.get_prediction(len(train), len(train) + horizon - 1).conf_int()

    fig, (ax, ax2) = plt.subplots(2, 1, figsize=(8, 6), layout="tight")
    ax.plot(train.index[-40:], train.iloc[-40:], c="k", lw=1)
    ax.plot(test.index, test, "ko", ms=3)
    for name, v in preds.items():
        ax.plot(test.index, v, label=f"{name} ({score[name]:.2f})")
    ax.fill_between(test.index, *pi.T.to_numpy(), color="0.85", zorder=0)
    ax.legend(fontsize=7, ncol=2)
    ax.xaxis.set_major_formatter(mdates.ConciseDateFormatter(ax.xaxis.get_major_locator()))
    plot_acf(ar.resid, ax=ax2, lags=15, title="Residual autocorrelation")
    report.figure("Forecast", fig)
