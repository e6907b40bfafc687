"""One name is one thing: a new column takes no decision with a name, and a renamed table locks nobody out."""

from __future__ import annotations

from pathlib import Path

import duckdb
import msgspec
import pytest
from desk_of_packs import PackDesk, make_pack_desk

from sandbox.checks.facts import Schema
from sandbox.dictionary import describe, schema_of
from sandbox.dictionary.model import Dictionary, Proposal, ReferenceRows, Table
from sandbox.errors import BadInput, RecordRefused
from sandbox.records import (
    AuditLog,
    exclusions_in_force,
    load_signed,
    newest_tables,
    sign_table,
)
from sandbox.review.deciding import decide, sign_tables
from sandbox.review.decisions import carried
from sandbox.review.describing import Correction
from sandbox.review.describing import describe as correct
from sandbox.review.excluding import exclude_rows
from sandbox.review.kept_apart import kept_apart
from sandbox.review.renaming import forget_former, rename, with_names
from sandbox.reviewing.log_words import sentence_of
from sandbox.running.approved import _check_exclusions


@pytest.fixture
def desk(tmp_path: Path) -> PackDesk:
    made = make_pack_desk(tmp_path, never=("Elsewhere Net",))
    made.look()
    return made


def change(desk: PackDesk, sql: str) -> None:
    with duckdb.connect(desk.workspace.source("ehr").location) as connection:
        connection.execute(sql)


def table_of(proposal: Proposal, name: str) -> Table:
    (found,) = (table for table in proposal.tables if table.name == name)
    return found


def check(desk: PackDesk) -> None:
    """What every run checks of the exclusions before anything else."""
    signed = load_signed(desk.workspace, desk.trust, ["ehr"])
    whole = schema_of(signed.dictionary)
    log = AuditLog(desk.workspace.audit_log)
    in_force = exclusions_in_force(desk.workspace, desk.trust, log)
    assert in_force.all
    _check_exclusions(in_force, Schema(tables=whole.tables, dialects=whole.dialects), signed.envelopes, log)


@pytest.mark.parametrize("gone", [False, True])
def test_a_new_column_takes_no_decision_with_its_name(desk: PackDesk, gone: bool) -> None:
    rename(desk.workspace, "ehr", "dr_clinic_list.score", "note")
    decide(desk.workspace, "ehr", "dr_clinic_list.note", "name", "full")
    change(desk, "ALTER TABLE DR_SMITH_CLINIC_LIST ADD COLUMN NOTE VARCHAR")
    change(desk, "UPDATE DR_SMITH_CLINIC_LIST SET NOTE = 'fell at home ' || PATIENT_ID || ' seen by her daughter'")
    if gone:
        change(desk, "ALTER TABLE DR_SMITH_CLINIC_LIST DROP COLUMN KOWALSKI_SCORE")
    found = {column.name: column for column in table_of(desk.look(), "dr_clinic_list").columns}
    assert found["note_2"].physical.upper() == "NOTE" and found["note_2"].given != "full"
    assert ("note" in found) is not gone
    assert gone or (found["note"].physical, found["note"].given) == ("KOWALSKI_SCORE", "full")
    assert desk.look() == desk.look()


def test_a_new_table_takes_neither_the_name_nor_a_former_one(desk: PackDesk) -> None:
    rename(desk.workspace, "ehr", "patient", "people")
    rename(desk.workspace, "ehr", "people", "persons")
    change(desk, "CREATE TABLE persons(A INTEGER); CREATE TABLE people(A INTEGER)")
    found = {table.name: table.physical[-1] for table in desk.look().tables}
    assert found["persons"] == "patient" and found["persons_2"] == "persons" and found["people_2"] == "people"


def test_numbered_names_meet_nothing_either() -> None:
    now = {"grade": "note", "note": "note", "note_2": "note_2"}
    assert kept_apart(now, {"grade": "note"}) == {"note": "note_3"}
    assert kept_apart({"a": "b", "b": "a"}, {"a": "b", "b": "a"}) == {}


def test_two_of_one_name_are_neither_signed_nor_read(desk: PackDesk) -> None:
    table = table_of(desk.look(), "patient")
    twice = msgspec.structs.replace(table, columns=(*table.columns, table.columns[0]))
    with pytest.raises(RecordRefused, match="ehr.patient.patient_id is there twice"):
        sign_table(twice, (), desk.key)
    with pytest.raises(RecordRefused, match="ehr.patient.patient_id is there twice"):
        schema_of(Dictionary(tables=(twice,), dialects={"ehr": "duckdb"}))
    with pytest.raises(RecordRefused, match="ehr.patient is there twice"):
        schema_of(Dictionary(tables=(table, table), dialects={"ehr": "duckdb"}))


def test_a_renamed_table_that_is_signed_anew_runs_under_exclusions(
    desk: PackDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    sign_tables(desk.workspace, desk.key, "ehr", ())
    exclude_rows(desk.workspace, desk.keystore, desk.key, "ehr.patient", "women", "sex = 'F'")
    rename(desk.workspace, "ehr", "dr_clinic_list", "list_1")
    with monkeypatch.context() as patch:
        patch.setattr("sandbox.review.renaming.newest_tables", lambda log: {})  # without the entry
        sign_tables(desk.workspace, desk.key, "ehr", ("list_1",))
        with pytest.raises(RecordRefused, match="The signature of ehr.dr_clinic_list is gone"):
            check(desk)
    log = AuditLog(desk.workspace.audit_log)
    forget_former(desk.workspace, log, "ehr", "list_1")
    check(desk)
    (entry,) = [one for one in log.entries() if one.event == "table.renamed"]
    assert entry.details == {"table": "ehr.dr_clinic_list", "to": "ehr.list_1"}
    assert "signed as ehr.list_1" in sentence_of(entry)
    sign_tables(desk.workspace, desk.key, "ehr", ("list_1",))
    assert len([one for one in log.entries() if one.event == "table.renamed"]) == 1
    assert set(newest_tables(log)) == {"ehr.patient", "ehr.list_1"}


def test_a_table_that_an_exclusion_rests_on_is_not_signed_under_another_name(desk: PackDesk) -> None:
    sign_tables(desk.workspace, desk.key, "ehr", ())
    exclude_rows(desk.workspace, desk.keystore, desk.key, "ehr.patient", "women", "sex = 'F'")
    rename(desk.workspace, "ehr", "patient", "people")
    with pytest.raises(BadInput, match="'women' rests on ehr.patient"):
        sign_tables(desk.workspace, desk.key, "ehr", ())
    check(desk)  # nothing was signed, and runs go on
    rename(desk.workspace, "ehr", "people", "patient")
    sign_tables(desk.workspace, desk.key, "ehr", ())
    check(desk)


def test_what_is_never_told_is_in_no_row_order_or_grain(desk: PackDesk) -> None:
    proposal = desk.look()
    words = {"grain": "one row per Elsewhere Net ward", "order": "by the Elsewhere Net clock", "reference": True}
    ward = msgspec.structs.replace(table_of(proposal, "patient"), **words)
    rows = ReferenceRows(
        table="ehr.patient", columns=("code", "name"), rows=(("1", "Elsewhere Net, east"), ("2", "Ward two"))
    )
    given = msgspec.structs.replace(proposal, tables=(ward,), references=(rows,))
    assert "Elsewhere" in str(given)
    found = with_names(desk.workspace, given)
    assert "elsewhere" not in str(found).lower() and found.references[0].rows == (("2", "Ward two"),)


@pytest.mark.parametrize("what", ["the column", "the table"])
def test_an_exclusion_is_never_asked_of_another_column_or_table_that_was_given_its_name(
    desk: PackDesk, what: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    change(desk, "ALTER TABLE patient ADD COLUMN region VARCHAR; CREATE TABLE earlier AS SELECT * FROM patient")
    desk.look()
    sign_tables(desk.workspace, desk.key, "ehr", ())
    exclude_rows(desk.workspace, desk.keystore, desk.key, "ehr.patient", "women", "sex = 'F'")
    if what == "the column":
        rename(desk.workspace, "ehr", "patient.sex", "kind")
        rename(desk.workspace, "ehr", "patient.region", "sex")
    else:
        rename(desk.workspace, "ehr", "patient", "people")
        rename(desk.workspace, "ehr", "earlier", "patient")
    with pytest.raises(BadInput, match="'women' rests on ehr.patient.*something else in the source"):
        sign_tables(desk.workspace, desk.key, "ehr", ("patient",))
    signed = load_signed(desk.workspace, desk.trust, ["ehr"]).dictionary.tables
    monkeypatch.setattr("sandbox.review.deciding.check_exclusions_hold", lambda *given: None)  # without the protection
    sign_tables(desk.workspace, desk.key, "ehr", ("patient",))
    check(desk)  # every run goes on, and leaves out others than the reviewer thinks of
    found = load_signed(desk.workspace, desk.trust, ["ehr"]).dictionary.tables
    (before,), (now,) = ([one for one in tables if one.name == "patient"] for tables in (signed, found))
    sex = [next(one.physical for one in table.columns if one.name == "sex") for table in (before, now)]
    assert (before.physical, sex[0]) != (now.physical, sex[1])


def test_a_table_under_an_exclusion_is_signed_again_as_it_is(desk: PackDesk) -> None:
    sign_tables(desk.workspace, desk.key, "ehr", ())
    exclude_rows(desk.workspace, desk.keystore, desk.key, "ehr.patient", "women", "sex = 'F'")
    change(desk, "ALTER TABLE patient ADD COLUMN region VARCHAR")
    desk.look()
    sign_tables(desk.workspace, desk.key, "ehr", ())
    check(desk)


def test_what_is_never_told_is_in_no_word_and_no_name_of_the_reviewer(
    desk: PackDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = Correction(description="Patients moved from Elsewhere Net.")
    with pytest.raises(BadInput, match="description of patient holds a name that is never told, so nothing was kept"):
        correct(desk.workspace, "ehr", "patient", said)
    with pytest.raises(BadInput, match="holds a name that is never told"):
        rename(desk.workspace, "ehr", "patient.sex", "elsewhere_net_sex")
    with monkeypatch.context() as patch:
        for place in ("describing", "renaming"):
            patch.setattr(f"sandbox.review.{place}.check_names_never", lambda *given: None)  # written down earlier
        correct(desk.workspace, "ehr", "patient", said)
    with pytest.raises(BadInput, match="never told, so nothing was signed") as refused:
        sign_tables(desk.workspace, desk.key, "ehr", ())
    assert "dictionary describe" in refused.value.advice
    assert not load_signed(desk.workspace, desk.trust, ["ehr"]).envelopes
    monkeypatch.setattr("sandbox.review.deciding.check_names_never", lambda *given, so: None)
    sign_tables(desk.workspace, desk.key, "ehr", ())  # without the protection
    assert "Elsewhere Net" in describe(load_signed(desk.workspace, desk.trust, ["ehr"]).dictionary, ["ehr.patient"])


def test_what_was_told_nothing_stays_so_when_a_look_no_longer_allows_what_was_given(desk: PackDesk) -> None:
    decide(desk.workspace, "ehr", "patient.sex", "nothing", "full")
    proposal = desk.look()
    table = table_of(proposal, "patient")
    as_zip = {"column_class": "geography", "told": "name", "given": "derived", "derivation": "zip3"}
    columns = tuple(msgspec.structs.replace(one, **as_zip) if one.name == "sex" else one for one in table.columns)
    fresh = msgspec.structs.replace(proposal, tables=(msgspec.structs.replace(table, columns=columns),))
    (found,) = (one for one in carried(desk.workspace, fresh).tables[0].columns if one.name == "sex")
    assert (found.told, found.given) == ("nothing", "derived")
