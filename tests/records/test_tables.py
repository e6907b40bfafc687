"""The signed dictionary: what is loaded is what was signed, table by table."""

from __future__ import annotations

import shutil

import msgspec
import pytest
from records_desk import CODE_ROWS, CODES, STAYS, Desk

from sandbox.dictionary.model import ReferenceFile, ReferenceRows, Table
from sandbox.errors import RecordRefused
from sandbox.records import load_dictionary, read_table, sha256, sign_table, signed_path, table_envelopes
from sandbox.records._envelope import Record
from sandbox.records._tables import SignedTable
from sandbox.records.kinds import Kind


def test_the_dictionary_holds_every_signed_table(desk: Desk) -> None:
    assert load_dictionary(desk.workspace, desk.trust) == desk.dictionary
    assert load_dictionary(desk.workspace, desk.trust, ["ehr"]) == desk.dictionary
    assert load_dictionary(desk.workspace, desk.trust, []).tables == ()


def test_an_approval_names_the_envelopes_it_was_signed_with(desk: Desk) -> None:
    envelope = signed_path(desk.workspace, "ehr", "encounters").read_bytes()
    assert table_envelopes(desk.workspace, desk.trust, ["ehr.encounters"]) == {"ehr.encounters": sha256(envelope)}


def test_a_changed_table_is_refused_and_its_file_named(desk: Desk) -> None:
    path = signed_path(desk.workspace, "ehr", "encounters")
    whole = path.read_bytes()
    for position in range(5, len(whole), 97):
        broken = bytearray(whole)
        broken[position] ^= 0x01
        path.write_bytes(broken)
        with pytest.raises(RecordRefused, match="encounters.json of source ehr"):
            load_dictionary(desk.workspace, desk.trust)


def test_a_table_under_another_name_is_refused(desk: Desk) -> None:
    path = signed_path(desk.workspace, "ehr", "encounters")
    shutil.copy(path, path.with_name("patients.json"))
    with pytest.raises(RecordRefused, match="patients.json of source ehr holds another table"):
        load_dictionary(desk.workspace, desk.trust)


def test_a_table_of_another_source_is_refused(desk: Desk) -> None:
    elsewhere = msgspec.structs.replace(STAYS, source="registry")
    signed_path(desk.workspace, "ehr", "encounters").write_bytes(sign_table(elsewhere, (), desk.reviewer))
    with pytest.raises(RecordRefused, match="holds another table"):
        load_dictionary(desk.workspace, desk.trust)


def test_a_table_may_carry_its_own_rows_only(desk: Desk) -> None:
    rows = ReferenceRows(table="ehr.encounters", columns=("pat_id",), rows=(("1",),))
    for table, references in ((CODES, (rows,)), (STAYS, (rows,))):
        with pytest.raises(RecordRefused, match="rows of another table"):
            sign_table(table, references, desk.reviewer)
    assert read_table(sign_table(CODES, (CODE_ROWS,), desk.reviewer), desk.trust).references == (CODE_ROWS,)


def test_a_statement_about_another_table_is_refused(desk: Desk) -> None:
    forged = desk.reviewer.sign({"ehr.encounters": "0" * 64}, Kind.TABLE, SignedTable(table=STAYS))
    with pytest.raises(RecordRefused, match="another table than its fields"):
        read_table(forged, desk.trust)


@pytest.mark.parametrize("name", ["plain", "with space", "../../escape", ".hidden", "naïve", "x" * 300])
def test_any_table_name_has_a_file_inside_its_folder(desk: Desk, name: str) -> None:
    path = signed_path(desk.workspace, "ehr", name)
    assert path.parent == desk.workspace.source_folder("ehr") / "signed"
    path.write_bytes(sign_table(msgspec.structs.replace(STAYS, name=name), (), desk.reviewer))
    assert name in {table.name for table in load_dictionary(desk.workspace, desk.trust).tables}


def test_a_table_carries_the_hash_of_its_own_file_of_told_columns_only(desk: Desk) -> None:
    file = ReferenceFile(table="ehr.codes", columns=("code",), rows=9, sha256="0" * 64, name="codes-0.sqlite")
    envelope = sign_table(CODES, (), desk.reviewer, file)
    assert read_table(envelope, desk.trust).reference_file == file
    signed_path(desk.workspace, "ehr", "codes").write_bytes(envelope)
    assert load_dictionary(desk.workspace, desk.trust).reference_files == (file,)
    for change in ({"table": "ehr.others"}, {"columns": ("code", "secret")}, {"name": "../codes.sqlite"}):
        with pytest.raises(RecordRefused, match="rows of another table|does not tell"):
            sign_table(CODES, (), desk.reviewer, msgspec.structs.replace(file, **change))
    with pytest.raises(RecordRefused, match="rows of another table"):
        sign_table(STAYS, (), desk.reviewer, msgspec.structs.replace(file, table="ehr.encounters"))


def test_a_table_signed_before_there_were_files_is_still_read(desk: Desk) -> None:
    class Earlier(Record, frozen=True):
        table: Table
        references: tuple[ReferenceRows, ...] = ()

    earlier = Earlier(table=CODES, references=(CODE_ROWS,))
    digest = sha256(msgspec.json.encode(earlier, order="sorted"))
    envelope = desk.reviewer.sign({"ehr.codes": digest}, Kind.TABLE, earlier)
    assert read_table(envelope, desk.trust) == SignedTable(table=CODES, references=(CODE_ROWS,))
