"""Data dictionaries become packs; a hostile file ends in one sentence."""

from __future__ import annotations

import json
import struct
import zipfile
from pathlib import Path

import pytest

from sandbox.errors import BadInput
from sandbox.packs import _cells, pack_toml, read_pack
from sandbox.packs.importing import imported

CSV = """Table Name;Column Name;Data type;Description;References
STAYS;STAY_ID;int;The stay. Ask Dr. Okonkwo about old ones.;
STAYS;WARD_CD;varchar;Ward code;WARDS.WARD_CD
STAYS;GONE_CD;varchar;;NOWHERE.X
WARDS;WARD_CD;varchar;Ward code;
"""
MANIFEST = {
    "metadata": {"dbt_schema_version": "https://schemas.getdbt.com/dbt/manifest/v12.json"},
    "nodes": {
        "model.p.stays": {
            "resource_type": "model",
            "name": "stays",
            "alias": "fct_stays",
            "description": "One row per stay.",
            "columns": {"ward_cd": {"name": "WARD_CD", "description": "Ward."}, "sex": {"name": "sex"}},
        },
        "test.p.1": {
            "resource_type": "test",
            "name": "r",
            "attached_node": "model.p.stays",
            "test_metadata": {
                "name": "relationships",
                "kwargs": {"column_name": "ward_cd", "field": "ward_cd", "to": "source('raw', 'wards')"},
            },
        },
        "test.p.2": {
            "resource_type": "test",
            "name": "a",
            "attached_node": "model.p.stays",
            "test_metadata": {"name": "accepted_values", "kwargs": {"column_name": "sex", "values": ["ZZTOP"]}},
        },
    },
    "sources": {
        "source.p.raw.wards": {
            "resource_type": "source",
            "name": "wards",
            "identifier": "WARD_TAB",
            "columns": {"ward_cd": {"name": "ward_cd", "description": None}},
        }
    },
}
SHEET = """<?xml version="1.0" encoding="UTF-8"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">
<sheetData>{rows}</sheetData></worksheet>"""
OPC = "http://schemas.openxmlformats.org/package/2006"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RELATION = (
    '<Relationships xmlns="{0}/relationships"><Relationship Id="rId1" Type="{1}/{2}" Target="{3}"/></Relationships>'
)
PARTS = {
    "[Content_Types].xml": f'<Types xmlns="{OPC}/content-types"/>',
    "_rels/.rels": RELATION.format(OPC, OFFICE, "officeDocument", "xl/workbook.xml"),
    "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}"><sheets>'
    '<sheet name="stays" sheetId="1" r:id="rId1"/></sheets></workbook>',
    "xl/_rels/workbook.xml.rels": RELATION.format(OPC, OFFICE, "worksheet", "worksheets/sheet1.xml"),
}


def sheet_file(path: Path, rows: str) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in {**PARTS, "xl/worksheets/sheet1.xml": SHEET.format(rows=rows)}.items():
            archive.writestr(name, text)
    return path


def row(number: int, *cells: str) -> str:
    found = "".join(
        f'<c r="{"ABCDEF"[place]}{number}" t="inlineStr"><is><t>{cell}</t></is></c>' for place, cell in enumerate(cells)
    )
    return f'<row r="{number}">{found}</row>'


def write(path: Path, text: str | bytes) -> Path:
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


def test_a_csv_gives_names_clean_words_and_joins_to_what_it_describes(tmp_path: Path) -> None:
    pack = imported(write(tmp_path / "d.csv", CSV), "Ward tables")
    assert pack.name == "ward-tables" and set(pack.tables) == {"stays", "wards"}
    stays = pack.tables["stays"].columns
    assert stays["stay_id"].description == "The stay."
    assert stays["ward_cd"].joins == "wards.ward_cd" and stays["gone_cd"].joins == ""
    assert stays["ward_cd"].column_class is None  # what it is stays with the classifier and the reviewer
    assert read_pack(pack_toml(pack), "x") == pack


def test_utf_16_with_its_mark_and_tabs_is_read(tmp_path: Path) -> None:
    text = "table\tcolumn\tdescription\nstays\tstay_id\tDie Größe\n".encode("utf-16")
    assert imported(write(tmp_path / "d.csv", text), "x").tables["stays"].columns["stay_id"].description == "Die Größe"


def test_a_manifest_of_dbt_gives_descriptions_and_joins_and_no_accepted_value(tmp_path: Path) -> None:
    pack = imported(write(tmp_path / "manifest.json", json.dumps(MANIFEST)), "dbt")
    assert pack.tables["fct_stays"].columns["ward_cd"].joins == "ward_tab.ward_cd"
    assert pack.tables["fct_stays"].description == "One row per stay."
    assert b"ZZTOP" not in pack_toml(pack)


def test_a_spreadsheet_gives_the_same_as_its_text(tmp_path: Path) -> None:
    pytest.importorskip("python_calamine")
    rows = row(1, "column", "description") + row(2, "STAY_ID", "The stay.")
    pack = imported(sheet_file(tmp_path / "d.xlsx", rows), "x")
    assert pack.tables["stays"].columns["stay_id"].description == "The stay."


def lying_bomb(path: Path) -> Path:
    """A part of 300 MB that says of itself, everywhere, that it has 10 bytes."""
    big = b" " * (300 * 1024 * 1024)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", big)
    data = path.read_bytes().replace(struct.pack("<I", len(big)), struct.pack("<I", 10))
    path.write_bytes(data)
    return path


def test_a_bomb_is_found_though_its_header_lies(tmp_path: Path) -> None:
    path = lying_bomb(tmp_path / "d.xlsx")
    with zipfile.ZipFile(path) as archive:
        assert sum(part.file_size for part in archive.infolist()) == 10  # a look at the header would let it pass
    assert path.stat().st_size < 1024 * 1024
    with pytest.raises(BadInput, match="can't be read as a spreadsheet"):
        imported(path, "x")


def test_a_cell_far_out_is_refused_before_the_space_before_it_is_filled(tmp_path: Path) -> None:
    far = '<row r="1048576"><c r="XFD1048576" t="inlineStr"><is><t>x</t></is></c></row>'
    with pytest.raises(BadInput, match="reaches further"):
        imported(sheet_file(tmp_path / "d.xlsx", row(1, "column") + far), "x")


@pytest.mark.parametrize(
    ("name", "data", "words"),
    [
        ("d.csv", CSV.replace("Ward code", "Gebäude").encode("latin-1"), "not in UTF-8"),
        ("d.csv", CSV.replace("The stay.", '=HYPERLINK("x")').encode(), "line 2: a cell holds a formula"),
        ("d.csv", CSV.replace("STAY_ID", "=1+1").encode(), "formula"),
        ("d.csv", b"a;b;c\n1;2;3\n", "needs a first line"),
        ("d.csv", b"table,column\n", "describes no column"),
        ("d.csv", b"table,column\nt," + b"x" * 200 + b"\n", "a name of a table or column is none"),
        ("d.csv", b'table,column\nt,"' + b"x" * 200_000 + b'"\n', "can't be read as CSV"),
        ("d.csv", b"table,column\nt,\0x\n", "can't be read as text"),
        ("d.csv", b"table,column,class\nt,x,harmless\n", "class, told or given"),
        ("d.csv", b"table,column,class,told\nt,x,secret,values\n", "never told by its values"),
        ("d.xlsx", b"PK\x03\x04 broken", "can't be read as a spreadsheet"),
        ("d.xlsx", b"no archive at all", "can't be read as a spreadsheet"),
        ("d.xls", b"\xd0\xcf\x11\xe0", "no data dictionary that can be imported"),
        ("manifest.json", b'{"nodes": 3}', "no manifest"),
        ("manifest.json", b"[" * 100_000, "no manifest"),
    ],
)
def test_a_hostile_or_broken_file_ends_in_one_sentence(tmp_path: Path, name: str, data: bytes, words: str) -> None:
    with pytest.raises(BadInput, match=words) as refused:
        imported(write(tmp_path / name, data), "x")
    assert "\n" not in refused.value.sentence and len(refused.value.sentence) < 200


def test_a_file_that_is_too_large_is_not_read_further(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_cells, "LARGEST_FILE", 10)
    with pytest.raises(BadInput, match="too large"):
        _cells.small_file(write(tmp_path / "d.csv", CSV), _cells.LARGEST_FILE)


def test_a_dictionary_of_too_many_columns_is_refused(tmp_path: Path) -> None:
    lines = "".join(f"t,c{n}\n" for n in range(100_002))
    with pytest.raises(BadInput, match="more than 100,000 columns"):
        imported(write(tmp_path / "d.csv", "table,column\n" + lines), "x")
