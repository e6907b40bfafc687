"""The made-up hospital in three engines; the examples and the PostgreSQL server are those of the folders beside."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

TESTS = Path(__file__).parents[2]
for folder in (TESTS / "checks", TESTS / "sources", TESTS / "checks" / "oracles"):
    sys.path.insert(0, str(folder))

from hospitals import DuckHospital, PostgresHospital, SqliteHospital  # noqa: E402
from postgresql import own_server  # noqa: E402


@pytest.fixture(scope="module")
def duckdb_hospital() -> Iterator[DuckHospital]:
    with DuckHospital() as hospital:
        yield hospital


@pytest.fixture(scope="module")
def sqlite_hospital() -> Iterator[SqliteHospital]:
    with SqliteHospital() as hospital:
        yield hospital


@pytest.fixture(scope="session")
def postgres_hospital() -> Iterator[PostgresHospital]:
    with own_server() as server, server.connect() as connection, PostgresHospital(connection) as hospital:
        yield hospital
