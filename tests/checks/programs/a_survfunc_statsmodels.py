# ruff: noqa  kept as it was written
# fmt: off
"""With statsmodels: survival function of time in hospital and a Cox model for discharge."""
import numpy as np
import statsmodels.api as sm
import pandas as pd
import statsmodels.formula.api as smf

PARAMETERS = {"cutoff": "2023-09-30", "follow": [1, 2, 3, 4]}


def main(data, report, cutoff, follow):
    df = data.sql("""
        SELECT e.enc_id, e.admit_dt, e.disch_dt, e.age_at_admit AS age, p.sex, left(e.primary_dx, 3) AS dx
        FROM ehr.encounters e, ehr.patients p
        WHERE e.pat_id = p.pat_id AND e.enc_class = 'IP'
    """)
    df["event"] = df["disch_dt"].notnull().astype(int)
    end = df["disch_dt"].fillna(pd.Timestamp(cutoff))
    df["days"] = (end - df["admit_dt"]).dt.total_seconds() / 86400
    df = df[df["days"] > 0].dropna(subset=["dx"])
    report.step("stays with time at risk", df)

    sf = sm.SurvfuncRight(df["days"], df["event"])
    summary = sf.summary()
    at = [(f, summary.loc[summary.index <= f, "Surv prob"].min()) for f in follow]
    report.table("Still in hospital", pd.DataFrame(at, columns=["day", "share"]).round(3))
    report.value("median days", round(float(sf.quantile(0.5)), 2))

    model = smf.phreg("days ~ age + C(sex) + C(dx)", data=df, status=df["event"].values, ties="efron")
    fit = model.fit()
    hr = pd.DataFrame({
        "term": model.exog_names,
        "HR": np.exp(fit.params),
        "low": np.exp(fit.params - 1.96 * fit.bse),
        "high": np.exp(fit.params + 1.96 * fit.bse),
        "p": fit.pvalues,
    }).round(3)
    report.table("Hazard ratios of discharge", hr)
