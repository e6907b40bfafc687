"""The commands: a pack is made, read, signed, verified and used; a name is changed; the page is written."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest
from desk_of_packs import PackDesk, make_pack_desk

from sandbox.cli import main
from sandbox.review.deciding import sign_tables

PASSPHRASE = "four unrelated plain words"


class Told:
    """Runs commands in this process, as the terminal does, and reads their JSON."""

    def __init__(self, desk: PackDesk, capsys: pytest.CaptureFixture[str]) -> None:
        self.desk, self._capsys = desk, capsys

    def __call__(self, *arguments: str | Path, signs: bool = False) -> Any:
        given = [str(one) for one in arguments]
        if signs:
            read, write = os.pipe()
            os.write(write, PASSPHRASE.encode() + b"\n")
            os.close(write)
            given += ["--passphrase-fd", str(read)]
        status = main([*given, "--workspace", str(self.desk.workspace.root), "--json"])
        if signs:
            os.close(read)
        told = self._capsys.readouterr().out
        return status, json.loads(told)


@pytest.fixture
def told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Told:
    return Told(make_pack_desk(tmp_path), capsys)


def test_a_pack_goes_from_signed_tables_to_another_source(told: Told, tmp_path: Path) -> None:
    desk = told.desk
    desk.look()
    sign_tables(desk.workspace, desk.key, "ehr", ())
    out = tmp_path / "clinic.toml"
    assert told("pack", "make", "ehr", "--out", out, "--name", "Clinic")[0] == 0
    assert "SMITH" not in out.read_text("utf-8").upper() and "values = [" not in out.read_text("utf-8")
    status, refused = told("pack", "use", "ehr", out)
    assert status == 1 and "no signature" in refused["sentence"]
    assert told("pack", "sign", out, signs=True)[1]["fingerprint"] == desk.key.fingerprint
    assert told("pack", "verify", out)[1]["trusted"] is True
    assert told("pack", "use", "ehr", out, "omop-cdm-5.4")[0] == 0
    assert [one["title"] for one in told("pack", "use", "ehr")[1]] == ["Clinic", "OMOP CDM 5.4"]
    assert [one["title"] for one in told("pack", "list")[1]["used"]["ehr"]] == ["Clinic", "OMOP CDM 5.4"]
    assert told("pack", "use", "ehr", "--none")[1] == []
    assert told("pack", "make", "ehr", "--out", out)[0] == 1  # nothing is written over


def test_a_dictionary_is_imported_and_shown(told: Told, tmp_path: Path) -> None:
    source, out = tmp_path / "d.csv", tmp_path / "d.toml"
    source.write_text("table,column,description\nstays,stay_id,The stay.\n", "utf-8")
    assert told("pack", "import", source, "--out", out)[0] == 0
    assert told("pack", "show", out, "stays")[1]["columns"]["stay_id"]["description"] == "The stay."
    assert told("pack", "show", "omop-cdm-5.4", "person")[1]["grain"] == "one row per patient"
    assert told("pack", "show", "omop-cdm-5.4", "nowhere")[0] == 1


def test_a_name_is_changed_and_the_page_has_only_the_new_one(told: Told, tmp_path: Path) -> None:
    desk = told.desk
    desk.look()
    assert told("dictionary", "rename", "ehr", "dr_clinic_list", "list_1")[0] == 0
    sign_tables(desk.workspace, desk.key, "ehr", ())
    out = tmp_path / "page.html"
    assert told("dictionary", "page", "--out", out)[1]["tables"] == 2
    assert "list_1" in out.read_text("utf-8") and "dr_clinic" not in out.read_text("utf-8")
    assert told("dictionary", "page", "--out", tmp_path / "page.txt")[0] == 1


def test_names_that_are_never_told_are_a_setting(told: Told) -> None:
    assert told("setup", "--never-told", "St Elsewhere", "--never-told", "Kranken AG")[0] == 0
    told.desk.look()
    status, refused = told("setup", "--never-told", " ")
    assert status == 1 and "two letters" in refused["sentence"]
