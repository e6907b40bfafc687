# ruff: noqa  kept as it was written
# fmt: off
"""HEDIS-like testing rate written defensively: own exceptions, checks of what came back, a fallback when a model fails."""
import logging

import numpy as np
import pandas as pd
import statsmodels.api as sm

logger = logging.getLogger(__name__)

PARAMETERS = {"loinc": "4548-4", "dx": "E11", "year": 2022}

class DataProblem(Exception):
    """The rows are not what the analysis needs."""

    def __init__(self, what, n=0):
        super().__init__(f"{what} ({n} rows)")


def require(frame, columns, min_rows=1):
    if missing := set(columns) - set(frame.columns):
        raise DataProblem(f"columns missing: {sorted(missing)}", len(frame))
    if len(frame) < min_rows:
        raise DataProblem("too few rows", len(frame))
    return frame


def fit_or_none(y, X):
    try:
        return sm.Logit(y, sm.add_constant(X)).fit(disp=0, maxiter=50)
    except (np.linalg.LinAlgError, sm.tools.sm_exceptions.PerfectSeparationError) as exc:
        logger.warning("model failed: %s", exc)
        return None


def main(data, report, loinc, dx, year):
    denominator = data.sql(
        """SELECT pat_id, min(age_at_admit) AS age, count(*) AS contacts FROM ehr.encounters
           WHERE primary_dx LIKE :dx || '%' AND year(admit_dt) = :year GROUP BY pat_id""",
        dx=dx, year=year,
    )
    try:
        require(denominator, ["pat_id", "age"], min_rows=10)
    except DataProblem as problem:
        report.text(f"Stopped: {problem}")
        return
    report.step("diabetes in the year", denominator)

    tests = data.sql(
        "SELECT pat_id, count(value) AS tests FROM ehr.labs WHERE loinc = :loinc AND year(taken_at) = :year GROUP BY pat_id",
        loinc=loinc, year=year, cohort={"pat_id": denominator["pat_id"]},
    )
    d = denominator.merge(tests, how="left", on="pat_id", validate="1:1").fillna({"tests": 0})
    assert len(d) == len(denominator), "merge changed the number of patients"
    d["tested"] = d["tests"] >= 1
    report.value("tested at least once (%)", round(100 * d["tested"].mean(), 1))
    report.table("Number of tests", d["tests"].astype(int).value_counts().sort_index().reset_index())

    fit = fit_or_none(d["tested"].astype(float), d[["age", "contacts"]].astype(float))
    if fit is None or not fit.mle_retvals["converged"]:
        report.text("No model: separation or no convergence")
    else:
        report.table("Model", fit.params.rename("log odds").round(3).rename_axis("term").reset_index())
    try:
        ratio = float(d.loc[d["tested"], "age"].mean()) / float(d.loc[~d["tested"], "age"].mean())
    except ZeroDivisionError:
        ratio = float("nan")
    finally:
        report.value("patients", len(d))
    report.value("age ratio", None if pd.isna(ratio) else round(ratio, 3))
