# ruff: noqa  kept as it was written
# fmt: off
"""VTE prophylaxis audit: a Padua-like score from what is coded, with dataclasses."""
from __future__ import annotations

from dataclasses import asdict, dataclass, field, replace

import pandas as pd

PARAMETERS = {"high_risk": 3, "long_stay_days": 3.0}


@dataclass(frozen=True, slots=True)
class Factor:
    name: str
    points: int


@dataclass
class Stay:
    sex: str
    age: int
    dx: str | None
    los: float
    factors: list[Factor] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.dx = self.dx if isinstance(self.dx, str) else ""

    @property
    def points(self) -> int:
        return sum(f.points for f in self.factors)


ELDERLY = Factor("age >= 70", 1)
HEART_LUNG = Factor("heart or respiratory failure", 1)
INFECTION = Factor("acute infection", 1)
IMMOBILE = Factor("reduced mobility", 3)


def score(stay: Stay, long_stay_days: float) -> Stay:
    found = []
    if stay.age >= 70:
        found.append(ELDERLY)
    if stay.dx.startswith("I50"):
        found.append(HEART_LUNG)
    if stay.dx.startswith("J18"):
        found += [INFECTION, HEART_LUNG]
    if stay.los >= long_stay_days:
        found.append(replace(IMMOBILE, name=f"in bed >= {long_stay_days:g} d"))
    return replace(stay, factors=found)


def main(data, report, high_risk: int, long_stay_days: float) -> None:
    frame = data.sql(
        """SELECT p.sex, e.age_at_admit AS age, e.primary_dx AS dx, e.los
           FROM ehr.encounters e JOIN ehr.patients p ON e.pat_id = p.pat_id
           WHERE e.enc_class = 'IP' AND e.age_at_admit >= 18"""
    )
    report.step("adult inpatient stays", frame)
    stays = [score(Stay(**record), long_stay_days) for record in frame.to_dict(orient="records")]
    flat = pd.DataFrame([asdict(f) for s in stays for f in s.factors])
    report.table("Risk factors", flat.groupby("name").agg(stays=("points", "size"), points=("points", "first")).reset_index())
    points = pd.Series([s.points for s in stays])
    report.table("Score", points.value_counts().sort_index().rename_axis("score").reset_index(name="stays"))
    report.value("high risk (%)", round(float((points >= high_risk).mean() * 100), 1))
