# ruff: noqa  kept as it was written
"""How many patients are left after each inclusion step."""

from typing import Callable, NamedTuple

import pandas as pd

PARAMETERS = {"codes": ["I50.20", "I50.21", "I50.22", "I50.23"], "minimum_age": 40}


class Step(NamedTuple):
    name: str
    keep: Callable[[pd.DataFrame], pd.Series]


def main(data, report, codes, minimum_age):
    frame = data.sql("SELECT pat_id, enc_id, primary_dx, enc_class, age_at_admit, los FROM ehr.encounters")
    steps: list[Step] = [
        Step("has a diagnosis", lambda f: f["primary_dx"].notna()),
        Step("heart failure", lambda f: f["primary_dx"].isin(codes)),
        Step("inpatient", lambda f: f["enc_class"].eq("IP")),
        Step("old enough", lambda f: f["age_at_admit"].ge(minimum_age)),
    ]
    rows = [("all", frame["pat_id"].nunique(), len(frame))]
    for step in steps:
        frame = frame.loc[step.keep(frame)]
        report.step(step.name, frame)
        rows.append((step.name, frame["pat_id"].nunique(), len(frame)))
    table = pd.DataFrame(rows, columns=["step", "patients", "stays"])
    table["lost"] = -table["patients"].diff().fillna(0).astype(int)
    report.table("Attrition", table)
    last = steps[-1]._replace(name="final")
    report.text(f"{last.name}: {rows[-1][1]} patients")
