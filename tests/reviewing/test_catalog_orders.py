"""The catalog at the desk: found by names, by what packs say and by what the reviewer wrote; and the page."""

from __future__ import annotations

from pathlib import Path

import pytest

from sandbox.dictionary.catalog_index import CATALOG, CatalogIndex, copy_catalog, write_catalog
from sandbox.errors import BadInput
from sandbox.files import replace_file
from sandbox.packs import shipped_pack
from sandbox.review.found import FoundTable
from sandbox.review.renaming import rename
from sandbox.review.using_packs import choose_packs
from sandbox.reviewing.handlers import handler_of
from sandbox.reviewing.orders.data import (
    FindTables,
    FoundTables,
    ListSources,
    PageWritten,
    ReadTable,
    SignTables,
    WritePage,
)
from sandbox.reviewing.room import Room
from sandbox.sources.catalog import CatalogColumn, CatalogTable

VISITS = tuple(shipped_pack("omop-cdm-5.4").tables["visit_occurrence"].columns)
COLUMNS = 3 + 2 + 3 + 5 * 2 + len(VISITS)


def table(name: str, *columns: str) -> CatalogTable:
    found = tuple(CatalogColumn(name=column, type="INTEGER") for column in columns)
    return CatalogTable(physical=("main", name), columns=found)


@pytest.fixture
def large(room: Room) -> Room:
    """A catalog of more tables than are open."""
    path = room.workspace.source_folder("ehr") / CATALOG
    copy_catalog(
        path,
        [
            table("PATIENT", "pat_id", "sex", "weight"),
            table("ref_dx", "dx_cd", "dx_name"),
            table("VISIT_OCCURRENCE", *VISITS),
            table("lab_result", "pat_id", "result_val", "collect_dttm"),
            *(table(f"stage_{n}", "line_id", "amount") for n in range(5)),
        ],
    )
    write_catalog(path)
    with CatalogIndex.open(path, to_write=True) as index:
        index.mark_open([("main", "PATIENT"), ("main", "ref_dx")])
    return room


def find(room: Room, words: str) -> FoundTables:
    return handler_of(FindTables)(room, FindTables(source="ehr", words=words))  # type: ignore[no-any-return]


def names(found: FoundTables) -> list[str]:
    return [row.table for row in found.rows]


def test_a_table_is_found_with_its_columns_its_size_and_whether_it_is_open(large: Room) -> None:
    found = find(large, "lab result value")
    assert found.rows[0] == FoundTable(
        table="lab_result", columns=3, rows=-1, state="closed", hits=found.rows[0].hits, comment=""
    )
    assert "result_val" in found.rows[0].hits
    assert find(large, "patient sex").rows[0].state == "open"
    assert (found.tables, found.opened) == (9, 2)


def test_without_words_nothing_is_found_and_the_size_is_told(large: Room) -> None:
    assert find(large, "  ") == FoundTables(source="ehr", words="  ", rows=(), tables=9, columns=COLUMNS, opened=2)


def test_the_size_of_the_catalog_stands_with_the_source(large: Room) -> None:
    standing = handler_of(ListSources)(large, ListSources()).rows[0]
    assert (standing.tables, standing.catalog_tables, standing.catalog_columns) == (2, 9, COLUMNS)


def test_what_a_chosen_pack_says_is_found_and_not_before(large: Room) -> None:
    assert "visit_occurrence" not in names(find(large, "hospital stays"))[:1]
    choose_packs(large.workspace, large.keystore, "ehr", ("omop-cdm-5.4",))
    found = find(large, "hospital stays")
    assert names(found)[0] == "visit_occurrence"
    assert "hospital stays" in found.rows[0].comment
    assert names(find(large, "length of stay"))[0] == "visit_occurrence"  # out of its conventions


def test_what_was_renamed_is_found_by_its_new_name_and_says_so(large: Room) -> None:
    rename(large.workspace, "ehr", "patient", "cohort_members")
    found = find(large, "cohort members")
    assert (found.rows[0].table, found.rows[0].called, found.rows[0].state) == ("patient", "cohort_members", "open")
    rename(large.workspace, "ehr", "cohort_members.weight", "mass_kg")
    assert find(large, "mass").rows[0].hits == ("weight",)


def test_what_is_signed_says_so_under_its_new_name_too(large: Room, passphrase: str) -> None:
    rename(large.workspace, "ehr", "patient", "cohort_members")
    shown = handler_of(ReadTable)(large, ReadTable(source="ehr", table="cohort_members"))
    order = SignTables(source="ehr", tables=("cohort_members",), seen=(shown.sha256,), passphrase=passphrase)
    handler_of(SignTables)(large, order)
    assert find(large, "cohort").rows[0].state == "signed"


def test_a_catalog_that_nobody_read_is_refused_in_words(room: Room) -> None:
    with pytest.raises(BadInput, match="Nobody has looked"):
        find(room, "patient")


# The page.


def write(room: Room, to: Path | str) -> PageWritten:
    return handler_of(WritePage)(room, WritePage(to=str(to)))  # type: ignore[no-any-return]


@pytest.fixture
def signed(room: Room, passphrase: str) -> Room:
    shown = handler_of(ReadTable)(room, ReadTable(source="ehr", table="patient"))
    order = SignTables(source="ehr", tables=("patient",), seen=(shown.sha256,), passphrase=passphrase)
    handler_of(SignTables)(room, order)
    return room


def test_the_page_is_written_as_html_and_as_pdf(signed: Room, tmp_path: Path) -> None:
    assert write(signed, tmp_path / "told.html").tables == 1
    html = (tmp_path / "told.html").read_text("utf-8")
    assert "<h3>patient</h3>" in html and "weight" in html
    assert write(signed, tmp_path / "told.pdf").path == str(tmp_path / "told.pdf")
    pdf = (tmp_path / "told.pdf").read_bytes()
    assert pdf.startswith(b"%PDF-") and pdf.rstrip().endswith(b"%%EOF")


@pytest.mark.parametrize(
    ("name", "why"), [("told.txt", "a .pdf or an .html"), ("there.pdf", "is there already"), ("", "is missing")]
)
def test_a_page_is_written_to_a_new_file_of_its_kind_only(signed: Room, tmp_path: Path, name: str, why: str) -> None:
    there = tmp_path / "there.pdf"
    replace_file(there, b"somebody's")
    with pytest.raises(BadInput, match=why):
        write(signed, tmp_path / name if name else "")
    assert there.read_bytes() == b"somebody's"
    assert sorted(path.name for path in tmp_path.iterdir() if path.is_file()) == ["there.pdf"]


def test_the_page_is_not_written_into_the_workspace(signed: Room) -> None:
    with pytest.raises(BadInput, match="not written into the workspace"):
        write(signed, signed.root / "told.html")
