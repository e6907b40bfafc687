"""What is told of the program's memory: read through a door that is confined, of our own child only."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator

import pytest
from study import Study

from sandbox.messages.desk import Reading
from sandbox.running.memory_used import MemoryUsed

HUNGRY = "import sys; kept = b'x' * (300 << 20); print('ready', flush=True); sys.stdin.read()"
ANALYSIS = '''"""Rows of results."""
import pandas as pd

PARAMETERS = {}

def main(data, report):
    rows = data.sql("SELECT pat_id, value FROM ehr.results")
    report.value("rows", len(rows))
'''


@pytest.fixture
def hungry() -> Iterator[subprocess.Popen[bytes]]:
    with subprocess.Popen([sys.executable, "-c", HUNGRY], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None and process.stdout.readline() == b"ready\n"
        yield process
        process.kill()


def test_it_is_what_the_process_has_in_memory(hungry: subprocess.Popen[bytes]) -> None:
    used = MemoryUsed.of(hungry.pid)
    assert 300 <= used.megabytes() < 400
    used.close()


def test_a_process_that_has_ended_uses_nothing(hungry: subprocess.Popen[bytes]) -> None:
    used = MemoryUsed.of(hungry.pid)
    hungry.kill()
    hungry.wait()
    assert used.megabytes() == 0
    used.close()
    used.close()
    assert used.megabytes() == 0


def test_a_system_that_hides_it_refuses_no_run() -> None:
    assert MemoryUsed.of(2**22 + 1).megabytes() == 0  # above the highest process id


def test_the_desk_hears_of_the_memory_of_a_real_run(study: Study) -> None:
    ended = study.run(study.approve(ANALYSIS, {"ehr.results": ("pat_id", "value")}))
    told = [line.memory_mb for line in ended.lines if isinstance(line, Reading)]
    assert ended.last.outcome == "finished", ended.last.sentence
    assert max(told) > 20


def test_on_macos_it_is_measured_by_the_call_of_the_watch(monkeypatch: pytest.MonkeyPatch) -> None:
    from sandbox.jail.macos import system

    def usage(pid: int) -> system.Usage | None:
        if pid == 3:
            raise PermissionError(1, "not measured")
        return system.Usage(141 << 20, 0.0) if pid == 1 else None

    monkeypatch.setattr("sys.platform", "darwin")
    monkeypatch.setattr(system, "usage", usage)
    # one that runs, one that has ended, one that can't be seen
    assert [MemoryUsed.of(pid).megabytes() for pid in (1, 2, 3)] == [141, 0, 0]
