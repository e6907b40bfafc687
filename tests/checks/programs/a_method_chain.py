# ruff: noqa  kept as it was written
# fmt: off
"""dplyr habits in pandas: one long chain per table, helpers through .pipe, nothing mutated."""
import pandas as pd
import numpy as np
PARAMETERS = {"min_n": 5}


def count(df, *cols, name="n", sort=True):
    out = df.groupby(list(cols), dropna=False).size().reset_index(name=name)
    return out.sort_values(name, ascending=False) if sort else out


def add_tally(df, *cols):
    return df.assign(total=lambda d: d.groupby(list(cols))["n"].transform("sum"))


def case_when(df, new, *cases, default="other"):
    conds, values = zip(*cases)
    return df.assign(**{new: np.select([df.eval(c) for c in conds], values, default=default)})


def tap(df, func, *args):
    func(*args, df)
    return df


def main(data, report, min_n):
    encounters = data.sql("""
        SELECT e.*, p.sex, p.birth_year
        FROM ehr.encounters e
        LEFT JOIN ehr.patients p ON p.pat_id = e.pat_id
    """)

    tidy = (
        encounters
        .rename(columns=str.lower)
        .pipe(tap, report.step, "encounters")
        .query("los.notna() and age_at_admit >= 18", engine="python")
        .pipe(tap, report.step, "adults")
        .assign(
            dx=lambda d: d.primary_dx.str.split(".").str[0].fillna("none"),
            hours=lambda d: d.los * 24,
            quarter=lambda d: d.admit_dt.dt.to_period("Q").astype("str"),
        )
        .pipe(case_when, "band", ("age_at_admit < 40", "young"), ("age_at_admit < 65", "middle"), default="older")
        .loc[:, lambda d: ~d.columns.isin(["pat_id", "primary_dx"])]
    )

    report.table("Share of band within diagnosis", (
        tidy
        .pipe(count, "dx", "band")
        .pipe(add_tally, "dx")
        .assign(pct=lambda d: (d.n / d.total).map("{:.1%}".format))
        .loc[lambda d: d.n >= min_n]
        .sort_values(["dx", "band"])
        .reset_index(drop=True)
    ))

    report.table("Hours", (
        tidy
        .groupby(["quarter", "sex"], as_index=False)
        .agg(n=("enc_id", "nunique"), mean=("hours", "mean"), iqr=("hours", lambda h: h.quantile(.75) - h.quantile(.25)))
        .round({"mean": 1, "iqr": 1})
        .pivot(index="quarter", columns="sex")
        .pipe(lambda d: d.set_axis([f"{a}_{b}" for a, b in d.columns], axis=1))
        .reset_index()
    ))

    longest = tidy.nlargest(5, "hours", keep="all").groupby("dx").size()
    report.text("Diagnoses of the longest stays: " + ", ".join(longest.index))
