"""What the reviewer corrects of a table itself is kept over looks and renamings, and told once it is signed."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from proposals import EHR

from sandbox.dictionary import Dictionary, describe
from sandbox.dictionary.model import Table
from sandbox.dictionary.page import Page, SignedEntry, privacy_page
from sandbox.errors import BadInput
from sandbox.files import replace_file
from sandbox.review.deciding import decide, proposed_table, read_proposal
from sandbox.review.decisions import about_tables, carried
from sandbox.review.describing import Correction
from sandbox.review.describing import describe as correct
from sandbox.review.renaming import rename
from sandbox.reviewing.room import Room


def corrected(room: Room, **fields: Any) -> Table:
    return correct(room.workspace, "ehr", "patient", Correction(**fields))


def again(room: Room) -> Table:
    """The table after a fresh look."""
    return proposed_table(carried(room.workspace, EHR), "patient")


def test_words_joins_and_conventions_outlive_a_fresh_look(room: Room) -> None:
    decide(room.workspace, "ehr", "patient.sex", "name", None)
    corrected(room, grain="one row per patient and hospital", order="weight within a patient")
    corrected(room, joins={"sex": "REF_DX.dx_cd"}, conventions=("Weight is in kilograms.", "Merged rows stay."))
    table = again(room)
    assert (table.grain, table.order) == ("one row per patient and hospital", "weight within a patient")
    assert [(join.column, join.to_table, join.to_column) for join in table.joins] == [("sex", "ehr.ref_dx", "dx_cd")]
    assert table.conventions == ("Weight is in kilograms.", "Merged rows stay.")
    assert next(column.told for column in table.columns if column.name == "sex") == "name"


def test_corrections_are_taken_back(room: Room) -> None:
    corrected(room, joins={"sex": "ref_dx.dx_cd"}, conventions=("Weight is in kilograms.", "Merged rows stay."))
    table = corrected(room, joins={"sex": ""}, without=(1,))
    assert (table.joins, table.conventions) == ((), ("Merged rows stay.",))
    assert again(room) == table


def test_a_convention_that_a_pack_proposes_stays_away_once_it_was_taken_away(room: Room) -> None:
    packed = msgspec.structs.replace(EHR.tables[0], conventions=("From a pack.",))
    proposal = msgspec.structs.replace(EHR, tables=(packed, *EHR.tables[1:]))
    replace_file(room.workspace.source_folder("ehr") / "proposal.json", msgspec.json.encode(proposal))
    assert corrected(room, without=(1,)).conventions == ()
    assert proposed_table(carried(room.workspace, proposal), "patient").conventions == ()


def test_an_agent_is_told_grain_order_joins_and_conventions(room: Room) -> None:
    table = corrected(
        room,
        grain="one row per patient",
        order="weight within a patient",
        joins={"sex": "ref_dx.dx_cd"},
        conventions=("Weight is in kilograms",),
        description="People.",
    )
    text = describe(Dictionary(tables=(table, EHR.tables[1]), dialects={"ehr": "duckdb"}), ["ehr.patient"])
    for line in (
        "ehr.patient: People. One row per patient.",
        "Usual time order: by weight within a patient.",
        "Join: patient.sex = ehr.ref_dx.dx_cd",
        "Convention: Weight is in kilograms.",
    ):
        assert line in text


@pytest.mark.parametrize("withheld", ["weight", "sex", "dx_cd"])
def test_an_order_or_a_join_names_no_column_that_is_withheld(room: Room, withheld: str) -> None:
    table = corrected(room, order="weight within a patient", joins={"sex": "ref_dx.dx_cd"})
    tables = tuple(_without(one, withheld) for one in (table, EHR.tables[1]))
    text = describe(Dictionary(tables=tables, dialects={"ehr": "duckdb"}), ["ehr.patient"])
    entries = tuple(SignedEntry(table=one, sha256="0" * 64, fingerprint="0" * 64) for one in tables)
    page = privacy_page(Page(title="t", made_at="2026-01-02", reviewer="r", minimum=11, tables=entries))
    for said in ("Usual time order: by weight", "Join: patient.sex = ehr.ref_dx.dx_cd"):
        names = {"weight"} if "order" in said else {"sex", "dx_cd"}
        assert (said in text) == (said in page) == (withheld not in names)


def _without(table: Table, name: str) -> Table:
    columns = tuple(
        msgspec.structs.replace(one, told="nothing", given="nothing") if one.name == name else one
        for one in table.columns
    )
    return msgspec.structs.replace(table, columns=columns)


def test_a_renaming_takes_corrections_along(room: Room) -> None:
    corrected(room, joins={"sex": "ref_dx.dx_cd"}, conventions=("Merged rows stay.",))
    rename(room.workspace, "ehr", "ref_dx", "codes")
    rename(room.workspace, "ehr", "patient.sex", "gender")
    assert about_tables(room.workspace, "ehr")["patient"].joins == {"gender": "codes.dx_cd"}
    assert [join.to_table for join in proposed_table(read_proposal(room.workspace, "ehr"), "patient").joins] == [
        "ehr.codes"
    ]


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"joins": {"nowhere": "ref_dx.dx_cd"}}, "no column"),
        ({"joins": {"sex": "ref_dx.nowhere"}}, "no column"),
        ({"joins": {"sex": "nowhere.dx_cd"}}, "no table"),
        ({"joins": {"sex": "ref_dx"}}, "no column of a table"),
        ({"without": (1,)}, "no convention 1"),
        ({"conventions": ("",)}, "one line"),
        ({"grain": "x" * 301}, "at most 300"),
    ],
)
def test_what_can_not_be_is_refused_and_nothing_changes(room: Room, fields: dict[str, Any], reason: str) -> None:
    before = read_proposal(room.workspace, "ehr")
    with pytest.raises(BadInput, match=reason):
        corrected(room, **fields)
    assert read_proposal(room.workspace, "ehr") == before and about_tables(room.workspace, "ehr") == {}


def test_decisions_of_an_earlier_version_are_read(room: Room) -> None:
    replace_file(room.workspace.source_folder("ehr") / "decisions.json", b'{"patient": {"sex": {"told": "name"}}}')
    assert next(column.told for column in again(room).columns if column.name == "sex") == "name"
    corrected(room, grain="one row per patient")
    assert next(column.told for column in again(room).columns if column.name == "sex") == "name"
