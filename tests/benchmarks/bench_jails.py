"""What the jails cost. By hand: `python tests/benchmarks/bench_jails.py [FILE.md] [--rounds N] [--rows 1 10 50]`.

One table of ratios from one run. Everything is measured in turns with its plain counterpart, so that what else the
machine does weighs on both alike; medians. The counterparts:

    start            a process that imports and rehearses the same, without a jail
    whole program    the same program in such a process, unguarded, on the same rows, already as Arrow
    first line       `python -I -c "import pandas"`; the goal is in milliseconds, so those stand there too
    rows             `duckdb.connect(file).sql(q).df()` in one process, and the same by way of Arrow
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

sys.path.insert(0, str(Path(__file__).parents[1] / "running"))

import bench_first_line as first_line
import pyarrow as pa
from measured_programs import PROGRAMS, stays
from rows_measured import Cost, bare, brokered, make_rows, tables
from study import Study

from sandbox.jail import Limits, Role, spawn
from sandbox.messages.data_door import Began, Broke, Finished, FromProgram, QueryAnswered, QueryAsked, Start
from sandbox.messages.frames import Channel
from sandbox.program.door import ipc_bytes
from sandbox.running.limits import LIBRARIES_MB, THREADS
from sandbox.running.memory import MemoryFiles

_BARE_PROGRAM = Path(__file__).with_name("bare_program.py")
_THREADS = dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"), str(THREADS))
_WRITE = sys.stdout.write


class Line(NamedTuple):
    """One line of the table: what, the plain counterpart's figure, ours, and the goal if there is one."""

    what: str
    plain: float
    ours: float
    unit: str
    goal: str = ""

    def __str__(self) -> str:
        digits = 4 if self.unit == "s" and self.ours < 1 else 2
        plain, ours = f"{self.plain:.{digits}f} {self.unit}", f"{self.ours:.{digits}f} {self.unit}"
        return f"| {self.what} | {plain} | {ours} | {self.ours / self.plain:.2f} | {self.goal} |\n"


def main() -> None:
    asked = argparse.ArgumentParser()
    asked.add_argument("file", nargs="?", type=Path)
    asked.add_argument("--rounds", type=int, default=3)
    asked.add_argument("--rows", type=int, nargs="*", default=[1, 10, 50], help="in millions")
    options = asked.parse_args()
    text = "| what | plain | jailed | ratio | goal |\n|---|---:|---:|---:|---|\n"
    for measure in (lambda: programs(options.rounds), lambda: first_lines(options.rounds)):
        text += "".join(map(str, measure()))
    for millions in options.rows:
        text += "".join(map(str, rows(millions, 1 if millions >= 50 else options.rounds)))
    text += (
        f"\n{os.cpu_count()} processors, {THREADS} threads for each library, load {os.getloadavg()[0]:.1f} at the end."
    )
    _WRITE(text + "\n")
    if options.file:
        options.file.write_text(text + "\n")


# Starting, and whole programs.


@contextmanager
def jailed(memory: int, env: dict[str, str]) -> Iterator[Channel]:
    with spawn(Role.PROGRAM, limits=Limits(memory_mb=4096 + LIBRARIES_MB), inherit=(memory,)) as child:
        yield child.channel


@contextmanager
def plain(memory: int, env: dict[str, str]) -> Iterator[Channel]:
    theirs_in, ours_out = os.pipe()
    ours_in, theirs_out = os.pipe()
    fds = (theirs_in, theirs_out, memory)
    command = [sys.executable, "-I", *env.get("options", "").split(), str(_BARE_PROGRAM), *map(str, fds)]
    environment = os.environ | _THREADS
    with subprocess.Popen(command, pass_fds=fds, env=environment) as process:
        os.close(theirs_in)
        os.close(theirs_out)
        channel = Channel(ours_in, ours_out)
        try:
            yield channel
        finally:
            channel.close()
            process.kill()


def run(way: Any, program: str, table: pa.Table, env: dict[str, str] | None = None) -> dict[str, float]:
    """Seconds from start to warm, from the order to the first line, and from that to the end."""
    files = MemoryFiles.make(1)
    sink = files.sink(10**10)
    sink.write(ipc_bytes(table))
    placed = sink.finish()
    began = time.perf_counter()
    with way(files.readable[0], env or {}) as channel:
        channel.receive(FromProgram, 300)
        warm = time.perf_counter()
        channel.send(Start(parameters={}), program.encode())
        while not isinstance(message := channel.receive(FromProgram, 300)[0], Finished):
            assert not isinstance(message, Broke), message
            if isinstance(message, Began):
                first = time.perf_counter()
            if isinstance(message, QueryAsked):
                answer = QueryAnswered(number=message.number, rows=len(table), memory=placed.memory, size=placed.size)
                channel.send(answer)
        ended = time.perf_counter()
    files.close()
    return {"cold": warm - began, "warm": first - warm, "whole": ended - first}


def programs(rounds: int) -> list[Line]:
    table = stays()
    found: dict[str, list[tuple[dict[str, float], dict[str, float]]]] = {name: [] for name in PROGRAMS}
    without: list[float] = []
    for number in range(rounds):
        for name, program in PROGRAMS.items():
            ways = (plain, jailed) if number % 2 else (jailed, plain)
            both = {way: run(way, program, table) for way in ways}
            found[name].append((both[plain], both[jailed]))
        with tempfile.TemporaryDirectory() as empty:
            options = {"options": f"-B -X pycache_prefix={empty}"}
            without.append(run(plain, PROGRAMS["nothing"], table, options)["cold"])
    every = [pair for pairs in found.values() for pair in pairs]
    cold = _pair(every, "cold")
    return [
        Line("a program's process, from nothing to warm", *cold, "s"),
        Line("the same without compiled files (both without a jail)", cold[0], statistics.median(without), "s"),
        Line("from the order to the first line, warm process alone", *_pair(every, "warm"), "s"),
        *(
            Line(f"whole program: {name}", *_pair(pairs, "whole"), "s", "≤ 1.05")
            for name, pairs in found.items()
            if name != "nothing"
        ),
    ]


def _pair(pairs: list[tuple[dict[str, float], dict[str, float]]], what: str) -> tuple[float, float]:
    return statistics.median(one[what] for one, _ in pairs), statistics.median(other[what] for _, other in pairs)


# From the order to the first line, with everything that is checked before.


def first_lines(rounds: int) -> list[Line]:
    with tempfile.TemporaryDirectory() as folder:
        hospital = first_line._hospital(Path(folder) / "hospital.duckdb")
        study = Study(Path(folder) / "workspace", hospital)
        approval = study.approve(first_line.PROGRAM, first_line.GRANT, runs=10_000)
        first_line._run(study, approval, 0)
        found = [first_line._round(study, approval) for _ in range(rounds)]
    middle = {name: statistics.median(one[name] for one in found) for name in first_line.BARE}
    imports, cold, warm, whole = first_line.BARE
    return [
        Line("run to first line, cold session (plain: import pandas)", middle[imports], middle[cold], "s"),
        Line("run to first line, warm session (plain: import pandas)", middle[imports], middle[warm], "s", "≤ 0.020 s"),
        Line("run to its signed record, warm session (plain: import pandas)", middle[imports], middle[whole], "s"),
    ]


# Rows.


def rows(millions: int, rounds: int) -> list[Line]:
    count = millions * 1_000_000
    with tempfile.TemporaryDirectory() as folder:
        file = make_rows(Path(folder) / "rows.duckdb", count)
        memory_mb = max(8192, millions * 400)
        settings: dict[str, Any] = {"program_memory_mb": memory_mb, "query_rows": count, "program_seconds": 1200}
        study = Study(Path(folder) / "workspace", file, tables=tables(count), **settings)
        found = [
            (bare(file), bare(file, "arrow"), brokered(study, "plain", count), brokered(study, "keyed", count))
            for _ in range(rounds)
        ]
    df, arrow, without, keyed = (_middle([one[at] for one in found]) for at in range(4))
    goals = ("≤ 0.5", "≤ 0.8") if millions == 10 else ("", "")
    what = f"{millions} million rows × 6"
    return [
        Line(f"{what}: time", df.seconds, without.seconds, "s", goals[0]),
        Line(f"{what}: memory", df.megabytes, without.megabytes, "MB", goals[1]),
        Line(f"{what}, with tokens: time", df.seconds, keyed.seconds, "s"),
        Line(f"{what}, with tokens: memory", df.megabytes, keyed.megabytes, "MB"),
        Line(f"{what}: time, against plain DuckDB → Arrow → pandas", arrow.seconds, without.seconds, "s"),
        Line(f"{what}: memory, against the same", arrow.megabytes, without.megabytes, "MB"),
    ]


def _middle(costs: list[Cost]) -> Cost:
    return Cost(statistics.median(one.seconds for one in costs), statistics.median(one.megabytes for one in costs))


if __name__ == "__main__":
    main()
