# ruff: noqa  kept as it was written
"""Table 1: characteristics of patients with and without an inpatient stay."""

import pandas as pd
from scipy.stats import fisher_exact, mannwhitneyu

PARAMETERS = {}


def describe(values: pd.Series) -> str:
    q1, q2, q3 = values.quantile([0.25, 0.5, 0.75])
    return "{:.1f} [{:.1f}, {:.1f}]".format(q2, q1, q3)


def main(data, report):
    people = data.sql(
        """
        SELECT p.pat_id, p.sex, p.birth_year, count(e.enc_id) AS stays,
               max(CASE WHEN e.enc_class = 'IP' THEN 1 ELSE 0 END) AS inpatient, avg(e.los) AS mean_los
        FROM ehr.patients p LEFT JOIN ehr.encounters e ON e.pat_id = p.pat_id
        GROUP BY p.pat_id, p.sex, p.birth_year
        """
    )
    people["inpatient"] = people["inpatient"].fillna(0).astype(bool)
    groups = {True: people[people["inpatient"]], False: people[~people["inpatient"]]}
    rows = {}
    rows["n"] = {str(k): str(len(v)) for k, v in groups.items()}
    rows["female, %"] = {str(k): f"{(v['sex'] == 'F').mean() * 100:.1f}" if len(v) else "-" for k, v in groups.items()}
    rows["birth year, median [IQR]"] = {str(k): describe(v["birth_year"]) if len(v) else "-" for k, v in groups.items()}
    table = pd.DataFrame(rows).T.rename_axis("characteristic").reset_index()
    report.table("Table 1", table)
    if all(len(g) for g in groups.values()):
        _, p = mannwhitneyu(groups[True]["birth_year"], groups[False]["birth_year"])
        report.value("p (birth year)", round(float(p), 4))
    cells = pd.crosstab(people["inpatient"], people["sex"])
    if cells.shape == (2, 2):
        report.value("Fisher", round(float(fisher_exact(cells)[1]), 4))
    report.text(people.describe().round(1).to_string())
    print("done")
