"""Small made-up databases: one plain, one encrypted, and a folder of files."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest
from source_parts import LOGIN, TABLES, VISITS


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("plain") / "plain.duckdb"
    with duckdb.connect(str(path)) as connection:
        connection.execute(TABLES.format(at=""))
        connection.execute(VISITS)
    return path


@pytest.fixture(scope="module")
def encrypted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("encrypted") / "closed.duckdb"
    with duckdb.connect() as connection:
        connection.execute("SET force_mbedtls_unsafe = 'true'")
        key = LOGIN.replace("'", "''")
        connection.execute(f"ATTACH '{path}' AS made (ENCRYPTION_KEY '{key}')")
        connection.execute(TABLES.format(at="made."))
        connection.execute("CHECKPOINT made")
    return path


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("folder")
    with duckdb.connect() as connection:
        connection.execute(f"COPY (SELECT range AS pat_id FROM range(10)) TO '{path / 'Patients.parquet'}'")
    (path / "visits.csv").write_text("visit_id,pat_id\n1,2\n2,3\n")
    (path / "readme.txt").write_text("not a table")
    return path
