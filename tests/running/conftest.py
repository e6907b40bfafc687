"""A small hospital in a real DuckDB file, a real signed workspace around it, and sessions as real processes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest
from running_parts import Desk
from study import Study


@pytest.fixture(scope="session")
def hospital(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """400 patients, 4,000 stays, 1,000,000 small results; names and numbers that must turn up nowhere."""
    path = tmp_path_factory.mktemp("hospital") / "hospital.duckdb"
    with duckdb.connect(str(path)) as connection:
        connection.execute(
            """
            CREATE MACRO preceptor_demo_mark() AS 1;  -- a throwaway store connects made-up sources only
            CREATE TABLE patients AS
            SELECT 900000 + i AS pat_id, 'Kanarienvogel ' || i AS pat_name, 'MRN-KAN-' || i AS mrn,
                   '555-0134-KAN' || i AS phone, CASE i % 2 WHEN 0 THEN 'F' ELSE 'M' END AS sex,
                   DATE '1940-01-01' + (i * 37 % 20000)::INT AS birth_date
            FROM range(400) r(i);
            CREATE TABLE encounters AS
            SELECT 'E' || (70000 + i) AS enc_id, 900000 + (i * 7 % 400) AS pat_id,
                   CASE i % 3 WHEN 0 THEN 'IP' WHEN 1 THEN 'OP' ELSE 'ED' END AS enc_class,
                   DATE '2022-01-01' + (i * 13 % 700)::INT AS admit_dt, (i * 29 % 97) + 0.5 AS charge
            FROM range(4000) r(i);
            CREATE TABLE results AS
            SELECT 900000 + (i * 11 % 400) AS pat_id, (i * 17 % 1009)::INT AS value, i % 50 AS code
            FROM range(1000000) r(i);
            """
        )
    return path


@pytest.fixture
def desk() -> Iterator[Desk]:
    made = Desk()
    yield made
    made.close()


@pytest.fixture(scope="session")
def study(hospital: Path, tmp_path_factory: pytest.TempPathFactory) -> Study:
    """A workspace that every test of one process shares; each signs approvals of its own."""
    return Study(tmp_path_factory.mktemp("study") / "workspace", hospital, program_seconds=60)
