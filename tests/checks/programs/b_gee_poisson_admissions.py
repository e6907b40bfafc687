# ruff: noqa  kept as it was written
"""Do long stays cluster within patients? GEE (exchangeable) vs plain logistic for stay > 3 days."""

import numpy as np
import pandas as pd
import statsmodels.api as sm
from statsmodels.genmod.cov_struct import Exchangeable, Independence
from statsmodels.genmod.generalized_estimating_equations import GEE

PARAMETERS = {"long_days": 3.0}


def main(data, report, long_days):
    enc = data.sql(
        "SELECT pat_id, admit_dt, los, age_at_admit, enc_class FROM ehr.encounters WHERE los IS NOT NULL ORDER BY admit_dt"
    )
    pats = data.sql("SELECT pat_id, sex FROM ehr.patients")
    df = enc.merge(pats, how="left", on="pat_id", validate="many_to_one")
    assert len(df) == len(enc), "join changed the number of rows"
    df["long"] = (df.los > long_days).astype(int)
    df["female"] = np.where(df.sex == "F", 1.0, 0.0)
    df["old"] = np.where(df.age_at_admit >= 65, 1.0, 0.0)
    df["weekend"] = df.admit_dt.dt.day_of_week.isin([5, 6]).astype(float)
    df["inpatient"] = df.enc_class.eq("IP") * 1.0

    exog_cols = ["female", "old", "weekend", "inpatient"]
    X = sm.add_constant(df[exog_cols])
    y = df["long"]
    groups, _ = pd.factorize(df["pat_id"])
    out = {}
    for name, cov in [("independence", Independence()), ("exchangeable", Exchangeable())]:
        m = GEE(y, X, groups=groups, family=sm.families.Binomial(), cov_struct=cov).fit()
        out[name] = m
        est = np.exp(m.params[exog_cols])
        ci = np.exp(m.conf_int().loc[exog_cols])
        tab = pd.DataFrame({"OR": est, "2.5%": ci[0], "97.5%": ci[1], "p": m.pvalues[exog_cols]}).round(2)
        report.table("GEE, %s working correlation" % name, tab)
    rho = out["exchangeable"].cov_struct.dep_params
    report.value("working correlation", round(float(rho), 2))
    logit = sm.Logit(y, X).fit(disp=0)
    report.value("logit pseudo R2", round(logit.prsquared, 3))
    ratio = out["exchangeable"].bse[exog_cols] / logit.bse[exog_cols]
    report.table("SE ratio GEE / naive", ratio.round(2).rename("ratio").reset_index().rename(columns={"index": "term"}))
