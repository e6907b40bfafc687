"""What is connected as a source holds tables with names: anything else is refused, or told nothing and said so."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pytest

from sandbox.cli import main
from sandbox.dictionary import introspect
from sandbox.dictionary.classify import classify_table
from sandbox.dictionary.nameless import REASON, is_place, without_header
from sandbox.errors import BadInput, PreceptorError, SourceUnavailable
from sandbox.review.deciding import read_proposal
from sandbox.review.setting_up import set_up
from sandbox.review.source_files import READ, check_holds_tables
from sandbox.sources import connect
from sandbox.sources.catalog import CatalogColumn
from sandbox.workspace import SourceSettings, Workspace

CSV = "id,name\n1,Müller\n2,b\n"
VISITS = "".join(
    f"{n},MRN-{100000 + n},Ada{n} Kowalczyk{n},2021-0{1 + n % 9}-1{n % 9},ward {n % 3}\n" for n in range(300)
)


@pytest.fixture
def run(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Callable[..., Any]:
    """A command on a workspace of its own; its status and what it printed."""
    root = set_up(tmp_path / "study", "Dr A Reviewer", "four unrelated plain words", store="throwaway").root

    def command(*arguments: object, plain: bool = False) -> Any:
        status = main([*map(str, arguments), "--workspace", str(root), *([] if plain else ["--json"])])
        out = capsys.readouterr().out
        return status, out if plain else json.loads(out)

    command.root = root  # type: ignore[attr-defined]
    return command


def folder(at: Path, **files: bytes) -> Path:
    at.mkdir()
    for name, data in files.items():
        (at / name.replace("__", ".")).write_bytes(data)
    return at


@pytest.mark.parametrize(
    ("files", "words"),
    [
        ({}, "holds no Parquet or CSV file"),
        ({"notes__txt": b"x"}, "holds no Parquet or CSV file"),
        ({"a__csv": b""}, "a.csv is empty"),
        ({"a__csv": b"\n \n"}, "a.csv is empty"),
        ({"a__csv": CSV.encode("latin-1")}, "a.csv is not in UTF-8: see its line 2"),
        ({"a__csv": CSV.encode("utf-16")}, "a.csv is written in UTF-16"),
        ({"a__csv": CSV.encode("utf-16-le")}, "a.csv is "),
        ({"a__csv": b"id\n1\n" + bytes(range(8))}, "a.csv is no CSV file"),
        ({"a__csv": b"x" * 600_000 + b"\n" + CSV.encode("latin-1")}, "a.csv is not in UTF-8: see its line 3"),
        ({"a__csv": CSV.encode(), "b__parquet": b"no, not at all"}, "b.parquet is no Parquet file"),
    ],
)
def test_a_folder_without_tables_that_can_be_read_is_refused(
    tmp_path: Path, files: dict[str, bytes], words: str
) -> None:
    with pytest.raises(BadInput, match=words) as refused:
        check_holds_tables(folder(tmp_path / "data", **files))
    assert refused.value.advice


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
def test_a_folder_of_readable_files_is_taken(tmp_path: Path, encoding: str) -> None:
    place = folder(tmp_path / "data", a__csv=CSV.encode(encoding), b__txt=os.urandom(20))
    duckdb.sql("SELECT 1 AS x").write_parquet(str(place / "c.parquet"))
    check_holds_tables(place)
    letters = "id,n\n" + "1,ü\n" * (READ // 5)  # cut anywhere, also inside a letter
    (place / "long.csv").write_text(letters, encoding)
    check_holds_tables(place)


def test_a_file_that_is_no_database_is_refused(tmp_path: Path, run: Callable[..., Any]) -> None:
    for name, words in (("picture.png", "no DuckDB database"), ("a.csv", "one file of a folder")):
        (tmp_path / name).write_bytes(os.urandom(400))
        status, refused = run("source", "add", "ehr", tmp_path / name)
        assert status == 1 and words in refused["sentence"] and refused["advice"]
    (tmp_path / "none").mkdir()
    assert run("source", "add", "ehr", tmp_path / "none")[1]["advice"].startswith("Choose a DuckDB file")
    assert run("source", "list") == (0, [])
    duckdb.connect(str(tmp_path / "ehr.duckdb")).close()
    assert run("source", "add", "ehr", tmp_path / "ehr.duckdb")[0] == 0


def opened(place: Path) -> PreceptorError:
    with (
        pytest.raises(PreceptorError) as refused,
        connect(SourceSettings(name="ehr", kind="duckdb", location=str(place)), None) as source,
    ):
        introspect(source, "ehr")
    return refused.value


def test_what_comes_after_the_first_megabytes_is_said_when_it_is_read(tmp_path: Path) -> None:
    place = folder(tmp_path / "data", a__csv=b"id,name\n" + b"1,abcdefgh\n" * 400_000 + "2,Müller\n".encode("latin-1"))
    check_holds_tables(place)
    assert "not in UTF-8" in opened(place).sentence
    (place / "a.csv").write_bytes(CSV.encode("latin-1"))  # changed since it was connected
    found = opened(place)
    assert isinstance(found, SourceUnavailable) and "holds a CSV file that is not in UTF-8" in found.sentence
    (place / "a.csv").write_bytes(os.urandom(5000))
    assert "can't be read as CSV" in opened(place).sentence


PLACES = ("column04", "column_04", "_c3", "unnamed: 3", "Unnamed: 0", "column0", "col_7", "_col5", "field3", "...7")
SIGNS = ("f12", "V12", "x1", "c2", "F3", "var_3")


@pytest.mark.parametrize("name", [*PLACES, *SIGNS])
def test_a_column_that_is_named_by_its_place_is_unknown(name: str) -> None:
    assert is_place(name, "VARCHAR")
    columns = [CatalogColumn(name="pat_id", type="BIGINT"), CatalogColumn(name=name, type="VARCHAR")]
    found = classify_table("visits", columns)[1]
    assert (found.column_class, found.told, found.given, found.evidence) == ("unknown", "nothing", "nothing", (REASON,))


def test_names_of_measurements_and_things_are_no_places() -> None:
    assert not any(is_place(name, "DOUBLE") for name in SIGNS)  # C3, V1 and F8 are measured
    names = ("column_name", "field", "icd10", "ward_3", "dx_1", "c_reactive", "unnamed_ward", "diag_2", "t4")
    assert not any(is_place(name, "VARCHAR") for name in names)
    by_comment = CatalogColumn(name="column04", type="VARCHAR", comment="Medical record number of the patient")
    assert classify_table("labs", [by_comment])[0].column_class == "direct_identifier"


def test_a_file_without_header_row_is_told_nothing_and_the_look_says_so(
    tmp_path: Path, run: Callable[..., Any]
) -> None:
    place = folder(tmp_path / "data", visits__csv=VISITS.encode(), wards__csv=b"ward_name,beds\nA,3\n")
    with duckdb.connect(str(tmp_path / "ehr.duckdb")) as connection:
        connection.execute("CREATE MACRO preceptor_demo_mark() AS 1")  # a throwaway store takes nothing else
        for file in place.iterdir():
            connection.execute(f"CREATE TABLE {file.stem} AS SELECT * FROM '{file}'")
    assert run("source", "add", "ehr", tmp_path / "ehr.duckdb")[0] == 0
    status, words = run("source", "look", "ehr", plain=True)
    said = " ".join(words.split())
    assert status == 0, said
    assert "visits seems to have no header row" in said and "wards" not in said
    tables = read_proposal(Workspace.open(run.root), "ehr").tables  # type: ignore[attr-defined]
    assert [table.name for table in without_header(tables)] == ["visits"]
    visits = next(table for table in tables if table.name == "visits")
    assert {(column.told, column.given) for column in visits.columns} == {("nothing", "nothing")}
    assert "Kowalczyk" not in str(tables) and "MRN-1" not in str(tables)
