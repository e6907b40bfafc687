"""Time from the first stay to the next one: Kaplan-Meier estimate by hand and with statsmodels."""

import numpy as np
import pandas as pd
import statsmodels.api as sm

PARAMETERS = {"horizon": 180}


def km(times, events):
    order = np.argsort(times)
    times, events = np.asarray(times)[order], np.asarray(events)[order]
    at_risk, survival, out = len(times), 1.0, []
    for t in np.unique(times):
        here = times == t
        d = int(events[here].sum())
        if at_risk > 0:
            survival *= 1 - d / at_risk
        out.append((float(t), survival, at_risk))
        at_risk -= int(here.sum())
    return pd.DataFrame(out, columns=["t", "survival", "at_risk"])


def main(data, report, horizon):
    stays = data.sql("SELECT pat_id, admit_dt, disch_dt FROM ehr.encounters WHERE disch_dt IS NOT NULL")
    stays = stays.sort_values(["pat_id", "admit_dt"])
    first = stays.groupby("pat_id").first().reset_index()
    second = stays.groupby("pat_id").nth(1)[["pat_id", "admit_dt"]].rename(columns={"admit_dt": "again"})
    merged = pd.merge(first, second, on="pat_id", how="left")
    end = stays["disch_dt"].max()
    merged["event"] = merged["again"].notna().astype(int)
    merged["stop"] = merged["again"].fillna(end)
    merged["days"] = (merged["stop"] - merged["disch_dt"]).dt.days.clip(lower=0, upper=horizon)
    merged.loc[merged["days"] >= horizon, "event"] = 0
    table = km(merged["days"], merged["event"])
    surv = sm.SurvfuncRight(merged["days"].to_numpy(dtype=float), merged["event"].to_numpy())
    report.table("Kaplan-Meier", table.round(4))
    report.value("still out at horizon", round(float(table["survival"].iloc[-1]), 4))
    report.value("statsmodels agrees", bool(np.isclose(surv.surv_prob[-1], table["survival"].min())))
