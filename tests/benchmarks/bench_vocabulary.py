"""How does look-up do over a vocabulary of millions? By hand: `python tests/benchmarks/bench_vocabulary.py [ROWS]`.

The concepts are made up from words whose frequencies fall like those of a real vocabulary (the n-th word in
proportion to 1/n); questions are one to three words, half of them of one concept's own name, beginnings of codes, and
pairs of the most frequent words, which is the worst that can be asked. Median, p99 and most, in milliseconds.
"""

from __future__ import annotations

import random
import resource
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from sandbox.dictionary.model import Dictionary
from sandbox.dictionary.reference_file import open_file, sha256_of, write_file
from sandbox.dictionary.search import Search

_WRITE = sys.stdout.write
COLUMNS = ("concept_id", "concept_name", "domain", "vocabulary", "class", "concept_code")
PAGE = 65_536
SYLLABLES = (
    "car",
    "di",
    "o",
    "he",
    "pa",
    "ti",
    "neph",
    "ro",
    "my",
    "al",
    "gi",
    "sten",
    "ver",
    "tri",
    "cu",
    "lar",
    "no",
    "sis",
)
QUESTIONS = 2000


def vocabulary_words(count: int, rng: random.Random) -> list[str]:
    words: dict[str, None] = {}
    while len(words) < count:
        words["".join(rng.choices(SYLLABLES, k=rng.randint(2, 5)))] = None
    return list(words)


def concepts(rows: int, words: list[str], rng: random.Random) -> Iterator[list[tuple[str, ...]]]:
    weights = [1 / (place + 1) for place in range(len(words))]
    total = []
    for weight in weights:
        total.append((total[-1] if total else 0.0) + weight)
    for start in range(0, rows, PAGE):
        many = range(start, min(start + PAGE, rows))
        picked = iter(rng.choices(words, cum_weights=total, k=8 * len(many)))
        yield [
            (
                str(1_000_000 + number),
                " ".join(next(picked) for _ in range(rng.randint(1, 8))),
                ("Condition", "Drug", "Measurement", "Procedure")[number % 4],
                ("ICD10", "SNOMED", "LOINC", "RxNorm", "ATC")[number % 5],
                ("Clinical Finding", "Ingredient", "Lab Test")[number % 3],
                f"{'ABCDEFGHIJKLMNOPQRSTUVWXYZ'[number % 26]}{number // 26 % 100:02d}.{number // 2600}",
            )
            for number in many
        ]


def measured(kind: str, questions: list[str], ask: Callable[[str], object]) -> None:
    times = []
    for question in questions:
        began = time.perf_counter()
        ask(question)
        times.append(1000 * (time.perf_counter() - began))
    times.sort()
    _WRITE(
        f"{kind:34} median {times[len(times) // 2]:7.2f}   p99 {times[int(len(times) * 0.99)]:7.2f}"
        f"   most {times[-1]:7.2f} ms\n"
    )


def peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main(rows: int) -> None:
    rng = random.Random(1)
    words = vocabulary_words(60_000, rng)
    before = peak()
    with tempfile.TemporaryDirectory() as folder:
        began = time.perf_counter()
        file = write_file(Path(folder), "v.concept", COLUMNS, concepts(rows, words, rng), codes=("concept_id",))
        _WRITE(f"{file.rows:,} rows written in {time.perf_counter() - began:.1f} s")
        path = Path(folder) / file.name
        _WRITE(f", {path.stat().st_size / 1e6:,.0f} MB, memory {before:.0f} to {peak():.0f} MB\n")
        began = time.perf_counter()
        sha256_of(path)
        _WRITE(f"hashed in {time.perf_counter() - began:.2f} s\n")
        with open_file(Path(folder), file) as index:
            search = Search(Dictionary(tables=(), dialects={}), {file.table: index})
            ask(search, words, rows, rng)
        _WRITE(f"memory afterwards {peak():.0f} MB\n")


def ask(search: Search, words: list[str], rows: int, rng: random.Random) -> None:
    middle = words[20:5000]
    measured("one word", rng.choices(middle, k=QUESTIONS), search.find)
    measured("two words", [" ".join(rng.sample(middle, 2)) for _ in range(QUESTIONS)], search.find)
    measured("three words", [" ".join(rng.sample(words[:300], 3)) for _ in range(QUESTIONS)], search.find)
    measured("two of the twenty most frequent", [" ".join(rng.sample(words[:20], 2)) for _ in range(200)], search.find)
    measured("words that nothing has", [f"q{word}q" for word in rng.sample(words, 200)], search.find)
    measured("the beginning of a word", [f"{word[:4]}*" for word in rng.sample(words, 300)], search.find)
    measured(
        "the beginning of a code",
        [f"{rng.choice('ABCDEFGH')}{rng.randrange(100):02d}*" for _ in range(QUESTIONS)],
        search.find,
    )
    measured(
        "one code",
        [f"{rng.choice('ABCDEFGH')}{rng.randrange(100):02d}.{rng.randrange(rows // 2600)}" for _ in range(QUESTIONS)],
        search.find,
    )


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 3_000_000)
