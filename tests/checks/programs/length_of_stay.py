"""Length of stay by age band, with medians and quartiles."""

from collections import defaultdict
from dataclasses import dataclass, field

import pandas as pd

PARAMETERS = {}
BANDS = [(18, 39), (40, 64), (65, 79), (80, 200)]


@dataclass
class Band:
    low: int
    high: int
    stays: list[float] = field(default_factory=list)

    @property
    def label(self) -> str:
        return f"{self.low}+" if self.high > 120 else f"{self.low}-{self.high}"

    def add(self, days: float) -> None:
        self.stays.append(days)

    def row(self) -> dict:
        series = pd.Series(self.stays, dtype="float64")
        q1, median, q3 = series.quantile([0.25, 0.5, 0.75])
        return {"band": self.label, "n": len(series), "median": median, "q1": q1, "q3": q3}


def main(data, report):
    df = data.sql("SELECT enc_id, age_at_admit, los FROM ehr.encounters WHERE los IS NOT NULL")
    bands = [Band(low, high) for low, high in BANDS]
    counts: dict[str, int] = defaultdict(int)
    for row in df.itertuples(index=False):
        for band in bands:
            if band.low <= row.age_at_admit <= band.high:
                band.add(row.los)
                counts[band.label] += 1
                break
        else:
            counts["under 18"] += 1
    table = pd.DataFrame([band.row() for band in bands])
    table["share"] = table["n"] / table["n"].sum()
    report.table("Length of stay", table.round(2))
    report.value("Stays per band", dict(sorted(counts.items())))
