# ruff: noqa  kept as it was written
# fmt: off
"""CONSORT-like cohort flow with a small fluent class, and the same flow drawn as boxes."""
from __future__ import annotations

import textwrap
from typing import Callable

import matplotlib.pyplot as plt
import pandas as pd

PARAMETERS = {"min_age": 18, "max_age": 89, "codes": ["I50.21", "I50.22", "I50.23"], "min_los": 1.0}


class Flow:
    def __init__(self, report, frame: pd.DataFrame, label: str):
        self._report = report
        self.frame = frame
        self.boxes: list[tuple[str, int, int]] = [(label, len(frame), 0)]
        report.step(label, frame)

    def keep(self, label: str, rule: Callable[[pd.DataFrame], pd.Series]) -> Flow:
        before = len(self.frame)
        self.frame = self.frame.loc[rule(self.frame)]
        self.boxes.append((label, len(self.frame), before - len(self.frame)))
        self._report.step(label, self.frame)
        return self

    def draw(self):
        fig, ax = plt.subplots(figsize=(5, 1.1 * len(self.boxes)))
        ax.axis("off")
        for i, (label, n, lost) in enumerate(self.boxes):
            y = 1 - i / len(self.boxes)
            ax.text(0.3, y, textwrap.fill(label, 28) + f"\n(n = {n})", ha="center", va="top", bbox=dict(boxstyle="round", fc="w"))
            if lost:
                ax.text(0.8, y + 0.03, f"excluded {lost}", ha="center", va="center", fontsize=8)
        return fig


def main(data, report, min_age, max_age, codes, min_los):
    everyone = data.sql("SELECT pat_id, enc_id, enc_class, primary_dx, age_at_admit, admit_dt, disch_dt, los FROM ehr.encounters")
    flow = (
        Flow(report, everyone, "encounters")
        .keep("inpatient", lambda d: d.enc_class == "IP")
        .keep("discharged", lambda d: d.disch_dt.notna())
        .keep("adult", lambda d: d.age_at_admit.between(min_age, max_age))
        .keep("heart failure", lambda d: d.primary_dx.isin(codes))
        .keep(f"at least {min_los:g} day(s)", lambda d: d.los >= min_los)
        .keep("first stay per patient", lambda d: ~d.sort_values("admit_dt").duplicated("pat_id").reindex(d.index))
    )
    report.table("Flow", pd.DataFrame(flow.boxes, columns=["step", "left", "excluded"]))
    report.figure("Flow chart", flow.draw())
    report.value("analysed", len(flow.frame))
