# ruff: noqa  kept as it was written
# fmt: off
"""Admissions by month and diagnosis: pivot, share of column, change from the year before, long and wide again."""
import pandas as pd

PARAMETERS = {}


def main(data, report):
    long = data.sql(
        """
        SELECT year(admit_dt) AS yr, month(admit_dt) AS mo, coalesce(left(primary_dx, 3), '?') AS dx, count(*) AS n, sum(los) AS days
        FROM ehr.encounters
        GROUP BY 1, 2, 3
        """
    )
    wide = long.pivot_table(index=["yr", "mo"], columns="dx", values=["n", "days"], aggfunc="sum", fill_value=0, margins=False)
    wide.columns = ["_".join(c) for c in wide.columns.to_flat_index()]
    wide = wide.reset_index()
    report.table("Wide", wide.round(1))

    share = long.assign(share=lambda d: d["n"] / d.groupby(["yr", "mo"])["n"].transform("sum"))
    report.table("Share", share.pivot(index=["yr", "mo"], columns="dx", values="share").fillna(0).round(3).reset_index())

    yoy = long.groupby(["dx", "mo", "yr"])["n"].sum().unstack("yr")
    a, b = yoy.columns[:2]
    yoy = yoy.dropna().assign(change=lambda d: d[b] - d[a], pct=lambda d: (100 * (d[b] / d[a] - 1)).round(1))
    yoy.columns = yoy.columns.astype(str)
    report.table("Change from the year before", yoy.reset_index())

    back = wide.melt(id_vars=["yr", "mo"], var_name="what", value_name="x")
    back[["measure", "dx"]] = back["what"].str.split("_", n=1, expand=True)
    check = back.loc[back["measure"] == "n", "x"].sum()
    assert check == long["n"].sum(), f"{check} != {long['n'].sum()}"
    report.value("encounters", int(check))
    top = long.groupby("dx")["n"].sum().nlargest(3)
    report.text("Most frequent: " + "; ".join(f"{k} ({v})" for k, v in top.items()))
