"""The catalog as a file: everything is found by its words, nothing of a row is in it, and names stay."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest
from dictionary_parts import write_database

from sandbox.dictionary.catalog_index import CatalogIndex, copy_catalog, write_catalog
from sandbox.errors import BadInput
from sandbox.sources import connect
from sandbox.workspace import SourceSettings

PATIENT = ("src", "main", "PATIENT")


def written(
    database: Path, path: Path, *, comments: bool = True, kept: dict[tuple[str, ...], str] | None = None
) -> Path:
    with connect(SourceSettings(name="ehr", kind="duckdb", location=str(database)), None) as source:
        copy_catalog(path, source.tables(), comments=comments)
    write_catalog(path, kept)
    return path


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("catalog") / "small.duckdb"
    write_database(path)
    with duckdb.connect(str(path)) as connection:
        connection.execute("CREATE TABLE measured(pat_id INTEGER, sodium_val DOUBLE, collect_dttm TIMESTAMP)")
        connection.execute("COMMENT ON COLUMN measured.sodium_val IS 'Serum, mmol/l. Ask Dr. Okonkwo about outliers.'")
    return path


@pytest.fixture(scope="module")
def index(database: Path) -> Iterator[CatalogIndex]:
    with CatalogIndex.open(written(database, database.with_name("catalog.sqlite"))) as opened:
        yield opened


@pytest.mark.parametrize(
    ("words", "place"),
    [
        ("admission", "enc_adm.ADMIT_DTTM"),
        ("admit dttm", "enc_adm.ADMIT_DTTM"),
        ("sodium", "measured.sodium_val"),
        ("SODI", "measured.sodium_val"),
        ("serum", "measured.sodium_val"),
        ("patient name", "main_patient.PAT_NAME"),
        ("date of birth", "main_patient.DOB"),
        ("ward", "ward."),
        ("nowhere sodium", "measured.sodium_val"),
    ],
)
def test_names_are_found_by_abbreviation_long_form_beginning_and_comment(
    index: CatalogIndex, words: str, place: str
) -> None:
    assert place in [f"{one.table}.{one.column}" for one in index.find(words)]


@pytest.mark.parametrize("words", ["", "   ", '"', "xyzzy", "a* OR b", "NEAR(", "' --"])
def test_no_words_find_nothing_and_no_sign_is_an_operator(index: CatalogIndex, words: str) -> None:
    assert index.find(words) == [] or words == "a* OR b"


def test_columns_are_classified_by_name_and_declared_keys_are_known(index: CatalogIndex) -> None:
    classes = {column.name: column.column_class for column in index.columns("main_patient")}
    assert (classes["PAT_NAME"], classes["PAT_ID"]) == ("direct_identifier", "patient_key")
    assert index.references("enc_adm") == {"PAT_ID": (PATIENT, "PAT_ID")}
    assert all(column.given == "nothing" and column.told == "nothing" for column in index.columns("main_patient"))


def test_no_value_and_no_name_out_of_a_comment_is_in_the_file(database: Path, index: CatalogIndex) -> None:
    data = database.with_name("catalog.sqlite").read_bytes()
    assert b"sodium_val" in data and b"Serum" in data
    for canary in (b"Zebulon", b"Okonkwo", b"mail.example", b"rare reason", b"QX1"):
        assert canary not in data


def test_comments_are_not_looked_at_where_they_may_not_be(database: Path, tmp_path: Path) -> None:
    with CatalogIndex.open(written(database, tmp_path / "catalog.sqlite", comments=False)) as without:
        assert without.find("serum") == []
        assert without.table("main_patient").comment == ""  # type: ignore[union-attr]


def test_a_table_keeps_its_name_whatever_comes_beside_it(database: Path, tmp_path: Path) -> None:
    kept: dict[tuple[str, ...], str] = {PATIENT: "patient"}
    with CatalogIndex.open(written(database, tmp_path / "catalog.sqlite", kept=kept)) as again:
        assert again.at(PATIENT).name == "patient"  # type: ignore[union-attr]
        assert again.at(("src", "old", "patient")).name == "old_patient"  # type: ignore[union-attr]


def test_exactly_the_named_tables_are_open(database: Path, tmp_path: Path) -> None:
    with CatalogIndex.open(written(database, tmp_path / "catalog.sqlite"), to_write=True) as index:
        index.mark_open([PATIENT, ("src", "main", "ward")])
        index.mark_open([PATIENT])
        assert [listed.name for listed in index.opened()] == ["main_patient"]
        assert {one.is_open for one in index.find("patient name") if one.table == "main_patient"} == {True}


def test_nobody_looked_yet_and_a_broken_file_are_said_so(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="Nobody has looked"):
        CatalogIndex.open(tmp_path / "catalog.sqlite")
    (tmp_path / "catalog.sqlite").write_bytes(b"no database at all, but long enough to be read as one" * 20)
    with pytest.raises(BadInput, match="damaged"):
        CatalogIndex.open(tmp_path / "catalog.sqlite")


def test_a_look_that_is_cut_off_leaves_the_catalog_that_was_there(database: Path, tmp_path: Path) -> None:
    path = written(database, tmp_path / "catalog.sqlite")
    before = path.read_bytes()
    with connect(SourceSettings(name="ehr", kind="duckdb", location=str(database)), None) as source:
        copy_catalog(path, source.tables())
    assert path.read_bytes() == before
    write_catalog(path)
    assert sorted(one.name for one in tmp_path.iterdir()) == ["catalog.sqlite"]
