# ruff: noqa  kept as it was written
# fmt: off
"""Admission rates per 100 person-years by sex and birth cohort; Poisson model with person-time offset."""
import numpy as np
import pandas as pd
import statsmodels.api as sm
from statsmodels.formula.api import glm
from scipy.stats import chi2

PARAMETERS = {"start": "2022-01-01", "end": "2023-06-30"}


def garwood(k, alpha=0.05):
    lo = 0 if k == 0 else chi2.ppf(alpha / 2, 2 * k) / 2
    hi = chi2.ppf(1 - alpha / 2, 2 * k + 2) / 2
    return lo, hi


def main(data, report, start, end):
    people = data.sql("""
        SELECT p.pat_id, p.sex, p.birth_year, count(e.enc_id) AS admissions
        FROM ehr.patients p
        LEFT JOIN ehr.encounters e
          ON e.pat_id = p.pat_id AND e.enc_class = 'IP' AND e.admit_dt BETWEEN :start AND :end
        GROUP BY ALL
    """, start=start, end=end)
    report.step("population", people)
    years = (pd.Timestamp(end) - pd.Timestamp(start)).days / 365.25
    people["py"] = years
    people["decade"] = (people["birth_year"] // 10 * 10).astype(int).astype(str) + "s"

    rates = people.groupby(["sex", "decade"]).agg(admissions=("admissions", "sum"), py=("py", "sum")).reset_index()
    rates["rate"] = 100 * rates["admissions"] / rates["py"]
    limits = rates["admissions"].apply(garwood).apply(pd.Series)
    rates["low"], rates["high"] = (100 * limits[0] / rates["py"], 100 * limits[1] / rates["py"])
    report.table("Rates per 100 person-years", rates.round(1))

    people["age_mid"] = 2022 - people["birth_year"]
    fit = glm("admissions ~ sex + age_mid", data=people, offset=np.log(people["py"]), family=sm.families.Poisson()).fit(scale="X2")
    irr = np.exp(pd.concat([fit.params, fit.conf_int()], axis=1)).set_axis(["IRR", "low", "high"], axis=1)
    report.table("Rate ratios (quasi-Poisson)", irr.round(3).rename_axis("term").reset_index())
    report.value("dispersion", round(float(fit.scale), 3))
    report.value("crude rate", round(100 * people["admissions"].sum() / people["py"].sum(), 1))
