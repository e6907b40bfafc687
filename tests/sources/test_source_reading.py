"""What a source gives, and that it gives nothing else."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pytest
from source_parts import LOGIN, settings

from sandbox.errors import LimitReached, QueryRefused
from sandbox.sources import Source, connect, quoted, readable_paths

VISITS = '"src"."main"."visits"'
BIG = f"SELECT a.pat_id * b.pat_id + c.pat_id AS v FROM {VISITS} a, {VISITS} b, {VISITS} c"


@pytest.fixture
def source(plain: Path) -> Iterator[Source]:
    with connect(settings(plain), None) as opened:
        yield opened


def test_the_catalog_names_tables_columns_comments_and_declared_keys(source: Source) -> None:
    tables = {".".join(table.physical): table for table in source.catalog().tables}
    assert set(tables) == {"src.main.patients", "src.main.visits", "src.main.stays", "src.old.patients"}
    patients, visits = tables["src.main.patients"], tables["src.main.visits"]
    assert (patients.comment, patients.rows, patients.primary_key) == ("One row per patient.", 1000, ("pat_id",))
    assert [(c.name, c.type, c.comment, c.nullable) for c in patients.columns] == [
        ("pat_id", "INTEGER", "", False),
        ("PAT_NAME", "VARCHAR", "As registered.", False),
    ]
    assert visits.foreign_keys[0].to_table == patients.physical
    assert visits.foreign_keys[0].to_columns == ("pat_id",)


def test_rows_come_as_arrow_with_parameters_and_lists_bound(source: Source) -> None:
    sql = 'SELECT count(*) AS n FROM "src"."main"."visits" WHERE pat_id < $top AND kind IN (SELECT unnest($kinds))'
    answer = source.read(sql, {"top": 10, "kinds": ["IP", "OP"]}).read_all()
    assert answer.to_pydict() == {"n": [50]}
    assert source.read(sql, {"top": 10, "kinds": []}).read_all().to_pydict() == {"n": [0]}


def test_a_cohort_is_there_for_its_query_only(source: Source) -> None:
    sql = 'SELECT count(*) AS n FROM "src"."main"."visits" WHERE pat_id IN (SELECT k FROM cohort_pat_id)'
    cohort = {"cohort_pat_id": pa.table({"k": [1, 2]})}
    assert source.read(sql, {}, cohort).read_all().to_pydict() == {"n": [10]}
    with pytest.raises(QueryRefused):
        source.read(sql)


def test_a_reader_left_unfinished_does_not_block_the_next(source: Source) -> None:
    first = source.read(BIG)
    assert first.read_next_batch().num_rows > 0
    assert source.read("SELECT 1 AS one").read_all().to_pydict() == {"one": [1]}


def test_a_sample_is_the_same_each_time_and_no_larger_than_asked(source: Source) -> None:
    table = next(table for table in source.catalog().tables if table.name == "visits")
    sample = source.sample(table, ["visit_id"], 100)
    assert sample.num_rows == 100 and sample.column_names == ["visit_id"]
    assert source.sample(table, ["visit_id"], 100).equals(sample)


def test_cancel_stops_the_running_query_and_only_that(source: Source) -> None:
    source.cancel()  # nothing is running yet
    timer = threading.Timer(0.2, source.cancel)
    timer.start()
    with pytest.raises(LimitReached, match="stopped"):
        source.read(f"SELECT sum(v) FROM ({BIG})").read_all()
    timer.join()
    assert source.read("SELECT 1 AS one").read_all().num_rows == 1


def test_cancel_reaches_a_reader_that_is_being_read(source: Source) -> None:
    reader = source.read(BIG)
    reader.read_next_batch()
    source.cancel()
    with pytest.raises(LimitReached):
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            reader.read_next_batch()


@pytest.mark.parametrize(
    "sql",
    [
        'INSERT INTO "src"."main"."patients" VALUES (1, \'x\')',
        'CREATE TABLE "src"."main"."mine" AS SELECT 1',
        "CREATE TABLE mine AS SELECT 1",
        "ATTACH '/tmp/other.duckdb' AS other",
        "COPY (SELECT 1) TO '/tmp/out.csv'",
        "SET threads = 1",
        "PRAGMA database_list",
        "SELECT 1; SELECT 2",
        'DROP TABLE "src"."main"."patients"',
        "INSTALL httpfs",
        "",
        "not sql",
    ],
)
def test_anything_but_one_select_is_refused(source: Source, sql: str) -> None:
    with pytest.raises(QueryRefused):
        source.read(sql)


@pytest.mark.parametrize(
    "table",
    [
        "read_csv('/etc/passwd')",
        "'/etc/passwd'",
        "read_text('/etc/passwd')",
        "read_parquet('https://a.example/x')",
        "glob('/*')",
    ],
)
def test_no_other_file_can_be_read(source: Source, table: str) -> None:
    with pytest.raises(QueryRefused):
        source.read(f"SELECT * FROM {table}").read_all()


def test_python_variables_are_not_tables(source: Source) -> None:
    hidden = pa.table({"k": [1]})
    with pytest.raises(QueryRefused):
        source.read("SELECT * FROM hidden")
    assert hidden.num_rows == 1


def test_a_failed_conversion_says_so_without_the_value(source: Source) -> None:
    with pytest.raises(QueryRefused) as refused:
        source.read('SELECT CAST("PAT_NAME" AS INTEGER) FROM "src"."main"."patients"').read_all()
    told = refused.value
    assert "type" in told.sentence and "Somebody" not in f"{told.sentence} {told.advice}"
    assert told.__cause__ is None and told.__suppress_context__


def test_too_much_memory_is_a_limit(plain: Path) -> None:
    with connect(settings(plain), None, memory_mb=64, threads=1) as source, pytest.raises(LimitReached, match="memory"):
        source.read(f"SELECT * FROM ({BIG}) ORDER BY v").read_all()


def test_a_folder_of_files_is_one_database(folder: Path) -> None:
    with connect(settings(folder), None) as source:
        assert [table.physical for table in source.catalog().tables] == [
            ("src", "main", "Patients"),
            ("src", "main", "visits"),
        ]
        assert source.read('SELECT sum("pat_id") AS s FROM "src"."main"."visits"').read_all().to_pydict() == {"s": [5]}
        with pytest.raises(QueryRefused):
            source.read(f"SELECT * FROM read_csv('{folder / 'readme.txt'}')").read_all()


def test_an_encrypted_database_opens_with_its_login(encrypted: Path) -> None:
    with connect(settings(encrypted, login=True), LOGIN) as source:
        assert source.catalog().tables[0].name == "patients"
    assert b"Somebody" not in encrypted.read_bytes()


def test_a_door_learns_which_files_it_must_read(plain: Path) -> None:
    assert readable_paths(settings(plain)) == (plain.resolve(),)
    journal = plain.with_name(plain.name + ".wal")
    journal.touch()
    try:
        assert readable_paths(settings(plain)) == (plain.resolve(), journal.resolve())
    finally:
        journal.unlink()


def test_a_quoted_name_stays_a_name() -> None:
    assert quoted("src", 'odd "name"') == '"src"."odd ""name"""'
