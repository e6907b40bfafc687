# ruff: noqa  kept as it was written
"""Linear model of log length of stay on age, sex and diagnosis group, with robust standard errors and diagnostics."""

import numpy as np
import pandas as pd
import statsmodels.api as sm
import statsmodels.formula.api as smf
import matplotlib.pyplot as plt
from statsmodels.stats.diagnostic import het_breuschpagan
from statsmodels.stats.outliers_influence import variance_inflation_factor

PARAMETERS = {"enc_class": "IP"}

DX_GROUPS = {"I50": "Heart failure", "J18": "Pneumonia", "E11": "Diabetes"}


def main(data, report, enc_class):
    d = data.sql(
        """
        SELECT e.enc_id, e.pat_id, e.los, e.age_at_admit AS age, p.sex, left(e.primary_dx, 3) AS dx3
        FROM ehr.encounters e
        LEFT JOIN ehr.patients p ON e.pat_id = p.pat_id
        WHERE e.enc_class = :enc_class AND e.los > 0
        ORDER BY e.admit_dt
        """,
        enc_class=enc_class,
    )
    report.step("stays", d)
    d = d.dropna(subset=["dx3"])
    report.step("with diagnosis", d)
    d["log_los"] = np.log(d.los)
    d["dx"] = d.dx3.map(DX_GROUPS).fillna("Other")
    d["age10"] = (d.age - d.age.mean()) / 10

    fit = smf.ols("log_los ~ age10 + C(sex) + C(dx, Treatment('Pneumonia'))", data=d).fit(cov_type="HC3")
    ci = np.exp(fit.conf_int())
    coefs = (
        pd.DataFrame(
            {
                "ratio": np.exp(fit.params),
                "lower": ci[0],
                "upper": ci[1],
                "p": fit.pvalues,
            }
        )
        .drop("Intercept")
        .round(3)
    )
    coefs.index = [i.replace("C(dx, Treatment('Pneumonia'))", "dx").replace("C(sex)", "sex") for i in coefs.index]
    report.table("Ratio of geometric mean length of stay", coefs)
    report.value("R2", round(fit.rsquared, 4))
    report.value("AIC", round(fit.aic, 1))

    bp_lm, bp_p, _, _ = het_breuschpagan(fit.resid, fit.model.exog)
    report.value("Breusch-Pagan p", round(float(bp_p), 4))
    X = pd.DataFrame(fit.model.exog, columns=fit.model.exog_names)
    vif = {c: round(variance_inflation_factor(X.values, i), 2) for i, c in enumerate(X.columns) if c != "Intercept"}
    report.text("Variance inflation: " + "; ".join(f"{v:.2f}" for v in vif.values()))

    fig, axs = plt.subplots(1, 2, figsize=(9, 4))
    axs[0].scatter(fit.fittedvalues, fit.resid, s=8, alpha=0.5, c="#3b6ea5")
    axs[0].axhline(0, color="k", lw=0.8, ls="--")
    axs[0].set(xlabel="Fitted", ylabel="Residual", title="Residuals vs fitted")
    sm.qqplot(fit.resid, line="45", fit=True, ax=axs[1], markersize=3)
    axs[1].set_title("Normal Q-Q")
    plt.tight_layout()
    report.figure("Model diagnostics", fig)
