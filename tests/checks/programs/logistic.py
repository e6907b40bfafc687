"""Odds of a long stay by age and class: logistic regression."""

import numpy as np
import pandas as pd
import statsmodels.formula.api as smf

PARAMETERS = {"long": 2.0}


def main(data, report, long):
    df = data.sql("SELECT enc_class, age_at_admit, los FROM ehr.encounters")
    df["long_stay"] = (df["los"] > long).astype(int)
    df["decade"] = df["age_at_admit"] / 10
    model = smf.logit("long_stay ~ decade + C(enc_class)", data=df).fit(disp=0)
    ci = model.conf_int()
    table = pd.DataFrame({"OR": np.exp(model.params), "low": np.exp(ci[0]), "high": np.exp(ci[1]), "p": model.pvalues})
    table.index.name = "term"
    report.table("Odds ratios", table.reset_index().round(4))
    report.value("pseudo R2", round(float(model.prsquared), 5))
    report.text(f"n = {int(model.nobs)}, converged: {model.mle_retvals['converged']}")
