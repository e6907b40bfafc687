"""A count from another date stays no more than a count: whatever is decided, looked at or taken back afterwards."""

from __future__ import annotations

import msgspec
import pytest
from proposals import EHR, PATIENTS, column

from sandbox.dictionary.model import Column, Proposal, Table
from sandbox.errors import BadInput
from sandbox.files import replace_file
from sandbox.keystore import open_keystore
from sandbox.records import ReviewerKey, signed_path
from sandbox.review.counting import is_birth
from sandbox.review.deciding import PROPOSAL, decide, read_proposal, sign_tables
from sandbox.review.decisions import FILE, carried
from sandbox.review.deriving import derive
from sandbox.review.renaming import rename
from sandbox.reviewing.room import Room
from sandbox.workspace import readable_json


def date(name: str, given: str = "full", derivation: str = "none", **more: object) -> Column:
    made = column(name, "date", "name", given, derivation=derivation)
    return msgspec.structs.replace(made, type="DATE", **more)


def proposal(*dates: Column) -> Proposal:
    return msgspec.structs.replace(EHR, tables=(_table(*dates),))


def _table(*dates: Column) -> Table:
    return msgspec.structs.replace(PATIENTS, columns=(*PATIENTS.columns, *dates))


LOOKED = proposal(date("disch_dt"), date("admit_dt"), date("surgery_dt"))


@pytest.fixture
def dated(room: Room) -> Room:
    return proposed(room, LOOKED)


def proposed(room: Room, found: Proposal) -> Room:
    replace_file(room.workspace.source_folder("ehr") / PROPOSAL, readable_json(found))
    return room


def given(found: Proposal) -> dict[str, tuple[str, str]]:
    return {one.name: (one.given, one.derivation) for one in found.tables[0].columns}


def counted(room: Room) -> None:
    decide(room.workspace, "ehr", "patient.admit_dt", None, "nothing")
    derive(room.workspace, "ehr", "patient.disch_dt", "days_since:admit_dt")


def test_the_date_counted_from_cannot_be_given_in_full_afterwards(dated: Room) -> None:
    counted(dated)
    with pytest.raises(BadInput, match="give disch_dt back"):
        decide(dated.workspace, "ehr", "patient.admit_dt", None, "full")
    assert given(read_proposal(dated.workspace, "ehr"))["admit_dt"] == ("nothing", "none")


def test_nothing_is_counted_from_what_is_itself_counted(dated: Room) -> None:
    counted(dated)
    with pytest.raises(BadInput, match="itself counted in days"):
        derive(dated.workspace, "ehr", "patient.surgery_dt", "days_since:disch_dt")


def test_an_anchor_cannot_become_a_count_or_go_back_to_full(dated: Room) -> None:
    derive(dated.workspace, "ehr", "patient.admit_dt", "month")
    derive(dated.workspace, "ehr", "patient.disch_dt", "days_since:admit_dt")
    decide(dated.workspace, "ehr", "patient.surgery_dt", None, "nothing")
    with pytest.raises(BadInput, match="itself counted in days"):
        derive(dated.workspace, "ehr", "patient.admit_dt", "days_since:surgery_dt")
    with pytest.raises(BadInput, match="give disch_dt back"):
        derive(dated.workspace, "ehr", "patient.admit_dt", "none")


def test_another_look_keeps_a_count_whose_anchor_was_closed_by_decision(dated: Room) -> None:
    """The look proposes both in full, and the counted column comes first."""
    counted(dated)
    found = given(carried(dated.workspace, LOOKED))
    assert (found["disch_dt"], found["admit_dt"]) == (("derived", "days_since"), ("nothing", "none"))


def test_a_count_follows_its_anchor_to_another_name(dated: Room) -> None:
    counted(dated)
    renamed = rename(dated.workspace, "ehr", "patient.admit_dt", "start_dt")
    assert next(one.anchor for one in renamed.tables[0].columns if one.name == "disch_dt") == "start_dt"
    looked = proposal(date("disch_dt"), date("start_dt", physical="admit_dt"))
    assert given(carried(dated.workspace, looked))["disch_dt"] == ("derived", "days_since")


def test_a_count_that_conflicts_after_another_look_gives_nothing(dated: Room) -> None:
    counted(dated)
    path = dated.workspace.source_folder("ehr") / FILE
    replace_file(path, path.read_bytes().replace(b'"given": "nothing"', b'"given": "full"'))
    found = given(carried(dated.workspace, LOOKED))
    assert found["admit_dt"][0] == "full"
    assert found["disch_dt"] == ("nothing", "none")


LEAKS = [
    (date("disch_dt", "derived", "days_since", anchor="admit_dt"), date("admit_dt"), "give disch_dt back"),
    (date("disch_dt", "derived", "days_since", anchor="gone_dt"), date("admit_dt"), "does not have"),
    (date("disch_dt", "derived", "days_since", anchor="dob"), date("dob", "nothing"), "over 89"),
    (date("disch_dt", "derived", "age_at", anchor="admit_dt"), date("admit_dt", "nothing"), "from a birth date"),
]


@pytest.mark.parametrize(("counted", "anchor", "why"), LEAKS)
def test_such_a_table_is_not_signed(room: Room, passphrase: str, counted: Column, anchor: Column, why: str) -> None:
    workspace = proposed(room, proposal(counted, anchor)).workspace
    key = ReviewerKey.unlock(workspace, open_keystore(workspace), passphrase)
    with pytest.raises(BadInput, match=why):
        sign_tables(workspace, key, "ehr", ())
    assert not signed_path(workspace, "ehr", "patient").exists()


CLOSED = [
    column("mystery", "unknown", "nothing", "nothing"),
    column("hiv_note", "specially_protected", "name", "nothing"),
]
CLOSED += [column("zip_b", "geography", "name", "nothing"), column("zip_c", "geography", "name", "full")]


@pytest.mark.parametrize("before", CLOSED, ids=lambda one: one.name)
def test_taking_a_form_back_gives_what_was_given_before_and_no_more(room: Room, before: Column) -> None:
    workspace = proposed(room, proposal(before)).workspace
    derive(workspace, "ehr", f"patient.{before.name}", "zip3")
    assert derive(workspace, "ehr", f"patient.{before.name}", "none").given == before.given
    assert given(carried(workspace, proposal(before)))[before.name] == (before.given, "none")


def test_giving_nothing_decided_after_the_form_stands_when_it_is_taken_back(dated: Room) -> None:
    derive(dated.workspace, "ehr", "patient.disch_dt", "month")
    decide(dated.workspace, "ehr", "patient.disch_dt", None, "nothing")
    assert derive(dated.workspace, "ehr", "patient.disch_dt", "none").given == "nothing"
    assert given(carried(dated.workspace, LOOKED))["disch_dt"] == ("nothing", "none")


BIRTHS = ["dob", "geb_dat", "bth_dt", "patient_bdt", "d_o_b", "patient_d_o_b", "newborn_dt", "dt_nasc", "born_on"]


@pytest.mark.parametrize(
    "birth",
    [*(date(name, "nothing") for name in BIRTHS)]
    + [date("start_dt", "nothing", physical="BIRTH_DATE")]
    + [date("begin_dt", "nothing", evidence=("its comment says so (rule: birth date)",))],
    ids=lambda one: one.name,
)
def test_a_birth_date_by_any_name_is_no_date_to_count_days_with(room: Room, birth: Column) -> None:
    workspace = proposed(room, proposal(date("admit_dt", "nothing"), birth)).workspace
    for counted, anchor in (("admit_dt", birth.name), (birth.name, "admit_dt")):
        with pytest.raises(BadInput, match="over 89"):
            derive(workspace, "ehr", f"patient.{counted}", f"days_since:{anchor}")
    with pytest.raises(BadInput, match="from a birth date"):
        derive(workspace, "ehr", f"patient.{birth.name}", "age_at:admit_dt")
    assert derive(workspace, "ehr", "patient.admit_dt", f"age_at:{birth.name}").anchor == birth.name


def test_other_dates_are_no_births() -> None:
    assert not [
        name for name in ("admit_dt", "disch_dt", "d_o_s", "b_dt", "order_dt", "job_dt") if is_birth(date(name))
    ]
