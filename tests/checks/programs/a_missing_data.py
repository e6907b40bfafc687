# ruff: noqa  kept as it was written
# fmt: off
"""Missingness report: how much, in which patterns, and related to what."""
import pandas as pd
import numpy as np
import matplotlib.pyplot as plt
from scipy.stats import chi2_contingency

PARAMETERS = {"columns": ["primary_dx", "disch_dt", "peak_lab"]}


def pattern(row) -> str:
    return "".join("." if ok else "X" for ok in row)


def main(data, report, columns):
    df = data.sql("""
        SELECT e.enc_id, e.primary_dx, e.disch_dt, e.enc_class, e.age_at_admit, p.sex, m.peak_lab
        FROM ehr.encounters e
        LEFT JOIN ehr.patients p ON p.pat_id = e.pat_id
        LEFT JOIN (SELECT enc_id, max(value) AS peak_lab FROM ehr.labs WHERE loinc = '4548-4' GROUP BY enc_id) m
               ON m.enc_id = e.enc_id
    """)
    report.step("encounters", df)
    missing = df.isna()

    report.table("Missing by column", pd.DataFrame({
        "column": missing.columns,
        "missing": missing.sum().values,
        "percent": (missing.mean() * 100).round(1).values,
    }))

    pat = df[columns].notna().apply(pattern, axis=1).value_counts().rename_axis("pattern").reset_index(name="n")
    pat["columns missing"] = pat["pattern"].apply(lambda s: ", ".join(c for c, x in zip(columns, s) if x == "X") or "none")
    report.table("Patterns", pat.sort_values(["n", "pattern"], ascending=[False, True]))

    tests = []
    for col in columns:
        for by in ("sex", "enc_class"):
            tab = pd.crosstab(missing[col], df[by])
            if min(tab.shape) < 2:
                continue
            stat, p, dof, _ = chi2_contingency(tab)
            tests.append([col, by, round(stat, 2), dof, round(p, 4)])
    report.table("Is missingness related to...", pd.DataFrame(tests, columns=["missing", "by", "chi2", "df", "p"]))

    complete = df.dropna(subset=columns)
    report.step("complete cases", complete)
    report.value("complete cases (%)", round(100 * len(complete) / len(df), 1))
    fig, ax = plt.subplots(figsize=(5, 4))
    ax.pcolormesh(missing[columns].to_numpy().astype(int), cmap="Greys")
    ax.set_xticks(np.arange(len(columns)) + 0.5, columns, rotation=20)
    ax.invert_yaxis()
    report.figure("Missingness map", fig)
