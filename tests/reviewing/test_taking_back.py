"""Decisions are taken back one after the other, to exactly what was before, or refused with everything as it was."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest
from proposals import CODES, EHR, PATIENTS, column

from sandbox.dictionary.catalog_index import CATALOG, copy_catalog, write_catalog
from sandbox.dictionary.introspection import Opened
from sandbox.errors import BadInput
from sandbox.files import replace_file
from sandbox.review.deciding import decide as decide_here
from sandbox.review.deciding import read_proposal
from sandbox.review.describing import Correction, describe
from sandbox.reviewing.handlers import handler_of
from sandbox.reviewing.orders.data import Decide, Derive, ReadTable, SignTables, TableShown, TakeBack, Undoable
from sandbox.reviewing.room import Room
from sandbox.sources.catalog import CatalogColumn, CatalogTable
from sandbox.workspace import readable_json

DATES = (
    msgspec.structs.replace(column("birth_dt", "date", "name", "derived", derivation="year"), type="DATE"),
    msgspec.structs.replace(column("admit_dt", "date", "name", "nothing"), type="DATE"),
    msgspec.structs.replace(column("disch_dt", "date", "name", "full"), type="DATE"),
)
A = CatalogColumn(name="a", type="INTEGER")
PROPOSED = msgspec.structs.replace(
    EHR, tables=(msgspec.structs.replace(PATIENTS, columns=(*PATIENTS.columns, *DATES)), CODES)
)


@pytest.fixture
def dated(room: Room) -> Room:
    keep(room, "proposal.json", readable_json(PROPOSED))
    return room


def keep(room: Room, name: str, data: bytes) -> None:
    replace_file(room.workspace.source_folder("ehr") / name, data)


def files(room: Room) -> dict[str, bytes]:
    """What is kept of proposal and decisions, to the byte."""
    folder = room.workspace.source_folder("ehr")
    paths = [folder / name for name in ("proposal.json", "decisions.json")]
    return {path.name: path.read_bytes() for path in paths if path.exists()}


def decide(room: Room, *columns: str, table: str = "patient", **what: object) -> TableShown:
    order = Decide(source="ehr", table=table, columns=columns, **what)  # type: ignore[arg-type]
    return handler_of(Decide)(room, order)  # type: ignore[no-any-return]


def derive(room: Room, name: str, form: str) -> TableShown:
    order = Derive(source="ehr", table="patient", column=name, form=form)
    return handler_of(Derive)(room, order)  # type: ignore[no-any-return]


def take_back(room: Room, table: str = "patient") -> TableShown:
    return handler_of(TakeBack)(room, TakeBack(source="ehr", table=table))  # type: ignore[no-any-return]


def sign(room: Room, passphrase: str) -> None:
    found = handler_of(ReadTable)(room, ReadTable(source="ehr", table="patient"))
    order = SignTables(source="ehr", tables=("patient",), seen=(found.sha256,), passphrase=passphrase)
    handler_of(SignTables)(room, order)


def look_again(room: Room, *, whole: bool, changed: bool) -> None:
    """What a look leaves behind: a catalog of one or many tables, and what it made of the open ones."""
    tables = [CatalogTable(physical=("main", name), columns=(A,)) for name in ("PATIENT", "ref_dx")]
    if not whole:
        tables += [CatalogTable(physical=("main", f"t_{n}"), columns=(A,)) for n in range(3)]
    path = room.workspace.source_folder("ehr") / CATALOG
    copy_catalog(path, tables)
    write_catalog(path)
    patients = msgspec.structs.replace(PATIENTS, rows_band=500 if changed else 0)
    proposal = msgspec.structs.replace(EHR, tables=(patients, CODES))
    keep(room, "opened.json", msgspec.json.encode(Opened(proposal, ())))


def test_a_decision_is_taken_back_to_the_byte(dated: Room) -> None:
    before = files(dated)
    decide(dated, "sex", "weight", told="name")
    assert files(dated) != before
    back = take_back(dated)
    assert files(dated) == before
    assert (back.undo, back.undo_levels) == (None, 0)


def test_several_decisions_are_taken_back_in_their_order(dated: Room) -> None:
    kept = [files(dated)]
    decide(dated, "sex", told="name")
    kept.append(files(dated))
    decide(dated, "sex", told="nothing", given="nothing")
    kept.append(files(dated))
    derive(dated, "disch_dt", "days_since:admit_dt")
    kept.append(files(dated))
    decide(dated, "flag_7", "mrn", told="name")
    for levels, expected in zip((3, 2, 1, 0), reversed(kept), strict=True):
        assert take_back(dated).undo_levels == levels
        assert files(dated) == expected


def test_an_undecided_column_is_undecided_again(dated: Room) -> None:
    assert "flag_7" not in decide(dated, "flag_7", told="nothing", given="nothing").undecided
    assert "flag_7" in take_back(dated).undecided


def test_what_was_decided_before_this_session_is_what_it_goes_back_to(dated: Room) -> None:
    decide(dated, "sex", told="name")
    before = files(dated)
    dated.tables.levels.forget("ehr", "patient")  # another session knows no levels
    decide(dated, "sex", "zip", told="nothing")
    take_back(dated)
    assert files(dated) == before


def test_what_goes_on_a_decision_is_taken_back_with_it(dated: Room) -> None:
    before = files(dated)
    decide(dated, "pat_id", told="name", given="nothing")
    made = decide(dated, "sex", "pat_id", told="name", given="nothing", goes_on=True)
    assert made.undo == Undoable(columns=2, first="sex", told=("name",), given=("nothing",))
    assert take_back(dated).undo_levels == 0
    assert files(dated) == before


def test_the_newest_decision_is_named_by_its_columns_and_by_what_was_chosen(dated: Room) -> None:
    assert decide(dated, "flag_7", told="name").undo == Undoable(columns=1, first="flag_7", told=("name",))
    assert derive(dated, "disch_dt", "month").undo == Undoable(columns=1, first="disch_dt", form="month")
    assert decide(dated, "dx_cd", table="ref_dx", told="name").undo_levels == 1


def test_a_refused_decision_leaves_no_level_behind(dated: Room) -> None:
    with pytest.raises(BadInput):
        decide(dated, "pat_id", given="full")
    with pytest.raises(BadInput, match="no decision on patient"):
        take_back(dated)


def refused(room: Room, why: str) -> None:
    """Taking back is refused with these words, nothing is changed by it, and the levels are gone."""
    before = files(room)
    with pytest.raises(BadInput, match=why):
        take_back(room)
    assert files(room) == before
    with pytest.raises(BadInput, match="no decision on patient"):
        take_back(room)


def test_what_was_signed_since_is_not_taken_back(dated: Room, passphrase: str) -> None:
    decide(dated, "sex", told="name")
    sign(dated, passphrase)
    refused(dated, "was signed since")


def test_what_is_decided_after_a_signature_can_be_taken_back(dated: Room, passphrase: str) -> None:
    sign(dated, passphrase)
    before = files(dated)
    decide(dated, "sex", told="name")
    assert take_back(dated).state == "signed"
    assert files(dated) == before


def test_a_small_source_that_was_looked_at_again_takes_nothing_back(dated: Room) -> None:
    look_again(dated, whole=True, changed=False)
    decide(dated, "sex", told="name")
    look_again(dated, whole=True, changed=False)
    refused(dated, "was looked at again")


def test_of_a_large_source_only_a_table_that_looks_different_takes_nothing_back(dated: Room) -> None:
    look_again(dated, whole=False, changed=False)
    decide(dated, "sex", told="name")
    decide(dated, "sex", told="nothing")
    look_again(dated, whole=False, changed=False)  # as opening another table does
    assert take_back(dated).undo_levels == 1
    look_again(dated, whole=False, changed=True)
    refused(dated, "was looked at again")


def test_a_column_that_was_decided_elsewhere_is_not_taken_back(dated: Room) -> None:
    decide(dated, "sex", told="name")
    proposal = read_proposal(dated.workspace, "ehr")
    columns = tuple(
        msgspec.structs.replace(one, told="nothing") if one.name == "sex" else one for one in proposal.tables[0].columns
    )
    table = msgspec.structs.replace(proposal.tables[0], columns=columns)
    keep(dated, "proposal.json", readable_json(msgspec.structs.replace(proposal, tables=(table, CODES))))
    refused(dated, "decided elsewhere")


def test_words_about_the_table_stay_when_a_decision_is_taken_back(dated: Room) -> None:
    decide(dated, "sex", told="name")
    describe(dated.workspace, "ehr", "patient", Correction(grain="one row per patient"))
    back = take_back(dated)
    assert back.table.grain == "one row per patient"
    assert next(one for one in back.table.columns if one.name == "sex").told == "values"


def test_going_back_to_what_may_not_be_counted_is_refused(dated: Room) -> None:
    decide(dated, "admit_dt", given="full")
    decide(dated, "admit_dt", given="nothing")
    derive(dated, "disch_dt", "days_since:admit_dt")
    levels = dated.tables.levels
    newest = levels.newest("ehr", "patient")
    assert newest is not None
    levels.drop_newest("ehr", "patient")  # as if the form had been chosen on the command line
    before = files(dated)
    with pytest.raises(BadInput, match="days since it would give disch_dt back"):
        take_back(dated)
    assert files(dated) == before


def test_another_desk_starts_with_no_levels_and_with_every_decision(dated: Room, root: Path) -> None:
    made = decide(dated, "sex", "weight", told="name")
    again = Room(root)
    shown = handler_of(ReadTable)(dated, ReadTable(source="ehr", table="patient"))
    assert shown.undo_levels == 1
    proposal = again.tables.proposal(dated.workspace, "ehr")
    assert proposal.tables[0] == made.table
    assert again.tables.levels.newest("ehr", "patient") is None


def test_what_goes_on_behind_a_signature_takes_nothing_back_that_is_before_it(dated: Room, passphrase: str) -> None:
    decide(dated, "sex", told="nothing")
    sign(dated, passphrase)
    signed = files(dated)
    assert decide(dated, "weight", told="name", goes_on=True).undo_levels == 2
    take_back(dated)
    assert files(dated) == signed
    refused(dated, "was signed since")


def test_a_decision_made_elsewhere_in_between_stays(dated: Room) -> None:
    decide(dated, "sex", told="name")
    decide_here(dated.workspace, "ehr", "patient.sex", "nothing", "nothing")  # on the command line
    between = files(dated)
    decide(dated, "sex", "weight", given="nothing", goes_on=True)
    take_back(dated)
    assert files(dated) == between
    refused(dated, "decided elsewhere")


def test_joined_regardless_they_would_lead_back_behind_the_signature(
    dated: Room, passphrase: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sandbox.review.undoing.follows", lambda first, then: True)
    before = files(dated)
    decide(dated, "sex", told="nothing")
    sign(dated, passphrase)
    decide(dated, "weight", told="name", goes_on=True)
    take_back(dated)
    assert files(dated) == before
