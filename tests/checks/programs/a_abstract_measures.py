# ruff: noqa  kept as it was written
# fmt: off
"""Quality indicators as classes: an abstract base, subclasses per indicator, results in one table."""
import abc
from copy import deepcopy
from typing import ClassVar, List, Optional, Union

import pandas as pd

PARAMETERS = {"readmit_days": 180, "long_days": 3}


class Indicator(abc.ABC):
    name: ClassVar[str] = ""
    subclasses: List[type] = []

    def __init_subclass__(cls, **kwargs):
        super().__init_subclass__(**kwargs)
        Indicator.subclasses.append(cls)

    def __init__(self, **settings):
        for key, value in settings.items():
            setattr(self, key, value)

    @abc.abstractmethod
    def denominator(self, d: pd.DataFrame) -> pd.DataFrame:
        ...
    @abc.abstractmethod
    def numerator(self, d: pd.DataFrame) -> pd.Series:
        ...

    def rate(self, d) -> Optional[float]:
        den = self.denominator(d)
        return None if den.empty else float(self.numerator(den).mean())

    def stratified(self, d, by: Union[str, List[str]]) -> pd.Series:
        return pd.Series({k: self.rate(g) for k, g in d.groupby(by)}, name=self.name)


class LongStay(Indicator):
    name = "long stay"

    def denominator(self, d):
        return d[d["disch_dt"].notna()]

    def numerator(self, d):
        return d["los"] > self.long_days


class Readmission(LongStay):
    name = "readmission"

    def denominator(self, d):
        base = super().denominator(d)
        return base[base["enc_class"] == "IP"]

    def numerator(self, d):
        return (d["next_admit"] - d["disch_dt"]) <= pd.Timedelta(days=self.readmit_days)


def main(data, report, **settings):
    d = data.sql("""
        SELECT pat_id, admit_dt, disch_dt, enc_class, los, p.sex,
               lead(admit_dt) OVER (PARTITION BY pat_id ORDER BY admit_dt) AS next_admit
        FROM ehr.encounters JOIN ehr.patients p USING (pat_id)
    """)
    report.step("encounters", d)
    measures = [cls(**deepcopy(settings)) for cls in Indicator.subclasses]
    report.table("Rates", pd.DataFrame([{"indicator": m.name, "type": type(m).__name__, "rate": m.rate(d)} for m in measures]).round(3))
    report.table("By sex", pd.concat([m.stratified(d, "sex") for m in measures], axis=1).round(3).rename_axis("sex").reset_index())
    report.value("indicators", len(measures) if all(isinstance(m, Indicator) for m in measures) else 0)
