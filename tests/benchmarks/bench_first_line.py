"""How long from "run" to the first line of a signed program? By hand: `python tests/benchmarks/bench_first_line.py`.

Against the time that a bare `python -I -c "import pandas"` needs on the same machine, measured in turns with it,
so that what else the machine does weighs on all of them alike. Medians, with the quartiles beside them.

    cold   no session is there: processes start, jails, imports, checks, signatures, confinement
    warm   the session has prepared this approval and waits, as it does while the reviewer reads what would run
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import duckdb

sys.path.insert(0, str(Path(__file__).parents[1] / "running"))

from study import Study

from sandbox.messages.desk import Prepare, Prepared, Ready, Run, RunBegan, RunEnded
from sandbox.sessions import Session

ROUNDS = 9
WAITING_SECONDS = 1.0
PROGRAM = (
    'def main(data, report):\n    report.value("stays", len(data.sql("SELECT enc_id, pat_id FROM ehr.encounters")))\n'
)
GRANT = {"ehr.encounters": ("enc_id", "pat_id")}
BARE = ("python -I -c 'import pandas'", "run to first line, cold", "run to first line, warm", "run to its end, warm")


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        study = Study(Path(folder) / "workspace", _hospital(Path(folder) / "hospital.duckdb"))
        approval = study.approve(PROGRAM, GRANT, runs=10_000)
        _run(study, approval, 0)  # the first run of a workspace also tests the jails and makes the tokens
        rounds = [_round(study, approval) for _ in range(ROUNDS)]
    _table({name: [one[name] for one in rounds] for name in BARE})


def _round(study: Study, approval: str) -> dict[str, float]:
    bare = _timed(lambda: subprocess.run([sys.executable, "-I", "-c", "import pandas"], check=True))
    cold, _ = _run(study, approval, 0)
    warm, whole = _run(study, approval, WAITING_SECONDS)
    return dict(zip(BARE, (bare, cold, warm, whole), strict=True))


def _run(study: Study, approval: str, wait: float) -> tuple[float, float]:
    """Seconds to the first line and to the end; from the session's start, or from the order when it was waiting."""
    began = time.perf_counter()
    with Session.running(study.workspace) as session:
        if wait:
            list(session.until(Ready))
            session.send(Prepare(approval=approval))
            list(session.until(Prepared))
            time.sleep(wait)
            began = time.perf_counter()
        session.send(Run(approval=approval))
        first = 0.0
        for message in session.until(RunEnded):
            if isinstance(message, RunBegan):
                first = time.perf_counter() - began
        whole = time.perf_counter() - began
    assert message.outcome == "finished", message.sentence
    return first, whole


def _timed(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def _hospital(path: Path) -> Path:
    with duckdb.connect(str(path)) as connection:
        connection.execute("CREATE MACRO preceptor_demo_mark() AS 1")
        connection.execute(
            "CREATE TABLE encounters AS SELECT 'E' || i AS enc_id, i % 400 AS pat_id FROM range(4000) r(i)"
        )
    return path


def _table(found: dict[str, list[float]]) -> None:
    bare = statistics.median(found[BARE[0]])
    write = sys.stdout.write
    write(f"{ROUNDS} rounds\n{'':32}{'median s':>10}{'quartiles':>18}{'x import pandas':>18}\n")
    for name, seconds in found.items():
        low, middle, high = statistics.quantiles(seconds, n=4)
        write(f"{name:32}{middle:10.3f}{low:10.3f} - {high:.3f}{middle / bare:18.2f}\n")


if __name__ == "__main__":
    main()
