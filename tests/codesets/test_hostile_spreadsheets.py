"""Workbooks made to take all memory: by cells that repeat one text, and by tags that nobody but the parser reads."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable

import pytest
import python_calamine
from test_hostile_code_files import PARTS

from sandbox import spreadsheets
from sandbox.errors import BadInput
from sandbox.spreadsheets import read_sheets

RELATION = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:é="http://example.org"'
STRINGS = f'<Relationship Id="r2" Type="{RELATION}/sharedStrings" Target="sharedStrings.xml"/>'
STRINGS = f'<Relationship Id="r2" Type="{RELATION}/sharedStrings" Target="sharedStrings.xml"/>'
RELATIONS = PARTS["xl/_rels/workbook.xml.rels"].replace("</Relationships>", f"{STRINGS}</Relationships>")
TEXT = "x" * 10_000


def workbook(rows: str, *texts: str) -> bytes:
    strings = "".join(f"<si><t>{text}</t></si>" for text in texts)
    parts = {
        **PARTS,
        "xl/_rels/workbook.xml.rels": RELATIONS,
        "xl/sharedStrings.xml": f"<sst {MAIN}>{strings}</sst>",
        "xl/worksheets/sheet1.xml": f"<worksheet {MAIN}><sheetData>{rows}</sheetData></worksheet>",
    }
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in parts.items():
            file.writestr(name, content)
    return out.getvalue()


def cells(data: bytes) -> list[list[str]]:
    return next(read_sheets(data, what="list of codes", formulas=False)).rows


def parsed(data: bytes) -> list[list[object]]:
    """What the parser makes of it without anything before it."""
    return python_calamine.load_workbook(io.BytesIO(data)).get_sheet_by_index(0).to_python()


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    return lambda: monkeypatch.setattr(spreadsheets, "MOST_UNPACKED", 100_000)


@pytest.mark.parametrize("value", ["<v>0</v>", "<v>+00</v>", "<é:v>0</é:v>", '<v a=">">0</v>', '<v a="<">0</v>'])
def test_cells_that_repeat_a_long_text_are_refused_before_they_are_made(
    value: str, small: Callable[[], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    data = workbook("".join(f'<row r="{n}"><c r="A{n}" t="s">{value}</c></row>' for n in range(1, 41)), TEXT)
    assert len(data) < 5_000 and parsed(data) == [[TEXT]] * 40  # 80 times as much, and there is no end to it
    assert len(cells(data)) == 40
    small()
    monkeypatch.setattr(python_calamine, "load_workbook", lambda file: pytest.fail("it was parsed"))
    with pytest.raises(BadInput, match="The text of its cells is far more"):
        cells(data)


def test_texts_that_are_many_and_short_are_read(small: Callable[[], None]) -> None:
    small()
    rows = "".join(f'<row r="{n}"><c r="A{n}" t="s"><v>{n % 2}</v></c></row>' for n in range(1, 1001))
    assert cells(workbook(rows, "yes", "no", TEXT))[:3] == [["no"], ["yes"], ["no"]]


@pytest.mark.parametrize("prefix", ["", "é:"])
def test_rows_without_a_place_are_counted_whatever_stands_before_their_name(
    prefix: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = f"<{prefix}row></{prefix}row>"
    end = f"<{prefix}row><{prefix}c><{prefix}v>1</{prefix}v></{prefix}c></{prefix}row>"
    data = workbook(f'<row r="1"><c r="ZZ1"><v>1</v></c></row>{row * 50}{end}')
    assert (
        len(parsed(data)) == 52 and len(parsed(data)[0]) == 702
    )  # in the parser each of them is as wide as the widest
    monkeypatch.setattr(spreadsheets, "MOST_CELLS", 10_000)
    monkeypatch.setattr(python_calamine, "load_workbook", lambda file: pytest.fail("it was parsed"))
    with pytest.raises(BadInput, match="reaches further"):
        cells(data)


def test_comments_of_a_program_are_refused() -> None:
    with pytest.raises(BadInput, match="A sheet of the file holds comments"):
        cells(workbook('<row r="1"><c r="A1"><v>1</v></c></row><!-- -->'))
    with pytest.raises(BadInput, match="The texts of the file hold comments"):
        cells(workbook('<row r="1"><c r="A1" t="s"><v>0</v></c></row>', "<!-- <si> -->"))
