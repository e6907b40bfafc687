"""What the tests of sources share: a login, the statements that fill a database, settings."""

from __future__ import annotations

from pathlib import Path

from sandbox.workspace import SourceSettings

LOGIN = "it's a 'key'"

TABLES = """
CREATE TABLE {at}patients(pat_id INTEGER PRIMARY KEY, PAT_NAME VARCHAR NOT NULL);
COMMENT ON TABLE {at}patients IS 'One row per patient.';
COMMENT ON COLUMN {at}patients.PAT_NAME IS 'As registered.';
INSERT INTO {at}patients SELECT range, 'Somebody ' || range FROM range(1000);
"""
VISITS = """
CREATE TABLE visits(visit_id INTEGER PRIMARY KEY, pat_id INTEGER REFERENCES patients(pat_id), kind VARCHAR);
INSERT INTO visits SELECT range, range % 1000, 'IP' FROM range(5000);
CREATE SCHEMA old;
CREATE TABLE old.patients(pat_id INTEGER);
INSERT INTO old.patients VALUES (1);
CREATE VIEW stays AS SELECT * FROM visits WHERE kind = 'IP';
"""


def settings(path: Path, *, login: bool = False) -> SourceSettings:
    return SourceSettings(name="ehr", kind="duckdb", location=str(path), login=login)
