# ruff: noqa  kept as it was written
# fmt: off
"""Episodes of care: encounters closer than a gap are one episode; pipeline of generators with itertools."""
from __future__ import annotations

from collections import deque
from itertools import accumulate, chain, groupby, islice, pairwise, takewhile, zip_longest
from operator import attrgetter, itemgetter
from typing import Iterable, Iterator

import pandas as pd

PARAMETERS = {"gap_days": 160}


def by_patient(frame: pd.DataFrame) -> Iterator[list]:
    frame = frame.sort_values(["pat_id", "admit_dt"])
    for _, rows in groupby(frame.itertuples(index=False), key=attrgetter("pat_id")):
        yield list(rows)


def episodes(rows: Iterable, gap: pd.Timedelta) -> Iterator[list]:
    it = iter(rows)
    episode = [next(it)]
    for row in it:
        end = episode[-1].disch_dt
        if pd.isna(end) or row.admit_dt - end > gap:
            yield episode
            episode = []
        episode.append(row)
    yield episode


def flatten(patients, gap):
    for rows in patients:
        yield from episodes(rows, gap)


def moving(iterable, n=3):
    window = deque(maxlen=n)
    for x in iterable:
        window.append(x)
        if len(window) == n:
            yield sum(window) / n


def main(data, report, gap_days):
    frame = data.sql("SELECT pat_id, admit_dt, disch_dt, enc_class, los FROM ehr.encounters")
    report.step("encounters", frame)
    found = list(flatten(by_patient(frame), pd.Timedelta(days=gap_days)))
    report.value("episodes", len(found))

    sizes = sorted((len(e) for e in found), reverse=True)
    table = [(size, sum(1 for _ in group)) for size, group in groupby(sizes)]
    table = [(s, n, c) for (s, n), c in zip(table, accumulate(map(itemgetter(1), table)))]
    report.table("Encounters per episode", pd.DataFrame(table, columns=["encounters", "episodes", "cumulative"]))

    changes = chain.from_iterable(pairwise([r.enc_class for r in e]) for e in found if len(e) > 1)
    report.table("Class changes", pd.Series([f"{a}>{b}" for a, b in changes]).value_counts().rename_axis("change").reset_index(name="n"))

    los = sorted(sum(r.los for r in e) for e in found)
    short = sum(1 for _ in takewhile(lambda x: x < 3, los))
    report.value("episodes under three days", short)
    first, last = islice(los, 3), reversed(los[-3:])
    report.text("; ".join(f"{a:.1f} / {b:.1f}" for a, b in zip_longest(first, last, fillvalue=0.0)))
    report.value("smoothed maximum", round(max(moving(los)), 2))
