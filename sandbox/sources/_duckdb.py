"""DuckDB files, encrypted or not, and folders of Parquet and CSV files.

The database is attached as `src`, read-only. Then the engine is closed (jail-facts 5.4): no Python
variable can be named in SQL, no other file, no extension, no spill to disk, and no setting can be changed.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from sandbox.errors import LimitReached, PreceptorError, QueryRefused, SourceUnavailable
from sandbox.workspace import SourceSettings

from ._duckdb_catalog import read_catalog, read_tables
from ._folder import make_views
from .catalog import Catalog, CatalogTable, kept_type, quoted

CATALOG = "src"
BATCH_ROWS = 65_536
LARGE_TABLE = 1_000_000  # above this a sample reads blocks instead of the whole table


def new_engine() -> duckdb.DuckDBPyConnection:
    """An engine that has seen no source yet, and has no thread: it can be made before a door is confined (20 ms)."""
    return duckdb.connect(
        ":memory:",
        config={
            "python_enable_replacements": False,
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
            "allow_community_extensions": False,
            "temp_directory": "",  # spilling would put rows on the disk
            "threads": 1,
            "async_threads": 0,  # they read nothing sooner, and starting eight takes up to 10 ms
        },
    )


def open_database(
    settings: SourceSettings,
    login: str | None,
    *,
    memory_mb: int,
    threads: int,
    engine: duckdb.DuckDBPyConnection | None = None,
) -> DuckDBSource:
    """Attach, close the engine, hand it out; every failure is one clear sentence."""
    path = Path(settings.location)
    connection = engine or new_engine()
    try:
        folder = path.is_dir()
        files = make_views(connection, CATALOG, path, settings.name) if folder else _attach(connection, path, login)
        _close_engine(connection, files, memory_mb, threads)
    except duckdb.Error as problem:
        connection.close()
        raise _unavailable(settings.name, problem) from None  # the text can quote the statement, and so the key
    except PreceptorError:
        connection.close()
        raise
    return DuckDBSource(connection)


class DuckDBSource:
    """A `Source` on DuckDB."""

    dialect = "duckdb"

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self._connection = connection
        self._running: duckdb.DuckDBPyConnection | None = None

    def catalog(self) -> Catalog:
        return read_catalog(self._connection, CATALOG)

    def tables(self, only: Sequence[tuple[str, ...]] = ()) -> Iterator[CatalogTable]:
        return read_tables(self._connection, CATALOG, only)

    def types(self, wanted: Sequence[tuple[tuple[str, ...], Sequence[str]]]) -> tuple[tuple[str, ...], ...]:
        named = [f"t{n}.{quoted(name)}" for n, (_, columns) in enumerate(wanted) for name in columns]
        numbered = ", ".join(f"{name} AS c{n}" for n, name in enumerate(named)) or "1"
        tables = ", ".join(f"{quoted(*table)} AS t{n}" for n, (table, _) in enumerate(wanted))
        try:
            with self._connection.cursor() as cursor:
                rows = cursor.execute(f"DESCRIBE SELECT {numbered} FROM {tables}").fetchall()
        except duckdb.Error as problem:
            raise _failed(problem) from None
        kinds = iter([kept_type(str(row[1])) for row in rows])
        return tuple(tuple(islice(kinds, len(columns))) for _, columns in wanted)

    def sample(self, table: CatalogTable, columns: Sequence[str] = (), limit: int = 1000) -> pa.Table:
        names = ", ".join(quoted(name) for name in columns or [column.name for column in table.columns])
        source = f"SELECT {names} FROM {quoted(*table.physical)}"
        if table.rows > LARGE_TABLE:
            share = min(100.0, 1000.0 * limit / table.rows)  # ten times too many, then cut
            source += f" TABLESAMPLE system({share:.6f}%) REPEATABLE (1) LIMIT {limit:d}"
        else:
            source += f" USING SAMPLE reservoir({limit:d} ROWS) REPEATABLE (1)"
        return self.read(source).read_all()

    def read(
        self, sql: str, parameters: Mapping[str, Any] | None = None, relations: Mapping[str, pa.Table] | None = None
    ) -> pa.RecordBatchReader:
        cursor = self._connection.cursor()  # temporary tables and an unfinished reader stay with it
        self._running = cursor
        try:
            _check_one_select(cursor, sql)
            for name, table in (relations or {}).items():
                cursor.register(name, table)
            rows = cursor.sql(sql, params=dict(parameters or {})).to_arrow_reader(BATCH_ROWS)
        except (duckdb.Error, QueryRefused) as problem:
            cursor.close()
            raise _failed(problem) from None  # the driver's text can quote a row
        return pa.RecordBatchReader.from_batches(rows.schema, _batches(cursor, rows))

    def cancel(self) -> None:
        running = self._running
        if running is not None:
            with contextlib.suppress(duckdb.ConnectionException):  # it has ended and is closed
                running.interrupt()

    def close(self) -> None:
        self._connection.close()

    def __enter__(self) -> DuckDBSource:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()


def _check_one_select(cursor: duckdb.DuckDBPyConnection, sql: str) -> None:
    kinds = [statement.type for statement in cursor.extract_statements(sql)]
    if kinds != [duckdb.StatementType.SELECT]:
        raise QueryRefused("A source carries out exactly one SELECT at a time.", "Write one SELECT.")


def _batches(cursor: duckdb.DuckDBPyConnection, rows: pa.RecordBatchReader) -> Iterator[pa.RecordBatch]:
    try:
        yield from rows
    except (duckdb.Error, pa.ArrowException, OSError) as problem:
        raise _failed(problem) from None
    finally:
        cursor.close()


def _attach(connection: duckdb.DuckDBPyConnection, path: Path, login: str | None) -> list[Path]:
    key = f", ENCRYPTION_KEY {_literal(login)}" if login is not None else ""
    connection.execute(f"ATTACH {_literal(str(path))} AS {quoted(CATALOG)} (READ_ONLY{key})")
    return []


def _close_engine(connection: duckdb.DuckDBPyConnection, files: list[Path], memory_mb: int, threads: int) -> None:
    """jail-facts 5.4, in its order: what needs the file system first, then the door, then the lock."""
    if files:
        paths = ", ".join(_literal(str(path)) for path in files)
        connection.execute(f"SET allowed_paths = [{paths}]")
    connection.execute(
        "SET enable_external_access = false; "
        f"SET memory_limit = '{memory_mb:d}MB'; SET threads = {threads:d}; SET lock_configuration = true"
    )


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _unavailable(name: str, problem: duckdb.Error) -> SourceUnavailable:
    """The driver's reason in our words. Its own text holds paths and process names, so it is only looked at."""
    text = str(problem)
    source = f"The source {name!r}"
    for mark, sentence, advice in _REASONS:
        if mark in text:
            return SourceUnavailable(f"{source} {sentence}", advice)
    return SourceUnavailable(f"{source} can't be opened ({type(problem).__name__}).")


_REASONS = (
    ("does not exist", "is not there: no file at its location.", "Check the path, or whether a drive is missing."),
    (
        "Wrong encryption key",
        "refused its login.",
        "Connect it again with the right one: `preceptor source add … --login`.",
    ),
    (
        "without a key",
        "is encrypted and no login is stored for it.",
        "Connect it again with it: `preceptor source add … --login`.",
    ),
    (
        "is not encrypted",
        "is not encrypted, but a login is stored for it.",
        "Connect it again without one: `preceptor source add …`.",
    ),
    ("Could not set lock", "is locked by another program that writes to it.", "Close that program, then try again."),
    ("not a valid DuckDB", "is not a DuckDB database.", "Choose a DuckDB file, or a folder of Parquet or CSV files."),
    ("not utf-8 encoded", "holds a CSV file that is not in UTF-8.", "Save it again as UTF-8, then look again."),
    ("sniffing file", "holds a file that can't be read as CSV.", "Export it again, or take it out of the folder."),
    ("magic bytes", "holds a Parquet file that is damaged.", "Export it again, or take it out of the folder."),
    ("newer version", "was written by a newer DuckDB than this one.", "Update Preceptor, or export it again."),
    ("Permission denied", "can't be read: you have no permission.", "Ask whoever owns the file for read access."),
)


def _failed(problem: Exception) -> PreceptorError:
    if isinstance(problem, PreceptorError):
        return problem
    text = str(problem)
    if isinstance(problem, duckdb.InterruptException) or "INTERRUPT" in text.upper()[:40]:
        return LimitReached("The query was stopped.", "Run it again, or narrow it.")
    if isinstance(problem, duckdb.OutOfMemoryException) or "Out of Memory" in text:
        return LimitReached("The query needed more memory than it may have.", "Read fewer columns or rows at once.")
    if isinstance(problem, (duckdb.ConversionException, duckdb.OutOfRangeException)) or "Conversion Error" in text:
        return QueryRefused(
            "The database could not carry out the query: a value does not fit the type that the query asks for.",
            "Compare with the type that the dictionary states, or use TRY_CAST.",
        )
    if "not utf-8 encoded" in text:
        return QueryRefused(
            "A CSV file of the source is not in UTF-8, so it can't be read to its end.", "Save it again as UTF-8."
        )
    return QueryRefused(
        f"The database could not carry out the query ({type(problem).__name__}).", "Change the query, then try again."
    )
