"""What a large warehouse costs. By hand: `python tests/benchmarks/bench_warehouse.py [--tables N] [--columns N]`.

A made-up DuckDB warehouse (`made_warehouse`) is looked at, searched, and ten of its tables are opened one by one, each
step in a real session of a real workspace, as the desk does it. Peak memory is that of the session's process.
"""

from __future__ import annotations

import argparse
import random
import statistics
import sys
import tempfile
import threading
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from made_warehouse import ASPECTS, MEASURES, NOUNS, QUALITIES, SUBJECTS, write_warehouse

from sandbox.dictionary import agent_text
from sandbox.dictionary.catalog_index import CATALOG, CatalogIndex
from sandbox.keystore import open_keystore
from sandbox.messages.desk import Look, Looked
from sandbox.records import ReviewerKey, Trust, load_dictionary
from sandbox.review.connecting import add_source
from sandbox.review.deciding import is_undecided, read_proposal, sign_tables
from sandbox.review.finding import Finder
from sandbox.review.setting_up import set_up
from sandbox.sessions import Session
from sandbox.workspace import Workspace

PASSPHRASE = "four unrelated words here"
SOURCE = "wh"
_WRITE = sys.stdout.write


def main() -> None:
    """Make the warehouse, measure, write the table."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--tables", type=int, default=10_000)
    options.add_argument("--columns", type=int, default=250_000)
    options.add_argument("--filled", type=int, default=50)
    options.add_argument("--searches", type=int, default=500)
    options.add_argument("--opened", type=int, default=10)
    wanted = options.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        database = Path(folder) / "warehouse.duckdb"
        began = time.monotonic()
        filled = write_warehouse(database, wanted.tables, wanted.columns, wanted.filled)
        _line("making the warehouse (not ours)", f"{time.monotonic() - began:.1f} s")
        workspace = set_up(Path(folder) / "study", "Dr A Reviewer", PASSPHRASE, store="throwaway")
        add_source(workspace, open_keystore(workspace), SOURCE, database, None)
        _look(workspace)
        _searches(workspace, wanted.searches)
        _open(workspace, filled[: wanted.opened])
        _tokens(workspace)


def _look(workspace: Workspace) -> None:
    seconds, peak, looked = measured(workspace, ())
    _line("tables and columns in the catalog", f"{looked.catalog_tables:,} and {looked.catalog_columns:,}")
    _line("the look", f"{seconds:.1f} s, at most {peak:,.0f} MB")
    size = (workspace.source_folder(SOURCE) / CATALOG).stat().st_size
    _line("size of catalog.sqlite", f"{size / 1e6:.1f} MB")


def _searches(workspace: Workspace, count: int) -> None:
    draw = random.Random(3)
    times, empty = [], 0
    with CatalogIndex.open(workspace.source_folder(SOURCE) / CATALOG) as index:
        finder = Finder(workspace, SOURCE, index)
        for _ in range(count):
            words = _question(draw)
            began = time.perf_counter()
            found = finder.find(words)
            times.append((time.perf_counter() - began) * 1000)
            empty += not found
    p99 = statistics.quantiles(times, n=100)[98]
    _line(f"{count} searches", f"median {statistics.median(times):.2f} ms, p99 {p99:.2f} ms, {empty} found nothing")


def _question(draw: random.Random) -> str:
    """Words as people type them: long forms of some, abbreviations of others, one to three of them."""
    pools = (SUBJECTS, [*NOUNS, "date", "time", "code", "id"], [*QUALITIES, *MEASURES], ASPECTS)
    return " ".join(draw.choice(pool) for pool in draw.sample(pools, draw.choice((1, 2, 2, 3)))).replace("_", " ")


def _open(workspace: Workspace, names: list[str]) -> None:
    """One table after the other, as a reviewer who needs ten of them would."""
    seconds, peaks, decisions = [], [], []
    with CatalogIndex.open(workspace.source_folder(SOURCE) / CATALOG) as index:
        paths = {".".join(listed.physical[-2:]): listed.name for listed in index.tables()}
    for name in names:
        took, peak, _ = measured(workspace, (paths[name],))
        seconds.append(took)
        peaks.append(peak)
        table = next(one for one in read_proposal(workspace, SOURCE).tables if one.name == paths[name])
        decisions.append(sum(map(is_undecided, table.columns)))
    _line(
        "opening one table",
        f"median {statistics.median(seconds):.1f} s, most {max(seconds):.1f} s, at most {max(peaks):,.0f} MB",
    )
    _line(
        f"decisions until {len(names)} tables are usable",
        f"{sum(decisions)}: median {statistics.median(decisions):g} and most {max(decisions)} for a table",
    )


def _tokens(workspace: Workspace) -> None:
    keystore = open_keystore(workspace)
    sign_tables(workspace, ReviewerKey.unlock(workspace, keystore, PASSPHRASE), SOURCE, ())
    text = agent_text(load_dictionary(workspace, Trust.open(workspace, keystore)))
    _line("what an agent starts from", f"{len(text):,} characters, about {len(text) // 4:,} tokens")


def measured(workspace: Workspace, tables: tuple[str, ...]) -> tuple[float, float, Looked]:
    """Seconds and peak memory in MB of one look, and what came of it."""
    began = time.monotonic()
    with Session.looking(workspace) as session:
        peak = Peak(session.pid)
        session.send(Look(source=SOURCE, tables=tables))
        (looked,) = [line for line in session.until(Looked) if isinstance(line, Looked)]
        return time.monotonic() - began, peak.stop(), looked


class Peak:
    """The most memory that a process had, asked of the system (Linux) several times a second until it ends."""

    def __init__(self, pid: int) -> None:
        self._pid = pid
        self._most = 0.0
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()

    def stop(self) -> float:
        self._over.set()
        self._thread.join()
        return self._most

    def _watch(self) -> None:
        while not self._over.wait(0.05):
            try:
                status = Path(f"/proc/{self._pid}/status").read_text()
            except FileNotFoundError:
                return
            told = [int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM")]
            self._most = max([self._most, *(kilobytes / 1024 for kilobytes in told)])


def _line(what: str, figure: str) -> None:
    _WRITE(f"{what:44} {figure}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
