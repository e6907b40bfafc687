"""What one look at a table gives: a sample and a few counts. Stays on the running side."""

from __future__ import annotations

import msgspec

from sandbox.sources.catalog import CatalogTable, quoted
from sandbox.sources.source import Source

from .samples import Sampled, sampled
from .types import family

SAMPLE_ROWS = 2000
COUNTED_ROWS = 20_000_000  # above this the catalog's estimate and the sample must do


class Looked(msgspec.Struct, frozen=True, kw_only=True):
    """One table as seen: `present` and `distinct` are counts of non-null and of different values by column."""

    table: CatalogTable
    rows: int
    samples: dict[str, Sampled]
    present: dict[str, int]
    distinct: dict[str, int]

    def null_share(self, column: str) -> float:
        """The share of nulls, rounded to 5 %."""
        return round((1 - self.present[column] / self.rows) * 20) / 20 if self.rows else 0.0

    def is_unique(self, column: str) -> bool:
        """Whether every row has its own value."""
        return self.rows > 0 and self.distinct[column] == self.rows == self.present[column]


def look_at(source: Source, table: CatalogTable) -> Looked:
    """Sample the table and count its rows and values, once."""
    names = [column.name for column in table.columns if family(column.type) not in ("binary", "nested")]
    rows = source.sample(table, names, SAMPLE_ROWS) if names else None
    samples = {name: sampled(rows.column(name).to_pylist()) for name in names} if rows is not None else {}
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


def _counts(source: Source, table: CatalogTable, names: list[str]) -> list[int]:
    counts = ", ".join(f"count({quoted(name)}), count(DISTINCT {quoted(name)})" for name in names)
    sql = f"SELECT count(*){', ' if counts else ''}{counts} FROM {quoted(*table.physical)}"
    answer = source.read(sql).read_all()
    return [int(column[0].as_py()) for column in answer.columns]


def _estimated(table: CatalogTable, samples: dict[str, Sampled]) -> Looked:
    """Counts scaled up from the sample; a column without repeats in it is taken to have none."""
    present, distinct = {}, {}
    for name, sample in samples.items():
        scale = table.rows / sample.rows if sample.rows else 0.0
        present[name] = round(sample.present * scale)
        distinct[name] = round(sample.distinct * scale) if sample.distinct == sample.present else sample.distinct
    return Looked(table=table, rows=table.rows, samples=samples, present=present, distinct=distinct)
