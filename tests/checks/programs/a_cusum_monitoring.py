# ruff: noqa  kept as it was written
# fmt: off
"""Risk-adjusted CUSUM (Steiner) of long stays and a variable life-adjusted display."""
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import statsmodels.formula.api as smf

PARAMETERS = {"long_days": 3.0, "odds_alternative": 2.0, "h": 3.0}

GREEN, RED = "#2a9d8f", "#e76f51"


def weights(y, p, ra):
    w = np.log(1.0 / (1 - p + ra * p))
    return np.where(y == 1, w + np.log(ra), w)


def cusum(w, h, *, reset=True):
    s, path, alarms = 0.0, [], []
    for i, x in enumerate(w):
        s = max(0.0, s + x)
        path.append(s)
        if s >= h:
            alarms.append(i)
            if reset: s = 0.0
    return np.array(path), alarms


def main(data, report, long_days, odds_alternative, h):
    d = data.sql("""
        SELECT admit_dt, los, age_at_admit AS age, coalesce(left(primary_dx, 1), 'U') AS dx
        FROM ehr.encounters
        WHERE enc_class = 'IP' AND los IS NOT NULL
        ORDER BY admit_dt
    """)
    report.step("inpatient stays in order of admission", d)
    d["y"] = (d.los > long_days) * 1
    first_half = d.iloc[: len(d) // 2]
    model = smf.logit("y ~ age + C(dx)", data=first_half).fit(disp=0)
    d["p"] = model.predict(d)
    path, alarms = cusum(weights(d.y.values, d.p.values, odds_alternative), h)
    vlad = (d.p - d.y).cumsum()

    report.value("alarms", len(alarms))
    report.value("final VLAD", round(float(vlad.iloc[-1]), 2))
    when = d.admit_dt.iloc[alarms].dt.strftime("%d.%m.%Y").tolist()
    report.text("Alarms: " + (", ".join(when) if when else "none"))
    by_half = d.groupby(np.where(d.index < len(d) // 2, "calibration", "monitoring")).agg(n=("y", "size"), observed=("y", "sum"), expected=("p", "sum"))
    report.table("Observed and expected", by_half.round(1).rename_axis("period").reset_index())

    fig, (a, b) = plt.subplots(2, 1, sharex=True, gridspec_kw={"height_ratios": [2, 1], "hspace": 0.1})
    a.plot(path, color=GREEN)
    a.axhline(h, color=RED, ls="--")
    a.plot(alarms, path[alarms] if alarms else [], "v", color=RED)
    b.plot(vlad.to_numpy(), color="k", lw=1)
    a.set_ylabel("CUSUM"); b.set_ylabel("VLAD"); b.set_xlabel("stay")
    report.figure("CUSUM", fig)
