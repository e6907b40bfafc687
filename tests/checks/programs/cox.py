# ruff: noqa  kept as it was written
"""Hazard of a further stay by sex and year of birth: proportional hazards, and a Poisson model of counts."""

import pandas as pd
import statsmodels.api as sm
from statsmodels.duration.hazard_regression import PHReg

PARAMETERS = {}


def main(data, report):
    first = data.sql(
        """
        WITH ranked AS (
            SELECT pat_id, admit_dt, disch_dt,
                   lead(admit_dt) OVER (PARTITION BY pat_id ORDER BY admit_dt) AS next_admit,
                   row_number() OVER (PARTITION BY pat_id ORDER BY admit_dt) AS n
            FROM ehr.encounters WHERE disch_dt IS NOT NULL
        )
        SELECT r.pat_id, p.sex, p.birth_year, date_diff('day', r.disch_dt, coalesce(r.next_admit, CAST('2024-12-31' AS TIMESTAMP))) AS days,
               CASE WHEN r.next_admit IS NULL THEN 0 ELSE 1 END AS event
        FROM ranked r JOIN ehr.patients p USING (pat_id)
        WHERE r.n = 1
        """
    )
    first = first[first["days"] > 0].assign(
        female=lambda f: (f["sex"] == "F").astype(float), year=lambda f: (f["birth_year"] - 1960) / 10
    )
    model = PHReg(first["days"], first[["female", "year"]], status=first["event"], ties="efron").fit()
    report.table(
        "Hazard ratios",
        pd.DataFrame({"term": ["female", "decade"], "log HR": model.params.round(4), "SE": model.bse.round(4)}),
    )
    counts = data.sql("SELECT pat_id, count(*) AS stays FROM ehr.encounters GROUP BY pat_id")
    both = counts.merge(first[["pat_id", "female"]], on="pat_id")
    glm = sm.GLM(both["stays"], sm.add_constant(both[["female"]]), family=sm.families.Poisson()).fit()
    report.value("rate ratio, log", round(float(glm.params["female"]), 4))
    options = {"label": "n", "value": int(glm.nobs)}
    report.value(**options)
    head, *tail = sorted(both["stays"].unique(), reverse=True)
    report.value("most stays", [int(head), len(tail)])
