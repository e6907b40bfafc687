"""An export is a file with its label beside it, never without, never over another."""

from __future__ import annotations

import csv
import hashlib
from pathlib import Path

import msgspec
import pyarrow as pa
import pytest

from sandbox.errors import BadInput, ExportRefused
from sandbox.exports import Audience, Label, Release, export_csv

TABLE = pa.table({"ward": ["4 East", "=cmd()", "ICU, 7"], "patients": [3, 40, 250], "rate": [0.5, 0.5, 0.4]})
RELEASE = Release(
    title="Patients by ward",
    audience=Audience.RESEARCH,
    recipient="Dr. A. Nobody, Quality",
    authority="QI determination 2026-14",
    run="run-1",
)


def test_small_counts_are_not_in_the_file(tmp_path: Path) -> None:
    exported = export_csv(TABLE, tmp_path / "wards.csv", RELEASE)
    with (tmp_path / "wards.csv").open(newline="", encoding="utf-8") as file:
        rows = list(csv.reader(file))
    assert rows[0] == ["ward", "patients", "rate"]
    assert [row[1] for row in rows[1:]] == ["[hidden]", "[hidden]", "250"]
    assert exported.sentence.startswith("4 of 9 cells are hidden")


def test_the_label_says_what_it_is_for_whom_and_by_which_authority(tmp_path: Path) -> None:
    exported = export_csv(TABLE, tmp_path / "wards.csv", RELEASE)
    about = (tmp_path / "wards.csv.about.txt").read_text()
    for words in ("aggregate", "research", "Dr. A. Nobody", "QI determination 2026-14", "run-1", exported.sha256):
        assert words in about
    assert exported.sha256 == hashlib.sha256((tmp_path / "wards.csv").read_bytes()).hexdigest()


def test_a_formula_reaches_no_spreadsheet(tmp_path: Path) -> None:
    export_csv(TABLE, tmp_path / "wards.csv", RELEASE)
    assert "\r\n'=cmd()," in (tmp_path / "wards.csv").read_bytes().decode()


def test_negative_numbers_stay_numbers(tmp_path: Path) -> None:
    table = pa.table({"ward": ["a"], "n": [20], "difference": [-1.5]})
    export_csv(table, tmp_path / "d.csv", RELEASE)
    assert ",-1.5" in (tmp_path / "d.csv").read_text()


@pytest.mark.parametrize("label", [label for label in Label if label is not Label.AGGREGATE])
def test_other_labels_are_refused(tmp_path: Path, label: Label) -> None:
    with pytest.raises(ExportRefused, match=label.value):
        export_csv(TABLE, tmp_path / "w.csv", msgspec.structs.replace(RELEASE, label=label))
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("missing", ["recipient", "authority"])
def test_an_export_without_recipient_or_authority_is_refused(tmp_path: Path, missing: str) -> None:
    with pytest.raises(ExportRefused, match=missing):
        export_csv(TABLE, tmp_path / "w.csv", msgspec.structs.replace(RELEASE, **{missing: " "}))


def test_nothing_is_overwritten(tmp_path: Path) -> None:
    (tmp_path / "w.csv").write_text("mine")
    with pytest.raises(BadInput, match="exists already"):
        export_csv(TABLE, tmp_path / "w.csv", RELEASE)
    assert (tmp_path / "w.csv").read_text() == "mine"


def test_a_line_break_can_not_forge_a_label(tmp_path: Path) -> None:
    export_csv(TABLE, tmp_path / "w.csv", msgspec.structs.replace(RELEASE, title="x\nLabel: public"))
    lines = (tmp_path / "w.csv.about.txt").read_text().splitlines()
    assert len([line for line in lines if line.startswith("Label:")]) == 1
