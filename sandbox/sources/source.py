"""The one shape that every kind of source has."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    import pyarrow as pa

    from .catalog import Catalog, CatalogTable


class Source(Protocol):
    """A read-only connection. Every method but `cancel` belongs to one thread at a time."""

    dialect: str

    def catalog(self) -> Catalog:
        """Tables, columns, comments and declared keys, from the catalog alone."""
        ...

    def tables(self, only: Sequence[tuple[str, ...]] = ()) -> Iterator[CatalogTable]:
        """The same table by table, never all in memory; only those at these paths where some are given."""
        ...

    def types(self, wanted: Sequence[tuple[tuple[str, ...], Sequence[str]]]) -> tuple[tuple[str, ...], ...]:
        """The types of columns by table, in the words of the catalog; `QueryRefused` when one is not there.

        One question for all of them, bound and not carried out: nothing is read, and of the catalog only these tables.
        """
        ...

    def sample(self, table: CatalogTable, columns: Sequence[str] = (), limit: int = 1000) -> pa.Table:
        """About `limit` rows of `table`, spread over it and the same ones each time."""
        ...

    def read(
        self, sql: str, parameters: Mapping[str, Any] | None = None, relations: Mapping[str, pa.Table] | None = None
    ) -> pa.RecordBatchReader:
        """Run one SELECT and hand out its rows as they come; `relations` are temporary tables by name.

        Raises QueryRefused when the database can't carry it out, LimitReached when it was cancelled or
        needed more memory than it may have, also while the reader is read. One reader at a time.
        """
        ...

    def cancel(self) -> None:
        """Stop the query that is running. May be called from any thread, and when nothing is running."""
        ...

    def close(self) -> None:
        """Let go of the database and its locks."""
        ...

    def __enter__(self) -> Source: ...

    def __exit__(self, *exc: object) -> None: ...
