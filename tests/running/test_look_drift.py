"""A source that changed since it was signed: what a program reads stops it, no run is used up; the rest is listed."""

from __future__ import annotations

import duckdb
import pytest
from study import Study

from sandbox.errors import Refusal
from sandbox.messages.desk import Look, Looked
from sandbox.records import runs_used
from sandbox.review.deciding import sign_tables
from sandbox.review.drift import Drift, drift
from sandbox.sessions import Session

TABLES = """
CREATE MACRO preceptor_demo_mark() AS 1;
CREATE TABLE wards(ward_id INTEGER, beds INTEGER, floor_no INTEGER, note VARCHAR);
INSERT INTO wards SELECT i, i * 3, i % 5, 'x' FROM range(20) r(i);
CREATE TABLE other_wards(ward_id INTEGER);
"""
PROGRAM = "def main(data, report):\n    report.value('n', len(data.sql('SELECT beds FROM ehr.wards')))\n"
GRANT: dict[str, tuple[str, ...]] = {"ehr.wards": ("beds",)}


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Study:
    folder = tmp_path_factory.mktemp("drift")
    with duckdb.connect(str(folder / "wards.duckdb")) as connection:
        connection.execute(TABLES)
    study = Study(folder / "workspace", folder / "wards.duckdb", tables=())
    look(study)
    study.tables = tuple(sign_tables(study.workspace, study.reviewer, "ehr", ("wards",)))
    return study


@pytest.fixture
def changing(study: Study, request: pytest.FixtureRequest) -> Study:
    """The source as it was, for the next test to change."""
    alter(
        study,
        "CREATE OR REPLACE TABLE wards AS SELECT i::INTEGER AS ward_id, (i * 3)::INTEGER AS beds, "
        "(i % 5)::INTEGER AS floor_no, 'x' AS note FROM range(20) r(i)",
    )
    return study


def alter(study: Study, sql: str) -> None:
    with duckdb.connect(study.workspace.source("ehr").location) as connection:
        connection.execute(sql)


def look(study: Study) -> None:
    with Session.looking(study.workspace) as session:
        session.send(Look(source="ehr"))
        list(session.until(Looked, timeout=120))


def drifted(study: Study) -> Drift:
    look(study)
    return drift(study.workspace, study.trust, study.log, "ehr")


def test_a_program_runs_while_nothing_that_it_reads_changed(changing: Study) -> None:
    alter(changing, "ALTER TABLE wards DROP COLUMN floor_no; ALTER TABLE wards ADD COLUMN extra VARCHAR")
    approval = changing.approve(PROGRAM, GRANT, runs=2)
    assert changing.run(approval).last.outcome == "finished"
    found = drifted(changing)
    assert [str(change) for change in found.tables[0].changes] == ["floor_no is gone", "extra is new"]
    program = next(one for one in found.programs if one.approval == approval)
    assert program.blocking == ()
    assert program.others == ("ehr.wards: floor_no is gone", "ehr.wards: extra is new")


@pytest.mark.parametrize(
    ("sql", "sentence", "listed"),
    [
        ("ALTER TABLE wards DROP COLUMN beds", "ehr.wards.beds is not in the source any more", "beds is gone"),
        (
            "ALTER TABLE wards ALTER beds TYPE VARCHAR",
            "ehr.wards.beds was signed as integer and is varchar in the source now",
            "beds was integer and is varchar",
        ),
        ("DROP TABLE wards", "ehr.wards is not in the source any more", "ehr.wards is gone"),
    ],
)
def test_a_run_is_refused_when_the_source_has_lost_or_changed_what_it_reads(
    changing: Study, sql: str, sentence: str, listed: str
) -> None:
    approval = changing.approve(PROGRAM, GRANT)
    alter(changing, sql)
    with pytest.raises(Refusal, match=sentence):
        changing.run(approval)
    assert runs_used(changing.log, approval) == 0
    program = next(one for one in drifted(changing).programs if one.approval == approval)
    assert any(listed in what for what in program.blocking)


def test_a_source_that_is_as_it_was_has_no_drift(changing: Study) -> None:
    assert drifted(changing) == Drift(source="ehr", tables=(), programs=())
