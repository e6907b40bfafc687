"""Deciding on columns and signing tables: what is offered is what is accepted, and what is shown is what is told."""

from __future__ import annotations

import os
from pathlib import Path
from typing import get_args

import msgspec
import pytest
from proposals import CODES, EHR, NAME, PATIENTS, RECORD_NUMBER, column

from sandbox.checks.facts import ANCHORED, Derivation, Given
from sandbox.dictionary import agent_text, describe
from sandbox.dictionary.model import Column, ColumnClass, Told
from sandbox.errors import BadInput, RecordRefused, SourceUnavailable, WrongPassphrase
from sandbox.files import replace_file
from sandbox.records import AuditLog, Trust, load_dictionary
from sandbox.review.deciding import Choices, choices, decide_columns, read_proposal
from sandbox.reviewing.handlers import handler_of
from sandbox.reviewing.orders.data import (
    AddSource,
    Decide,
    ForgetKnown,
    ListSources,
    ListTables,
    ReadAgentText,
    ReadTable,
    RemoveSource,
    SignTables,
    TableList,
    TableShown,
)
from sandbox.reviewing.orders.facts import ColumnChange
from sandbox.reviewing.room import Room
from sandbox.workspace import readable_json

TOLD: tuple[Told, ...] = get_args(Told)
GIVEN: tuple[Given, ...] = get_args(Given)


def shown(room: Room, table: str = "patient") -> TableShown:
    return handler_of(ReadTable)(room, ReadTable(source="ehr", table=table))  # type: ignore[no-any-return]


def decide(room: Room, *columns: str, told: Told | None = None, given: Given | None = None) -> TableShown:
    order = Decide(source="ehr", table="patient", columns=columns, told=told, given=given)
    return handler_of(Decide)(room, order)  # type: ignore[no-any-return]


def sign(room: Room, passphrase: str, *tables: str) -> TableList:
    hashes = {row.name: row.sha256 for row in handler_of(ListTables)(room, ListTables(source="ehr")).rows}
    seen = tuple(hashes.get(table, "") for table in tables)
    order = SignTables(source="ehr", tables=tables, seen=seen, passphrase=passphrase)
    return handler_of(SignTables)(room, order)  # type: ignore[no-any-return]


def states(room: Room) -> dict[str, str]:
    return {row.name: row.state for row in handler_of(ListTables)(room, ListTables(source="ehr")).rows}


def of(table: TableShown, name: str) -> Column:
    return next(one for one in table.table.columns if one.name == name)


# What may be decided.


def test_what_is_offered_per_column_is_what_is_safe(room: Room) -> None:
    found = shown(room)
    offered = {
        one.name: (choice.told, choice.given) for one, choice in zip(found.table.columns, found.choices, strict=True)
    }
    named = ("nothing", "name")
    assert offered == {
        "pat_id": (named, ("nothing", "token")),
        "enc_id": (named, ("nothing", "token")),
        "mrn": (named, ("nothing", "token")),
        "last_name": (named, ("nothing",)),
        "zip": (named, ("nothing", "derived")),
        "sex": ((*named, "values"), ("nothing", "full")),
        "weight": ((*named, "values"), ("nothing", "full")),
        "note": (named, ("nothing", "full")),
        "surgeon": (named, ("nothing", "full")),
        "token_of_app": (named, ("nothing",)),
        "flag_7": (named, ("nothing", "full")),
        "flag_8": (named, ("nothing", "full")),
    }


@pytest.mark.parametrize("column_class", get_args(ColumnClass))
@pytest.mark.parametrize("derivation", get_args(Derivation))
def test_a_decision_is_accepted_if_and_only_if_it_is_offered(
    room: Room, column_class: ColumnClass, derivation: Derivation
) -> None:
    """For every class, derivation, citation, and with and without values."""
    for rule in (NAME, RECORD_NUMBER):
        for values in ((), ("a",)):
            one = column("c", column_class, "nothing", "nothing", derivation=derivation, rule=rule, values=values)
            counted_from = "birth_dt" if derivation == "age_at" else "start"
            if derivation in ANCHORED:
                one = msgspec.structs.replace(one, anchor=counted_from)
            anchor = column(counted_from, "date", "nothing", "nothing")
            table = msgspec.structs.replace(PATIENTS, columns=(one, anchor))
            proposal = msgspec.structs.replace(EHR, tables=(table,))
            allowed = choices(one)
            for told in TOLD:
                for given in GIVEN:
                    offered = told in allowed.told and given in allowed.given
                    assert is_accepted(room, proposal, told, given) == offered, (one, told, given)


def is_accepted(room: Room, proposal: msgspec.Struct, told: Told, given: Given) -> bool:
    try:
        decide_columns(room.workspace, proposal, "patient", ("c",), told, given)  # type: ignore[arg-type]
    except BadInput:
        return False
    return True


def test_an_identifier_is_never_offered_with_its_values_and_a_key_never_in_full() -> None:
    for column_class in ("patient_key", "event_key", "direct_identifier", "secret", "free_text", "staff"):
        one = column("c", column_class, "nothing", "nothing", values=("a",), rule=RECORD_NUMBER)
        assert "values" not in choices(one, reference=True).told
    for column_class in ("patient_key", "event_key", "direct_identifier", "secret"):
        assert "full" not in choices(column("c", column_class, "nothing", "nothing")).given


def test_a_reference_table_is_told_row_by_row_so_its_values_may_be_told(room: Room) -> None:
    assert [choice.told for choice in shown(room, "ref_dx").choices] == [("nothing", "name", "values")] * 2
    assert choices(CODES.columns[0]) == Choices(("nothing", "name"), ("nothing", "full"))


def test_a_record_number_given_as_a_token_becomes_the_patient_key(room: Room) -> None:
    mrn = of(decide(room, "mrn", given="token"), "mrn")
    assert (mrn.column_class, mrn.domain, mrn.told, mrn.given) == ("patient_key", "patient", "name", "token")


def test_a_name_is_never_a_key(room: Room) -> None:
    with pytest.raises(BadInput, match="last_name is an identifier"):
        decide(room, "last_name", given="token")


# Many at once.


def test_one_refused_column_leaves_all_as_they_were(room: Room) -> None:
    path = room.workspace.source_folder("ehr") / "proposal.json"
    before = path.read_bytes()
    with pytest.raises(BadInput, match="pat_id identifies people"):
        decide(room, "sex", "weight", "pat_id", told="values")
    with pytest.raises(BadInput, match="no column 'colour'"):
        decide(room, "sex", "colour", told="nothing")
    assert path.read_bytes() == before
    assert shown(room).table == PATIENTS


def test_many_columns_are_decided_by_one_order_and_kept(room: Room) -> None:
    decided = decide(room, "sex", "weight", "zip", told="nothing", given="nothing")
    assert {one.name for one in decided.table.columns if (one.told, one.given) == ("nothing", "nothing")} >= {
        "sex",
        "weight",
        "zip",
    }
    assert decided == shown(Room(room.root)) if Room(room.root).is_open else decided == shown(room)
    assert read_proposal(room.workspace, "ehr").tables[0] == decided.table


def test_what_is_not_named_stays_as_it_is(room: Room) -> None:
    decided = decide(room, "sex", given="nothing")
    assert of(decided, "sex").told == "values"
    assert of(decided, "weight") == of(shown(room), "weight") == PATIENTS.columns[6]


def test_a_decision_on_a_column_that_no_rule_knows_counts_also_when_it_is_nothing(room: Room) -> None:
    assert shown(room).undecided == ("flag_7", "flag_8")
    assert decide(room, "flag_7", told="nothing").undecided == ("flag_8",)
    assert decide(room, "flag_8", told="name", given="full").undecided == ()
    assert of(shown(room), "flag_7").evidence == ("nothing is known of it", "a person decided on it")
    (row, _) = handler_of(ListTables)(room, ListTables(source="ehr")).rows
    assert row.undecided == handler_of(ListSources)(room, ListSources()).rows[0].undecided == 0


# What the agent gets.


def test_a_column_told_by_its_name_keeps_its_values_to_itself(room: Room, passphrase: str) -> None:
    """The proposal remembers them, so that the decision can be taken back."""
    assert "values: F, M" in shown(room).agent_text and "from about 40" in shown(room).agent_text
    named = decide(room, "sex", "weight", told="name")
    assert "values: F, M" not in named.agent_text and "from about 40" not in named.agent_text
    sign(room, passphrase, "patient")
    signed = load_dictionary(room.workspace, Trust.open(room.workspace, room.keystore))
    assert b"values" not in msgspec.json.encode(signed.tables[0].columns[5])
    assert signed.tables[0].columns[6].low == ""
    assert "values: F, M" in decide(room, "sex", told="values").agent_text


def test_rows_of_a_reference_table_are_told_in_the_columns_that_are_told(room: Room, passphrase: str) -> None:
    assert "I50 | Heart failure" in shown(room, "ref_dx").agent_text
    order = Decide(source="ehr", table="ref_dx", columns=("dx_name",), told="name")
    assert "Heart failure" not in handler_of(Decide)(room, order).agent_text
    sign(room, passphrase, "ref_dx")
    signed = load_dictionary(room.workspace, Trust.open(room.workspace, room.keystore))
    assert signed.references[0].columns == ("dx_cd",)
    assert signed.references[0].rows == (("I50",), ("I10",))


def test_the_text_shown_is_to_the_byte_what_an_agent_gets_once_it_is_signed(room: Room, passphrase: str) -> None:
    decide(room, "flag_7", told="name", given="full")
    sign(room, passphrase, "patient", "ref_dx")
    decide(room, "zip", told="nothing")
    before = {name: shown(room, name).agent_text for name in ("patient", "ref_dx")}
    sign(room, passphrase, "patient")
    signed = load_dictionary(room.workspace, Trust.open(room.workspace, room.keystore))
    for name, text in before.items():
        assert text == describe(signed, [f"ehr.{name}"])
    assert handler_of(ReadAgentText)(room, ReadAgentText()).text == agent_text(signed)


# Signing.


def test_a_table_is_not_signed_then_signed_then_changed_and_signed_again(room: Room, passphrase: str) -> None:
    assert states(room) == {"patient": "not signed", "ref_dx": "not signed"}
    assert [row.state for row in sign(room, passphrase, "patient").rows] == ["signed", "not signed"]
    decide(room, "sex", told="name")
    assert states(room)["patient"] == "changed"
    found = shown(room)
    assert found.state == "changed"
    assert found.since is not None
    assert found.since.columns == (ColumnChange(column="sex", kind="changed", words=("told was values",)),)
    decide(room, "sex", told="values")
    assert states(room)["patient"] == "signed"


def test_looking_again_with_the_same_outcome_changes_nothing_that_was_signed(room: Room, passphrase: str) -> None:
    sign(room, passphrase, "patient")
    surer = tuple(msgspec.structs.replace(one, confidence=0.5, evidence=("seen again",)) for one in PATIENTS.columns)
    again = msgspec.structs.replace(EHR, tables=(msgspec.structs.replace(PATIENTS, columns=surer), CODES))
    replace_file(room.workspace.source_folder("ehr") / "proposal.json", readable_json(again))
    assert states(room)["patient"] == "signed"


def test_everything_is_refused_that_can_be_before_the_passphrase_is_tried(room: Room) -> None:
    with pytest.raises(BadInput, match="No table was chosen"):
        sign(room, "wrong passphrase")
    with pytest.raises(BadInput, match="no table 'visits'"):
        sign(room, "wrong passphrase", "patient", "visits")
    with pytest.raises(WrongPassphrase):
        sign(room, "wrong passphrase", "patient")
    assert states(room) == {"patient": "not signed", "ref_dx": "not signed"}


def test_a_signed_table_that_was_tampered_with_is_refused_not_shown(room: Room, passphrase: str) -> None:
    sign(room, passphrase, "patient")
    states(room)
    path = room.workspace.source_folder("ehr") / "signed" / "patient.json"
    path.write_bytes(path.read_bytes()[:-40])
    with pytest.raises(RecordRefused, match="patient.json of source ehr"):
        states(room)


# Reading again only what changed.


def test_proposals_and_signed_tables_are_read_again_only_when_their_files_change(room: Room, passphrase: str) -> None:
    workspace = room.workspace
    sign(room, passphrase, "patient")
    proposal, signed = room.tables.proposal(workspace, "ehr"), room.tables.signed(workspace, "ehr")
    assert room.tables.proposal(workspace, "ehr") is proposal
    assert room.tables.signed(workspace, "ehr")["patient"] is signed["patient"]
    path = workspace.source_folder("ehr") / "proposal.json"
    replace_file(path, readable_json(msgspec.structs.replace(EHR, tables=(CODES,))))
    assert [table.name for table in room.tables.proposal(workspace, "ehr").tables] == ["ref_dx"]


# Sources.


def test_a_source_is_added_listed_and_removed_with_its_login(room: Room, tmp_path: Path) -> None:
    place = tmp_path / "registry.duckdb"
    place.write_bytes(b"8 bytes:DUCK, and nobody opens it")
    added = handler_of(AddSource)(room, AddSource(name="registry", location=str(place), login="another login"))
    assert [(row.name, row.login, row.looked) for row in added.rows] == [("ehr", True, True), ("registry", True, False)]
    assert room.keystore.get("login/registry") == "another login"
    left = handler_of(RemoveSource)(room, RemoveSource(name="registry"))
    assert [row.name for row in left.rows] == ["ehr"]
    assert b"another login" not in (room.root / "throwaway-keyring.json").read_bytes()


@pytest.mark.parametrize(
    ("name", "location", "problem"),
    [("ehr", "/", BadInput), ("a b", "/", BadInput), ("new", "", BadInput), ("new", "/nowhere", SourceUnavailable)],
)
def test_a_source_that_can_not_be_is_refused(room: Room, name: str, location: str, problem: type[Exception]) -> None:
    with pytest.raises(problem):
        handler_of(AddSource)(room, AddSource(name=name, location=location, login="x"))
    assert room.workspace.source_names() == ["ehr"]


def test_a_wiped_index_is_missed_by_nobody_but_one_that_vanished_is(room: Room) -> None:
    """The checker goes by the log: what the reviewer wiped or removed is not wanted any more."""
    from sandbox.drafting.checker import _indexes

    workspace, log = room.workspace, AuditLog(room.workspace.audit_log)
    index = workspace.source_folder("ehr") / "known.enc"
    for end in (ForgetKnown(source="ehr"), RemoveSource(name="ehr")):
        index.write_bytes(b"an index")
        log.append("known.indexed", source="ehr", values=1)
        room.settle()
        assert _indexes(workspace, room.keystore) == [b"an index"]
        os.unlink(index)
        with pytest.raises(RecordRefused, match="index of known values of ehr is missing"):
            _indexes(workspace, room.keystore)
        handler_of(type(end))(room, end)
        room.settle()
        assert _indexes(workspace, room.keystore) == []
    assert [entry.event for entry in log.entries()][-3:] == ["known.forgotten", "known.indexed", "source.removed"]


def test_a_table_that_changed_since_it_was_shown_is_not_signed(room: Room, passphrase: str) -> None:
    before = {row.name: row.sha256 for row in handler_of(ListTables)(room, ListTables(source="ehr")).rows}
    decide(room, "sex", told="nothing")
    order = SignTables(source="ehr", tables=("patient",), seen=(before["patient"],), passphrase=passphrase)
    with pytest.raises(BadInput, match="nothing was signed"):
        handler_of(SignTables)(room, order)
    assert states(room)["patient"] == "not signed"
    sign(room, passphrase, "patient")
    assert states(room)["patient"] == "signed"
