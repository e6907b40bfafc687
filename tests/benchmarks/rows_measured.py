"""Rows from a DuckDB file into a DataFrame: through the real broker into a jail, and in one bare process.

Time is from the program's first line to the moment it has its frame. Memory is the most that the processes together
have at one moment: what is only theirs, the files and libraries that they map, and the memory files once.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any, NamedTuple

import duckdb
from study import PATIENT, Study, column

from sandbox.dictionary.model import Table
from sandbox.messages.desk import Ready, Run, RunBegan, RunEnded, Step
from sandbox.sessions import Session

COLUMNS = ("pat_id", "value", "amount", "charge", "class", "day")
WARMING_SECONDS = 8.0
_PLAIN = {"value": "INTEGER", "amount": "DOUBLE", "charge": "DOUBLE", "class": "VARCHAR", "day": "DATE"}
_SAMPLES = 0.01
_BARE = """import duckdb, json, resource, sys, time
file, how = sys.argv[1:]
import pandas, pyarrow
connection = duckdb.connect(file, read_only=True)
connection.execute("SET enable_progress_bar = false")
began = time.perf_counter()
rows = connection.sql('SELECT pat_id, value, amount, charge, "class", day FROM rows')
frame = rows.df() if how == "df" else rows.to_arrow_table().to_pandas(split_blocks=True, self_destruct=True)
seconds = time.perf_counter() - began
print(json.dumps([len(frame), seconds, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024]))
"""


class Cost(NamedTuple):
    """Seconds and megabytes."""

    seconds: float
    megabytes: float


def tables(count: int) -> tuple[Table, ...]:
    """The same rows twice: with the patient's number as it is, and swapped for a token."""
    physical = ("src", "main", "rows")
    plain = tuple(column(name, kind) for name, kind in _PLAIN.items())
    return (
        Table(source="ehr", name="plain", physical=physical, columns=(column("pat_id", "BIGINT"), *plain)),
        Table(source="ehr", name="keyed", physical=physical, columns=(column("pat_id", "BIGINT", **PATIENT), *plain)),
    )


def make_rows(path: Path, count: int) -> Path:
    with duckdb.connect(str(path)) as connection:
        connection.execute("CREATE MACRO preceptor_demo_mark() AS 1")
        connection.execute(
            f"""
            CREATE TABLE rows AS
            SELECT 900000 + (i * 7919 % {max(1, count // 50)}) AS pat_id, (i * 31 % 1009)::INT AS value,
                   (i * 29 % 9973) / 7.0::DOUBLE AS amount, (hash(i) % 1000003) / 13.0::DOUBLE AS charge,
                   ['IP', 'OP', 'ED', 'OBS', 'TELEHEALTH', 'HOME VISIT', 'NURSING', 'DAY SURGERY']
                       [1 + (hash(i) % 8)::INT] AS "class",
                   DATE '2015-01-01' + (i * 13 % 3650)::INT AS day
            FROM range({count}) r(i)
            """
        )
    return path


def bare(file: Path, how: str = "df") -> Cost:
    told = subprocess.run([sys.executable, "-I", "-c", _BARE, str(file), how], check=True, capture_output=True)
    _, seconds, megabytes = json.loads(told.stdout)
    return Cost(seconds, megabytes)


def brokered(study: Study, table: str, count: int) -> Cost:
    """One real run of a signed program that reads every row."""
    names = ", ".join(f'"{name}"' for name in COLUMNS)
    program = (
        f"def main(data, report):\n    rows = data.sql('SELECT {names} FROM ehr.{table}')\n"
        '    report.step("read", len(rows))\n'
    )
    approval = study.approve(program, {f"ehr.{table}": COLUMNS})
    with Session.running(study.workspace) as session:
        list(session.until(Ready, timeout=120))
        time.sleep(WARMING_SECONDS)
        peak = Peak(session.pid)
        session.send(Run(approval=approval))
        times: dict[type, float] = {}
        for message in session.until(RunEnded, timeout=600):
            times.setdefault(type(message), time.perf_counter())
            if isinstance(message, Step):
                peak.stop()
                assert message.rows == count
        assert message.outcome == "finished", message.sentence
    return Cost(times[Step] - times[RunBegan], peak.megabytes)


class Peak:
    """The most memory that a process and its children have together, looked at a hundred times a second."""

    def __init__(self, pid: int) -> None:
        self._pids = (pid, *_children(pid))
        self._door = pid
        self.megabytes = 0.0
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        self._over.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._over.wait(_SAMPLES):
            found = sum(_resident(pid) for pid in self._pids) + _memory_files(self._door)
            self.megabytes = max(self.megabytes, found / 1e6)


def _children(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def _resident(pid: int) -> float:
    """Without what it maps of memory files: that is counted once, below."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except (FileNotFoundError, ProcessLookupError):
        return 0.0
    sizes: dict[str, Any] = dict(line.split(":", 1) for line in lines if line.startswith(("RssAnon", "RssFile")))
    return sum(1024.0 * int(size.split()[0]) for size in sizes.values())


def _memory_files(pid: int) -> float:
    total = 0
    for fd in Path(f"/proc/{pid}/fd").iterdir():
        try:
            if os.readlink(fd).startswith("/memfd:preceptor"):
                total += fd.stat().st_blocks * 512
        except FileNotFoundError:
            continue
    return float(total)
