"""What the query check costs. By hand: `python tests/benchmarks/bench_query_check.py [--rounds N] [--tables N]`.

Every query of `query_examples` and every harmless twin of `dialect_attacks` that the dialect accepts, against a schema
of 400 tables beside those that they read; milliseconds of processor time per query, all rounds together. The first
check of a dialect reads its rules and has a column of its own.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import time
from pathlib import Path
from typing import NamedTuple

sys.path.insert(0, str(Path(__file__).parents[1] / "checks"))

import msgspec
from dialect_attacks import DIALECTS, attacks
from query_examples import IDIOMS, SCHEMA, VALID

from sandbox.checks.facts import Schema
from sandbox.checks.query import _second_parser, check_query
from sandbox.errors import QueryRefused

_WRITE = sys.stdout.write


class Measured(NamedTuple):
    """Milliseconds of one dialect."""

    dialect: str
    queries: int
    first: float
    median: float
    p99: float
    second: float

    def __str__(self) -> str:
        figures = " | ".join(f"{figure:.2f}" for figure in (self.first, self.median, self.p99, self.second))
        return f"| {self.dialect} | {self.queries} | {figures} |\n"


def bench_query_check(rounds: int, tables: int) -> list[Measured]:
    """One line per dialect; `second` is the median of the second parser's share."""
    return [_measure(dialect, wide_schema(dialect, tables), rounds) for dialect in DIALECTS]


def wide_schema(dialect: str, tables: int) -> Schema:
    """The hospital of the examples among many more tables."""
    stays = SCHEMA.tables["ehr.encounters"]
    more = {f"ehr.flowsheet_{number}": stays for number in range(tables)}
    return msgspec.structs.replace(SCHEMA, tables={**SCHEMA.tables, **more}, dialects={"ehr": dialect, "reg": dialect})


def _measure(dialect: str, schema: Schema, rounds: int) -> Measured:
    first = _milliseconds("SELECT los FROM ehr.encounters", schema)
    texts = [*(line[0] for line in VALID), *(line[0] for line in IDIOMS), *(attack.twin for attack in attacks(dialect))]
    accepted = [text for text in dict.fromkeys(texts) if _accepts(text, schema)]
    times = [_milliseconds(text, schema) for _ in range(rounds) for text in accepted]
    with_second = [_second_share(text, schema) for text in accepted]
    return Measured(
        dialect,
        len(accepted),
        first,
        statistics.median(times),
        statistics.quantiles(times, n=100)[98],
        statistics.median(with_second),
    )


def _accepts(sql: str, schema: Schema) -> bool:
    try:
        check_query(sql, schema)
    except QueryRefused:
        return False
    return True


def _milliseconds(sql: str, schema: Schema) -> float:
    began = time.process_time()
    check_query(sql, schema)
    return (time.process_time() - began) * 1000


def _second_share(sql: str, schema: Schema) -> float:
    """The second parser on the same text, with an expectation that it refuses only at the end."""
    dialect = schema.dialects["ehr"]
    checked = check_query(sql, schema)
    expected = _second_parser.Expected(
        reads={},
        has={table.physical: {c.physical or n for n, c in table.columns.items()} for table in SCHEMA.tables.values()},
    )
    began = time.process_time()
    try:
        _second_parser.agree(checked.narrowed, expected, dialect)
    except QueryRefused:
        return (time.process_time() - began) * 1000
    return (time.process_time() - began) * 1000


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--tables", type=int, default=400)
    asked = parser.parse_args()
    _WRITE("| dialect | queries | first | median | p99, ms | of it second parser |\n|---|---|---|---|---|---|\n")
    for line in bench_query_check(asked.rounds, asked.tables):
        _WRITE(str(line))


if __name__ == "__main__":
    main()
