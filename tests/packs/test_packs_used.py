"""Choosing packs for a source: signatures, strangers, copies that stay as chosen, and what a look makes of them."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest
from desk_of_packs import PackDesk, make_pack_desk
from pack_parts import TOML

from sandbox.errors import BadInput, RecordRefused
from sandbox.files import replace_file
from sandbox.records import prove_pack, sign_pack
from sandbox.review.deciding import decide
from sandbox.review.using_packs import SIGNATURE, choose_packs, chosen_packs, packs_of

CLINIC = b"""
name = "clinic"
version = "2"
title = "Clinic lists"
about = "A list of visits."
facts_from = "The clinic."
[tables.dr_smith_clinic_list]
description = "Visits with their score."
grain = "one row per visit"
[tables.dr_smith_clinic_list.columns]
patient_id = { class = "patient_key", domain = "patient" }
kowalski_score = { class = "plain", told = "values", given = "full", description = "The score." }
srv04_status = { class = "plain", told = "name", given = "full" }
encounter_dt = { class = "date", told = "name", given = "full" }
"""


@pytest.fixture
def desk(tmp_path: Path) -> PackDesk:
    return make_pack_desk(tmp_path)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "clinic.toml"
    path.write_bytes(CLINIC)
    return path


def sign(desk: PackDesk, file: Path, toml: bytes = CLINIC) -> bytes:
    envelope = sign_pack("clinic", "2", toml, desk.key, "2026-01-02T09:00:00.000Z")
    replace_file(file.with_name(file.name + SIGNATURE), envelope)
    return envelope


def test_a_shipped_pack_is_chosen_by_its_name_and_read_back(desk: PackDesk) -> None:
    choose_packs(desk.workspace, desk.keystore, "ehr", ("omop-cdm-5.4",))
    assert [pack.name for pack in packs_of(desk.workspace, "ehr")] == ["omop-cdm"]
    choose_packs(desk.workspace, desk.keystore, "ehr", ())
    assert packs_of(desk.workspace, "ehr") == ()


def test_a_pack_without_a_signature_waits_for_the_reviewers_word(desk: PackDesk, file: Path) -> None:
    with pytest.raises(RecordRefused, match="no signature"):
        choose_packs(desk.workspace, desk.keystore, "ehr", (str(file),))
    assert chosen_packs(desk.workspace, "ehr") == ()
    assert choose_packs(desk.workspace, desk.keystore, "ehr", (str(file),), accept=True)[0].title == "Clinic lists"


def test_a_pack_signed_here_is_usable_and_names_its_signer(desk: PackDesk, file: Path) -> None:
    sign(desk, file)
    chosen = choose_packs(desk.workspace, desk.keystore, "ehr", (str(file),))
    assert (chosen[0].reviewer, chosen[0].signed_by) == ("Dr. Jane Example", desk.key.fingerprint)


def test_a_strangers_pack_is_proven_and_usable_only_after_the_reviewer_says_so(
    desk: PackDesk, file: Path, tmp_path: Path
) -> None:
    (tmp_path / "stranger").mkdir()
    stranger = make_pack_desk(tmp_path / "stranger", name="Dr. Other")
    envelope = sign(stranger, file)
    proof = prove_pack(CLINIC, envelope, desk.trust)
    assert (proof.trusted, proof.fingerprint) == (False, stranger.key.fingerprint)
    with pytest.raises(RecordRefused, match="not trusted here"):
        choose_packs(desk.workspace, desk.keystore, "ehr", (str(file),))
    assert choose_packs(desk.workspace, desk.keystore, "ehr", (str(file),), accept=True)


def test_a_changed_pack_is_refused_whoever_accepts_it(desk: PackDesk, file: Path) -> None:
    sign(desk, file)
    file.write_bytes(CLINIC.replace(b"plain", b"date", 1))
    with pytest.raises(RecordRefused, match="changed after it was signed"):
        choose_packs(desk.workspace, desk.keystore, "ehr", (str(file),), accept=True)


def test_a_stranger_cannot_sign_in_a_trusted_reviewers_name(desk: PackDesk, tmp_path: Path) -> None:
    (tmp_path / "stranger").mkdir()
    stranger = make_pack_desk(tmp_path / "stranger")
    envelope = sign_pack("clinic", "2", CLINIC, stranger.key, "2026-01-02T09:00:00.000Z")
    forged = envelope.replace(stranger.key.fingerprint.encode(), desk.key.fingerprint.encode())
    assert forged != envelope
    with pytest.raises(RecordRefused):
        prove_pack(CLINIC, forged, desk.trust)


def test_the_copy_that_was_chosen_is_the_one_that_counts(desk: PackDesk, file: Path) -> None:
    choose_packs(desk.workspace, desk.keystore, "ehr", (str(file),), accept=True)
    file.write_bytes(TOML)
    assert packs_of(desk.workspace, "ehr")[0].name == "clinic"
    copy = desk.workspace.source_folder("ehr") / "packs" / "clinic-2.toml"
    copy.write_bytes(CLINIC.replace(b"plain", b"date", 1))
    with pytest.raises(RecordRefused, match="changed after it was chosen"):
        packs_of(desk.workspace, "ehr")


def test_nothing_is_chosen_when_one_of_several_can_not_be(desk: PackDesk, file: Path) -> None:
    with pytest.raises(BadInput, match="can't be read"):
        choose_packs(desk.workspace, desk.keystore, "ehr", ("omop-cdm-5.4", str(file) + ".gone"), accept=True)
    assert chosen_packs(desk.workspace, "ehr") == ()


def test_a_look_proposes_what_the_pack_says_with_values_counted_here(desk: PackDesk, file: Path) -> None:
    choose_packs(desk.workspace, desk.keystore, "ehr", (str(file),), accept=True)
    table = next(one for one in desk.look().tables if one.physical[-1] == "DR_SMITH_CLINIC_LIST")
    score = next(one for one in table.columns if one.physical == "KOWALSKI_SCORE")
    assert table.grain == "one row per visit"
    assert score.told == "values" and (score.values or score.low)
    assert score.evidence[0] == "the pack Clinic lists says so"


def test_a_decision_of_the_reviewer_outranks_the_pack(desk: PackDesk, file: Path) -> None:
    choose_packs(desk.workspace, desk.keystore, "ehr", (str(file),), accept=True)
    table = next(one for one in desk.look().tables if one.physical[-1] == "DR_SMITH_CLINIC_LIST")
    score = next(one for one in table.columns if one.physical == "KOWALSKI_SCORE")
    decide(desk.workspace, "ehr", f"{table.name}.{score.name}", "nothing", "nothing")
    again = next(one for one in desk.look().tables if one.name == table.name)
    found = next(one for one in again.columns if one.name == score.name)
    assert (found.told, found.given) == ("nothing", "nothing")
    assert msgspec.structs.replace(found, told="values", given="full").evidence[0] == "the pack Clinic lists says so"
