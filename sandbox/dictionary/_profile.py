"""What one look at a table gives: a sample and a few counts. Stays on the running side."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import msgspec

from sandbox.sources.catalog import CatalogTable, quoted
from sandbox.sources.source import Source

from .samples import Sampled, sampled
from .types import family

SAMPLE_ROWS = 2000
COUNTED_AT_ONCE = 50  # columns of one query: more take longer each, fewer read the table more often
COUNTED_ROWS = 20_000_000  # above this the catalog's estimate and the sample must do


class Looked(msgspec.Struct, frozen=True, kw_only=True):
    """One table as seen: `present` and `distinct` are counts of non-null and of different values by column."""

    table: CatalogTable
    rows: int
    samples: Mapping[str, Sampled]
    present: dict[str, int]
    distinct: dict[str, int]

    def null_share(self, column: str) -> float:
        """The share of nulls, rounded to 5 %."""
        return round((1 - self.present[column] / self.rows) * 20) / 20 if self.rows else 0.0

    def is_unique(self, column: str) -> bool:
        """Whether every row has its own value."""
        return self.rows > 0 and self.distinct.get(column) == self.rows == self.present.get(column)


class Profile(msgspec.Struct, frozen=True):
    """The counts of a table that was opened: how many rows, and non-null and different values by column."""

    rows: int
    present: dict[str, int]
    distinct: dict[str, int]


def look_at(source: Source, table: CatalogTable) -> Looked:
    """Sample the table and count its rows and values, once."""
    names = _readable(table)
    samples = _samples(source, table)
    if table.rows > COUNTED_ROWS:
        return _estimated(table, samples)
    counted = _counts(source, table, names)
    return Looked(
        table=table,
        rows=counted[0],
        samples=samples,
        present=dict(zip(names, counted[1::2], strict=True)),
        distinct=dict(zip(names, counted[2::2], strict=True)),
    )


def looked_before(source: Source, table: CatalogTable, profile: Profile) -> Looked:
    """A table that was looked at before: its counts are known, and it is sampled again only when somebody asks."""
    samples = _LaterSamples(source, table)
    return Looked(table=table, rows=profile.rows, samples=samples, present=profile.present, distinct=profile.distinct)


def profile_of(looked: Looked) -> Profile:
    """What is kept of a look: counts, and nothing that stands in a row."""
    return Profile(looked.rows, looked.present, looked.distinct)


class _LaterSamples(Mapping[str, Sampled]):
    """The samples of a table, taken when the first is looked at."""

    def __init__(self, source: Source, table: CatalogTable) -> None:
        self._source = source
        self._table = table
        self._names = _readable(table)
        self._taken: dict[str, Sampled] | None = None

    def __getitem__(self, name: str) -> Sampled:
        if self._taken is None:
            self._taken = _samples(self._source, self._table)
        return self._taken[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)


def _readable(table: CatalogTable) -> list[str]:
    return [column.name for column in table.columns if family(column.type) not in ("binary", "nested")]


def _samples(source: Source, table: CatalogTable) -> dict[str, Sampled]:
    names = _readable(table)
    rows = source.sample(table, names, SAMPLE_ROWS) if names else None
    return {name: sampled(rows.column(name).to_pylist()) for name in names} if rows is not None else {}


def _counts(source: Source, table: CatalogTable, names: list[str]) -> list[int]:
    """The rows, then non-null and different values of each column. Asked for some columns at a time: a query that
    counts the different values of thousands of columns takes more of the stack than DuckDB has."""
    counts: list[int] = []
    for first in range(0, max(len(names), 1), COUNTED_AT_ONCE):
        asked = ["count(*)"]
        for name in names[first : first + COUNTED_AT_ONCE]:
            asked += [f"count({quoted(name)})", f"count(DISTINCT {quoted(name)})"]
        answer = source.read(f"SELECT {', '.join(asked)} FROM {quoted(*table.physical)}").read_all()
        found = [int(column[0].as_py()) for column in answer.columns]
        counts += found[1:] if counts else found
    return counts


def _estimated(table: CatalogTable, samples: dict[str, Sampled]) -> Looked:
    """Counts scaled up from the sample; a column without repeats in it is taken to have none."""
    present, distinct = {}, {}
    for name, sample in samples.items():
        scale = table.rows / sample.rows if sample.rows else 0.0
        present[name] = round(sample.present * scale)
        distinct[name] = round(sample.distinct * scale) if sample.distinct == sample.present else sample.distinct
    return Looked(table=table, rows=table.rows, samples=samples, present=present, distinct=distinct)
