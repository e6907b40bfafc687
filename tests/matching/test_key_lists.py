"""Lists of identifiers: read from a file, kept encrypted, and only ever what was signed."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import msgspec
import pyarrow as pa
import pytest

from sandbox.checks.facts import KeyList
from sandbox.errors import BadInput, RecordRefused
from sandbox.matching.key_lists import as_keys, keep_list, open_list, read_identifiers
from sandbox.workspace import Workspace

KEY = bytes(range(32))
WHO = ("MRN-1", "MRN-22", "Ägir 3")


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return Workspace.create(tmp_path / "workspace", store="throwaway")


def written(tmp_path: Path, data: bytes) -> Path:
    path = tmp_path / "list.csv"
    path.write_bytes(data)
    return path


def test_a_list_comes_back_and_nothing_of_it_can_be_read_in_the_workspace(workspace: Workspace) -> None:
    signed = keep_list(workspace, KEY, WHO)
    assert open_list(workspace, KEY, signed) == WHO
    assert signed.count == 3
    sealed = workspace.key_list(signed.name).read_bytes()
    assert not any(one.encode() in sealed for one in WHO)
    assert keep_list(workspace, KEY, WHO).commitment != signed.commitment, "without a salt it could be guessed"


def test_a_changed_moved_or_foreign_list_is_refused(workspace: Workspace, tmp_path: Path) -> None:
    signed, other = keep_list(workspace, KEY, WHO), keep_list(workspace, KEY, WHO[:2])
    path = workspace.key_list(signed.name)
    sealed = path.read_bytes()
    for place in (0, 12, len(sealed) - 1):
        path.write_bytes(sealed[:place] + bytes([sealed[place] ^ 1]) + sealed[place + 1 :])
        with pytest.raises(RecordRefused, match="is damaged"):
            open_list(workspace, KEY, signed)
    path.write_bytes(workspace.key_list(other.name).read_bytes())
    with pytest.raises(RecordRefused, match="is damaged"):
        open_list(workspace, KEY, signed)
    path.write_bytes(b"")
    with pytest.raises(RecordRefused, match="is damaged"):
        open_list(workspace, KEY, signed)
    path.write_bytes(sealed)
    elsewhere = Workspace.create(tmp_path / "elsewhere", store="throwaway")
    elsewhere.key_list(signed.name).parent.mkdir()
    elsewhere.key_list(signed.name).write_bytes(sealed)
    with pytest.raises(RecordRefused, match="is damaged"):
        open_list(elsewhere, KEY, signed)
    for lie in (
        KeyList(name=signed.name, count=3, commitment=other.commitment),
        msgspec.structs.replace(signed, count=2),
    ):
        with pytest.raises(RecordRefused, match="another one than was signed"):
            open_list(workspace, KEY, lie)


def test_identifiers_are_read_one_a_line(tmp_path: Path) -> None:
    text = '\ufeffMRN-1\r\n\n  MRN-2  \n"MRN-3",\nMRN-1\n'
    assert read_identifiers(written(tmp_path, text.encode())) == ("MRN-1", "MRN-2", "MRN-3")


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", "empty"),
        (b"\n \n", "empty"),
        (b"4711\n4712,Joe Doe\n", "Line 2 .* more than one field"),
        (b"4711\n" + b"9" * 201 + b"\n", "Line 2 .* no identifier"),
        ("4711\n47\u202e12\n".encode(), "Line 2 .* no identifier"),
        (b"\xff\xfe4711", "UTF-8"),
    ],
)
def test_what_is_no_list_is_refused_by_its_line_and_never_quoted(tmp_path: Path, data: bytes, sentence: str) -> None:
    with pytest.raises(BadInput, match=sentence) as refused:
        read_identifiers(written(tmp_path, data))
    assert "4711" not in str(refused.value)
    assert "Joe" not in str(refused.value)


@pytest.mark.parametrize(
    ("type", "expected"),
    [
        (pa.int64(), [7, 8, 4_000_000_000, -3]),
        (pa.int32(), [7, 8, -3]),
        (pa.uint32(), [7, 8, 4_000_000_000]),
        (pa.decimal128(18, 0), [7, 8, 4_000_000_000, -3]),
        (pa.float64(), [7, 8, 4_000_000_000, -3]),
        (pa.string(), ["7", "008", "4000000000", "-3", "x7", "٣", "9" * 30]),
    ],
)
def test_an_identifier_is_compared_as_the_column_holds_it(type: pa.DataType, expected: list[object]) -> None:
    given = ("7", "008", "4000000000", "-3", "x7", "٣", "9" * 30)
    assert as_keys(given, type).to_pylist() == expected


def test_a_decimal_key_is_found_by_its_number() -> None:
    import duckdb

    column = pa.table({"key": pa.array([Decimal(7), Decimal(9)], pa.decimal128(18, 0))})
    with duckdb.connect() as database:
        database.register("column_", column)
        database.register("listed", pa.table({"k": as_keys(("7", "8"), column.schema.field(0).type)}))
        found = database.execute("SELECT count(*) FROM column_ WHERE key IN (SELECT k FROM listed)").fetchone()
    assert found == (1,)


def test_a_whole_number_is_found_however_a_spreadsheet_has_written_it() -> None:
    """What is dropped here would be left in a run, silently."""
    given = ("12.0", "13.", "1.4E1", "+15", "1.5", "1_6", "1e-1", "\u0661\u0662", "1e999", "nan")
    assert as_keys(given, pa.int64()).to_pylist() == [12, 13, 14, 15]
    assert as_keys(given, pa.decimal128(18, 0)).to_pylist() == [12, 13, 14, 15]
