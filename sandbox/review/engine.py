"""The stand-in for the broker in a trial: a DuckDB in memory that holds synthetic rows only.

    engine = Engine(schema, tables)
    execute(program, start, Door(engine))
    engine.seen.values, engine.ending

It is the `Line` of the program's door: a message is handled when it is sent, the answer is there when it is
received. Queries pass the same check and the same narrowing as in a real run.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import msgspec

from sandbox.checks.exclusions import domain_of
from sandbox.checks.facts import ANCHORED, CheckedQuery, ColumnSchema, Exclusion, Grant, RowScope, Schema, TableSchema
from sandbox.errors import BadInput, QueryRefused
from sandbox.messages.data_door import Broke, Finished, QueryAnswered, QueryAsked, QueryDenied, Reported, Stepped

from .seen import QuerySeen, Seen, StepSeen, table_seen

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa

SETTINGS = (
    "SET python_enable_replacements = false",
    "SET autoinstall_known_extensions = false",
    "SET autoload_known_extensions = false",
    "SET memory_limit = '1GB'",
    "SET threads = 2",
    "SET temp_directory = ''",
    "SET enable_external_access = false",
)


def trial_schema(schema: Schema) -> Schema:
    """The schema of the engine's own tables: every name is the dictionary's, nothing is physical or unseen."""
    tables = {name: _dictionary_names(name, table) for name, table in schema.tables.items()}
    return Schema(tables=tables, dialects=schema.dialects)


class Engine:
    """Serves one program from `tables` (by `source.table`) and keeps what it reports."""

    def __init__(
        self,
        schema: Schema,
        tables: dict[str, pa.Table],
        *,
        rows: Mapping[str, tuple[RowScope, ...]] = MappingProxyType({}),
        exclusions: tuple[Exclusion, ...] = (),
    ) -> None:
        self._schema = schema
        self._grant, self._exclusions = limited(schema, rows, exclusions)
        self._answers: list[tuple[msgspec.Struct, bytes]] = []
        self._database = _database(tables)
        self.seen = Seen()
        self.ending: Broke | Finished | None = None

    def insert(self, table: str, row: dict[str, Any]) -> None:
        """Add one row of a made-up patient; the engine casts each value to its column's type."""
        import duckdb

        names = ", ".join(_quoted(name) for name in row)
        marks = ", ".join("?" for _ in row)
        try:
            self._database.execute(f"INSERT INTO {_path(table)} ({names}) VALUES ({marks})", list(row.values()))
        except duckdb.Error as problem:
            raise BadInput(f"A row of {table} can't be made: {_first_part(problem)}") from problem

    def send(self, message: msgspec.Struct, payload: bytes | memoryview = b"") -> None:
        match message:
            case QueryAsked():
                self._answers.append(self._answer(message, payload))
            case Stepped():
                self.seen.steps.append(StepSeen(label=message.label, rows=message.rows, patients=message.patients))
            case Reported():
                self._keep(message, payload)
            case Broke() | Finished():
                self.ending = message

    def receive(self, expected: Any, timeout: float | None = None) -> tuple[Any, bytes]:
        return self._answers.pop(0)

    def _keep(self, report: Reported, payload: bytes | memoryview) -> None:
        if report.kind == "table":
            self.seen.tables.append(table_seen(report.label, payload))
        elif report.kind == "figure":
            self.seen.figures.append(report.label)
        else:
            self.seen.values[report.label] = msgspec.json.decode(report.text)

    def _answer(self, asked: QueryAsked, payload: bytes | memoryview) -> tuple[msgspec.Struct, bytes]:
        try:
            table = self._run(asked, payload)
        except QueryRefused as refusal:
            sentence = f"{refusal.sentence} {refusal.advice}".strip()
            self.seen.queries.append(QuerySeen(sql=asked.sql, sentence=sentence))
            return QueryDenied(number=asked.number, sentence=sentence), b""
        self.seen.queries.append(QuerySeen(sql=asked.sql, rows=table.num_rows))
        from sandbox.program.door import ipc_bytes

        return QueryAnswered(number=asked.number, rows=table.num_rows), bytes(ipc_bytes(table))

    def _run(self, asked: QueryAsked, payload: bytes | memoryview) -> pa.Table:
        import duckdb

        from sandbox.checks.query import check_query

        checked = check_query(asked.sql, self._schema, self._grant, cohort=asked.cohort, exclusions=self._exclusions)
        self._put_cohort(checked, payload)
        try:
            return self._database.sql(checked.narrowed, params=_bound(checked, asked.parameters)).to_arrow_table()
        except duckdb.Error as problem:
            raise QueryRefused(f"The query failed on synthetic data: {_first_part(problem)}") from problem

    def _put_cohort(self, checked: CheckedQuery, payload: bytes | memoryview) -> None:
        import pyarrow as pa

        if not checked.cohort:
            return
        with pa.ipc.open_stream(pa.py_buffer(payload)) as stream:
            keys = stream.read_all()
        for column, relation in checked.cohort.items():
            self._database.register(relation, pa.table({"k": keys[column].drop_null()}))


def _dictionary_names(name: str, table: TableSchema) -> TableSchema:
    columns = {key: _own(column) for key, column in table.columns.items()}
    return TableSchema(columns=columns, physical=tuple(name.split(".", 1)), joins=table.joins)


def _own(column: ColumnSchema) -> ColumnSchema:
    """The column as made-up tables have it: what is counted from another date is there as a number already."""
    column = msgspec.structs.replace(column, physical="")
    if column.derivation not in ANCHORED:
        return column
    return msgspec.structs.replace(column, type="INTEGER", given="full", derivation="none", anchor="", anchor_type="")


def limited(
    schema: Schema, rows: Mapping[str, tuple[RowScope, ...]], exclusions: Iterable[Exclusion]
) -> tuple[Grant | None, tuple[Exclusion, ...]]:
    """Row scopes and exclusions as far as made-up data has what they read. Nobody invented is on a list."""
    scopes = {table: tuple(one for one in found if _is_there(one, table, schema)) for table, found in rows.items()}
    kept = tuple(one for one in exclusions if _is_there(one, one.table, schema) and domain_of(one, schema) is not None)
    if not any(scopes.values()):
        return None, kept
    return Grant(tables={name: tuple(table.columns) for name, table in schema.tables.items()}, rows=scopes), kept


def _is_there(one: RowScope | Exclusion, table: str, schema: Schema) -> bool:
    return one.keys is None and table in schema.tables and set(one.columns) <= set(schema.tables[table].columns)


def _database(tables: dict[str, pa.Table]) -> duckdb.DuckDBPyConnection:
    import duckdb

    database = duckdb.connect(":memory:")
    for setting in SETTINGS:
        database.execute(setting)
    for source in sorted({name.split(".", 1)[0] for name in tables}):
        database.execute(f"CREATE SCHEMA IF NOT EXISTS {_quoted(source)}")
    for name, table in tables.items():
        database.register("incoming", table)
        database.execute(f"CREATE TABLE {_path(name)} AS SELECT * FROM incoming")
        database.unregister("incoming")
    return database


def _bound(checked: CheckedQuery, given: dict[str, Any]) -> dict[str, Any]:
    missing = [name for name in checked.parameters if name not in given]
    if missing:
        raise QueryRefused(f"The query needs the parameter {missing[0]}.", f"Pass {missing[0]}=… to data.sql.")
    return {name: given[name] for name in checked.parameters}


def _first_part(problem: Exception) -> str:
    """DuckDB's message without the picture of the query, which is our narrowed one and not the author's."""
    return str(problem).partition("\n\nLINE")[0]


def _path(name: str) -> str:
    return ".".join(_quoted(part) for part in name.split(".", 1))


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
