"""Threads without end, from a process without a language layer: counted from outside, stopped with a sentence."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from jailed_code import heard, run_in_jail

from sandbox.dictionary.model import Dictionary
from sandbox.jail import Child, Limits
from sandbox.jail.thread_count import ThreadCount
from sandbox.messages.data_door import Start
from sandbox.review import trial
from sandbox.review.thread_watch import ThreadWatch
from sandbox.run_lock import RunLock
from sandbox.running import serving
from sandbox.running.collected import Collected
from sandbox.running.desk_line import DeskLine
from sandbox.running.limits import MOST_THREADS, OVER, RunLimits
from sandbox.running.queries import Queries

# Four times what is allowed and no more: the machine's supply is everybody's.
FLOOD = f"""
import _thread, threading, time
threading.stack_size(65536)
started = 0
while started < {4 * MOST_THREADS}:
    _thread.start_new_thread(time.sleep, (600,))
    started += 1
"""
PROGRAM = """
from sandbox.messages.data_door import Began, Reported, Finished, Start
channel.receive(Start)
channel.send(Began())
"""
REPORTED = "channel.send(Reported(kind='value', label='n', text=str(started)))\nchannel.send(Finished())\n"
TRIAL = """
from sandbox.review.trial_messages import Phase, TryDraft, WorkerWarm
channel.send(WorkerWarm(versions={}))
channel.receive(TryDraft)
channel.send(Phase())
"""
FOR_EVER = "time.sleep(600)\n"
LIMITS = RunLimits(seconds=60, memory_mb=100, query_rows=1, read_bytes=1)


class _NoQueries(Queries):
    """A source that nothing is read from."""

    def __init__(self) -> None:
        self.ran, self.bytes, self.last_refusal = [], 0, ""

    def cancel(self) -> None:
        """There is nothing to stop."""


@pytest.fixture
def desk() -> Iterator[DeskLine]:
    pipes = (*os.pipe(), *os.pipe())
    yield DeskLine(pipes[0], pipes[3])
    for fd in pipes:
        os.close(fd)


def served(child: Child, desk: DeskLine) -> tuple[serving.Ending, Collected]:
    """How a run of what this child does ends; `seconds` are for a machine that stops nothing."""
    collected = Collected("r", LIMITS)
    with child:
        run = serving.Serving(child, _NoQueries(), collected, "def main(data, report): ...\n")
        return run.run(Start(parameters={}), seconds=60, desk=desk, began=lambda: None), collected


def test_without_limits_a_process_has_as_many_threads_as_it_starts(tmp_path: Path) -> None:
    with run_in_jail(f"{FLOOD}answer(started)\n{FOR_EVER}", tmp_path, "threads") as child:
        assert heard(child) == 4 * MOST_THREADS
        assert child.counts_threads and child.threads() == 4 * MOST_THREADS + 1
        child.kill()
        child.wait()
        assert child.threads() == 0


def test_a_run_without_the_limit_finishes(tmp_path: Path, desk: DeskLine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(serving, "MOST_THREADS", 10**9)
    ending, collected = served(run_in_jail(PROGRAM + FLOOD + REPORTED, tmp_path, "threads"), desk)
    assert ending.outcome == "finished"
    assert [item.data for item in collected.report().items] == [str(4 * MOST_THREADS).encode()]


def test_a_run_that_starts_threads_without_end_is_stopped_with_a_sentence(tmp_path: Path, desk: DeskLine) -> None:
    ending, _ = served(run_in_jail(PROGRAM + FLOOD + FOR_EVER, tmp_path, "threads"), desk)
    assert ending == serving.Ending("limit", "The program was stopped because it started more than 256 threads.")


def test_as_many_threads_as_are_allowed_stop_no_run(tmp_path: Path, desk: DeskLine) -> None:
    code = PROGRAM + FLOOD.replace(str(4 * MOST_THREADS), str(MOST_THREADS - 1)) + "time.sleep(1)\n" + REPORTED
    assert served(run_in_jail(code, tmp_path, "threads"), desk)[0].outcome == "finished"


def test_the_kernel_refuses_threads_where_it_says_so(tmp_path: Path) -> None:
    """For an ordinary user with namespaces; what it does for one is tried in `test_ordinary_user`."""
    code = FLOOD.replace("while", "try:\n  while", 1).replace("\n    ", "\n      ")
    code += f"except RuntimeError: pass\nanswer(started)\n{FOR_EVER}"
    with run_in_jail(code, tmp_path, limits=Limits(memory_mb=4096, threads=40)) as child:
        state = child.report.layers["threads"]
        assert heard(child) == (39 if state == "on: at most 40" else 4 * MOST_THREADS)
    if os.geteuid() == 0:
        assert state == "not here: the kernel does not limit root"


def test_the_kernel_stops_no_program_before_the_watch_can_say_why() -> None:
    assert Limits().threads > MOST_THREADS
    assert f"({MOST_THREADS})" in OVER["threads"]


def test_a_trial_that_starts_threads_without_end_is_stopped_with_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def flooding(role: object, *, limits: Limits, inherit: tuple[int, ...]) -> Child:
        return run_in_jail(TRIAL + FLOOD + FOR_EVER, tmp_path, "threads", limits=limits, inherit=inherit)

    monkeypatch.setattr(trial, "spawn", flooding)
    lock = RunLock.open(tmp_path / "lock")
    tried = trial.try_draft("", Dictionary(dialects={}, tables=()), worker=trial.TrialWorker(lock))
    lock.close()
    assert tried.sentence == "The trial was stopped because it started more than 256 threads, on synthetic data."


def test_a_watch_leaves_who_keeps_to_the_limit_alone(tmp_path: Path) -> None:
    with run_in_jail("import time\ntime.sleep(1)\nanswer(1)", tmp_path) as child, ThreadWatch(child, 64) as watch:
        assert heard(child) == 1
    assert not watch.over


NAMED = "import ctypes, sys; ctypes.CDLL(None).prctl(15, b') R 1 (99 99) 9', 0, 0, 0); print(flush=True); input()"


@pytest.fixture
def misnamed() -> Iterator[subprocess.Popen[bytes]]:
    """A process that calls itself what a reader of its state could take for its state."""
    with subprocess.Popen([sys.executable, "-c", NAMED], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None and process.stdout.readline() == b"\n"
        yield process
        process.kill()


def test_a_name_changes_nothing_about_the_count(misnamed: subprocess.Popen[bytes]) -> None:
    count = ThreadCount.of(misnamed.pid)
    assert count.now() == 1
    misnamed.kill()
    misnamed.wait()
    assert count.now() == 0
    count.close()
    count.close()
    assert not count.known and count.now() == 0


def test_where_nobody_tells_nothing_is_counted() -> None:
    count = ThreadCount.of(2**22 + 1)  # above the highest process id
    assert not count.known and count.now() == 0
