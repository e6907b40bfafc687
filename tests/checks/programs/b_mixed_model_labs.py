# ruff: noqa  kept as it was written
"""Random-intercept model of HbA1c over time within patients (MixedLM), with the intraclass correlation."""

import warnings

import numpy as np
import pandas as pd
import statsmodels.formula.api as smf
from statsmodels.tools.sm_exceptions import ConvergenceWarning

PARAMETERS = {"loinc": "4548-4", "min_results": 3}


def main(data, report, loinc, min_results):
    labs = data.sql(
        """
        SELECT pat_id, taken_at, value,
               date_diff('day', min(taken_at) OVER (PARTITION BY pat_id), taken_at) AS days,
               count(*) OVER (PARTITION BY pat_id) AS n
        FROM ehr.labs
        WHERE loinc = :loinc AND value IS NOT NULL
        ORDER BY taken_at
        """,
        loinc=loinc,
    )
    report.step("results", labs)
    labs = labs[labs["n"] >= min_results].copy()
    report.step(f"patients with >= {min_results} results", labs)
    if labs["pat_id"].nunique() < 5:
        report.text("Too few patients for a mixed model.")
        return
    labs["years"] = labs["days"] / 365.25
    labs["grp"] = labs["pat_id"].astype("category").cat.codes

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        warnings.simplefilter("ignore", UserWarning)
        res = smf.mixedlm("value ~ years", labs, groups=labs["grp"]).fit(reml=True, method="lbfgs")

    tau2 = float(np.asarray(res.cov_re)[0, 0])
    sigma2 = float(res.scale)
    icc = tau2 / (tau2 + sigma2)
    fe = pd.DataFrame({"estimate": res.fe_params, "se": res.bse_fe}).round(3)
    fe["z"] = (fe["estimate"] / fe["se"]).round(2)
    report.table("Fixed effects", fe.reset_index(names="term"))
    report.value("ICC", round(icc, 2))
    report.value("converged", bool(res.converged))
    report.text(
        f"Slope {res.fe_params['years']:+.2f} per year; "
        f"between-patient variance {tau2:.2f}, within-patient variance {sigma2:.2f}."
    )
