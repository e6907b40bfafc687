"""Queries of a run: only what is written and granted is read, and keys leave as tokens."""

from __future__ import annotations

import mmap
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import duckdb
import pyarrow as pa
import pytest

from sandbox.checks.facts import CheckedQuery, ColumnSchema, Grant, Output, Schema, TableSchema
from sandbox.errors import LimitReached, QueryRefused
from sandbox.matching import Tokens
from sandbox.messages.data_door import QueryAnswered, QueryAsked, QueryDenied
from sandbox.messages.frames import BadFrame
from sandbox.program.door import ipc_bytes
from sandbox.running.limits import RunLimits
from sandbox.running.memory import MemoryFiles
from sandbox.running.queries import Queries, bound_parameters
from sandbox.sources import connect
from sandbox.workspace import SourceSettings

LIMITS = RunLimits(seconds=60, memory_mb=1000, query_rows=2_000_000, read_bytes=10**9, queries=20)
GRANT = Grant(
    tables={"ehr.encounters": ("pat_id", "enc_id", "enc_class", "charge"), "ehr.results": ("pat_id", "value")}
)
PATIENT = ColumnSchema(type="BIGINT", given="token", key="patient", domain="patient")
ENCOUNTER = ColumnSchema(type="BIGINT", given="token", key="event", domain="encounter")
PLAIN = ColumnSchema(type="VARCHAR", given="full")
SCHEMA = Schema(
    tables={
        "ehr.encounters": TableSchema(
            physical=("src", "main", "encounters"),
            columns={"pat_id": PATIENT, "enc_id": ENCOUNTER, "enc_class": PLAIN, "charge": PLAIN},
        ),
        "ehr.results": TableSchema(physical=("src", "main", "results"), columns={"pat_id": PATIENT, "value": PLAIN}),
    },
    dialects={"ehr": "duckdb"},
)
ENC = 'SELECT pat_id, enc_id, enc_class FROM "src"."main"."encounters"'
ENC_OUT = (
    Output(name="pat_id", kind="patient_key", domain="patient"),
    Output(name="enc_id", kind="event_key", domain="encounter"),
    Output(name="enc_class", kind="plain"),
)
ENC_READ = {"ehr.encounters": ("pat_id", "enc_id", "enc_class")}


@pytest.fixture
def serve(hospital: Path, tmp_path: Path) -> Iterator[Any]:
    files = MemoryFiles.make(4)
    source = connect(SourceSettings(name="ehr", kind="duckdb", location=str(hospital)), None)
    tokens = Tokens.open(tmp_path / "tokens.enc", bytes(32), "w")

    def make(limits: RunLimits = LIMITS, **known: CheckedQuery) -> Queries:
        approved: Any = SimpleNamespace(approval=SimpleNamespace(grant=GRANT), schema=SCHEMA)
        checked: Any = {(name, tuple(query.cohort)): query for name, query in known.items()}
        return Queries(checked, approved, {"ehr": source}, tokens, files, limits)

    make.files = files  # type: ignore[attr-defined]
    yield make
    source.close()
    files.close()


def query(narrowed: str, outputs: tuple[Output, ...] = ENC_OUT, **more: Any) -> CheckedQuery:
    return CheckedQuery(source="ehr", narrowed=narrowed, outputs=outputs, **({"read": ENC_READ} | more))


def asked(sql: str, cohort: tuple[str, ...] = (), **parameters: Any) -> QueryAsked:
    return QueryAsked(number=7, sql=sql, parameters=parameters, cohort=cohort)


def rows(payload: bytes | pa.Buffer) -> pa.Table:
    with pa.ipc.open_stream(payload) as stream:
        return stream.read_all()


def test_rows_arrive_with_tokens_in_place_of_keys(serve: Any, hospital: Path) -> None:
    queries = serve(a=query(ENC + " ORDER BY enc_id"))
    answer, payload = queries.answer(asked("a"), b"")
    assert isinstance(answer, QueryAnswered)
    assert (answer.number, answer.rows, answer.memory) == (7, 4000, -1)
    table = rows(payload)
    with duckdb.connect(str(hospital), read_only=True) as connection:
        real = connection.sql("SELECT pat_id, enc_id, enc_class FROM encounters ORDER BY enc_id").fetchall()
    assert table.schema.types[:2] == [pa.int64(), pa.int64()]
    assert table.column("enc_class").to_pylist() == [row[2] for row in real]
    stand_ins = set(zip(table.column("pat_id").to_pylist(), [row[0] for row in real], strict=True))
    assert len(stand_ins) == 400 and len({token for token, _ in stand_ins}) == 400
    assert not {token for token, _ in stand_ins} & {key for _, key in stand_ins}
    assert len(set(table.column("enc_id").to_pylist())) == 4000
    assert queries.rows == 4000
    assert queries.bytes > 4000 * 16


def test_a_million_rows_arrive_through_a_memory_file_and_equal_what_is_there(serve: Any, hospital: Path) -> None:
    narrowed = 'SELECT pat_id, value FROM "src"."main"."results" ORDER BY rowid'
    outputs = (ENC_OUT[0], Output(name="value", kind="plain"))
    queries = serve(a=query(narrowed, outputs, read={"ehr.results": ("pat_id", "value")}))
    answer, payload = queries.answer(asked("a"), b"")
    assert (answer.rows, answer.memory, payload) == (1_000_000, 0, b"")
    view = mmap.mmap(serve.files.readable[0], answer.size, flags=mmap.MAP_SHARED, prot=mmap.PROT_READ)
    table = rows(pa.py_buffer(view))
    with duckdb.connect(str(hospital), read_only=True) as connection:
        real = connection.sql("SELECT pat_id, value FROM results ORDER BY rowid").to_arrow_table()
    assert table.column("value").equals(real.column("value"))
    tokens, keys = table.column("pat_id").to_numpy(), real.column("pat_id").to_numpy()
    of = dict(zip(keys.tolist(), tokens.tolist(), strict=True))
    assert len(of) == 400
    assert [of[key] for key in keys.tolist()] == tokens.tolist()
    del table
    # the tokens are the same ones that another query gives
    encounters, _ = serve(a=query(ENC)).answer(asked("a"), b"")
    assert encounters.rows == 4000


def test_a_cohort_restricts_by_the_keys_behind_its_tokens(serve: Any) -> None:
    cohort = query(ENC + ' WHERE "pat_id" IN (SELECT "k" FROM "cohort_pat_id")', cohort={"pat_id": "cohort_pat_id"})
    queries = serve(all=query(ENC), some=cohort)
    everyone = rows(queries.answer(asked("all"), b"")[1])
    chosen = sorted(set(everyone.column("pat_id").to_pylist()))[:25]
    payload = ipc_bytes(pa.table({"pat_id": pa.array([*chosen, None, *chosen[:3]])}))
    answer, data = queries.answer(asked("some", ("pat_id",)), bytes(payload))
    got = rows(data)
    assert set(got.column("pat_id").to_pylist()) == set(chosen)
    assert answer.rows == sum(token in set(chosen) for token in everyone.column("pat_id").to_pylist())


def test_a_cohort_of_text_keys_works_too(serve: Any) -> None:
    cohort = query(ENC + ' WHERE "enc_id" IN (SELECT "k" FROM "cohort_enc_id")', cohort={"enc_id": "cohort_enc_id"})
    queries = serve(all=query(ENC), some=cohort)
    chosen = rows(queries.answer(asked("all"), b"")[1]).column("enc_id").to_pylist()[10:20]
    answer, data = queries.answer(asked("some", ("enc_id",)), bytes(ipc_bytes(pa.table({"enc_id": chosen}))))
    assert sorted(rows(data).column("enc_id").to_pylist()) == sorted(chosen)


def test_an_empty_cohort_reads_nothing(serve: Any) -> None:
    cohort = query(ENC + ' WHERE "pat_id" IN (SELECT "k" FROM "cohort_pat_id")', cohort={"pat_id": "cohort_pat_id"})
    payload = bytes(ipc_bytes(pa.table({"pat_id": pa.array([], pa.int64())})))
    answer, data = serve(some=cohort).answer(asked("some", ("pat_id",)), payload)
    assert (answer.rows, rows(data).num_rows) == (0, 0)


def test_guessed_tokens_and_real_keys_are_no_cohort(serve: Any) -> None:
    cohort = query(ENC, cohort={"pat_id": "cohort_pat_id"})
    queries = serve(all=query(ENC), some=cohort)
    queries.answer(asked("all"), b"")
    payload = bytes(ipc_bytes(pa.table({"pat_id": [900_000, 900_001]})))
    answer, data = queries.answer(asked("some", ("pat_id",)), payload)
    assert isinstance(answer, QueryDenied)
    assert "no tokens of that key" in answer.sentence
    assert data == b""


def test_hostile_cohorts_end_the_run(serve: Any) -> None:
    queries = serve(some=query(ENC, cohort={"pat_id": "cohort_pat_id"}))
    other_column = bytes(ipc_bytes(pa.table({"mrn": [1]})))
    for payload in (b"", b"garbage", other_column):
        with pytest.raises(BadFrame):
            queries.answer(asked("some", ("pat_id",)), payload)


@pytest.mark.parametrize("other", [asked("SELECT pat_name FROM ehr.patients"), asked("a", ("pat_id",))])
def test_a_query_that_does_not_stand_in_the_program_is_denied(serve: Any, other: QueryAsked) -> None:
    answer, _ = serve(a=query(ENC)).answer(other, b"")
    assert isinstance(answer, QueryDenied)
    assert "does not stand in the signed program" in answer.sentence


@pytest.mark.parametrize(
    "checked",
    [
        query(ENC, read={"ehr.encounters": ("pat_id", "admit_dt")}),
        query(ENC, read={"ehr.patients": ("pat_name",)}),
        query(ENC, read={"registry.deaths": ("pat_id",)}),
    ],
    ids=["column", "table", "source"],
)
def test_the_broker_holds_the_grant_even_if_the_query_check_does_not(serve: Any, checked: CheckedQuery) -> None:
    answer, _ = serve(a=checked).answer(asked("a"), b"")
    assert isinstance(answer, QueryDenied)
    assert "not granted" in answer.sentence


def test_what_the_database_refuses_is_denied_without_a_value(serve: Any) -> None:
    queries = serve(a=query(ENC + " WHERE CAST(enc_id AS INTEGER) = 1"))
    answer, _ = queries.answer(asked("a"), b"")
    assert isinstance(answer, QueryDenied)
    assert "E70000" not in answer.sentence and "E7" not in queries.last_refusal


def test_parameters_are_bound_never_pasted(serve: Any) -> None:
    bound = query(ENC + " WHERE enc_class = $c", parameters=("c",))
    queries = serve(a=bound, b=query(ENC + " WHERE list_contains($cs, enc_class)", parameters=("cs",), lists=("cs",)))
    assert queries.answer(asked("a", c="IP' OR '1'='1"), b"")[0].rows == 0
    inpatient = queries.answer(asked("a", c="IP"), b"")[0].rows
    both = queries.answer(asked("b", cs=["IP", "ED"]), b"")[0].rows
    assert 0 < inpatient < both < 4000


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({}, "needs the parameter :c"),
        ({"c": 1, "d": 2}, "has no parameter :d"),
        ({"c": [1]}, "is a list here"),
        ({"c": {"a": 1}}, "can't be bound"),
        ({"c": "x" * 10_001}, "can't be bound"),
    ],
)
def test_parameters_of_another_shape_are_refused(given: dict[str, Any], sentence: str) -> None:
    with pytest.raises(QueryRefused, match=sentence):
        bound_parameters(query(ENC, parameters=("c",)), given)


def test_rows_bytes_and_number_of_queries_are_limited(serve: Any) -> None:
    few_rows = RunLimits(seconds=1, memory_mb=1, query_rows=3_999, read_bytes=10**9)
    with pytest.raises(LimitReached, match="more than 3,999 rows"):
        serve(few_rows, a=query(ENC)).answer(asked("a"), b"")
    few_bytes = RunLimits(seconds=1, memory_mb=1, query_rows=10**6, read_bytes=10_000)
    with pytest.raises(LimitReached, match="more data than its memory"):
        serve(few_bytes, a=query(ENC)).answer(asked("a"), b"")
    queries = serve(a=query(ENC + " LIMIT 0"))
    for _ in range(LIMITS.queries):
        queries.answer(asked("a"), b"")
    with pytest.raises(LimitReached, match="more than 20 queries"):
        queries.answer(asked("a"), b"")


def test_bytes_are_limited_over_all_queries_together(serve: Any) -> None:
    limits = RunLimits(seconds=1, memory_mb=1, query_rows=10**6, read_bytes=250_000)
    queries = serve(limits, a=query(ENC))
    queries.answer(asked("a"), b"")
    with pytest.raises(LimitReached, match="more data than its memory"):
        for _ in range(5):
            queries.answer(asked("a"), b"")
