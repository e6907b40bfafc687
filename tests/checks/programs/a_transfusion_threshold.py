# ruff: noqa  kept as it was written
# fmt: off
"""Restrictive transfusion audit: results at or below the trigger, and whether a repeat followed within the allowed time."""
from collections import Counter, OrderedDict

import pandas as pd

PARAMETERS = {"analyte": "2160-0", "trigger": 2.0, "recheck_days": 60}


class TransfusionAudit:
    """Walks through each patient's results in order of time and keeps counts."""

    def __init__(self, trigger, recheck):
        self.trigger = trigger
        self.recheck = recheck
        self.counts = Counter()
        self._delays = []

    def add_patient(self, results):
        low_since = None
        for when, value in results:
            if low_since is not None:
                delay = when - low_since
                self.counts["rechecked in time" if delay <= self.recheck else "rechecked late"] += 1
                self._delays.append(delay)
                low_since = None
            if value <= self.trigger:
                self.counts["at or below trigger"] += 1
                low_since = when
        if low_since is not None:
            self.counts["never rechecked"] += 1

    @property
    def median_delay(self):
        return pd.Series(self._delays).median() if self._delays else pd.NaT

    def as_frame(self):
        order = OrderedDict.fromkeys(["at or below trigger", "rechecked in time", "rechecked late", "never rechecked"])
        return pd.DataFrame([(k, self.counts[k]) for k in order], columns=["event", "n"])

    def __repr__(self):
        return f"TransfusionAudit(trigger={self.trigger}, events={sum(self.counts.values())})"


def main(data, report, analyte, trigger, recheck_days):
    labs = data.sql(
        "SELECT pat_id, taken_at, value FROM ehr.labs WHERE loinc = :analyte AND value IS NOT NULL ORDER BY pat_id, taken_at",
        analyte=analyte,
    )
    report.step("results", labs)
    audit = TransfusionAudit(trigger, pd.Timedelta(days=recheck_days))
    for _, g in labs.sort_values("taken_at").groupby("pat_id", sort=False):
        audit.add_patient(zip(g["taken_at"], g["value"]))
    report.table("Audit", audit.as_frame())
    if pd.notna(audit.median_delay):
        report.value("median days to recheck", round(audit.median_delay / pd.Timedelta("1D"), 1))
    report.text(repr(audit))
