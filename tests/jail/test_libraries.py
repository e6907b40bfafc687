"""What a program, an agent and the checks are built on really works inside, with the limits they are given."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest
from jailed_code import answer_of, heard, memory_file, run_in_jail

from sandbox.jail import Limits, Role
from sandbox.messages.frames import ChannelClosed

PROGRAM = """
import io
import numpy, pandas, pyarrow, scipy.stats
import matplotlib.pyplot as plt
import statsmodels.formula.api as formulas

frame = pandas.DataFrame({"ward": ["a", "b", "a"], "days": [1.0, 2.0, 4.0], "age": [50.0, 61.0, 72.0]})
figure, axes = plt.subplots()
axes.plot(frame["age"], frame["days"])
axes.set_title("Length of stay")
png = io.BytesIO()
figure.savefig(png, format="png")
answer({
    "groups": frame.groupby("ward")["days"].mean().to_dict(),
    "product": (numpy.eye(300) @ numpy.ones((300, 300))).sum(),
    "sum": pyarrow.compute.sum(pyarrow.array(range(1000))).as_py(),
    "p": round(scipy.stats.ttest_ind([1, 2, 3], [2, 3, 4.5]).pvalue, 3),
    "slope": round(formulas.ols("days ~ age", frame).fit().params["age"], 3),
    "zone": str(pandas.Timestamp("2024-07-01", tz="Europe/Berlin").utcoffset()),
    "png": png.getvalue()[:8].hex(),
})
"""


def test_a_program_can_compute_group_fit_and_draw(tmp_path: Path) -> None:
    assert answer_of(PROGRAM, tmp_path, limits=Limits(memory_mb=4096, cpu_seconds=120)) == {
        "groups": {"a": 2.5, "b": 2.0},
        "product": 90000.0,
        "sum": 499500,
        "p": 0.277,
        "slope": 0.136,
        "zone": "2:00:00",
        "png": b"\x89PNG\r\n\x1a\n".hex(),
    }


def test_duckdb_works_in_memory(tmp_path: Path) -> None:
    code = """
import duckdb, pyarrow
connection = duckdb.connect(":memory:", config={"threads": 2, "memory_limit": "512MB"})
connection.register("stays", pyarrow.table({"ward": ["a", "b", "a"], "days": [1, 2, 4]}))
query = "SELECT ward, sum(days) FROM stays WHERE days > $least GROUP BY ALL ORDER BY 1"
rows = connection.execute(query, {"least": 0}).fetchall()
syntax = connection.execute("SELECT json_serialize_sql('SELECT 1')").fetchone()[0]
answer([rows, "SELECT_NODE" in syntax])
"""
    assert answer_of(code, tmp_path, role=Role.DRAFTING_WORKER) == [[["a", 5], ["b", 2]], True]


def test_duckdb_still_needs_our_workaround(tmp_path: Path) -> None:
    """When this fails, DuckDB has learned to live without its cgroup file: remove `duckdb_import`."""
    code = "import sys\nsys.meta_path.pop(0)\nimport duckdb\nduckdb.connect()\nanswer('connected')"
    with run_in_jail(code, tmp_path, "namespaces") as child:  # which would hide the file
        with pytest.raises(ChannelClosed):
            heard(child)
        assert child.wait(30) == -signal.SIGABRT


def test_duckdb_reaches_no_file(tmp_path: Path) -> None:
    secret = tmp_path / "secret.csv"
    secret.write_text("mrn\n4711\n")
    code = f"""
import duckdb
for attempt in ("SELECT * FROM '{secret}'", "COPY (SELECT 1) TO '{tmp_path}/out.csv'", "ATTACH '{tmp_path}/x.db'"):
    try:
        duckdb.connect().execute(attempt).fetchall()
        answer(attempt)
    except (duckdb.IOException, duckdb.PermissionException):
        pass
answer("nothing")
"""
    assert answer_of(code, tmp_path) == "nothing"


def test_rows_are_mapped_from_an_inherited_memory_file(tmp_path: Path) -> None:
    import pyarrow as pa

    table = pa.table({"pat_id": pa.array(range(200_000), pa.int64()), "days": pa.array([1.5] * 200_000)})
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table)
    fd = memory_file(sink.getvalue().to_pybytes())
    code = """
import mmap, pyarrow
rows = mmap.mmap(inherited[0], 0, access=mmap.ACCESS_READ)
frame = pyarrow.ipc.open_stream(pyarrow.py_buffer(rows)).read_all().to_pandas(split_blocks=True)
answer([len(frame), int(frame.pat_id.sum()), float(frame.days.mean())])
"""
    try:
        assert answer_of(code, tmp_path, inherit=(fd,)) == [200_000, sum(range(200_000)), 1.5]
    finally:
        os.close(fd)


def test_the_model_client_streams_over_a_pipe_of_ours(tmp_path: Path) -> None:
    code = """
import anthropic, httpx2

class Pipe(httpx2.BaseTransport):
    def handle_request(self, request):
        return httpx2.Response(200, json={
            "id": "m", "type": "message", "role": "assistant", "model": "x", "stop_reason": "end_turn",
            "content": [{"type": "text", "text": "hello"}], "usage": {"input_tokens": 1, "output_tokens": 1}})

client = anthropic.Anthropic(api_key="jail", http_client=httpx2.Client(transport=Pipe(), trust_env=False))
answer(client.messages.create(model="x", max_tokens=9, messages=[{"role": "user", "content": "hi"}]).content[0].text)
"""
    assert answer_of(code, tmp_path, role=Role.AGENT) == "hello"


def test_the_checks_parse_and_compile(tmp_path: Path) -> None:
    code = """
import RestrictedPython, sqlglot
RestrictedPython.compile_restricted("x = 1", "<draft>", "exec")
answer(sqlglot.parse_one("SELECT a FROM t", dialect="duckdb").sql("duckdb"))
"""
    assert answer_of(code, tmp_path, role=Role.CHECKS) == "SELECT a FROM t"


def test_the_environment_is_new_and_threads_are_capped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANTHROPIC_API_KEY", "a-secret")
    environment = answer_of("import os\nanswer(dict(os.environ))", tmp_path)
    assert "a-secret" not in environment.values()
    assert environment["HOME"] == "/nonexistent"
    assert environment["TZ"] == "UTC"
    assert 1 <= int(environment["OPENBLAS_NUM_THREADS"]) <= 8


def test_only_the_ordered_descriptors_are_open(tmp_path: Path) -> None:
    fd = memory_file(b"rows")
    stray = os.open("/etc/passwd", os.O_RDONLY)
    os.set_inheritable(stray, True)
    code = """
import os
def is_open(fd):
    try:
        os.fstat(fd)
    except OSError:
        return False
    return True
answer([fd for fd in range(3, 256) if is_open(fd)] + list(inherited))
"""
    try:
        with run_in_jail(code, tmp_path, inherit=(fd,)) as child:
            found = heard(child)
    finally:
        os.close(fd)
        os.close(stray)
    assert found[-1] == fd
    assert len(found) - 1 == 3  # two of the channel, one inherited
    assert stray not in found
