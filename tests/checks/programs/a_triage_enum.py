# ruff: noqa  kept as it was written
# fmt: off
"""Lab severity grades with Enum and NamedTuple; worst grade per stay; sample size per grade."""
from enum import Enum, IntEnum, auto
from typing import NamedTuple, Optional

import pandas as pd

PARAMETERS = {"creatinine": [1.3, 2.0, 4.0], "hba1c": [5.7, 6.5, 7.0]}


class Grade(IntEnum):
    NORMAL = 0
    MILD = 1
    MODERATE = 2
    SEVERE = 3

    @classmethod
    def of(cls, value: float, cuts: list) -> "Grade":
        return cls(sum(value >= c for c in cuts))

    def __str__(self) -> str:
        return self.name.capitalize()


class Analyte(Enum):
    CREATININE = "2160-0"
    HBA1C = "4548-4"


class Basis(Enum):
    MEASURED = auto()
    ABSENT = auto()


class Worst(NamedTuple):
    analyte: Analyte
    grade: Optional[Grade]
    basis: Basis = Basis.MEASURED

    @property
    def label(self) -> str:
        return f"{self.analyte.name.lower()}: {self.grade if self.grade is not None else '-'}"


def main(data, report, **cuts):
    labs = data.sql("SELECT enc_id, loinc, max(value) AS peak FROM ehr.labs GROUP BY enc_id, loinc")
    report.step("stays with an analyte", labs)
    graded = []
    for enc_id, loinc, peak in labs.itertuples(index=False):
        analyte = Analyte(loinc)
        if pd.isna(peak):
            graded.append(Worst(analyte, None, basis=Basis.ABSENT))
        else:
            graded.append(Worst(analyte, Grade.of(peak, cuts[analyte.name.lower()])))

    counts = {a: {g: 0 for g in Grade} for a in Analyte}
    for w in graded:
        if w.grade is not None:
            counts[w.analyte][w.grade] += 1
    table = pd.DataFrame([{"analyte": a.name, **{str(g): n for g, n in c.items()}} for a, c in counts.items()])
    report.table("Worst grade per stay", table)
    report.value("absent", sum(w.basis is Basis.ABSENT for w in graded))
    worst = max((w for w in graded if w.grade is not None), key=lambda w: w.grade)
    report.text(f"Worst seen: {worst.label}; grades are {', '.join(str(g) for g in Grade)}")
