"""Looking at a source and indexing it: proposals without values, an encrypted index, an entry in the log."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest
from canaries_here import CANARIES
from study import Study

from sandbox.dictionary.model import Proposal
from sandbox.drafting.known_values import KnownValues
from sandbox.errors import Refusal
from sandbox.messages.desk import Indexed, IndexKnown, Look, Looked
from sandbox.records import load_dictionary
from sandbox.review.deciding import decide, read_proposal
from sandbox.review.indexed import columns_to_index, misses_columns
from sandbox.review.setting_up import machine_key
from sandbox.sessions import Session


@pytest.fixture(scope="module")
def looked(hospital: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Study, Looked]:
    study = Study(tmp_path_factory.mktemp("looking") / "workspace", hospital)
    with Session.running(study.workspace) as session:
        session.send(Look(source="ehr"))
        *_, last = session.until(Looked, timeout=120)
    return study, last


def test_a_look_proposes_every_table_and_says_so_in_the_log(looked: tuple[Study, Looked]) -> None:
    study, last = looked
    data = (study.workspace.root / last.path).read_bytes()
    proposal = msgspec.json.decode(data, type=Proposal)
    assert {table.name for table in proposal.tables} == {"patients", "encounters", "results"}
    columns = {column.name: column for table in proposal.tables for column in table.columns}
    assert columns["pat_id"].column_class == "patient_key"
    assert columns["pat_name"].given == "nothing"
    assert last.columns == sum(len(table.columns) for table in proposal.tables)
    assert [entry.event for entry in study.log.entries()].count("source.looked") == 1


def test_a_proposal_holds_no_patients_value(looked: tuple[Study, Looked]) -> None:
    study, _ = looked
    for canary in CANARIES:
        assert canary.encode() not in study.plain_bytes()


def test_a_later_look_knows_what_was_signed(looked: tuple[Study, Looked]) -> None:
    study, _ = looked
    signed = {table.name: table for table in load_dictionary(study.workspace, study.trust).tables}
    proposed = {table.name: table for table in read_proposal(study.workspace, "ehr").tables}
    assert {name: table.looks for name, table in proposed.items()} == {
        name: signed[name].looks + 1 if name in signed else 0 for name in proposed
    }
    assert set(signed) & set(proposed)


def test_the_index_finds_a_patient_and_shows_none(looked: tuple[Study, Looked]) -> None:
    study, _ = looked
    with Session.running(study.workspace) as session:
        session.send(IndexKnown(source="ehr"))
        *_, last = session.until(Indexed, timeout=120)
    assert last.values >= 1200
    assert not misses_columns(study.workspace, "ehr", columns_to_index(read_proposal(study.workspace, "ehr")))
    data = (study.workspace.source_folder("ehr") / "known.enc").read_bytes()
    known = KnownValues.load(data, machine_key(study.keystore, "key/known"))
    assert known.find("please look at MRN-KAN-77 again")
    assert not known.find("please look at all patients again")
    for canary in CANARIES:
        assert canary.encode() not in study.plain_bytes()


def test_looking_again_keeps_what_a_person_decided(looked: tuple[Study, Looked]) -> None:
    study, _ = looked
    before = read_proposal(study.workspace, "ehr")
    table = before.tables[0]
    name = next(one.name for one in table.columns if one.given != "nothing")
    decide(study.workspace, "ehr", f"{table.name}.{name}", "nothing", "nothing")
    with Session.running(study.workspace) as session:
        session.send(Look(source="ehr"))
        *_, last = session.until(Looked, timeout=120)
    again = next(one for one in read_proposal(study.workspace, "ehr").tables if one.name == table.name)
    assert next((one.told, one.given) for one in again.columns if one.name == name) == ("nothing", "nothing")


def test_an_unknown_source_is_refused(study: Study) -> None:
    with Session.running(study.workspace) as session, pytest.raises(Refusal, match="no source named 'pacs'"):
        session.send(Look(source="pacs"))
        list(session.until(Looked, timeout=120))
