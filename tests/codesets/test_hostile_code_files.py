"""Files that somebody sent: whatever is in them ends in codes or in one clear sentence."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest

from sandbox import spreadsheets
from sandbox.codesets import check, known_codes, read_file, reading
from sandbox.dictionary.model import Dictionary
from sandbox.errors import BadInput

SHEET = (
    '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
    '<row r="1"><c r="A1" t="inlineStr"><is><t>code</t></is></c><c r="B1" t="inlineStr"><is><t>name</t></is></c></row>'
    '<row r="2"><c r="A2" t="inlineStr"><is><t>I50.21</t></is></c>'
    '<c r="B2" t="inlineStr"><is><t>Acute</t></is></c></row>'
    '<row r="3"><c r="A3">{formula}<v>316139</v></c><c r="B3" t="inlineStr"><is><t>Failure</t></is></c></row>'
    "</sheetData></worksheet>"
)
PARTS = {
    "[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="xml" ContentType="application/xml"/><Default Extension="rels" '
    'ContentType="application/vnd.openxmlformats-package.relationships+xml"/></Types>',
    "_rels/.rels": '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    '<Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" '
    'Target="xl/workbook.xml"/></Relationships>',
    "xl/workbook.xml": '<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" '
    'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships">'
    '<sheets><sheet name="S" sheetId="1" r:id="r1"/></sheets></workbook>',
    "xl/_rels/workbook.xml.rels": '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    '<Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" '
    'Target="worksheets/sheet1.xml"/></Relationships>',
}


def packed(formula: str = "", **more: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        for name, text in {**PARTS, "xl/worksheets/sheet1.xml": SHEET.format(formula=formula)}.items():
            file.writestr(name, text)
        for name, data in more.items():
            file.writestr(name, data)
    return out.getvalue()


@pytest.mark.parametrize(
    ("name", "data", "sentence"),
    [
        ("a.csv", b"", "The file is empty."),
        ("a.csv", b"\n,,\n\n", "The file is empty."),
        ("a.csv", b"code,name\n", "The file holds no code."),
        ("a.csv", b"I50.21\n\xff\xfa\n", "no text in UTF-8"),
        ("a.csv", "Ä50\n".encode("latin-1"), "no text in UTF-8"),
        ("a.csv", b"\x00\x01\x02", "null characters"),
        ("a.csv", b"code,name\n=HYPERLINK(1),x\n", "Entry 1 is a formula"),
        ("a.csv", b"code,name\nA,x\nB,=1+1\n", "Entry 2 is a formula"),
        ("a.csv", b"code,name\n@SUM(1),x\n", "Entry 1 is a formula"),
        ("a.csv", b"code,name\n+1+cmd|' /C calc'!A0,x\n", "Entry 1 is a formula"),
        ("a.csv", b"code,name\n,x\n", "Entry 1 has no code"),
        ("a.csv", b'code,name\n"I50\n.21",x\n', "is no code"),
        ("a.csv", "code,name\nI5\u202e0,x\n".encode(), "is no code"),
        ("a.csv", b"code,name\n" + b"A" * 200 + b",x\n", "is no code"),
        ("a.csv", b'code,name\nA,"never closed\n', "can't be read as CSV"),
        ("a.csv", b'code,name\nA,"' + b"x" * 200_000 + b'"\n', "can't be read as CSV"),
        ("a.json", b"[" * 200_000, "no JSON|nested too deeply|no concept set"),
        ("a.json", b'{"items":' * 50_000, "no JSON|nested too deeply|no concept set"),
        ("a.json", b'{"other": ' + b"[" * 100_000 + b"]" * 100_000 + b', "items": []}', "nested too deeply|no JSON"),
        ("a.json", b"{}", "no concept set of ATLAS"),
        ("a.json", b'{"items": [{"concept": {}}]}', "no concept set of ATLAS"),
        ("a.json", b'{"items": []}', "includes no concept"),
        ("a.json", b"\xff\xfe\x00", "no JSON"),
        ("a.xlsx", b"PK\x03\x04 nothing", "can't be read as a spreadsheet"),
        ("a.xlsx", packed("<f>1+1</f>"), "holds formulas"),
        ("a.xlsx", packed('<f t="shared" si="0">A1</f>'), "holds formulas"),
        ("a.xls", b"x", "of no kind that is read here"),
    ],
)
def test_what_is_no_list_of_codes_is_refused_in_one_sentence(
    tmp_path: Path, name: str, data: bytes, sentence: str
) -> None:
    path = tmp_path / name
    path.write_bytes(data)
    with pytest.raises(BadInput, match=sentence) as refused:
        read_file(path)
    assert len(refused.value.sentence) < 120 and refused.value.advice


def test_a_file_that_is_not_there_or_too_large_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=r"can't be read \(FileNotFoundError\)"):
        read_file(tmp_path / "none.csv")
    with pytest.raises(BadInput, match=r"can't be read \(IsADirectoryError\)|PermissionError"):
        (tmp_path / "folder.csv").mkdir()
        read_file(tmp_path / "folder.csv")
    large = tmp_path / "large.csv"
    with large.open("wb") as stream:
        stream.truncate(reading.LARGEST + 1)  # sparse
    with pytest.raises(BadInput, match="larger than 64 MB"):
        read_file(large)


def test_a_workbook_that_unpacks_to_too_much_is_refused_before_it_is_unpacked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(spreadsheets, "MOST_UNPACKED", 100_000)
    path = tmp_path / "bomb.xlsx"
    path.write_bytes(packed(**{"xl/media/zeros.bin": bytes(1_000_000)}))
    assert path.stat().st_size < 10_000
    with pytest.raises(BadInput, match="unpacks to far more"):
        read_file(path)
    monkeypatch.setattr(spreadsheets, "MOST_PARTS", 3)
    path.write_bytes(packed())
    with pytest.raises(BadInput, match="more parts"):
        read_file(path)


def test_a_plain_workbook_is_read(tmp_path: Path) -> None:
    pytest.importorskip("python_calamine")
    path = tmp_path / "list.xlsx"
    path.write_bytes(packed())
    assert read_file(path).codes == (("I50.21", "Acute"), ("316139", "Failure"))


def test_a_million_codes_are_read_and_one_more_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "MOST_CODES", 20_000)
    path = tmp_path / "many.csv"
    path.write_text("".join(f"{n}\n" for n in range(20_000)))
    assert len(check(read_file(path), known_codes(Dictionary(tables=(), dialects={}), {})).codes) == 20_000
    path.write_text("".join(f"{n}\n" for n in range(20_001)))
    with pytest.raises(BadInput, match="at most 20,000 codes"):
        read_file(path)
