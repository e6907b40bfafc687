# ruff: noqa  kept as it was written
"""Table 1 by encounter class with tests and standardised mean differences; one row-builder per type of variable."""

import numpy as np
import pandas as pd
from scipy import stats

PARAMETERS = {
    "group": "enc_class",
    "continuous": ["age_at_admit", "los"],
    "categorical": ["sex", "dx"],
    "digits": 1,
}

LABELS = {"age_at_admit": "Age, years", "los": "Length of stay, days", "sex": "Sex", "dx": "Principal diagnosis"}


def p_text(p):
    return "<0.001" if p < 0.001 else f"{p:.3f}"


def continuous_row(df, var, group, digits):
    parts = [g[var].dropna() for _, g in df.groupby(group)]
    cells = [f"{x.mean():.{digits}f} ({x.std():.{digits}f})" for x in parts]
    _, p = stats.ttest_ind(*parts, equal_var=False)
    smd = abs(parts[0].mean() - parts[1].mean()) / np.sqrt((parts[0].var() + parts[1].var()) / 2)
    yield [f"{LABELS.get(var, var)}, mean (SD)", *cells, p_text(p), f"{smd:.2f}"]


def categorical_rows(df, var, group, digits):
    tab = pd.crosstab(df[var].fillna("missing"), df[group])
    _, p, _, expected = stats.chi2_contingency(tab)
    note = "" if (expected >= 5).all() else " *"
    yield [f"{LABELS.get(var, var)}, n (%)", *[""] * tab.shape[1], p_text(p) + note, ""]
    share = tab / tab.sum()
    for level in tab.index:
        cells = [f"{n} ({100 * s:.{digits}f})" for n, s in zip(tab.loc[level], share.loc[level])]
        a, b = share.loc[level]
        spread = np.sqrt((a * (1 - a) + b * (1 - b)) / 2)
        yield [f"    {level}", *cells, "", f"{abs(a - b) / spread:.2f}" if spread else "-"]


def main(data, report, group, continuous, categorical, digits):
    df = data.sql(
        """
        SELECT e.enc_id, e.enc_class, e.age_at_admit, e.los, p.sex, left(e.primary_dx, 3) AS dx
        FROM ehr.encounters e LEFT JOIN ehr.patients p USING (pat_id)
        """
    )
    report.step("all encounters", df)
    sizes = df[group].value_counts().sort_index()
    rows = [["N", *map(str, sizes), "", ""]]
    for var in continuous:
        rows.extend(continuous_row(df, var, group, digits))
    for var in categorical:
        rows.extend(categorical_rows(df, var, group, digits))
    report.table("Table 1", pd.DataFrame(rows, columns=["", *sizes.index, "p", "SMD"]))
    report.text("* an expected count below 5; SMD = standardised mean difference")
