"""A folder of Parquet and CSV files as one database: a view per file, named for the file."""

from __future__ import annotations

from pathlib import Path

import duckdb

from sandbox.errors import SourceUnavailable

from .catalog import quoted

READERS = {".parquet": "read_parquet", ".csv": "read_csv"}


def make_views(connection: duckdb.DuckDBPyConnection, catalog: str, folder: Path, name: str) -> list[Path]:
    """Make a view for every file in `folder` inside a new in-memory database `catalog`; give the files.

    The views are resolved when they are made, so a damaged file is found here and not in the middle of a run.
    """
    files = _files(folder, name)
    connection.execute(f"ATTACH ':memory:' AS {quoted(catalog)}")
    for path in files:
        literal = "'" + str(path).replace("'", "''") + "'"
        view = quoted(catalog, "main", path.stem)
        connection.execute(f"CREATE VIEW {view} AS SELECT * FROM {READERS[path.suffix.lower()]}({literal})")
    return files


def _files(folder: Path, name: str) -> list[Path]:
    try:
        entries = sorted(path.resolve() for path in folder.iterdir() if path.suffix.lower() in READERS)
    except OSError as problem:
        raise SourceUnavailable(f"The folder of source {name!r} can't be read ({type(problem).__name__}).") from problem
    files = [path for path in entries if path.is_file()]
    if not files:
        raise SourceUnavailable(
            f"The folder of source {name!r} holds no tables.", "Choose a folder with Parquet or CSV files in it."
        )
    stems = [path.stem.lower() for path in files]
    twice = sorted({stem for stem in stems if stems.count(stem) > 1})
    if twice:
        raise SourceUnavailable(
            f"Two files in the folder of source {name!r} have the same name: {', '.join(twice)}.", "Rename one of them."
        )
    return files
