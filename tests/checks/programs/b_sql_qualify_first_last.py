# ruff: noqa  kept as it was written
"""First, last, nadir and peak value per patient and test, in SQL with QUALIFY, DISTINCT ON and arg_min."""

import numpy as np
import pandas as pd
from scipy.stats import wilcoxon

PARAMETERS = {"loincs": ["2160-0", "4548-4"], "min_results": 5}


def main(data, report, loincs, min_results):
    first = data.sql(
        """
        SELECT DISTINCT ON (pat_id, loinc) pat_id, loinc, value AS first_value, taken_at AS first_at
        FROM ehr.labs
        WHERE loinc IN (:loincs) AND value IS NOT NULL
        ORDER BY pat_id, loinc, taken_at
        """,
        loincs=loincs,
    )
    last = data.sql(
        """
        SELECT pat_id, loinc, value AS last_value, taken_at AS last_at
        FROM ehr.labs
        WHERE loinc IN (:loincs) AND value IS NOT NULL
        QUALIFY row_number() OVER (PARTITION BY pat_id, loinc ORDER BY taken_at DESC) = 1
            AND count(*) OVER (PARTITION BY pat_id, loinc) >= :min_results
        """,
        loincs=loincs,
        min_results=min_results,
    )
    extremes = data.sql(
        """
        SELECT pat_id, loinc,
               min(value) AS nadir, arg_min(taken_at, value) AS nadir_at,
               max(value) AS peak, arg_max(taken_at, value) AS peak_at,
               quantile_cont(value, [0.25, 0.5, 0.75]) AS quartiles,
               mode(round(value)) AS commonest,
               count(*) AS n
        FROM ehr.labs WHERE value IS NOT NULL GROUP BY pat_id, loinc
        """
    )
    wide = first.merge(last, on=["pat_id", "loinc"]).merge(extremes, on=["pat_id", "loinc"], how="left", indicator=True)
    report.step("patient-test pairs", wide)
    report.value("unmatched", int((wide["_merge"] != "both").sum()))
    wide["change"] = wide["last_value"] - wide["first_value"]
    wide["iqr"] = [q[2] - q[0] for q in wide["quartiles"]]
    for loinc, g in wide.groupby("loinc"):
        if not g["change"].any():
            report.value(f"{loinc}: no patient changed", len(g))
            continue
        w = wilcoxon(g["change"])
        report.value(f"{loinc}: Wilcoxon p", round(float(w.pvalue), 4))
    report.table(
        "Change",
        wide.groupby("loinc")[["first_value", "last_value", "change", "nadir", "peak", "iqr"]].median().round(2),
    )
    peak_before_nadir = (wide["peak_at"] < wide["nadir_at"]).mean()
    report.value("peak before nadir, share", round(float(peak_before_nadir), 3))
