"""A source too large to be opened whole: its catalog is read, tables are opened one by one, nothing decided is lost."""

from __future__ import annotations

import os
from pathlib import Path

import duckdb
import pytest
from study import Study

from sandbox.errors import BadInput, Refusal
from sandbox.messages.desk import Look, Looked, Opening
from sandbox.review.deciding import decide, read_proposal, sign_tables
from sandbox.review.finding import find_in_catalog
from sandbox.running.desk_line import DeskLine
from sandbox.running.errand import LookAt
from sandbox.running.opening import ALL_AT_ONCE, Room
from sandbox.running.warm import Cancelled
from sandbox.sessions import Session

TABLES = """
CREATE MACRO preceptor_demo_mark() AS 1;
CREATE TABLE patients(pat_id INTEGER PRIMARY KEY, last_name VARCHAR, sex VARCHAR);
INSERT INTO patients SELECT i, 'Kanarienvogel ' || i, CASE i % 2 WHEN 0 THEN 'F' ELSE 'M' END FROM range(60) r(i);
CREATE TABLE encounters(enc_id BIGINT, pat_id INTEGER REFERENCES patients(pat_id), admit_dttm TIMESTAMP,
  load_dttm TIMESTAMP, class_cd VARCHAR, qq7 VARCHAR);
INSERT INTO encounters SELECT i, i % 60, TIMESTAMP '2022-01-01' + INTERVAL (i) HOUR, TIMESTAMP '2024-01-01',
  CASE i % 2 WHEN 0 THEN 'IP' ELSE 'OP' END, 'xq' || i FROM range(600) r(i);
CREATE TABLE ref_class(class_cd VARCHAR, class_name VARCHAR);
INSERT INTO ref_class VALUES ('IP', 'Inpatient'), ('OP', 'Outpatient');
"""


@pytest.fixture
def study(tmp_path: Path) -> Study:
    path = tmp_path / "large.duckdb"
    with duckdb.connect(str(path)) as connection:
        connection.execute(TABLES)
        for number in range(ALL_AT_ONCE):
            connection.execute(f"CREATE TABLE stage_{number}(line_id BIGINT, amount DOUBLE)")
    return Study(tmp_path / "workspace", path, tables=())


def look(study: Study, *tables: str) -> tuple[Looked, list[object]]:
    with Session.looking(study.workspace) as session:
        session.send(Look(source="ehr", tables=tables))
        *before, last = session.until(Looked, timeout=120)
    return last, before


def names(study: Study) -> set[str]:
    return {table.name for table in read_proposal(study.workspace, "ehr").tables}


def test_a_look_opens_nothing_of_a_large_source_and_everything_can_be_found(study: Study) -> None:
    looked, _ = look(study)
    assert (looked.tables, looked.catalog_tables) == (0, ALL_AT_ONCE + 3)
    found = find_in_catalog(study.workspace, "ehr", "admission date time")
    assert [(one.place, one.state) for one in found][0] == ("encounters.admit_dttm", "closed")
    assert b"Kanarienvogel" not in study.plain_bytes()


def test_tables_are_opened_one_by_one_and_joined_once_both_are_open(study: Study) -> None:
    look(study)
    looked, lines = look(study, "encounters")
    assert (looked.opened, looked.tables) == (1, 1)
    assert [line.table for line in lines if isinstance(line, Opening)] == ["encounters"]
    (alone,) = read_proposal(study.workspace, "ehr").tables
    assert alone.joins == ()
    assert alone.order == "admit_dttm within a patient"
    decide(study.workspace, "ehr", "encounters.qq7", "name", None)
    look(study, "ehr.PATIENTS", "ref_class")
    tables = {table.name: table for table in read_proposal(study.workspace, "ehr").tables}
    joins = {join.column: join.to_table for join in tables["encounters"].joins}
    assert joins == {"pat_id": "ehr.patients", "class_cd": "ehr.ref_class"}
    assert next(column.told for column in tables["encounters"].columns if column.name == "qq7") == "name"
    assert [rows.table for rows in read_proposal(study.workspace, "ehr").references] == ["ehr.ref_class"]


def test_found_tables_say_whether_they_are_open_and_signed(study: Study) -> None:
    look(study, "patients", "encounters")
    sign_tables(study.workspace, study.reviewer, "ehr", ("patients",))
    states = {one.table: one.state for one in find_in_catalog(study.workspace, "ehr", "patient encounter class", 200)}
    assert (states["patients"], states["encounters"], states["ref_class"]) == ("signed", "open", "closed")


def test_a_fresh_look_keeps_what_is_open_and_opens_again_what_has_changed(study: Study) -> None:
    look(study, "patients", "ref_class")
    decide(study.workspace, "ehr", "patients.sex", "name", None)
    with duckdb.connect(study.workspace.source("ehr").location) as connection:
        connection.execute("ALTER TABLE ref_class ADD COLUMN sort_no INTEGER; CREATE TABLE patient(pat_id INTEGER)")
    looked, _ = look(study)
    assert (looked.opened, names(study)) == (1, {"patients", "ref_class"})
    tables = {table.name: table for table in read_proposal(study.workspace, "ehr").tables}
    assert [column.name for column in tables["ref_class"].columns] == ["class_cd", "class_name", "sort_no"]
    assert next(column.told for column in tables["patients"].columns if column.name == "sex") == "name"
    with duckdb.connect(study.workspace.source("ehr").location) as connection:
        connection.execute("DROP TABLE ref_class")
    look(study)
    assert names(study) == {"patients"}


def test_a_table_that_is_not_there_is_refused_and_nothing_changes(study: Study) -> None:
    look(study, "patients")
    with pytest.raises(Refusal, match="no table 'pacs'"):
        look(study, "pacs")
    assert names(study) == {"patients"}


def test_a_search_before_the_first_look_says_what_to_do(study: Study) -> None:
    with pytest.raises(BadInput, match="Nobody has looked"):
        find_in_catalog(study.workspace, "ehr", "patients")


def test_a_look_is_stopped_in_the_middle_of_a_query(study: Study) -> None:
    read, write = os.pipe()
    told, tell = os.pipe()
    errand = LookAt(source=study.workspace.source("ehr"), tables=("patients",))
    room = Room(study.workspace, DeskLine(read, tell), errand, None)
    os.write(write, b'{"type":"cancel"}\n')
    with pytest.raises(Cancelled, match="stopped"), room.source() as source:
        source.read("SELECT count(*) FROM range(100000000000) a, range(1000) b").read_all()
    for descriptor in (read, write, told, tell):
        os.close(descriptor)
