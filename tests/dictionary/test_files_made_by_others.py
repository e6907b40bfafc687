"""Files of a catalog or a reference table that somebody else made: what runs in a plain reader is refused or ends here.

Each attack is first tried with `sqlite3.connect`, as if the file were ours.
"""

from __future__ import annotations

import contextlib
import os
import random
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from dictionary_parts import write_database

from sandbox.dictionary import _guarded_file, reference_file
from sandbox.dictionary._guarded_file import SchemaObject, Unexpected, open_guarded
from sandbox.dictionary.catalog_index import CatalogIndex, copy_catalog, write_catalog
from sandbox.dictionary.model import ReferenceFile
from sandbox.dictionary.reference_file import open_file, sha256_of, write_file
from sandbox.dictionary.reference_index import ReferenceIndex
from sandbox.errors import BadInput, RecordRefused
from sandbox.sources import connect
from sandbox.workspace import SourceSettings

ENDLESS = "WITH RECURSIVE x(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM x) SELECT n AS id, 'a' AS c0 FROM x"
LARGE = "hex(zeroblob(3000000))"  # a function of SQLite's own: six megabytes out of a cell that holds nothing
PLAIN_STEPS = 40


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The catalog of a small database."""
    folder = tmp_path_factory.mktemp("made") / "ehr"
    folder.mkdir()
    write_database(folder / "small.duckdb")
    path = folder / "catalog.sqlite"
    with connect(SourceSettings(name="ehr", kind="duckdb", location=str(folder / "small.duckdb")), None) as source:
        copy_catalog(path, source.tables())
    write_catalog(path)
    return path


@pytest.fixture
def catalog(made: Path, tmp_path: Path) -> Path:
    (tmp_path / "ehr").mkdir()
    return Path(shutil.copy(made, tmp_path / "ehr" / "catalog.sqlite"))


@pytest.fixture
def file(tmp_path: Path) -> ReferenceFile:
    rows = [("I50.21", "Acute systolic heart failure"), ("J18.9", "Pneumonia")]
    return write_file(tmp_path, "voc.codes", ("code", "meaning"), [rows], codes=("code",))


@contextlib.contextmanager
def plain(path: Path) -> Iterator[sqlite3.Connection]:
    """As if the file were ours: no check of its objects, no end."""
    if path.exists():
        path.chmod(0o600)
    with contextlib.closing(sqlite3.connect(path)) as database:
        yield database
        database.commit()


def asks_for_ever(database: sqlite3.Connection, query: str) -> bool:
    """Whether a plain reader still works on it after millions of steps."""
    steps = iter(range(PLAIN_STEPS))
    database.set_progress_handler(lambda: next(steps, None) is None, 100_000)
    try:
        database.execute(query).fetchall()
    except sqlite3.OperationalError as problem:
        return "interrupted" in str(problem)
    return False


def is_refused(path: Path) -> bool:
    """By whatever opens a catalog, to read or to write."""
    for to_write in (False, True):
        with pytest.raises(BadInput, match="The catalog of ehr is damaged"):
            CatalogIndex.open(path, to_write=to_write)
    return True


def test_a_trigger_runs_in_a_plain_reader_and_is_refused_here(catalog: Path) -> None:
    with plain(catalog) as database:
        database.execute(
            "CREATE TRIGGER t AFTER UPDATE ON tables BEGIN UPDATE columns SET class = 'plain', comment = 'planted'; END"
        )
        database.execute("UPDATE tables SET is_open = 1")
        assert database.execute("SELECT DISTINCT class, comment FROM columns").fetchall() == [("plain", "planted")]
    assert is_refused(catalog)


def test_a_view_in_place_of_a_table_answers_in_a_plain_reader_and_is_refused_here(catalog: Path) -> None:
    with plain(catalog) as database:
        database.executescript(f"DROP TABLE about; CREATE VIEW about AS SELECT 'version' AS name, {LARGE} AS value")
        value = database.execute("SELECT value FROM about WHERE name = 'version'").fetchone()[0]
        assert len(value) == 6_000_000
    assert is_refused(catalog)


def test_an_endless_view_never_ends_in_a_plain_reader_and_is_refused_here(catalog: Path) -> None:
    with plain(catalog) as database:
        database.executescript(
            f"DROP TABLE about; CREATE VIEW about AS SELECT 'v' || id AS name, id AS value FROM ({ENDLESS})"
        )
        assert asks_for_ever(database, "SELECT value FROM about WHERE name = 'version'")
    assert is_refused(catalog)


@pytest.mark.parametrize(
    "attack",
    [
        f"ALTER TABLE about ADD COLUMN more TEXT GENERATED ALWAYS AS ({LARGE}) VIRTUAL",
        f"CREATE INDEX more ON about({LARGE})",
        f"CREATE INDEX more ON about(name) WHERE length({LARGE}) > 1",
    ],
    ids=["generated column", "index on an expression", "partial index"],
)
def test_an_expression_in_the_schema_runs_in_a_plain_reader_and_is_refused_here(catalog: Path, attack: str) -> None:
    with plain(catalog) as database:
        database.execute(attack)
        if "GENERATED" in attack:
            assert len(database.execute("SELECT more FROM about").fetchone()[0]) == 6_000_000
        else:  # it runs with every row that is written
            assert "hex" in database.execute("SELECT sql FROM sqlite_master WHERE name = 'more'").fetchone()[0]
            database.execute("INSERT INTO about VALUES ('another', '1')")
    assert is_refused(catalog)


@pytest.mark.parametrize(
    "attack",
    [
        "CREATE TABLE more(x)",
        "DROP TABLE about; CREATE TABLE about(name TEXT PRIMARY KEY, value TEXT, more TEXT)",
        "DROP INDEX columns_of",
        "DROP TABLE found_columns",
        "CREATE VIRTUAL TABLE more USING fts5(x)",
        "CREATE TABLE 'sqlite_stat9'(x)",
        *(["ALTER TABLE columns RENAME TO cols; CREATE TABLE columns(id INTEGER PRIMARY KEY)"]),
    ],
)
def test_a_file_with_other_tables_opens_in_a_plain_reader_and_is_refused_here(catalog: Path, attack: str) -> None:
    with plain(catalog) as database:
        if "sqlite_stat9" in attack:  # only who writes the file's bytes makes a table of such a name
            database.executescript(
                "PRAGMA writable_schema = ON; INSERT INTO sqlite_master SELECT type, 'sqlite_stat9', 'sqlite_stat9', "
                "rootpage, 'CREATE TABLE sqlite_stat9(x)' FROM sqlite_master WHERE name = 'about'"
            )
        else:
            database.executescript(attack)
        assert database.execute("SELECT count(*) FROM sqlite_master").fetchone()[0] > 5
    assert is_refused(catalog)


def test_a_table_of_the_same_name_with_other_words_in_its_definition_is_refused(catalog: Path) -> None:
    with plain(catalog) as database:
        database.executescript(
            "PRAGMA writable_schema = ON;"
            "UPDATE sqlite_master SET sql = replace(sql, 'value TEXT', 'value TEXT CHECK (length(value) < 9)') "
            "WHERE name = 'about'"
        )
    with plain(catalog) as database, pytest.raises(sqlite3.IntegrityError):
        database.execute("INSERT INTO about VALUES ('another', 'the check that was planted runs')")
    assert is_refused(catalog)


@pytest.mark.parametrize("attack", ["view", "trigger", "endless", "extra", "generated"])
def test_a_reference_file_that_a_signature_names_is_refused_all_the_same(
    tmp_path: Path, file: ReferenceFile, attack: str
) -> None:
    """Somebody may have had it signed: then its hash fits."""
    statements = {
        "view": "DROP TABLE role; CREATE VIEW role AS SELECT 0 AS place, 'code' AS name, 'code' AS role",
        "trigger": "CREATE TRIGGER t AFTER INSERT ON entry BEGIN DELETE FROM role; END",
        "endless": f"DROP TABLE role; CREATE VIEW role AS SELECT id AS place, c0 AS name, c0 AS role FROM ({ENDLESS})",
        "extra": "CREATE TABLE more(x)",
        "generated": f"ALTER TABLE entry ADD COLUMN c2 TEXT GENERATED ALWAYS AS ({LARGE}) VIRTUAL",
    }
    path = tmp_path / file.name
    with plain(path) as database:
        database.executescript(statements[attack])
        query = "SELECT place, name, role FROM role ORDER BY place"
        assert asks_for_ever(database, query) if attack == "endless" else database.execute(query).fetchall()
    fitting = ReferenceFile(
        table=file.table,
        columns=file.columns,
        rows=file.rows,
        sha256=sha256_of(path),
        name=file.name,
        meaning="meaning",
    )
    with pytest.raises(RecordRefused, match=r"rows of voc\.codes are damaged"):
        open_file(tmp_path, fitting)


def test_a_statement_without_end_ends(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "x.sqlite"
    with plain(path) as database:
        database.execute("CREATE TABLE entry(x)")
        assert asks_for_ever(database, f"SELECT count(*) FROM ({ENDLESS})")
    monkeypatch.setattr(_guarded_file, "MOST_STEPS", 3)
    with contextlib.closing(open_guarded(path, lambda one: True, frozenset(("entry",)), "mode=ro")) as guarded:
        for _ in range(2):  # each statement has its own number of steps
            with pytest.raises(sqlite3.OperationalError, match="interrupted"):
                guarded.execute(f"SELECT count(*) FROM ({ENDLESS})")
            assert guarded.execute("SELECT 1").fetchone() == (1,)
        rows = guarded.execute(ENDLESS)  # also where it ends between two rows
        with pytest.raises(sqlite3.OperationalError, match="interrupted"):
            for _ in rows:
                pass


def test_thousands_of_objects_are_not_compared_one_by_one(tmp_path: Path) -> None:
    path, asked = tmp_path / "x.sqlite", list[SchemaObject]()
    with plain(path) as database:
        database.executescript("BEGIN;" + "".join(f"CREATE TABLE t{number}(x);" for number in range(3000)) + "COMMIT")
    with pytest.raises(Unexpected):
        open_guarded(path, lambda one: not asked.append(one) and one.name != "t50", frozenset(), "mode=ro")
    assert len(asked) <= 101


def test_a_function_of_this_programs_own_is_not_called_by_a_schema(tmp_path: Path) -> None:
    """What `trusted_schema = OFF` is for: a function that was registered here, named in somebody's schema."""
    path = tmp_path / "x.sqlite"
    with plain(path) as database:
        database.create_function("ours", 1, str, deterministic=True)
        database.execute("CREATE VIEW entry AS SELECT ours('called') AS y")
        assert database.execute("SELECT y FROM entry").fetchall() == [("called",)]
    with contextlib.closing(open_guarded(path, lambda one: True, frozenset(), "mode=ro")) as guarded:
        guarded.create_function("ours", 1, str, deterministic=True)
        with pytest.raises(sqlite3.OperationalError, match="unsafe use of ours"):
            guarded.execute("SELECT y FROM entry").fetchall()


def read_all(index: CatalogIndex) -> None:
    index.counts(), index.find("patient name"), index.opened()
    for one in index.tables():
        (
            index.columns(one.name),
            index.references(one.name),
            index.around(one.physical),
            index.neighbour("ehr", one.physical),
        )


def test_damaged_cells_end_in_one_sentence_and_nothing_else(catalog: Path) -> None:
    good, chance = catalog.read_bytes(), random.Random(7)
    plain_errors, refused = set[str](), 0
    for _ in range(150):
        damaged = bytearray(good)
        for _ in range(chance.choice((1, 5, 40))):
            damaged[chance.randrange(100, len(damaged))] = chance.randrange(256)
        catalog.write_bytes(damaged)
        try:
            with plain(catalog) as database:
                for row in database.execute("SELECT physical, around FROM tables").fetchall():
                    row[0].encode()
        except (sqlite3.Error, AttributeError, UnicodeError) as problem:
            plain_errors.add(type(problem).__name__)
        catalog.write_bytes(damaged)
        try:
            with CatalogIndex.open(catalog) as index:
                read_all(index)
        except BadInput:
            refused += 1
    assert plain_errors and refused > 20


def test_a_file_swapped_with_its_time_and_size_kept_is_not_taken_for_the_one_that_was_checked(
    tmp_path: Path, file: ReferenceFile
) -> None:
    path = tmp_path / file.name
    open_file(tmp_path, file).close()  # its hash is known from now on
    about, other = path.stat(), planted(path)
    os.utime(other, ns=(about.st_atime_ns, about.st_mtime_ns))
    os.replace(other, path)
    swapped = path.stat()
    assert (swapped.st_size, swapped.st_mtime_ns) == (about.st_size, about.st_mtime_ns)  # as far as these two go
    assert swapped.st_ino != about.st_ino and rows_in(path, file) == {"I50.21": "planted"}
    with pytest.raises(RecordRefused, match="not those that were signed"):
        open_file(tmp_path, file)


def test_a_file_written_over_in_place_has_another_time_of_change(tmp_path: Path, file: ReferenceFile) -> None:
    path = tmp_path / file.name
    open_file(tmp_path, file).close()
    about, data = path.stat(), planted(path).read_bytes()
    path.chmod(0o600)
    path.write_bytes(data)
    os.utime(path, ns=(about.st_atime_ns, about.st_mtime_ns))
    after = path.stat()
    assert (after.st_ino, after.st_size, after.st_mtime_ns) == (about.st_ino, about.st_size, about.st_mtime_ns)
    assert rows_in(path, file) == {"I50.21": "planted"}
    with pytest.raises(RecordRefused, match="not those that were signed"):
        open_file(tmp_path, file)


@pytest.mark.parametrize("back", [False, True])
def test_a_file_swapped_between_hash_and_opening_is_refused(
    tmp_path: Path, file: ReferenceFile, monkeypatch: pytest.MonkeyPatch, back: bool
) -> None:
    path = tmp_path / file.name
    aside, other = path.with_suffix(".aside"), planted(path)

    def swap() -> None:
        os.replace(path, aside)
        os.replace(other, path)

    def swap_back() -> None:
        os.replace(path, other)
        os.replace(aside, path)

    swap()
    assert rows_in(path, file) == {"I50.21": "planted"}  # what was hashed before would not have been this
    swap_back()
    monkeypatch.setattr(reference_file, "sha256_of", _then(sha256_of, swap))
    if back:
        monkeypatch.setattr(reference_file, "ReferenceIndex", _then(ReferenceIndex, swap_back))
    with pytest.raises(RecordRefused, match="changed while they were opened"):
        open_file(tmp_path, file)


def planted(path: Path) -> Path:
    """A file of the same size with another meaning in it."""
    other = Path(shutil.copy(path, path.with_suffix(".other")))
    with plain(other) as database:
        database.execute("UPDATE entry SET c1 = 'planted' WHERE c0 = 'I50.21'")
    return other


def rows_in(path: Path, file: ReferenceFile) -> dict[str, str]:
    """What the index says of a code when nothing is asked of the file before it is opened."""
    with ReferenceIndex(path, file) as index:
        return {code: row[1] for code, row in index.rows_of(["I50.21"]).items()}


def _then(first: Callable[..., Any], second: Callable[[], None]) -> Callable[..., Any]:
    def both(*given: Any) -> Any:
        answer = first(*given)
        second()
        return answer

    return both


@pytest.mark.parametrize(
    "change",
    [
        "tables SET physical = NULL",
        "tables SET physical = '[]' WHERE id = 1",
        "tables SET rows = 'many'",
        "columns SET name = NULL",
    ]
    + ["columns SET class = 'a class'", "columns SET type = x'ff'"],
)
def test_a_cell_of_another_type_is_damage(catalog: Path, change: str) -> None:
    with plain(catalog) as database:
        database.execute(f"UPDATE {change}")  # whatever type the column was declared with
        assert database.total_changes
    with CatalogIndex.open(catalog) as index, pytest.raises(BadInput, match="The catalog of ehr is damaged"):
        for table in index.tables():
            index.columns(table.name)
