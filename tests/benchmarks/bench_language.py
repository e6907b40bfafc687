# ruff: noqa: E501  programs read better on one line
"""What does the language policy cost a loop? By hand: `python tests/benchmarks/bench_language.py`.

Each kind of code runs guarded and as plain Python in turns, so that what else the machine does weighs on both
alike. The quickest of the rounds, in milliseconds, and their ratio.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from typing import Any

from sandbox.checks.language import compile_program

ROUNDS = 15
_WRITE = sys.stdout.write
HEAD = '''"""What it costs."""
from collections import defaultdict
from dataclasses import dataclass
import math
import numpy as np
import pandas as pd


class Tally:
    def __init__(self):
        self.total = 0
        self.seen = {}

    def add(self, value):
        self.total += value

    def note(self, key):
        self.seen[key] = self.total


@dataclass
class Stay:
    age: int
    days: float


FRAME = pd.DataFrame({"age": np.arange(20_000) % 90, "days": np.arange(20_000) % 7 * 1.5})
PAIRS = [(n, n % 7) for n in range(50_000)]


def main(data, report):
    '''
KINDS = {
    "method of a list in a loop": "out = []\n    for n in range(100_000):\n        out.append(n)\n    return len(out)",
    "methods of texts": "n = 0\n    for _ in range(50_000):\n        n += ' I50.21 '.strip().lower().startswith('i50')\n    return n",
    "attribute += of an own class": "t = Tally()\n    for n in range(100_000):\n        t.total += n\n    return t.total",
    "own method": "t = Tally()\n    for n in range(50_000):\n        t.add(n)\n        t.note(n % 9)\n    return t.total, t.seen",
    "field of a dataclass": "stays = [Stay(n, n / 2) for n in range(20_000)]\n    return sum(s.days for s in stays if s.age > 9)",
    "unpacking": "n = 0\n    for a, b in PAIRS:\n        n += a * b\n    return n",
    "itertuples": "n = 0\n    for row in FRAME.itertuples():\n        n += row.age * row.days\n    return n",
    "star arguments": "f = lambda *a, **k: len(a) + len(k)\n    n = 0\n    for pair in PAIRS:\n        n += f(*pair, **{'c': 1})\n    return n",
    "item +=": "d = defaultdict(int)\n    for a, b in PAIRS:\n        d[b] += a\n    return dict(d)",
    "item of a list": "x = [0] * 100\n    for a, b in PAIRS:\n        x[a % 100] = x[b] + 1\n    return x",
    "function of a module": "n = 0.0\n    for a, b in PAIRS:\n        n += math.sqrt(a)\n    return n",
    "comprehension": "return sum([a * b for a, b in PAIRS if a % 2])",
    "apply by row": "return FRAME.head(3000).apply(lambda r: r['age'] + r.days, axis=1).sum()",
    "vectorised": "return FRAME.assign(x=FRAME.age * 2).groupby('days').x.mean().sum()",
}


def main() -> None:
    _WRITE(f"{'':32}{'plain ms':>10}{'guarded ms':>12}{'ratio':>8}" + "\n")
    for kind, body in KINDS.items():
        text = HEAD + body + "\n"
        plain, guarded = _plain(text), compile_program(text).run_module()["main"]
        if repr(plain(None, None)) != repr(guarded(None, None)):
            raise SystemExit(f"{kind}: the results differ")
        ours, theirs = _measured(guarded, plain)
        _WRITE(f"{kind:32}{theirs:10.2f}{ours:12.2f}{ours / theirs:8.2f}" + "\n")


def _plain(text: str) -> Callable[..., Any]:
    names: dict[str, Any] = {"__name__": "program"}
    exec(compile(text, "plain", "exec", dont_inherit=True), names)
    return names["main"]  # type: ignore[no-any-return]


def _measured(*functions: Callable[..., Any]) -> list[float]:
    """The quickest time of each, in milliseconds; they take turns."""
    times: list[list[float]] = [[] for _ in functions]
    for _ in range(ROUNDS):
        for function, found in zip(functions, times, strict=True):
            began = time.perf_counter()
            function(None, None)
            found.append((time.perf_counter() - began) * 1000)
    return [min(found) for found in times]


if __name__ == "__main__":
    main()
