"""Serving the queries of a run: looked up, read, keys made tokens, handed over.

    served = Queries(known, approved, sources, tokens, files, limits)
    answer, payload = served.answer(asked, cohort_payload)

The program's own text is only looked up, never parsed or executed here. What the database sees is the
narrowed query, what the program sees are tokens, and what either costs is counted.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import Any

import pyarrow as pa

from sandbox.checks.facts import CheckedQuery, Output
from sandbox.errors import Fault, LimitReached, QueryRefused
from sandbox.matching import Tokens
from sandbox.matching.key_lists import as_keys
from sandbox.messages.data_door import QueryAnswered, QueryAsked, QueryDenied
from sandbox.messages.frames import PAYLOAD_LIMIT, BadFrame
from sandbox.sources import Source, quoted

from .approved import Approved
from .limits import RunLimits
from .memory import MemoryFiles, Sink
from .query_check import CheckedQueries
from .untrusted_arrow import checked_table

GROUP_ROWS = 1_048_576
GROUP_BYTES = 128 * 1024 * 1024
_LIST_ITEMS = 100_000
_TEXT_CHARACTERS = 10_000
Scalar = None | bool | int | float | str


class Ran:
    """What one query did, for the run record."""

    def __init__(self, narrowed: str) -> None:
        self.narrowed_sha256 = hashlib.sha256(narrowed.encode()).hexdigest()
        self.rows = 0


class Queries:
    """Answers one program's queries, one at a time."""

    def __init__(
        self,
        known: CheckedQueries,
        approved: Approved,
        sources: Mapping[str, Source],
        tokens: Tokens,
        files: MemoryFiles,
        limits: RunLimits,
        lists: Mapping[str, tuple[str, ...]] = MappingProxyType({}),
    ) -> None:
        self._known = known
        self._approved = approved
        self._sources = sources
        self._tokens = tokens
        self._files = files
        self._limits = limits
        self._lists = lists
        self.ran: list[Ran] = []
        self.bytes = 0
        self.last_refusal = ""
        self._asked = 0

    @property
    def rows(self) -> int:
        return sum(ran.rows for ran in self.ran)

    def cancel(self) -> None:
        """Stop whatever is being read. From any thread."""
        for source in self._sources.values():
            source.cancel()

    def answer(self, asked: QueryAsked, untrusted_cohort: bytes) -> tuple[QueryAnswered | QueryDenied, bytes]:
        """The frame and payload for the program; what ends the run is raised instead.

        1. The query is one of the signed program, checked and narrowed in a jail before the run.
        2. What it reads is inside the grant (again, here).
        3. Parameters and cohort are what the checked query takes; lists of row scopes and exclusions are put beside
           them, and take their place where a program could have chosen their name.
        4. The narrowed text is executed; keys become tokens on the way.
        """
        self._asked += 1
        if self._asked > self._limits.queries:
            raise LimitReached(
                f"The program ran more than {self._limits.queries:,} queries.", "Read once and work on what was read."
            )
        try:
            checked = self._checked(asked)  # (1)
            self._check_grant(checked)  # (2)
            bound = bound_parameters(checked, asked.parameters)  # (3)
            relations = self._relations(checked, asked.cohort, untrusted_cohort) | self._listed(checked)
            return self._read(asked.number, checked, bound, relations)  # (4)
        except QueryRefused as refusal:
            self.last_refusal = refusal.sentence
            return QueryDenied(number=asked.number, sentence=f"{refusal.sentence} {refusal.advice}".strip()), b""

    def _checked(self, asked: QueryAsked) -> CheckedQuery:
        found = self._known.get((asked.sql, asked.cohort))
        if found is None:
            raise QueryRefused(
                "The query does not stand in the signed program.",
                "Write every query, and the keys of its cohort, as a literal in data.sql(...).",
            )
        return found

    def _check_grant(self, checked: CheckedQuery) -> None:
        for table, columns in checked.read.items():
            outside = set(columns) - set(self._approved.approval.grant.tables.get(table, ()))
            if outside or table.partition(".")[0] != checked.source:
                raise QueryRefused(f"The query reads columns of {table} that were not granted.")
        if checked.source not in self._sources:
            raise QueryRefused("The query reads a source that was not granted.")

    def _relations(self, checked: CheckedQuery, names: tuple[str, ...], untrusted: bytes) -> dict[str, pa.Table]:
        if set(checked.cohort) != set(names):
            raise QueryRefused("The query does not read the key that its cohort is of.")
        if not names:
            return {}
        cohort = checked_table(untrusted, rows=self._limits.query_rows, size=PAYLOAD_LIMIT)
        if tuple(cohort.column_names) != names:
            raise BadFrame("a cohort has other columns than it says")
        return {checked.cohort[name]: pa.table({"k": self._keys(checked, name, cohort.column(name))}) for name in names}

    def _listed(self, checked: CheckedQuery) -> dict[str, pa.Table]:
        """The identifiers of each list that the query needs, in the type of the column they are compared with."""
        found = {}
        for name, wanted in checked.keys.items():
            table = self._approved.schema.table(wanted.table)
            column = table.every_column.get(wanted.column) if table else None
            if table is None or column is None or wanted.list not in self._lists:
                raise Fault("A query needs a list of patients that this run does not have.")
            kind = stored_type(self._sources[checked.source], table.physical, column.physical or wanted.column)
            found[name] = pa.table({"k": as_keys(self._lists[wanted.list], kind)})
        return found

    def _keys(self, checked: CheckedQuery, name: str, tokens: pa.ChunkedArray) -> pa.Array:
        """The keys behind a cohort's tokens, in the type that the key has in the database."""
        tables = {table: self._approved.schema.tables[table] for table in checked.read}
        columns = {table: facts.columns[name] for table, facts in tables.items() if name in facts.columns}
        if {column.key for column in columns.values()} <= {"none"}:
            raise QueryRefused(f"{name} is no key of a table that the query reads.", "Pass a cohort by its key column.")
        source = self._sources[checked.source]
        kinds = {stored_type(source, tables[table].physical, columns[table].physical or name) for table in columns}
        if len({column.domain for column in columns.values()}) > 1 or len(kinds) > 1:
            raise QueryRefused(
                f"{name} is not the same key in every table of the query.", "Read the tables one by one."
            )
        return self._tokens.reveal(next(iter(columns.values())).domain, tokens, kinds.pop())

    def _read(
        self, number: int, checked: CheckedQuery, bound: dict[str, Any], relations: dict[str, pa.Table]
    ) -> tuple[QueryAnswered, bytes]:
        ran = Ran(checked.narrowed)
        self.ran.append(ran)
        sink = self._files.sink(self._limits.read_bytes - self.bytes)
        with self._sources[checked.source].read(checked.narrowed, bound, relations) as reader:
            if len(reader.schema) != len(checked.outputs):
                raise Fault("The database answered with other columns than the query check expected.")
            self._write(sink, _handed_over(reader.schema, checked.outputs), self._hidden(reader, checked.outputs, ran))
        placed = sink.finish()
        return QueryAnswered(number=number, rows=ran.rows, memory=placed.memory, size=placed.size), placed.payload

    def _write(self, sink: Sink, schema: pa.Schema, batches: Iterable[pa.Table]) -> None:
        with pa.ipc.new_stream(sink, schema) as writer:
            for table in batches:
                before = sink.size
                writer.write_table(table.cast(schema))
                self.bytes += sink.size - before

    def _hidden(self, reader: pa.RecordBatchReader, outputs: tuple[Output, ...], ran: Ran) -> Iterator[pa.Table]:
        """The rows with tokens in place of keys, some at a time; large enough groups that a lookup pays."""
        for group in grouped(reader):
            ran.rows += group.num_rows
            if ran.rows > self._limits.query_rows:
                raise LimitReached(
                    f"A query returned more than {self._limits.query_rows:,} rows.",
                    "Narrow it, or raise the limit in the settings.",
                )
            columns = [
                self._tokens.hide(output.domain, column) if is_key(output) else column
                for output, column in zip(outputs, group.columns, strict=True)
            ]
            yield pa.Table.from_arrays(columns, names=[output.name for output in outputs])


def stored_type(source: Source, table: tuple[str, ...], column: str) -> pa.DataType:
    """The type of a column as the database has it; `table` is the path in the source."""
    with source.read(f"SELECT {quoted(column)} FROM {quoted(*table)} LIMIT 0") as nothing:
        return nothing.schema.field(0).type


def is_key(output: Output) -> bool:
    return output.kind in ("patient_key", "event_key")


def grouped(reader: pa.RecordBatchReader) -> Iterator[pa.Table]:
    """The batches of a reader put together into larger tables."""
    group: list[pa.RecordBatch] = []
    rows = size = 0
    for batch in reader:
        group.append(batch)
        rows, size = rows + batch.num_rows, size + batch.nbytes
        if rows >= GROUP_ROWS or size >= GROUP_BYTES:
            yield pa.Table.from_batches(group)
            group, rows, size = [], 0, 0
    if group:
        yield pa.Table.from_batches(group)


def bound_parameters(checked: CheckedQuery, untrusted: dict[str, Any]) -> dict[str, Any]:
    """The parameters that the checked query takes, each a scalar or, where it is a list, a list of scalars."""
    unknown, missing = set(untrusted) - set(checked.parameters), set(checked.parameters) - set(untrusted)
    if unknown or missing:
        name = min(unknown or missing)
        raise QueryRefused(f"The query {'has no' if unknown else 'needs the'} parameter :{name}.")
    for name, value in untrusted.items():
        items = value if isinstance(value, list) else [value]
        if isinstance(value, list) != (name in checked.lists):
            raise QueryRefused(f"The parameter :{name} is {'a' if isinstance(value, list) else 'no'} list here.")
        if len(items) > _LIST_ITEMS or not all(_is_scalar(item) for item in items):
            raise QueryRefused(f"The parameter :{name} holds something that can't be bound.")
        if name in checked.numbers and any(isinstance(item, str) for item in items):
            raise QueryRefused(
                f"The list :{name} is compared with numbers and holds something that is none.",
                "Pass numbers: frame.column.astype(float).",
            )
    return dict(untrusted)


def _is_scalar(item: object) -> bool:
    return (
        isinstance(item, (bool, int, float))
        or item is None
        or (isinstance(item, str) and len(item) <= _TEXT_CHARACTERS)
    )


def _handed_over(schema: pa.Schema, outputs: tuple[Output, ...]) -> pa.Schema:
    """The schema that the program sees: tokens are int64, an extension type is what it is stored as."""
    return pa.schema(
        [
            pa.field(output.name, pa.int64() if is_key(output) else _stored(field.type))
            for field, output in zip(schema, outputs, strict=True)
        ]
    )


def _stored(kind: pa.DataType) -> pa.DataType:
    return kind.storage_type if isinstance(kind, pa.BaseExtensionType) else kind
