# ruff: noqa  kept as it was written
# fmt: off
"""GEE (exchangeable) for long stay: patients contribute several stays, so ordinary logistic errors are too small."""
import numpy as np
import pandas as pd
import statsmodels.api as sm
import statsmodels.formula.api as smf

PARAMETERS = {"long_days": 2.5}


def odds_ratios(fit, label):
    ci = np.exp(fit.conf_int())
    tab = pd.DataFrame({"OR": np.exp(fit.params), "low": ci[0], "high": ci[1], "p": fit.pvalues})
    tab.insert(0, "model", label)
    return tab.drop(index="Intercept").rename_axis("term").reset_index()


def main(data, report, long_days):
    d = data.sql(
        """
        SELECT e.pat_id, e.los, e.age_at_admit, p.sex, coalesce(substr(e.primary_dx, 1, 3), 'other') AS dx
        FROM ehr.encounters e
        INNER JOIN ehr.patients p ON (e.pat_id = p.pat_id)
        WHERE e.enc_class = 'IP'
        """
    )
    report.step("inpatient stays", d)
    d["y"] = (d["los"] > long_days).astype(int)
    d["age10"] = (d["age_at_admit"] - 50) / 10
    # GEE wants the groups as integers in sorted order; codes of the opaque key do
    d["g"] = pd.factorize(d["pat_id"])[0]
    d = d.sort_values("g")

    formula = "y ~ age10 + C(sex, Treatment('M')) + C(dx, Treatment('E11'))"
    naive = smf.logit(formula, data=d).fit(disp=False)
    gee = smf.gee(formula, groups="g", data=d, family=sm.families.Binomial(), cov_struct=sm.cov_struct.Exchangeable()).fit()

    both = pd.concat([odds_ratios(naive, "logistic"), odds_ratios(gee, "GEE")], ignore_index=True)
    report.table("Odds ratios", both.round(3))
    report.value("working correlation", round(float(gee.cov_struct.dep_params), 4))
    report.value("clusters", int(d["g"].nunique()))
    inflation = (gee.bse / naive.bse).drop("Intercept")
    report.text("SE inflation: " + ", ".join(f"{k}={v:.2f}" for k, v in inflation.items()))
