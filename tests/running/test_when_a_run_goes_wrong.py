"""A run whose surroundings break ends in a refusal or a failed run with its cause; nothing half done looks whole."""

from __future__ import annotations

import errno
import json
import os
import signal
import sys
from pathlib import Path

import pytest
from study import Study

from sandbox.errors import PreceptorError
from sandbox.messages.desk import Run, RunBegan, RunEnded
from sandbox.records import runs_used
from sandbox.sessions import Session

sys.path.insert(0, str(Path(__file__).parents[1] / "jail"))
from filtering_container import LANDLOCK, behind_filter

RESULTS = {"ehr.results": ("code", "pat_id", "value")}
COUNTS = (
    "def main(data, report):\n    report.value('n', len(data.sql('SELECT value FROM ehr.results WHERE code = 1')))\n"
)
WAITS = "def main(data, report):\n    report.value('n', 1)\n    while True:\n        pass\n"

RUN = """
import json, sys
from pathlib import Path
from sandbox.errors import PreceptorError
from sandbox.messages.desk import Run, RunEnded
from sandbox.sessions import Session
from sandbox.workspace import Workspace

told = {"refused": "", "advice": "", "outcome": ""}
try:
    with Session.running(Workspace.open(Path(sys.argv[1]))) as session:
        session.send(Run(approval=sys.argv[2]))
        *_, last = session.until(RunEnded, timeout=200)
        told["outcome"] = last.outcome
except PreceptorError as problem:
    told |= {"refused": problem.sentence, "advice": problem.advice}
print(json.dumps(told))
"""


@pytest.mark.parametrize(
    ("calls", "code", "cause"),
    [
        (LANDLOCK, errno.ENOSYS, "landlock"),
        (LANDLOCK, errno.EPERM, "landlock"),
        (("seccomp",), errno.EPERM, "seccomp"),
        (("memfd_create",), errno.ENOSYS, ""),
        (("flock",), errno.ENOLCK, "lock"),  # a home on NFS without its lock service
        (("flock",), errno.EOPNOTSUPP, "lock"),
    ],
    ids=lambda part: "+".join(part) if isinstance(part, tuple) else str(part),
)
def test_a_run_behind_a_filter_is_refused_with_its_cause_and_uses_nothing_up(
    study: Study, calls: tuple[str, ...], code: int, cause: str
) -> None:
    approval = study.approve(COUNTS, RESULTS)
    told = behind_filter(calls, code, RUN, str(study.workspace.root), approval)
    assert told["outcome"] == ""
    assert cause in told["refused"] and "Preceptor itself failed" not in told["refused"]
    assert told["advice"]
    assert runs_used(study.log, approval) == 0


def test_the_same_run_behind_a_filter_that_stops_nothing_runs(study: Study) -> None:
    approval = study.approve(COUNTS, RESULTS)
    told = behind_filter(("swapon",), errno.EPERM, RUN, str(study.workspace.root), approval)
    assert told == {"refused": "", "advice": "", "outcome": "finished"}


@pytest.mark.parametrize("calls", [("rename", "renameat", "renameat2")], ids="+".join)
def test_a_file_system_that_refuses_renames_keeps_no_half_results(study: Study, calls: tuple[str, ...]) -> None:
    approval = study.approve(COUNTS, RESULTS)
    told = behind_filter(calls, errno.EPERM, RUN, str(study.workspace.root), approval)
    assert told["outcome"] == ""
    assert "could not be written" in told["refused"] and told["advice"]
    assert not list(study.workspace.root.rglob("*.part"))


def test_a_program_killed_as_when_memory_runs_out_is_a_failed_run_with_that_cause(study: Study) -> None:
    approval = study.approve(WAITS, RESULTS)
    with Session.running(study.workspace) as session:
        session.send(Run(approval=approval))
        for _ in session.until(RunBegan, timeout=120):
            pass
        os.kill(_child_of(session.pid, "program"), signal.SIGKILL)
        *_, last = session.until(RunEnded, timeout=60)
    record = study.record(last.run)
    assert record.outcome == "limit" and record.results == {}
    assert record.sentence == last.sentence
    assert "killed, perhaps by the operating system because memory or processor time ran out" in record.sentence
    assert not (study.workspace.run(last.run) / "results.enc").exists()


def test_a_session_killed_in_the_middle_of_a_run_leaves_a_used_run_and_no_results(study: Study) -> None:
    approval = study.approve(WAITS, RESULTS)
    with Session.running(study.workspace) as session:
        session.send(Run(approval=approval))
        *_, began = session.until(RunBegan, timeout=120)
        program = _child_of(session.pid, "program")
        ended = os.pidfd_open(program)
        os.kill(session.pid, signal.SIGKILL)
        with pytest.raises(PreceptorError):
            for _ in session.until(RunEnded, timeout=60):
                pass
    import select

    assert select.select([ended], [], [], 30)[0], "the program went on without its session"
    os.close(ended)
    assert runs_used(study.log, approval) == 1
    assert not (study.workspace.run(began.run) / "results.enc").exists()


def _child_of(parent: int, role: str) -> int:
    """The jailed child of that role, found by the order in its command line."""
    for task in Path(f"/proc/{parent}/task").iterdir():
        for pid in (task / "children").read_text().split():
            words = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
            order = next((json.loads(word) for word in words if word.startswith(b'{"')), {})
            if order.get("role") == role:
                return int(pid)
    raise AssertionError(f"there is no {role}")
