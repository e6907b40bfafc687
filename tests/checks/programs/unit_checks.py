"""Values out of range, missing shares and duplicates in laboratory data."""

import numpy as np
import pandas as pd

PARAMETERS = {"low": 0.5, "high": 6.5, "codes": ["2160-0", "4548-4"]}
CHECKS = {
    "missing": lambda frame, low, high: frame["value"].isna(),
    "low": lambda frame, low, high: frame["value"] < low,
    "high": lambda frame, low, high: frame["value"] > high,
}


def main(data, report, low, high, codes):
    labs = data.sql("SELECT pat_id, enc_id, loinc, value, taken_at FROM ehr.labs WHERE loinc IN (:codes)", codes=codes)
    results = {}
    for name, check in CHECKS.items():
        flagged = check(labs, low, high)
        results[name] = flagged.groupby(labs["loinc"]).mean()
    table = pd.concat(results, axis=1).round(4)
    table.columns = [f"{column} %" for column in table.columns]
    table *= 100
    report.table("Shares", table.reset_index())
    wide = labs.pivot_table(index="pat_id", columns="loinc", values="value", aggfunc=["mean", "count"])
    wide.columns = ["_".join(map(str, column)) for column in wide.columns]
    report.value("patients with both", int(wide.filter(like="mean").notna().all(axis=1).sum()))
    duplicated = labs.duplicated(["pat_id", "loinc", "taken_at"]).sum()
    report.value("duplicates", int(duplicated))
    matrix = labs["value"].to_numpy()
    z = (matrix - np.nanmean(matrix)) / np.nanstd(matrix)
    report.value("beyond 1.5 SD", int((np.abs(z) > 1.5).sum()))
    middle = labs.query("value >= 1 and value < 3 and loinc in ['2160-0']")
    report.value("in the middle", len(middle))
    binned = pd.cut(labs["value"], bins=[0, 1, 2, 4, 8], labels=["0-1", "1-2", "2-4", "4-8"], right=False)
    report.table("Bins", binned.value_counts(sort=False).rename_axis("bin").reset_index(name="n").astype({"bin": str}))
