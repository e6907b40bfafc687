# ruff: noqa  kept as it was written
"""A small framework of quality measures: denominator, exclusion, numerator, for each a class."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import ClassVar

import numpy as np
import pandas as pd
from statsmodels.stats.proportion import proportion_confint

PARAMETERS = {"short_hours": 24, "hba1c_limit": 6.0, "min_denominator": 10}


class Direction(Enum):
    HIGHER_IS_BETTER = auto()
    LOWER_IS_BETTER = auto()

    def arrow(self) -> str:
        return "↑" if self is Direction.HIGHER_IS_BETTER else "↓"


@dataclass
class Result:
    name: str
    numerator: int
    denominator: int
    excluded: int = 0
    interval: tuple[float, float] = field(init=False, default=(np.nan, np.nan))

    def __post_init__(self) -> None:
        if self.numerator > self.denominator:
            raise ValueError(f"{self.name}: numerator exceeds denominator")
        if self.denominator:
            self.interval = proportion_confint(self.numerator, self.denominator, method="wilson")

    @property
    def rate(self) -> float:
        return self.numerator / self.denominator if self.denominator else float("nan")

    def as_row(self) -> dict:
        low, high = self.interval
        return {
            "measure": self.name,
            "n": self.numerator,
            "of": self.denominator,
            "excluded": self.excluded,
            "rate": round(self.rate, 3),
            "95% CI": f"{low:.1%}–{high:.1%}",
        }


class Measure(ABC):
    name: ClassVar[str] = "?"
    direction: ClassVar[Direction] = Direction.HIGHER_IS_BETTER

    def __init__(self, frame: pd.DataFrame) -> None:
        self._frame = frame

    def exclusions(self) -> pd.Series:
        return pd.Series(False, index=self._frame.index)

    @abstractmethod
    def met(self) -> pd.Series: ...

    def evaluate(self) -> Result:
        out = self.exclusions()
        met = self.met()[~out]
        return Result(self.name, int(met.sum()), int(len(met)), int(out.sum()))

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.name!r}, {self.direction.arrow()})"


class CodedDischarge(Measure):
    name = "Discharged stays with a primary diagnosis"

    def exclusions(self):
        return self._frame["disch_dt"].isna()

    def met(self):
        return self._frame["primary_dx"].notna()


class ShortStay(Measure):
    name = "Inpatient stays shorter than the threshold"
    direction = Direction.LOWER_IS_BETTER

    def __init__(self, frame, hours):
        super().__init__(frame)
        self.hours = hours

    def exclusions(self):
        return self._frame["enc_class"].ne("IP") | self._frame["los"].isna()

    def met(self):
        return self._frame["los"] * 24 < self.hours


class HbA1cControlled(Measure):
    name = "Last HbA1c under the limit"

    def __init__(self, frame, limit):
        self.limit = limit
        super().__init__(frame)

    def met(self):
        return self._frame["value"].lt(self.limit)


def main(data, report, short_hours, hba1c_limit, min_denominator):
    stays = data.sql("SELECT enc_id, enc_class, disch_dt, primary_dx, los FROM ehr.encounters")
    last = data.sql(
        "SELECT pat_id, value FROM ehr.labs WHERE loinc = '4548-4' AND value IS NOT NULL"
        " QUALIFY row_number() OVER (PARTITION BY pat_id ORDER BY taken_at DESC) = 1"
    )
    measures: list[Measure] = [CodedDischarge(stays), ShortStay(stays, short_hours), HbA1cControlled(last, hba1c_limit)]
    results = [m.evaluate() for m in measures]
    report.table("Measures", pd.DataFrame([r.as_row() for r in results if r.denominator >= min_denominator]))
    for m, r in zip(measures, results):
        report.value(r.name, round(r.rate, 4))
        report.text(f"{m!r}: {r.numerator}/{r.denominator}")
