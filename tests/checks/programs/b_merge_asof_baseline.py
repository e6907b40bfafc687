# ruff: noqa  kept as it was written
"""Baseline laboratory value per stay: the last value before admission, with merge_asof, and its age."""

import pandas as pd
import matplotlib.pyplot as plt

PARAMETERS = {"max_age_days": 60, "loincs": ["2160-0", "4548-4"]}


def main(data, report, max_age_days, loincs):
    stays = data.sql("SELECT pat_id, enc_id, admit_dt, enc_class FROM ehr.encounters ORDER BY admit_dt")
    labs = data.sql(
        "SELECT pat_id, loinc, taken_at, value FROM ehr.labs WHERE loinc IN (:codes) AND value IS NOT NULL ORDER BY taken_at",
        codes=loincs,
        cohort={"pat_id": stays["pat_id"].unique()},
    )
    frames = []
    for code in loincs:
        sub = labs.loc[labs["loinc"].eq(code), ["pat_id", "taken_at", "value"]]
        m = pd.merge_asof(
            stays,
            sub.assign(measured=sub["taken_at"]),
            left_on="admit_dt",
            right_on="taken_at",
            by="pat_id",
            direction="backward",
            tolerance=pd.Timedelta(days=max_age_days),
            allow_exact_matches=False,
        )
        m["loinc"] = code
        frames.append(m)
    base = pd.concat(frames, ignore_index=True, sort=False)
    base["age_days"] = (base["admit_dt"] - base["measured"]).dt.total_seconds().div(86_400)
    found = base.dropna(subset=["value"])
    report.step("stay-test pairs", base)
    report.step("with a baseline", found)
    cover = (
        base.groupby(["loinc", "enc_class"])["value"]
        .agg(["size", "count"])
        .assign(covered=lambda f: (f["count"] / f["size"]).round(3))
    )
    report.table("Coverage", cover.unstack("enc_class")["covered"])
    report.table(
        "Age of the baseline (days)", found.groupby("loinc")["age_days"].describe(percentiles=[0.1, 0.5, 0.9]).round(1)
    )

    g = found.hist(column="age_days", by="loinc", bins=12, figsize=(8, 3), sharey=True, rwidth=0.9)
    fig = g.flat[0].get_figure()
    for ax in g.flat:
        ax.set_xlabel("days before admission")
    fig.suptitle("Age of the baseline value", y=1.02)
    report.figure("Age of baseline", fig)
    wide = base.pivot(index="enc_id", columns="loinc", values="value")
    report.value("stays with both", int(wide.notna().all(axis=1).sum()))
