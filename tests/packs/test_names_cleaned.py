"""Names of people, organisations and systems are not told; renaming is local, reversible, and changes no result."""

from __future__ import annotations

from pathlib import Path

import duckdb
import msgspec
import pytest
from desk_of_packs import PackDesk, make_pack_desk

from sandbox.checks.query import check_query
from sandbox.dictionary import agent_text, describe, schema_of
from sandbox.dictionary.clean_names import check_examples, clean_name, clean_names, clean_words, may_be_told
from sandbox.dictionary.model import Dictionary, Proposal
from sandbox.errors import BadInput, QueryRefused
from sandbox.records import load_dictionary, signed_path
from sandbox.review.deciding import decide, sign_tables
from sandbox.review.renaming import looked_for, rename

NEVER = ("Elsewhere Net",)
REAL = ("smith", "kowalski", "srv04", "elsewhere")


@pytest.fixture
def desk(tmp_path: Path) -> PackDesk:
    made = make_pack_desk(tmp_path, never=NEVER)
    made.look()
    return made


def text_of(proposal: Proposal) -> str:
    """Everything that an agent would read of a proposal that is signed as it is."""
    dictionary = Dictionary(tables=proposal.tables, dialects={"ehr": "duckdb"})
    return (agent_text(dictionary) + describe(dictionary, [table.full_name for table in proposal.tables])).lower()


def rows_of(desk: PackDesk, sql: str) -> list[tuple[object, ...]]:
    """What a signed program would be given, out of the database itself."""
    dictionary = load_dictionary(desk.workspace, desk.trust)
    checked = check_query(sql, schema_of(dictionary))
    with duckdb.connect() as connection:
        connection.execute(f"ATTACH '{desk.workspace.source('ehr').location}' AS src (READ_ONLY)")
        return sorted(connection.execute(checked.narrowed).fetchall(), key=str)


def test_the_examples_of_the_rules_hold() -> None:
    check_examples()


def test_names_that_are_values_are_replaced_as_a_whole() -> None:
    for name in ("2010-03-24", "21332862", "jane.doe@mail.example"):
        assert clean_name(name, instead="column_3").name == "column_3"


def test_what_is_never_told_is_found_in_every_spelling() -> None:
    for name in ("elsewhere_net_pts", "ELSEWHERENET_PTS", "ElsewhereNetPts", "pts_elsewherenet2"):
        cleaned = clean_name(name, NEVER)
        assert "elsewhere" not in cleaned.name and cleaned.found, name
    assert not may_be_told("moved to elsewhere  net", NEVER) and may_be_told("moved elsewhere", NEVER)
    assert clean_words("Kept. From Elsewhere Net. Also kept.", NEVER) == "Kept. Also kept."


def test_two_cleaned_names_never_become_one() -> None:
    cleaned = clean_names(["DR_SMITH_LIST", "dr_jones_list", "dr_list"])
    assert len({one.name for one in cleaned}) == 3 and cleaned[2].name == "dr_list"


def test_ordinary_names_of_hospital_data_stay() -> None:
    for name in ("outpatient_clinic_dt", "wilson_disease_flag", "apgar_5min", "VM_RATE", "hospital_service", "SVC_CD"):
        assert clean_name(name).found == (), name


def test_a_look_tells_no_name_of_a_person_or_system(desk: PackDesk) -> None:
    proposal = desk.look()
    real = " ".join("/".join(table.physical) for table in proposal.tables).lower()
    assert "smith" in real  # the real names are there, for the queries
    assert [word for word in REAL if word in text_of(proposal)] == []
    assert {table.name for table in proposal.tables} == {"patient", "dr_clinic_list"}
    assert desk.look() == proposal


def test_a_run_over_a_renamed_table_and_column_gives_the_same(desk: PackDesk) -> None:
    decide(desk.workspace, "ehr", "dr_clinic_list.score", "name", "full")
    sign_tables(desk.workspace, desk.key, "ehr", ())
    sql = "SELECT p.sex, l.{0} AS score, count(*) AS n FROM ehr.{1} AS l JOIN ehr.patient AS p ON l.patient_id = "
    sql += "p.patient_id GROUP BY p.sex, l.{0}"
    before = rows_of(desk, sql.format("score", "dr_clinic_list"))
    rename(desk.workspace, "ehr", "dr_clinic_list.score", "points")
    rename(desk.workspace, "ehr", "dr_clinic_list", "list_1")
    proposal = desk.look()
    table = next(one for one in proposal.tables if one.name == "list_1")
    points = next(one for one in table.columns if one.name == "points")
    assert (points.physical, points.told, points.given) == ("KOWALSKI_SCORE", "name", "full")  # the decision came along
    sign_tables(desk.workspace, desk.key, "ehr", ())
    after = rows_of(desk, sql.format("points", "list_1"))
    assert after == before and len(after) > 2
    with pytest.raises(QueryRefused):
        rows_of(desk, sql.format("score", "dr_clinic_list"))
    assert not signed_path(desk.workspace, "ehr", "dr_clinic_list").exists()


def test_joins_grain_and_order_follow_a_new_name(desk: PackDesk) -> None:
    rename(desk.workspace, "ehr", "patient.patient_id", "person_no")
    proposal = rename(desk.workspace, "ehr", "patient", "people")
    join = next(table for table in proposal.tables if table.name == "dr_clinic_list").joins[0]
    assert (join.to_table, join.to_column) == ("ehr.people", "person_no")
    assert desk.look() == proposal


def test_a_new_name_can_be_taken_back(desk: PackDesk) -> None:
    before = desk.look()
    rename(desk.workspace, "ehr", "patient", "people")
    assert looked_for(desk.workspace, "ehr", ("ehr.people",)) == ("patient",)
    assert rename(desk.workspace, "ehr", "people", "patient") == before
    assert desk.look() == before


def test_the_reviewers_name_stays_but_for_what_is_never_told(desk: PackDesk) -> None:
    rename(desk.workspace, "ehr", "dr_clinic_list", "dr_smith_clinic_list")  # the real one: the reviewer knows better
    assert "dr_smith_clinic_list" in {table.name for table in desk.look().tables}
    settings = msgspec.structs.replace(desk.workspace.settings, never_told=("Smith",))
    desk.workspace.change_settings(settings)
    assert "smith" not in text_of(desk.look())


@pytest.mark.parametrize("new", ["", "Stays", "a b", "1st", "x" * 65, 'a"b', "über"])
def test_a_name_that_is_none_is_refused(desk: PackDesk, new: str) -> None:
    with pytest.raises(BadInput, match="A name has small letters"):
        rename(desk.workspace, "ehr", "patient", new)


def test_a_name_that_is_taken_is_refused(desk: PackDesk) -> None:
    with pytest.raises(BadInput, match="taken"):
        rename(desk.workspace, "ehr", "patient", "dr_clinic_list")
    with pytest.raises(BadInput, match="no column"):
        rename(desk.workspace, "ehr", "patient.nothing", "x")
