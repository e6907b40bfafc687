"""The demo hospital as a file: tables, keys, comments, encryption, size, the same again for the same seed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb
import pytest
from demo_parts import LOGIN, reading

from resources.demo._store import opened, schema
from resources.demo.hospital import CHUNK, is_demo_source, write_hospital
from sandbox.errors import BadInput, SourceUnavailable


def one(connection: Any, query: str) -> Any:
    row = connection.execute(query).fetchone()
    return row[0] if len(row) == 1 else row


def fingerprint(path: Path) -> dict[str, Any]:
    """A hash over all rows of each table, whatever their order on the disk."""
    with reading(path, None) as connection:
        return {
            name: one(connection, f'SELECT bit_xor(hash(t)), count(*) FROM "{name}" t')
            for name in schema("schema.toml")
        }


def test_it_has_the_tables_of_a_hospital(demo: Any, hospital: Any) -> None:
    assert len(demo.hospital.tables) >= 20
    assert demo.hospital.tables["PATIENT"] == demo.hospital.patients == 2000
    for name, count in demo.hospital.tables.items():
        assert one(hospital, f'SELECT count(*) FROM "{name}"') == count > 0


def test_no_column_is_empty(hospital: Any) -> None:
    for name, table in schema("schema.toml").items():
        for column in table["columns"]:
            assert one(hospital, f'SELECT count("{column}") FROM "{name}"') > 0, (name, column)


def test_every_key_finds_its_row(hospital: Any) -> None:
    keys = [
        ("pat_id", "PATIENT", "pat_id"),
        ("enc_csn", "enc_adm", "enc_csn"),
        ("DX_CD", "REF_DX", "DX_CD"),
        ("LOINC_CD", "ref_lab", "LOINC_CD"),
        ("RXCUI", "ref_drug", "RXCUI"),
        ("PX_CD", "ref_px", "PX_CD"),
        ("DISCH_DISP_C", "REF_DISCH_DISP", "DISCH_DISP_C"),
        ("WARD_ID", "ward", "WARD_ID"),
        ("ATTND_PROV_ID", "PROVIDER", "PROV_ID"),
        ("author_prov_id", "PROVIDER", "PROV_ID"),
        ("ORDER_MED_ID", "med_order", "ORDER_MED_ID"),
    ]
    for name, table in schema("schema.toml").items():
        columns = {column.lower(): column for column in table["columns"]}
        for key, target, target_key in keys:
            if (column := columns.get(key.lower())) is not None:
                lost = f'SELECT count(*) FROM "{name}" WHERE "{column}" NOT IN (SELECT "{target_key}" FROM "{target}")'
                assert one(hospital, lost) == 0, (name, column)


@pytest.mark.parametrize(
    ("table", "column"),
    [
        ("PATIENT", "pat_id"),
        ("PATIENT", "PAT_MRN_ID"),
        ("PATIENT", "SSN"),
        ("pat_coverage", "MEMBER_ID"),
        ("pat_ident", "ident_value"),
        ("enc_adm", "enc_csn"),
        ("LAB_RESULT", "RESULT_ID"),
        ("med_order", "ORDER_MED_ID"),
        ("clin_note", "NOTE_ID"),
    ],
)
def test_identifiers_are_unique(hospital: Any, table: str, column: str) -> None:
    assert one(hospital, f'SELECT count("{column}") - count(DISTINCT "{column}") FROM "{table}"') == 0


def test_numbers_are_of_kinds_that_belong_to_nobody(hospital: Any) -> None:
    assert one(hospital, "SELECT bool_and(SSN SIMILAR TO '9[0-9]{2}-0[0-9]-[0-9]{4}') FROM PATIENT")
    assert one(hospital, "SELECT bool_and(HOME_PHONE LIKE '(___) 555-01__') FROM PATIENT")
    assert one(hospital, "SELECT bool_and(CONTACT_TELE LIKE '___-555-01__') FROM pat_contact")
    assert one(hospital, "SELECT bool_and(EMAIL_ADDRESS LIKE '%@example.org') FROM PATIENT")
    assert not any(
        passes_luhn("80840" + npi) for (npi,) in hospital.execute("SELECT prov_npi FROM PROVIDER").fetchall()
    )


def passes_luhn(number: str) -> bool:
    doubled = [int(c) * (2 if place % 2 else 1) for place, c in enumerate(reversed(number))]
    return sum(digit - 9 if digit > 9 else digit for digit in doubled) % 10 == 0


def test_names_come_from_many_places(hospital: Any) -> None:
    assert one(hospital, "SELECT count(DISTINCT PAT_LAST_NAME) FROM PATIENT") > 200
    assert one(hospital, "SELECT count(*) FROM PATIENT WHERE PAT_LAST_NAME <> strip_accents(PAT_LAST_NAME)") > 100
    for part in ("%''%", "%-%", "% %"):
        assert one(hospital, f"SELECT count(*) FROM PATIENT WHERE PAT_LAST_NAME LIKE '{part}'") > 0


def test_some_tables_and_columns_are_explained(hospital: Any) -> None:
    assert one(hospital, "SELECT count(comment) FROM duckdb_tables()") >= 10
    assert one(hospital, "SELECT count(comment) FROM duckdb_columns() WHERE NOT internal") >= 20


def test_notes_mention_the_patient_by_name(hospital: Any) -> None:
    share = one(
        hospital,
        "SELECT avg((contains(NOTE_TEXT, PAT_LAST_NAME) AND contains(NOTE_TEXT, PAT_FIRST_NAME))::INT) "
        "FROM clin_note JOIN PATIENT USING (pat_id)",
    )
    assert share > 0.7
    assert one(hospital, "SELECT count(*) FROM clin_note WHERE NOTE_TEXT LIKE '%{%'") == 0


def test_the_file_opens_with_its_login_only(demo: Any) -> None:
    path = demo.hospital.path
    assert is_demo_source(path, LOGIN)
    for wrong in (None, "wrong"):
        with pytest.raises(SourceUnavailable, match="hospital.duckdb"):
            is_demo_source(path, wrong)
    names = path.read_bytes()
    assert b"Pemberton" not in names
    assert b"enc_adm" not in names


def test_a_database_of_somebody_else_is_no_demo(tmp_path: Path) -> None:
    duckdb.connect(str(tmp_path / "real.duckdb")).execute("CREATE TABLE PATIENT (pat_id INT)").close()
    assert not is_demo_source(tmp_path / "real.duckdb", None)
    with pytest.raises(SourceUnavailable):
        is_demo_source(tmp_path / "missing.duckdb", None)


def test_the_same_seed_gives_the_same_rows_and_another_seed_others(tmp_path: Path) -> None:
    for name, seed in (("a", 7), ("b", 7), ("c", 8)):
        write_hospital(tmp_path / name, patients=60, seed=seed)
    first, again, other = (fingerprint(tmp_path / name) for name in "abc")
    assert first == again
    assert first["PATIENT"] != other["PATIENT"]
    assert first["LAB_RESULT"] != other["LAB_RESULT"]


def test_chunks_join_without_a_seam(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("resources.demo.hospital.CHUNK", 60)
    assert CHUNK > 60
    facts = write_hospital(tmp_path / "h", patients=150, seed=3)
    with opened(tmp_path / "h", None) as connection:
        assert facts.tables["PATIENT"] == 150
        for table, key in (
            ("PATIENT", "SSN"),
            ("enc_adm", "enc_csn"),
            ("MAR_ADMIN", "MAR_ID"),
            ("LAB_RESULT", "RESULT_ID"),
        ):
            assert one(connection, f'SELECT count(*) - count(DISTINCT "{key}") FROM "{table}"') == 0


def test_an_existing_file_is_left_alone_and_a_failure_leaves_none(tmp_path: Path) -> None:
    path = tmp_path / "h.duckdb"
    path.write_text("mine")
    with pytest.raises(BadInput, match="exists already"):
        write_hospital(path, patients=20)
    assert path.read_text() == "mine"
    with pytest.raises(ValueError):  # a seed that numpy refuses
        write_hospital(tmp_path / "other.duckdb", patients=20, seed=-1)
    assert [file.name for file in tmp_path.iterdir()] == ["h.duckdb"]
