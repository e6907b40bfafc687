# ruff: noqa  kept as it was written
"""A comorbidity score per patient from diagnosis prefixes, and its distribution."""

import re
from enum import Enum
from functools import lru_cache

import pandas as pd

PARAMETERS: dict = {"weights": ["I50:2", "J18:1", "E11:1"]}


class Severity(Enum):
    NONE = 0
    MILD = 1
    SEVERE = 2


@lru_cache(maxsize=None)
def chapter(code: str) -> str:
    match = re.match(r"^([A-Z]\d{2})", code or "")
    return match.group(1) if match else ""


def severity(score: int) -> Severity:
    match score:
        case 0:
            return Severity.NONE
        case 1 | 2:
            return Severity.MILD
        case _ if score > 2:
            return Severity.SEVERE
    raise ValueError("a score below zero")


def main(data, report, weights):
    points = {key: int(value) for key, value in (item.split(":") for item in weights)}
    dx = data.sql("SELECT DISTINCT pat_id, primary_dx FROM ehr.encounters WHERE primary_dx IS NOT NULL")
    dx["chapter"] = dx["primary_dx"].map(chapter)
    dx["points"] = dx["chapter"].map(points).fillna(0).astype(int)
    scores = dx.drop_duplicates(["pat_id", "chapter"]).groupby("pat_id")["points"].sum()
    named = scores.apply(severity).map(lambda s: s.name.title())
    counts = named.value_counts().rename_axis("severity").reset_index(name="patients")
    report.table("Severity", counts.sort_values("severity"))
    try:
        report.value("mean score", round(scores.mean(), 3))
    except (ValueError, ZeroDivisionError) as problem:
        report.text(f"no score: {problem}")
