"""A program over a limit ends with a sentence that says which, and the signed record of the run has that sentence."""

from __future__ import annotations

import resource
import time

import pytest
from running_parts import Desk
from study import Study

from sandbox.jail import Limits, Role, spawn
from sandbox.messages.data_door import FromProgram, Start, Warm
from sandbox.messages.failures import LIMITS
from sandbox.running import limits
from sandbox.running.collected import Collected
from sandbox.running.limits import OVER, RunLimits
from sandbox.running.queries import Queries
from sandbox.running.serving import Serving

RESULTS = {"ehr.results": ("code", "pat_id", "value")}
ROWS = "data.sql('SELECT pat_id, value, code FROM ehr.results WHERE code = 1')"


def program(*lines: str) -> str:
    return "import numpy as np\nimport pandas as pd\n\ndef main(data, report):\n" + "".join(
        f"    {line}\n" for line in lines
    )


@pytest.mark.parametrize(
    ("lines", "sentence"),
    [
        (["big = np.ones(50 * 2**30, dtype='int8')"], "at line 5 because it needed more memory than it may have"),
        (["report.table('t', pd.DataFrame({'n': np.zeros(1_000_001)}))"], "at most 1,000,000 rows"),
        (["report.table('t', pd.DataFrame(np.zeros((1, 1_001))))"], "at most 1,000 columns"),
        (["report.table('t', pd.DataFrame(np.zeros((200_000, 100))))"], "a table in a report has at most 128 MB"),
        (["report.table('t', pd.DataFrame({'t': ['x' * 100_001]}))"], "a text has at most 100,000 characters"),
        (["report.text('t', 'x' * 100_001)"], "a text has at most 100,000 characters"),
        (["report.value('v', 'x' * 100_001)"], "a text has at most 100,000 characters"),
        (["report.value('v', list(range(1_001)))"], "a reported value has at most 1,000 parts"),
        (["report.value('v', ['x' * 100_000] * 100)"], "at most 8 MB of text"),
        (["report.value('v' * 201, 1)"], "a label has at most 200 characters"),
        (["for n in range(1_001):", "    report.step('n', n)"], "a report has at most 1,000 entries"),
        (
            ["import matplotlib.pyplot as plt", "figure, axes = plt.subplots(figsize=(31, 1))"]
            + ["report.figure('f', figure)"],
            "a figure has at most 30 inches",
        ),
        (
            ["big = pd.DataFrame(np.zeros((1_000_000, 12)))", "for n in range(3):", "    report.table('t', big)"],
            "reported more than 256 MB",
        ),
        (["for n in range(65):", f"    {ROWS}"], "more than 64 large results"),
    ],
    ids=lambda part: part if isinstance(part, str) else "",
)
def test_the_record_says_which_limit_it_was(study: Study, lines: list[str], sentence: str) -> None:
    ended = study.approve_and_run(program(*lines), RESULTS)
    record = study.record(ended.last.run)
    assert (record.outcome, ended.last.outcome, ended.last.results) == ("limit", "limit", 0)
    assert sentence in record.sentence
    assert record.sentence == ended.last.sentence


class _NoQueries(Queries):
    """A source that nothing is read from."""

    def __init__(self) -> None:
        self.ran, self.bytes, self.last_refusal = [], 0, ""

    def cancel(self) -> None:
        """There is nothing to stop."""


def test_processor_time_ends_a_real_program_with_its_own_sentence(desk: Desk) -> None:
    """In a run the clock comes first unless a program keeps every processor busy; so the limit is lowered here."""
    text = "def main(data, report):\n    while True:\n        pass\n"
    given = RunLimits(seconds=60, memory_mb=100, query_rows=1, read_bytes=1)
    with spawn(Role.PROGRAM, limits=Limits(memory_mb=4096, cpu_seconds=100)) as child:
        assert isinstance(child.channel.receive(FromProgram, 120)[0], Warm)
        used = _processor_seconds(child.pid)
        resource.prlimit(child.pid, resource.RLIMIT_CPU, (used + 2, used + 3))
        serving = Serving(child, _NoQueries(), Collected("r", given), text)
        ending = serving.run(Start(parameters={}), seconds=60, desk=desk.line, began=lambda: None)
    assert ending.outcome == "limit"
    assert "more processor time than allowed" in ending.sentence


def _processor_seconds(pid: int) -> int:
    """CPU time of another process: the clock whose number `clock_getcpuclockid(3)` makes of its pid."""
    return int(time.clock_gettime((~pid << 3) | 2))


def test_the_record_shows_how_many_threads_were_allowed(study: Study) -> None:
    record = study.record(study.approve_and_run(program("report.value('n', 1)"), RESULTS).last.run)
    assert record.jail["limits"]["threads"] == f"{limits.THREADS} for each library, {limits.MOST_THREADS} in all"
    assert record.jail["program"]["threads"].startswith(("on: at most", "not here: "))


def test_every_limit_has_a_sentence_with_the_number_that_holds() -> None:
    assert set(OVER) == LIMITS
