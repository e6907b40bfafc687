"""The most frequent sequences of encounter classes, per patient."""

from collections import Counter
from contextlib import suppress
from itertools import chain, groupby, islice

import pandas as pd

PARAMETERS = {"longest": 4}


def collapse(items):
    for key, _group in groupby(items):
        yield key


class Paths:
    def __init__(self, longest):
        self.longest = longest
        self._counts = Counter()

    def add(self, sequence):
        self._counts[" > ".join(islice(collapse(sequence), self.longest))] += 1

    def top(self, n=5):
        return self._counts.most_common(n)


def main(data, report, longest):
    rows = data.sql("SELECT pat_id, enc_class, admit_dt FROM ehr.encounters")
    rows = rows.sort_values(["pat_id", "admit_dt"])
    paths = Paths(longest)
    for _, group in rows.groupby("pat_id"):
        paths.add(group["enc_class"].tolist())
    top = pd.DataFrame(paths.top(), columns=["path", "patients"])
    report.table("Paths", top)
    with suppress(IndexError):
        report.value("most frequent", top["path"].iloc[0])
    flat = list(chain.from_iterable(path.split(" > ") for path in top["path"]))
    report.value("classes seen", sorted(set(flat)))
    (first, *others), total = flat, sum(paths._counts.values())
    report.value("total", total)
    report.value("first", [first, len(others)])
