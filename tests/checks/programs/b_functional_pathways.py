# ruff: noqa  kept as it was written
"""Sequences of diagnoses per patient with itertools and functools: commonest three-step paths and switches."""

from collections import Counter, defaultdict
from functools import partial, reduce
from itertools import chain, groupby, islice, pairwise, tee
from operator import attrgetter, itemgetter

import pandas as pd

PARAMETERS = {"length": 3, "top": 8}

compose = lambda *fs: reduce(lambda f, g: lambda x: g(f(x)), fs)


def windows(seq, n):
    its = tee(seq, n)
    for i, it in enumerate(its):
        next(islice(it, i, i), None)
    return zip(*its)


def collapse(seq):
    """A A B A -> A B A"""
    return [k for k, _ in groupby(seq)]


def chapter(code, default="?"):
    return code[:3] if isinstance(code, str) else default


def main(data, report, length, top):
    df = data.sql("SELECT pat_id, admit_dt, primary_dx FROM ehr.encounters ORDER BY pat_id, admit_dt")
    rows = map(attrgetter("pat_id", "primary_dx"), df.itertuples(index=False))
    paths = {pid: list(map(itemgetter(1), g)) for pid, g in groupby(rows, key=itemgetter(0))}
    clean = compose(partial(map, partial(chapter, default="none")), collapse)
    paths = {pid: clean(p) for pid, p in paths.items()}

    grams = Counter(chain.from_iterable(windows(p, length) for p in paths.values() if len(p) >= length))
    report.table(
        "Commonest paths", pd.DataFrame([(" → ".join(k), n) for k, n in grams.most_common(top)], columns=["path", "n"])
    )

    trans = defaultdict(lambda: defaultdict(int))
    for a, b in chain(*map(pairwise, paths.values())):
        trans[a][b] += 1
    m = pd.DataFrame(trans).T.fillna(0).astype(int).sort_index().sort_index(axis=1)
    report.table("Transitions", m)
    report.value("patients with a changed diagnosis", sum(1 for p in paths.values() if len(set(p)) > 1))
    longest = max(paths.values(), key=len)
    report.value("longest path", len(longest))
    total = reduce(lambda acc, p: acc + len(p), paths.values(), 0)
    report.value("mean path length", round(total / len(paths), 2))
