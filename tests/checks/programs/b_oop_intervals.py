# ruff: noqa  kept as it was written
"""Overlapping and touching stays found with an ordered, hashable Interval class and a sweep; heapq for peak load."""

from __future__ import annotations

import heapq
from dataclasses import dataclass, replace, asdict
from datetime import timedelta
from functools import total_ordering
from typing import Iterable, Optional

import pandas as pd

PARAMETERS = {"min_overlap_hours": 1.0, "pad_days": 40}


@total_ordering
@dataclass(frozen=True, eq=False)
class Interval:
    start: pd.Timestamp
    end: pd.Timestamp
    label: str = ""

    def __post_init__(self):
        if self.end < self.start:
            object.__setattr__(self, "end", self.start)

    def __eq__(self, other):
        if not isinstance(other, Interval):
            return NotImplemented
        return (self.start, self.end) == (other.start, other.end)

    def __hash__(self):
        return hash((self.start, self.end))

    def __lt__(self, other):
        return (self.start, self.end) < (other.start, other.end)

    def __and__(self, other: Interval) -> Optional[Interval]:
        start, end = max(self.start, other.start), min(self.end, other.end)
        return Interval(start, end) if start < end else None

    def __or__(self, other):
        return replace(self, start=min(self.start, other.start), end=max(self.end, other.end))

    def __len__(self):
        return int((self.end - self.start) / timedelta(hours=1))

    def __contains__(self, when):
        return self.start <= when < self.end

    def __invert__(self):
        return timedelta(hours=len(self))


def merge(intervals: Iterable[Interval], pad: timedelta) -> list[Interval]:
    out: list[Interval] = []
    for iv in sorted(intervals):
        if out and iv.start - out[-1].end <= pad:
            out[-1] |= iv
        else:
            out.append(iv)
    return out


def peak(intervals):
    heap, best = [], (0, None)
    for iv in sorted(intervals):
        while heap and heap[0] <= iv.start:
            heapq.heappop(heap)
        heapq.heappush(heap, iv.end)
        best = max(best, (len(heap), iv.start), key=lambda t: t[0])
    return best


def main(data, report, min_overlap_hours, pad_days):
    df = data.sql(
        "SELECT pat_id, admit_dt, coalesce(disch_dt, admit_dt + INTERVAL 1 DAY) AS end_dt, enc_class FROM ehr.encounters ORDER BY admit_dt"
    )
    everything = [Interval(r.admit_dt, r.end_dt, r.enc_class) for r in df.itertuples(index=False)]
    overlaps = [
        x
        for a, b in zip(everything, everything[1:])
        if (x := a & b) is not None and ~x >= timedelta(hours=min_overlap_hours)
    ]
    report.value("overlapping neighbours", len(overlaps))
    n, at = peak(everything)
    report.value("most at once", n)
    report.text(f"Peak reached in {at:%B %Y}; {sum(at in iv for iv in everything)} stays then.")
    merged = {}
    for pid, g in df.groupby("pat_id"):
        merged[pid] = merge((Interval(s, e) for s, e in zip(g["admit_dt"], g["end_dt"])), timedelta(days=pad_days))
    sizes = pd.Series({k: len(v) for k, v in merged.items()})
    report.table(
        "Blocks of care per patient",
        sizes.value_counts().sort_index().rename_axis("blocks").reset_index(name="patients"),
    )
    longest = max((iv for v in merged.values() for iv in v), key=len)
    report.value("longest block, hours", len(longest))
    report.table("Longest", pd.DataFrame([asdict(longest)]).drop(columns="label").astype(str))
    report.value("distinct", len(set(everything)))
