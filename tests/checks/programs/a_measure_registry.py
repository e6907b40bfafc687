# ruff: noqa  kept as it was written
# fmt: off
"""A small registry of quality measures, filled by a decorator, each with numerator, denominator and a target."""
from __future__ import annotations

import functools
from typing import Any, Callable

import pandas as pd

PARAMETERS = {"long_days": 3.0, "targets": {"long stays": 0.3, "uncoded stays": 0.05, "labs in stay": 0.8}}

MEASURES: dict[str, Callable[..., pd.Series]] = {}


def measure(name: str):
    """Register a function that returns a boolean series over the denominator."""
    def decorate(func):
        @functools.wraps(func)
        def wrapper(*args: Any, **kwargs: Any) -> pd.Series:
            result = func(*args, **kwargs)
            if result.dtype != bool:
                raise TypeError(f"{name}: expected bool, got {result.dtype}")
            return result
        MEASURES[name] = wrapper
        return wrapper
    return decorate


@measure("long stays")
def long_stays(stays, labs, *, long_days, **_):
    return stays["los"] > long_days


@measure("uncoded stays")
def uncoded(stays, labs, **_):
    return stays["primary_dx"].isna()


@measure("labs in stay")
def labs_in_stay(stays, labs, **_):
    """Any result filed under the stay."""
    return stays["enc_id"].isin(labs["enc_id"])


def main(data, report, **options):
    stays = data.sql("SELECT enc_id, primary_dx, los FROM ehr.encounters WHERE enc_class = 'IP'")
    labs = data.sql("SELECT enc_id FROM ehr.labs WHERE value IS NOT NULL", cohort={"enc_id": stays["enc_id"]})
    report.step("stays", stays)
    targets = options.pop("targets")

    rows = []
    for name, func in MEASURES.items():
        hit = func(stays, labs, **options)
        value = hit.mean()
        lower_is_better = name != "labs in stay"
        met = value <= targets[name] if lower_is_better else value >= targets[name]
        rows.append({"measure": name, "doc": func.__doc__ or "", "numerator": int(hit.sum()), "denominator": hit.size,
                     "value": round(float(value), 3), "target": targets[name], "met": "yes" if met else "no"})
    card = pd.DataFrame(rows)
    report.table("Scorecard", card)
    report.value("measures met", f"{(card.met == 'yes').sum()} of {len(card)}")
    for r in rows:
        if r["met"] == "no":
            report.text("Not met: {measure} ({value} vs {target})".format(**r))
