"""Reference tables of any size: what was written is found again, and nothing else is opened as it."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import duckdb
import msgspec
import pytest

from sandbox.dictionary import Search, hits_text, introspect
from sandbox.dictionary._references import MOST_ROWS, Keeping
from sandbox.dictionary.model import Dictionary, Proposal, ReferenceFile, ReferenceRows
from sandbox.dictionary.reference_file import narrowed, open_file, remove_others, write_file
from sandbox.dictionary.reference_index import MOST_COUNTED, ReferenceIndex
from sandbox.errors import BadInput, RecordRefused
from sandbox.sources import connect
from sandbox.workspace import SourceSettings

COLUMNS = ("concept_id", "name", "vocabulary", "code")
ROWS = [
    ("316139", "Heart failure", "SNOMED", "84114007"),
    ("444031", "Chronic heart failure", "SNOMED", "48447003"),
    ("45576876", "Acute systolic (congestive) heart failure", "ICD10", "I50.21"),
    ("45533456", "Heart failure, unspecified", "ICD10", "I50.9"),
    ("201826", "Type 2 diabetes mellitus", "SNOMED", "44054006"),
    ("9", "Heart-rate meter, no failure", "Device", "D9"),
]


@pytest.fixture
def file(tmp_path: Path) -> ReferenceFile:
    return write_file(tmp_path, "omop.concept", COLUMNS, [ROWS[:4], ROWS[4:]], codes=("concept_id",))


@pytest.fixture
def index(tmp_path: Path, file: ReferenceFile) -> Iterator[ReferenceIndex]:
    with open_file(tmp_path, file) as opened:
        yield opened


def texts(index: ReferenceIndex, query: str) -> list[str]:
    search = Search(Dictionary(tables=(), dialects={}), {"omop.concept": index})
    return [hit.text.split(" | ")[1] for hit in search.find(query).hits]


def test_the_fact_says_what_is_in_the_file(tmp_path: Path, file: ReferenceFile) -> None:
    assert (file.table, file.columns, file.rows, file.meaning) == ("omop.concept", COLUMNS, 6, "name")
    assert file.name == f"concept-{file.sha256[:16]}.sqlite"
    assert [path.name for path in tmp_path.iterdir()] == [file.name]  # nothing half-made stays


def test_the_exact_name_comes_first_and_the_plainest_next(index: ReferenceIndex) -> None:
    assert texts(index, "heart failure")[:3] == ["Heart failure", "Chronic heart failure", "Heart failure, unspecified"]
    assert texts(index, "chronic heart failure") == ["Chronic heart failure"]


def test_abbreviations_and_other_words_for_the_same_are_found(index: ReferenceIndex) -> None:
    assert "Heart failure" in texts(index, "CHF")
    assert texts(index, "snomed diabetes") == ["Type 2 diabetes mellitus"]


def test_codes_are_found_by_their_beginning_with_dots_or_without(index: ReferenceIndex) -> None:
    for query in ("I50", "i50*", "I50.", "I5021", "i50.21"):
        assert texts(index, query)[0] == "Acute systolic (congestive) heart failure", query
    assert texts(index, "316139") == ["Heart failure"]


def test_where_nothing_has_every_word_what_lacks_one_is_shown_as_weaker(index: ReferenceIndex) -> None:
    search = Search(Dictionary(tables=(), dialects={}), {"omop.concept": index})
    found = search.find("systolic heart failure zebra")
    assert found.matching == 0 and [hit.text.split(" | ")[0] for hit in found.weaker] == ["45576876"]
    assert hits_text(found).startswith("Nothing matches every word. ")


@pytest.mark.parametrize(
    "query", ['"', "a OR (b", "NEAR/2 *", "% _ -", "x" * 5000, "name:*", "a* b* c*", "'; DROP", "\0"]
)
def test_any_text_may_be_asked(index: ReferenceIndex, query: str) -> None:
    assert len(hits_text(Search(Dictionary(tables=(), dialects={}), {"t": index}).find(query))) < 20_000


def test_answers_are_bounded_however_many_rows_match(tmp_path: Path) -> None:
    rows = [(f"Z{n:05}", f"Disorder of kind {n}") for n in range(3000)]
    written = write_file(tmp_path, "s.codes", ("code", "name"), [rows])
    with open_file(tmp_path, written) as index:
        search = Search(Dictionary(tables=(), dialects={}), {"s.codes": index})
        by_word, by_code = search.find("disorder"), search.find("Z0*")
    assert (by_word.matching, by_word.more, len(by_word.every)) == (MOST_COUNTED, True, 20)
    assert f"All matching every word: {MOST_COUNTED} or more, the best 20\n" in hits_text(by_word)
    assert (by_code.listed, len(by_code.codes)) == (MOST_COUNTED, 100)
    assert hits_text(by_code).startswith(f"Codes beginning with Z0: {MOST_COUNTED} or more; the first ")


def test_an_exact_code_comes_first_among_small_tables_too() -> None:
    rows = (("I50.21", "Acute"), ("I50.2", "Systolic"), ("I50.219", "Other"))
    small = ReferenceRows(table="s.t", columns=("code", "name"), rows=rows)
    found = Search(Dictionary(tables=(), dialects={}, references=(small,))).find("I502")
    assert [hit.text[:7].strip(" |") for hit in found.codes] == ["I50.2", "I50.21", "I50.219"]


def test_a_changed_file_is_refused_and_so_is_one_that_is_gone(tmp_path: Path, file: ReferenceFile) -> None:
    path = tmp_path / file.name
    open_file(tmp_path, file).close()  # its hash is known now, and must not be relied on once the file has changed
    path.chmod(0o600)
    with sqlite3.connect(path) as opened:
        opened.execute("UPDATE entry SET c1 = 'Ask patient Zebulon' WHERE c0 = '9'")
    opened.close()
    with pytest.raises(RecordRefused, match=r"rows of omop\.concept are not those that were signed"):
        open_file(tmp_path, file)
    path.unlink()
    with pytest.raises(RecordRefused, match="can't be read"):
        open_file(tmp_path, file)
    with pytest.raises(RecordRefused, match="lie elsewhere"):
        open_file(tmp_path / "in", msgspec.structs.replace(file, name=f"../{file.name}"))


def test_an_open_file_can_not_be_written(index: ReferenceIndex) -> None:
    with pytest.raises(sqlite3.OperationalError):
        index._file.execute("DELETE FROM entry")


def test_a_column_that_is_not_told_is_not_in_the_file_that_is_signed(tmp_path: Path, file: ReferenceFile) -> None:
    fewer = narrowed(tmp_path, file, ["code", "name"])
    assert fewer is not None and (fewer.columns, fewer.rows) == (("name", "code"), 6)
    assert b"SNOMED" in (tmp_path / file.name).read_bytes()
    assert b"SNOMED" not in (tmp_path / fewer.name).read_bytes()
    assert narrowed(tmp_path, file, COLUMNS) is file and narrowed(tmp_path, file, ()) is None


def test_files_that_nobody_names_are_removed(tmp_path: Path, file: ReferenceFile) -> None:
    (tmp_path / ".0123.part").write_bytes(b"half")
    other = write_file(tmp_path, "omop.other", ("code", "name"), [[("A", "x")]])
    remove_others(tmp_path, [other])
    assert len(list(tmp_path.iterdir())) == 3  # a look may be writing them at this moment
    for path in tmp_path.iterdir():
        os.utime(path, (0, 0))
    remove_others(tmp_path, [other])
    assert [path.name for path in tmp_path.iterdir()] == [other.name]


def test_what_can_not_be_kept_ends_in_a_sentence_and_leaves_nothing(tmp_path: Path) -> None:
    def breaking() -> Iterator[list[tuple[str, ...]]]:
        yield [("A", "x")]
        raise RecordRefused("The source went away.")

    with pytest.raises(RecordRefused):
        write_file(tmp_path, "s.t", ("code", "name"), breaking())
    with pytest.raises(BadInput, match="1 to 20 columns"):
        write_file(tmp_path, "s.t", tuple(f"c{n}" for n in range(21)), [])
    assert os.listdir(tmp_path) == []


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("large") / "large.duckdb"
    with duckdb.connect(str(path)) as connection:
        connection.execute(
            f"""
            CREATE TABLE ref_dx(dx_cd VARCHAR, dx_name VARCHAR, uses INTEGER);
            INSERT INTO ref_dx SELECT 'Q' || range, 'Meaning of ' || range, range * 7 FROM range({MOST_ROWS + 1});
            CREATE TABLE patients(pat_id INTEGER, dx_name VARCHAR);
            INSERT INTO patients SELECT range, 'Something' FROM range(10);
            CREATE TABLE pairs(ancestor_concept_id INTEGER, descendant_concept_id INTEGER, x9 VARCHAR);
            INSERT INTO pairs SELECT range % 7, range, md5(range::VARCHAR) FROM range({MOST_ROWS + 1});
            """
        )
    return path


def look(database: Path, keeping: Keeping | None) -> Proposal:
    with connect(SourceSettings(name="ehr", kind="duckdb", location=str(database)), None) as source:
        return introspect(source, "ehr", keeping=keeping)


def test_a_large_list_of_codes_goes_into_a_file_without_its_counts(database: Path, tmp_path: Path) -> None:
    heard: list[tuple[str, int]] = []
    proposal = look(database, Keeping(tmp_path, progress=lambda table, rows: heard.append((table, rows))))
    (file,) = proposal.reference_files
    assert (file.table, file.columns, file.rows) == ("ehr.ref_dx", ("dx_cd", "dx_name"), MOST_ROWS + 1)
    assert heard[-1] == ("ehr.ref_dx", MOST_ROWS + 1)
    table = next(one for one in proposal.tables if one.name == "ref_dx")
    assert table.reference and {one.name for one in table.columns if one.told == "values"} == {"dx_cd", "dx_name"}
    with open_file(tmp_path, file) as index:
        assert index.rows_of(["Q77", "q77", "no"]) == {"Q77": ("Q77", "Meaning of 77")}
    assert look(database, None).reference_files == ()  # nowhere to keep it


def test_a_mark_makes_a_table_one_or_none_but_never_one_with_patients(database: Path, tmp_path: Path) -> None:
    marks = {"ref_dx": False, "pairs": True, "patients": True}
    decided = {"pairs": ("x9",), "patients": ("dx_name",)}
    proposal = look(database, Keeping(tmp_path, marks, decided))
    tables = {one.name: one.reference for one in proposal.tables}
    assert tables == {"ref_dx": False, "pairs": True, "patients": False}
    assert [one.table for one in proposal.reference_files] == ["ehr.pairs"]
    keys = ("ancestor_concept_id", "descendant_concept_id")
    assert proposal.reference_files[0].columns == (*keys, "x9")
    assert look(database, Keeping(tmp_path, marks)).reference_files[0].columns == keys  # nobody decided on x9
