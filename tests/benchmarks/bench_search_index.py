"""How large is the index of 10,000 signed tables in memory? By hand: `python tests/benchmarks/bench_search_index.py`.

Made-up tables of 25 columns, one column in ten with told values: seconds to build, memory, and what a question takes.
"""

from __future__ import annotations

import random
import resource
import sys
import time

from sandbox.dictionary import Search
from sandbox.dictionary.model import Column, Dictionary, Table

_WRITE = sys.stdout.write
PARTS = ("vis", "ord", "res", "dru", "dos", "war", "bed", "cla", "pla", "lab", "uni", "sta", "not", "cod")
WORDS = [first + second for first in PARTS for second in PARTS]


def table(number: int, rng: random.Random) -> Table:
    columns = tuple(
        Column(
            name=f"{rng.choice(WORDS)}_{rng.choice(WORDS)}_{place}",
            type="VARCHAR",
            column_class="plain",
            told="values",
            given="full",
            description=f"The {rng.choice(WORDS)} of the {rng.choice(WORDS)}",
            values=tuple(f"V{number % 97}{value:02}" for value in range(20)) if place % 10 == 0 else (),
        )
        for place in range(25)
    )
    return Table(source="ehr", name=f"{rng.choice(WORDS)}_{number}", columns=columns, description="One of many")


def peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main() -> None:
    rng = random.Random(1)
    dictionary = Dictionary(tables=tuple(table(n, rng) for n in range(10_000)), dialects={"ehr": "duckdb"})
    before, began = peak(), time.perf_counter()
    search = Search(dictionary)
    _WRITE(f"250,000 columns indexed in {time.perf_counter() - began:.1f} s, memory {before:.0f} to {peak():.0f} MB\n")
    times = []
    for query in [f"{rng.choice(WORDS)} {rng.choice(WORDS)} {n % 25}" for n in range(300)] + ["V12*", "warbed"] * 20:
        began = time.perf_counter()
        search.find(query)
        times.append(1000 * (time.perf_counter() - began))
    times.sort()
    _WRITE(f"a question: median {times[len(times) // 2]:.2f}, p99 {times[int(len(times) * 0.99)]:.2f} ms\n")


if __name__ == "__main__":
    main()
