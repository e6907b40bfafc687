"""Every value of the demo sources that identifies a person, to look for where none may be.

    leaked = [canary for canary in distinctive(canaries(path, password)) if canary in sent]

A single short or ordinary word ("May", "Young", "Li") stands in many innocent texts, so `distinctive` leaves it
out; the full names around it stay.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import duckdb

from ._store import opened, schema

SHORTEST_WORD = 6
SHORTEST_NUMBER = 9


def canaries(path: Path, password: str | None) -> list[str]:
    """Every identifying value of a demo hospital or registry, sorted, each once."""
    found: set[str] = set()
    with opened(path, password) as connection:
        tables = {name for (name,) in connection.execute("SELECT table_name FROM duckdb_tables()").fetchall()}
        for part in ("hospital", "registry"):
            lists = schema("identifiers.toml")[part]
            for table, column in lists["values"]:
                if table in tables:
                    found.update(_values(connection, f'SELECT DISTINCT "{column}"::VARCHAR FROM "{table}"'))
            for table, given, family in lists["words"]:
                if table in tables:
                    found.update(_names(connection, table, given, family))
    return sorted(found)


def distinctive(values: Iterable[str]) -> list[str]:
    """Those that do not turn up by chance: no short or ordinary single words, no short numbers."""
    ordinary = {word.casefold() for word in schema("identifiers.toml")["ordinary"]["words"]}
    return [value for value in values if _is_distinctive(value, ordinary)]


def _is_distinctive(value: str, ordinary: set[str]) -> bool:
    if value.isdigit():
        return len(value) >= SHORTEST_NUMBER
    if value.isalpha():
        return len(value) >= SHORTEST_WORD and value.casefold() not in ordinary
    return len(value) >= SHORTEST_WORD


def _values(connection: duckdb.DuckDBPyConnection, query: str) -> Iterable[str]:
    rows: list[tuple[Any, ...]] = connection.execute(query).fetchall()
    return (row[0] for row in rows if row[0])


def _names(connection: duckdb.DuckDBPyConnection, table: str, given: str, family: str) -> Iterable[str]:
    rows = connection.execute(f'SELECT DISTINCT "{given}", "{family}" FROM "{table}"').fetchall()
    for first, last in rows:
        yield from (first, last, f"{first} {last}", f"{last}, {first}")


def present(values: Iterable[str], data: bytes) -> list[str]:
    """Which of the values (six characters or more) stand in the bytes as UTF-8, exactly.

    Thirty thousand values in megabytes: a set of every six bytes in the data tells which are worth a search.
    """
    grams = {data[at : at + SHORTEST_WORD] for at in range(len(data) - SHORTEST_WORD + 1)}
    encoded = ((value, value.encode("utf-8")) for value in values)
    return [value for value, code in encoded if code[:SHORTEST_WORD] in grams and code in data]


def sample_patient(path: Path, password: str | None) -> tuple[str, str]:
    """The full name and record number of the first patient of a demo hospital, to show that they are stopped."""
    query = 'SELECT "PAT_FIRST_NAME" || \' \' || "PAT_LAST_NAME", "PAT_MRN_ID" FROM "PATIENT" ORDER BY pat_id LIMIT 1'
    with opened(path, password) as connection:
        name, number = connection.execute(query).fetchall()[0]
    return str(name), str(number)
