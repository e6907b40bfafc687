"""What a pack describes and a source has not is said when the pack is chosen and when the source is looked at."""

from __future__ import annotations

from pathlib import Path

import pytest
from desk_of_packs import PackDesk, make_pack_desk

from sandbox.cli import main
from sandbox.dictionary.catalog_index import CATALOG, copy_catalog, write_catalog
from sandbox.dictionary.model import Column, Table
from sandbox.errors import BadInput
from sandbox.packs import read_pack
from sandbox.packs.applying import Unmatched, unmatched
from sandbox.review.using_packs import choose_packs, pack_file, unmatched_of
from sandbox.sources import connect

CLINIC = """
name = "clinic"
version = "1"
title = "Clinic lists"
about = "x"
facts_from = "x"
suffixes = ["_v"]
[tables.patient.columns]
PATIENT_ID = { class = "patient_key", domain = "patient" }
sex = {}
[tables.dr_smith_clinic_list.columns]
patient_id = {}
kowalski_score = {}
never_there = {}
[tables.nowhere.columns]
x = {}
"""


def table(name: str, *columns: str) -> Table:
    return Table(source="ehr", name=name, columns=tuple(Column(name=one, type="INTEGER") for one in columns))


def test_tables_that_are_not_there_and_columns_of_those_that_are() -> None:
    pack = read_pack(CLINIC.encode(), "clinic.toml")
    one, other = table("patient_v", "patient_id", "sex"), table("dr_smith_clinic_list", "patient_id", "kowalski_score")
    assert unmatched(pack, [one, other]) == Unmatched(("nowhere",), ("dr_smith_clinic_list.never_there",))
    few = table("dr_smith_clinic_list", "patient_id")  # a third of its columns: another table of that name
    assert unmatched(pack, [one, few]) == Unmatched(("dr_smith_clinic_list", "nowhere"), ())
    assert unmatched(pack, []).tables == tuple(pack.tables)


@pytest.fixture
def desk(tmp_path: Path) -> PackDesk:
    made = make_pack_desk(tmp_path)
    (tmp_path / "clinic.toml").write_text(CLINIC, "utf-8")
    return made


def catalog_of(desk: PackDesk) -> None:
    path = desk.workspace.source_folder("ehr") / CATALOG
    with connect(desk.workspace.source("ehr"), None) as source:
        copy_catalog(path, source.tables())
    write_catalog(path)


def test_the_command_lists_them_in_one_line(
    desk: PackDesk, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "300")
    use = ["pack", "use", "ehr", str(tmp_path / "clinic.toml"), "--accept", "--workspace", str(desk.workspace.root)]
    assert main(use) == 0 and "has not" not in capsys.readouterr().out  # nobody has looked: nothing is known yet
    catalog_of(desk)
    assert main([*use, "omop-cdm-5.4"]) == 0
    out = " ".join(capsys.readouterr().out.split())
    assert (
        "Clinic lists describes what ehr has not: 1 table (nowhere) and 1 column (dr_smith_clinic_list.never_there)."
        in out
    )
    assert "OMOP CDM 5.4 describes what ehr has not: 39 tables (" in out and " and 34 more)" in out


def test_nothing_is_said_of_a_pack_that_fits(desk: PackDesk, tmp_path: Path) -> None:
    catalog_of(desk)
    fits = tmp_path / "fits.toml"
    fits.write_text(CLINIC.partition("never_there")[0], "utf-8")
    choose_packs(desk.workspace, desk.keystore, "ehr", (str(fits),), accept=True)
    assert unmatched_of(desk.workspace, "ehr") == []


def test_a_name_that_no_shipped_pack_has_leads_to_the_list_of_them() -> None:
    with pytest.raises(BadInput, match="No pack is named 'omop'") as refused:
        pack_file("omop")
    assert "pack list" in refused.value.advice
