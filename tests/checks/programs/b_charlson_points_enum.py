# ruff: noqa  kept as it was written
"""Comorbidity points per patient from a code map with IntFlag, stratified outcomes, trend test (Cochran-Armitage)."""

from collections.abc import Mapping
from enum import IntEnum, IntFlag, unique
from types import MappingProxyType

import numpy as np
import pandas as pd
from scipy.stats import norm, chi2_contingency

PARAMETERS = {"long_days": 3.0}


class Condition(IntFlag):
    NONE = 0
    CHF = 1
    PULMONARY = 2
    DIABETES = 4
    CARDIOMETABOLIC = CHF | DIABETES


@unique
class Weight(IntEnum):
    CHF = 2
    PULMONARY = 1
    DIABETES = 3  # local variant

    @classmethod
    def of(cls, flags: Condition) -> int:
        return sum(int(w) for name, w in cls.__members__.items() if Condition[name] in flags)


PREFIXES: Mapping[str, Condition] = MappingProxyType(
    {"I50": Condition.CHF, "J18": Condition.PULMONARY, "E11": Condition.DIABETES}
)


def cochran_armitage(k, n, t):
    p = k.sum() / n.sum()
    num = (t * (k - n * p)).sum()
    var = p * (1 - p) * ((n * t**2).sum() - (n * t).sum() ** 2 / n.sum())
    z = num / np.sqrt(var)
    return z, 2 * norm.sf(abs(z))


def main(data, report, long_days):
    e = data.sql("SELECT pat_id, primary_dx, los, admit_dt FROM ehr.encounters")
    flags = {}
    for row in e[["pat_id", "primary_dx"]].dropna().itertuples():
        flags[row.pat_id] = flags.get(row.pat_id, Condition.NONE) | PREFIXES.get(row.primary_dx[:3], Condition.NONE)
    e["flags"] = e["pat_id"].map(flags)
    e["points"] = e["flags"].map(lambda f: Weight.of(Condition(int(f))))
    e["long"] = e["los"] > long_days
    t = e.groupby("points")["long"].agg(["sum", "count"]).astype(float)
    z, p = cochran_armitage(t["sum"].values, t["count"].values, t.index.values.astype(float))
    report.table("Long stays by points", t.assign(rate=(t["sum"] / t["count"]).round(3)).reset_index())
    report.value("trend z", round(float(z), 2))
    report.value("trend p", round(float(p), 3))
    both = sum(1 for f in flags.values() if f & Condition.CARDIOMETABOLIC == Condition.CARDIOMETABOLIC)
    report.value("heart failure and diabetes", both)
    names = (
        e["flags"]
        .drop_duplicates()
        .map(lambda f: "+".join(c.name for c in Condition if c.value in (1, 2, 4) and c in Condition(int(f))) or "none")
    )
    report.text("Combinations seen: " + ", ".join(sorted(names)))
    chi2, pv, dof, expected = chi2_contingency(pd.crosstab(e["points"], e["long"]))
    report.value("chi2 df", int(dof))
    report.value("smallest expected", round(float(expected.min()), 1))
