"""Which kind of source the settings name, and which files a confined door must be able to read for it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from sandbox.errors import SourceUnavailable

if TYPE_CHECKING:
    from sandbox.workspace import SourceSettings

    from .source import Source


def engine_for(settings: SourceSettings) -> Any:
    """What of a connection can be had without its login and before a door is confined: no thread, no file of it open.

    For `connect`, which takes it over.
    """
    from ._duckdb import new_engine

    return new_engine()


def connect(
    settings: SourceSettings, login: str | None, *, memory_mb: int = 2048, threads: int = 2, engine: Any = None
) -> Source:
    """Open the source read-only and hardened, or raise `SourceUnavailable` saying why not.

    `login` is the secret out of the keyring (for DuckDB the encryption key), None when it has none.
    """
    from ._duckdb import open_database  # duckdb and pyarrow take half a second to import

    if settings.login and login is None:
        raise SourceUnavailable(
            f"The source {settings.name!r} needs its login.",
            "Connect it again with it: `preceptor source add … --login`.",
        )
    return open_database(settings, login, memory_mb=memory_mb, threads=threads, engine=engine)


def readable_paths(settings: SourceSettings) -> tuple[Path, ...]:
    """Files and folders that a confined process must be able to read to use this source."""
    path = Path(settings.location).resolve()
    journal = path.with_name(path.name + ".wal")
    return (path, journal) if journal.exists() else (path,)
