"""Fuzzes the query check in every dialect: `python tests/fuzz/fuzz_query.py --minutes 10 [--seed N]`.

A case is a dialect and a query: valid ones and attacks, cut and glued by tokens, with parts of others in them, nested
and doubled. What is accepted must be accepted again as it was narrowed: one SELECT that reads granted tables only.
"""

from __future__ import annotations

import random
import re
import sys
from pathlib import Path

import msgspec
from fuzzing import Fuzzer, main

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "checks"))

import query_attacks
from query_examples import SCHEMA, VALID

from sandbox.checks.query import check_query
from sandbox.checks.query._check import DIALECTS
from sandbox.errors import QueryRefused

_SCHEMAS = {name: msgspec.structs.replace(SCHEMA, dialects=dict.fromkeys(SCHEMA.dialects, name)) for name in DIALECTS}
_QUERIES = [query for query, *_ in VALID]
_ATTACKS = [
    text
    for group in (query_attacks.COLUMNS, query_attacks.TABLES, query_attacks.FUNCTIONS, query_attacks.KEYS)
    for text in (group.values() if isinstance(group, dict) else group)
    if isinstance(text, str)
]
_TOKEN = re.compile(r"\w+|\s+|'[^']*'|[^\w\s]")
_PIECES = (
    *(
        "UNION ALL SELECT 1",
        "OVER ()",
        "FILTER (WHERE 1=1)",
        "LATERAL",
        "QUALIFY 1=1",
        "VALUES (1)",
        "::text",
        ":x",
        "?",
        "$1",
    ),
    *(
        "--",
        "/*",
        "*/",
        ";",
        "E'\\x'",
        "U&'\\0041'",
        "q'[x]'",
        "N'x'",
        "$$x$$",
        "[x]",
        "`x`",
        '"x"',
        "0x1F",
        "1e400",
        "x''",
    ),
    *(
        "FOR UPDATE",
        "INTO t",
        "TABLESAMPLE",
        "PIVOT",
        "AS OF",
        "COLLATE x",
        "AT TIME ZONE 'UTC'",
        "CAST(x AS regclass)",
    ),
    *(
        "ehr.patients",
        "mrn",
        "name",
        "pat_id",
        "SELECT *",
        "EXISTS (SELECT 1)",
        "NULL",
        "\x00",
        "\u202e",
        "\u200b",
        "é",
        "😀",
    ),
)


def make(chance: random.Random) -> bytes:
    tokens = _TOKEN.findall(chance.choice(_QUERIES if chance.random() < 0.7 else _ATTACKS))
    for _ in range(chance.choice((0, 1, 1, 2, 3, 6))):
        at = chance.randrange(len(tokens) + 1)
        other = _TOKEN.findall(chance.choice(_QUERIES))
        start = chance.randrange(len(other))
        tokens[at : at + chance.randrange(3)] = chance.choice(
            (
                [],
                [chance.choice(tokens or [" "])],
                [" ", chance.choice(_PIECES), " "],
                other[start : start + chance.randrange(1, 12)],
                ["(", *other, ")"],
                ["(" * (deep := chance.choice((3, 60, 400, 5_000))), "a", ")" * deep],
                ["a + "] * chance.choice((10, 500, 4_000)),
            )
        )
    return f"{chance.choice(DIALECTS)}\n{''.join(tokens)}".encode()


def feed(case: bytes) -> None:
    dialect, _, sql = case.decode(errors="replace").partition("\n")
    checked = check_query(sql, _SCHEMAS[dialect])
    assert set(checked.read) <= set(SCHEMA.tables) and checked.narrowed and "\0" not in checked.narrowed
    for table, columns in checked.read.items():
        for column in columns:
            assert SCHEMA.tables[table].columns[column].given != "nothing", (table, column)


if __name__ == "__main__":
    raise SystemExit(main(Fuzzer("query", make, feed, (QueryRefused,), room_mb=2048, batch=500)))
