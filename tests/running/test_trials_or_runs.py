"""No drafting worker is alive while a real run executes; without the lock both go on at once."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from study import Study

from sandbox.errors import Refusal
from sandbox.messages.desk import Cancel, Ready, Run, RunBegan, RunEnded
from sandbox.review.trial import TrialWorker
from sandbox.run_lock import RunLock, RunUnderWay, TrialUnderWay
from sandbox.sessions import Session

GRANT: dict[str, tuple[str, ...]] = {"ehr.encounters": ("enc_id", "pat_id")}
QUICK = 'def main(data, report):\n    report.value("rows", len(data.sql("SELECT enc_id FROM ehr.encounters")))\n'
LONG = "def main(data, report):\n    while True:\n        pass\n"
HOLDER = """import sys, time
from pathlib import Path
from sandbox.review.trial import TrialWorker
from sandbox.run_lock import RunLock
worker = TrialWorker(RunLock.open(Path(sys.argv[1])))
print(worker._child.pid, flush=True)
sys.stdin.read()
"""


@pytest.fixture
def other_lock(tmp_path: Path) -> Path:
    """A lock that no run of the study asks for: what was there before there was a rule."""
    return tmp_path / "run.lock"


def trial(path: Path) -> subprocess.Popen[bytes]:
    """A process of its own that holds a drafting worker, as a drafting session or the command line does."""
    process = subprocess.Popen([sys.executable, "-c", HOLDER, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert process.stdout is not None
    process.worker = int(process.stdout.readline())  # type: ignore[attr-defined]
    return process


def end(process: subprocess.Popen[bytes]) -> None:
    process.kill()
    process.communicate()


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except (FileNotFoundError, ProcessLookupError):
        return False


@pytest.fixture
def long_run(study: Study) -> Iterator[Any]:
    """A real run that goes on until it is cancelled; its processes are real."""
    with Session.running(study.workspace) as session:
        session.send(Run(approval=study.approve(LONG, GRANT)))
        assert isinstance(list(session.until(RunBegan, timeout=60))[-1], RunBegan)
        yield session


def stop(session: Session) -> str:
    session.send(Cancel())
    return str(list(session.until(RunEnded, timeout=60))[-1].outcome)


def test_a_run_waits_for_no_trial_outside_and_is_refused_while_one_is_alive(study: Study, other_lock: Path) -> None:
    approval = study.approve(QUICK, GRANT, runs=2)
    outside = trial(other_lock)
    assert study.run(approval).last.outcome == "finished"
    assert alive(outside.worker)  # type: ignore[attr-defined]
    end(outside)
    inside = trial(study.workspace.run_lock)
    with pytest.raises(Refusal, match="A draft is being tried"):
        study.run(approval)
    assert alive(inside.worker)  # type: ignore[attr-defined]
    end(inside)
    assert study.run(approval).last.outcome == "finished"  # the refused one was not counted


def test_a_trial_starts_outside_and_is_refused_while_a_run_executes(
    study: Study, long_run: Session, other_lock: Path
) -> None:
    outside = TrialWorker(RunLock.open(other_lock))
    outside.close()
    with pytest.raises(RunUnderWay, match="running on real data"):
        TrialWorker(RunLock.open(study.workspace.run_lock), seconds=0.3)
    assert stop(long_run) == "cancelled"
    inside = TrialWorker(RunLock.open(study.workspace.run_lock))
    inside.close()


def test_a_trial_that_waits_begins_when_the_run_has_ended(study: Study, long_run: Session) -> None:
    ended = threading.Timer(0.5, stop, (long_run,))
    ended.start()
    worker = TrialWorker(RunLock.open(study.workspace.run_lock), seconds=30.0)
    worker.close()
    ended.join()


def test_a_waiting_run_can_be_cancelled_and_is_not_used_up(study: Study) -> None:
    approval = study.approve(QUICK, GRANT)
    with Session.running(study.workspace) as session:
        list(session.until(Ready, timeout=60))
        holder = trial(study.workspace.run_lock)
        session.send(Run(approval=approval))
        session.send(Cancel())
        with pytest.raises(Refusal, match="cancelled before it began"):
            list(session.until(RunEnded, timeout=60))
        end(holder)
    assert study.run(approval).last.outcome == "finished"


def test_a_waiting_trial_gives_up_when_it_is_told_to(tmp_path: Path) -> None:
    run = RunLock.open(tmp_path / "lock", alone=True)
    run.take_for_run()
    asked = iter((False, False, True))
    with pytest.raises(RunUnderWay):
        RunLock.open(tmp_path / "lock").take_for_trial(lambda: next(asked), seconds=60.0)
    assert next(asked, None) is None
    run.close()


def test_a_worker_that_outlives_its_parent_keeps_runs_away(tmp_path: Path) -> None:
    holder = trial(tmp_path / "lock")
    worker = holder.worker  # type: ignore[attr-defined]
    os.kill(worker, signal.SIGSTOP)  # it hears of nothing any more
    end(holder)
    run = RunLock.open(tmp_path / "lock", alone=True)
    deadline = time.monotonic() + 30
    while True:  # the kernel may have ended it with its parent; never may both be there
        was_alive = alive(worker)
        try:
            run.take_for_run(seconds=0.0)
            break
        except TrialUnderWay:
            assert was_alive or alive(worker) or time.monotonic() < deadline
    assert not alive(worker)
    run.close()


def test_trials_share_and_the_last_one_frees(tmp_path: Path) -> None:
    trials, other = RunLock.open(tmp_path / "lock"), RunLock.open(tmp_path / "lock")
    run = RunLock.open(tmp_path / "lock", alone=True)
    trials.take_for_trial()
    trials.take_for_trial()
    other.take_for_trial()
    for lock in (trials, other):
        lock.trial_ended()
    with pytest.raises(TrialUnderWay):
        run.take_for_run(seconds=0.0)
    trials.trial_ended()
    run.take_for_run(seconds=0.0)
    for lock in (trials, other, run):
        lock.close()
