# ruff: noqa  kept as it was written
# fmt: off
"""HbA1c control among people with a diabetes encounter, by calendar quarter, with Wilson intervals."""
import matplotlib.pyplot as plt
import pandas as pd
from statsmodels.stats.proportion import proportion_confint

PARAMETERS = {"loinc": "4548-4", "good": 5.0, "poor": 6.5}


def classify(v, good, poor):
    if pd.isna(v):
        return "not measured"
    return "good" if v < good else ("intermediate" if v < poor else "poor")


def main(data, report, loinc, good, poor):
    dm = data.sql("SELECT DISTINCT pat_id FROM ehr.encounters WHERE primary_dx LIKE 'E11%'")
    report.step("any encounter for type 2 diabetes", dm)

    a1c = data.sql(
        """
        SELECT pat_id, date_trunc('quarter', taken_at) AS quarter, arg_max(value, taken_at) AS last_a1c
        FROM ehr.labs
        WHERE loinc = :loinc AND value IS NOT NULL
        GROUP BY pat_id, quarter
        """,
        loinc=loinc,
        cohort={"pat_id": dm["pat_id"]},
    )
    report.step("patient-quarters with a result", a1c)
    a1c["control"] = a1c["last_a1c"].apply(classify, args=(good, poor))
    a1c["quarter"] = pd.PeriodIndex(a1c["quarter"], freq="Q").astype(str)

    wide = a1c.pivot_table(index="quarter", columns="control", values="pat_id", aggfunc="count", fill_value=0)
    wide = wide.reindex(columns=["good", "intermediate", "poor"], fill_value=0)
    wide["n"] = wide.sum(axis=1)
    lo, hi = proportion_confint(wide["good"], wide["n"], method="wilson")
    wide["pct_good"] = (100 * wide["good"] / wide["n"]).round(1)
    wide["ci"] = [f"{100*l:.0f}-{100*h:.0f}" for l, h in zip(lo, hi)]
    report.table("Control by quarter", wide.reset_index())

    fig, ax = plt.subplots(1, 1, figsize=(6.5, 3.5))
    bottom = 0
    for name, colour in [("good", "#4daf4a"), ("intermediate", "#ffcc66"), ("poor", "#e41a1c")]:
        share = wide[name] / wide["n"]
        ax.bar(wide.index, share, bottom=bottom, color=colour, label=name)
        bottom = bottom + share
    ax.legend(loc="upper center", ncols=3, bbox_to_anchor=(0.5, 1.15))
    ax.set(ylabel="share of patients", ylim=(0, 1))
    plt.setp(ax.get_xticklabels(), rotation=45, ha="right")
    fig.tight_layout()
    report.figure("HbA1c control", fig)
