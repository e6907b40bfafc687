"""Where a door is a process of its own, a run in two parts is the run that it is elsewhere: real processes, real jails.

The door of these tests confines itself as doors of Linux do; what differs on Windows is who built its walls.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import two_parts_here
from running_parts import Desk
from study import SESSION_SECONDS, Ended, Study
from test_runs import ANALYSIS, ENCOUNTERS, EVERYTHING

from sandbox.drafting.known_values import KnownValues
from sandbox.errors import CredentialMissing, Fault, ProcessDied, Refusal, StoreUnavailable
from sandbox.jail import proving_ground
from sandbox.jail.probes import ALLOWED
from sandbox.messages.desk import (
    Cancel,
    FromRunning,
    Indexed,
    IndexKnown,
    Look,
    Looked,
    Prepare,
    Prepared,
    Run,
    RunBegan,
    RunEnded,
)
from sandbox.messages.frames import ChannelClosed
from sandbox.records import runs_used
from sandbox.review.setting_up import machine_key
from sandbox.running import outside
from sandbox.running.desk_line import DeskLine
from sandbox.running.errand import Handed, LookAt
from sandbox.running.two_parts import Given, Meet
from sandbox.sessions import Session
from sandbox.workspace import SourceSettings

STUCK = """
def main(data, report):
    data.sql("SELECT pat_id FROM ehr.encounters")
    while True:
        pass
"""


def in_two_parts(study: Study, *more: str) -> Session:
    root = str(study.workspace.root)
    return Session([sys.executable, "-I", two_parts_here.OWN, "session", root, *more], FromRunning)


def run(study: Study, approval: str, **parameters: Any) -> Ended:
    with in_two_parts(study) as session:
        session.send(Prepare(approval=approval))
        list(session.until(Prepared, timeout=SESSION_SECONDS))
        session.send(Run(approval=approval, parameters=parameters))
        lines = list(session.until(RunEnded, timeout=SESSION_SECONDS))
    return Ended(lines, lines[-1])


def test_a_run_in_two_parts_gives_the_results_of_a_run_in_one(study: Study) -> None:
    approval = study.approve(ANALYSIS, EVERYTHING, parameters={"start": "2022-03-01", "classes": ["IP", "ED"]}, runs=2)
    one, two = study.run(approval), run(study, approval)
    assert one.last.outcome == two.last.outcome == "finished", two.last.sentence
    expected, found = study.results(one), study.results(two)
    assert found.values == expected.values
    assert found.values["rows"] == 1_000_000  # large ones come in the memory that was lent
    assert found.tables["By month"].equals(expected.tables["By month"])
    assert found.tables["tokens"].equals(expected.tables["tokens"])
    record = study.record(two.last.run)
    assert record.jail["door"]["seccomp"].startswith("on") and record.jail["door"]["landlock"].startswith("on")
    assert {line.label for line in two.lines if hasattr(line, "label")} == {"stays", "women"}
    assert not list(study.workspace.runs.glob("*/record.room"))


def test_what_a_program_breaks_with_is_told_the_same(study: Study) -> None:
    broken = "def main(data, report):\n    data.sql('SELECT pat_id FROM ehr.encounters')\n    raise KeyError('x')\n"
    approval = study.approve(broken, ENCOUNTERS, runs=2)
    one, two = study.run(approval), run(study, approval)
    assert (two.last.outcome, two.last.sentence) == (one.last.outcome, one.last.sentence)
    assert "KeyError" in two.last.sentence


def _cancel(session: Session) -> None:
    session.send(Cancel())


def _hang_up(session: Session) -> None:
    """The desk closes its end, which the outer part does not hear any more."""
    assert session._process.stdin is not None
    session._process.stdin.close()


def _end_program(session: Session) -> None:
    """The jailed program is a child of the outer part; the one that takes processor time."""
    busiest = max(_children(session.pid), key=_ticks)
    os.kill(busiest, signal.SIGKILL)


@pytest.mark.parametrize(
    ("end", "outcome", "word"),
    [(_cancel, "cancelled", "cancelled"), (_hang_up, "cancelled", "cancelled"), (_end_program, "", "killed")],
)
def test_a_stuck_program_is_ended_from_either_side(
    study: Study, end: Callable[[Session], None], outcome: str, word: str
) -> None:
    approval = study.approve(STUCK, ENCOUNTERS)
    with in_two_parts(study) as session:
        session.send(Run(approval=approval))
        list(session.until(RunBegan, timeout=SESSION_SECONDS))
        end(session)
        last = list(session.until(RunEnded, timeout=SESSION_SECONDS))[-1]
    assert word in last.sentence
    assert last.outcome == outcome or not outcome
    assert study.record(last.run).outcome == last.outcome


def test_a_door_that_dies_ends_the_run_with_a_sentence(study: Study) -> None:
    approval = study.approve(STUCK, ENCOUNTERS)
    with in_two_parts(study) as session:
        session.send(Run(approval=approval))
        list(session.until(RunBegan, timeout=SESSION_SECONDS))
        children = _children(session.pid)
        os.kill(next(child for child in children if "door" in _command(child)), signal.SIGKILL)
        with pytest.raises(Fault, match="confined part of this session was killed"):
            list(session.until(RunEnded, timeout=SESSION_SECONDS))
        assert runs_used(study.log, approval) == 1
    assert not [child for child in children if Path(f"/proc/{child}").exists()]


def test_a_door_that_can_not_be_had_refuses_before_anything_is_reserved(study: Study) -> None:
    approval = study.approve(STUCK, ENCOUNTERS)
    runs = set(study.workspace.runs.iterdir())
    with in_two_parts(study, "no-door") as session:
        session.send(Run(approval=approval))
        with pytest.raises(Refusal, match="may read the database") as refused:
            list(session.until(RunBegan, timeout=SESSION_SECONDS))
    assert refused.value.advice
    assert runs_used(study.log, approval) == 0 and set(study.workspace.runs.iterdir()) == runs


def test_a_look_and_an_index_in_two_parts_are_those_in_one(hospital: Path, tmp_path: Path) -> None:
    study = Study(tmp_path / "workspace", hospital)
    proposals, values = [], []
    for session in (Session.running(study.workspace), in_two_parts(study)):
        with session:
            session.send(Look(source="ehr"))
            *_, last = session.until(Looked, timeout=SESSION_SECONDS)
        proposals.append((study.workspace.root / last.path).read_bytes())
    for session in (Session.running(study.workspace), in_two_parts(study)):
        with session:
            session.send(IndexKnown(source="ehr"))
            *_, counted = session.until(Indexed, timeout=SESSION_SECONDS)
        values.append(counted.values)
    assert proposals[0] == proposals[1] and values[0] == values[1] >= 1200
    known = (study.workspace.source_folder("ehr") / "known.enc").read_bytes()
    assert KnownValues.load(known, machine_key(study.keystore, "key/known")).find("MRN-KAN-77")
    assert [entry.event for entry in study.log.entries()].count("source.looked") == 2


@pytest.fixture
def seen(study: Study, tmp_path: Path) -> Iterator[dict[str, Any]]:
    """What the outer part holds and is, while the program meets the rows."""
    approval, told = study.approve(STUCK, ENCOUNTERS), tmp_path / "told.json"
    with in_two_parts(study, "telling", str(told)) as session:
        session.send(Run(approval=approval))
        list(session.until(RunBegan, timeout=SESSION_SECONDS))
        yield json.loads(told.read_text())
        session.send(Cancel())
        list(session.until(RunEnded, timeout=SESSION_SECONDS))


def test_the_outer_part_drops_what_it_handed_over(seen: dict[str, Any]) -> None:
    assert set(seen["handed"]) == {"key/tokens", "key/results", "key/workstation"}  # this run's, and no others
    assert seen["secrets_before"] and seen["program_before"]
    assert not seen["secrets"] and not seen["program"] and not seen["memory"]
    assert not seen["given"]


def test_our_copy_of_the_secrets_is_wiped_also_when_nobody_takes_it() -> None:
    sent: list[memoryview] = []

    class Door:
        """A door that keeps what it is sent, and has ended."""

        channel = property(lambda self: self)

        def send(self, message: Meet, payload: memoryview) -> None:
            assert b"a secret of the keyring" in bytes(payload)
            sent.append(payload)
            raise ChannelClosed

        def wait(self, timeout: float) -> int:
            return 0

        def how_it_ended(self) -> str:
            return "ended by itself"

    errand = LookAt(source=SourceSettings(name="ehr", kind="duckdb", location="x"), tables=())
    secrets = {"login/ehr": "a secret of the keyring"}
    given = Given(root="/", read=(), write=(), errand=errand, secrets=secrets, heard=b"")
    with pytest.raises(ProcessDied, match="confined part of this session ended by itself"):
        outside._send(Door(), given)  # type: ignore[arg-type]
    assert len(sent[0]) > 100 and not any(sent[0])


def test_a_door_has_the_secrets_that_it_was_handed_and_keeps_none() -> None:
    keystore = Handed({"key/results": "secret"})
    assert keystore.get("key/results") == "secret"
    with pytest.raises(CredentialMissing, match="was not handed"):
        keystore.get("login/other")
    for keep in (lambda: keystore.put("key/results", "x"), lambda: keystore.delete("key/results")):
        with pytest.raises(StoreUnavailable):
            keep()


def test_the_self_test_tries_the_walls_of_a_door_that_is_a_child(monkeypatch: pytest.MonkeyPatch) -> None:
    names = ("read_home", "read_file", "write_file", "make_file", "tcp")
    monkeypatch.setattr(proving_ground, "start_door", two_parts_here.start_door)
    with proving_ground.proving_ground() as targets:
        _, outside_it = proving_ground.try_outside_or_behind(None, names, targets)
        layers, behind_it = proving_ground._behind_a_child(names, targets)
    assert set(outside_it.values()) == {ALLOWED}  # the file that is read lies beside the one that the door may read
    assert all(result.startswith("blocked: ") for result in behind_it.values()), behind_it
    assert layers["landlock"].startswith("on")


def test_a_desk_line_goes_on_where_another_left_off(desk: Desk) -> None:
    os.write(desk.send_fd, b'{"type":"look","source":"ehr"}\n{"type":"can')
    assert desk.line.wait(0.01) is False
    other = DeskLine(*desk.line.descriptors, heard=desk.line.heard())
    os.write(desk.send_fd, b'cel"}\n')
    assert other.next() == Look(source="ehr")
    assert other.wait(0.01) is True


_LACKING = """
pwrite pread pwritev preadv readv fork memfd_create sysconf statvfs posix_fallocate sched_getaffinity O_CLOEXEC
pidfd_open getuid geteuid mkfifo uname set_blocking fchmod fchown killpg getpgid
"""
_AS_ON_WINDOWS = """
import os, select, sys
import sandbox.start, ctypes, subprocess, threading, tempfile, msgspec, numpy, pyarrow, duckdb, keyring, asyncio
for name in LACKING:
    if hasattr(os, name):
        delattr(os, name)
del select.poll, select.PIPE_BUF
for module in ("fcntl", "resource", "pwd", "grp", "termios"):
    sys.modules[module] = None
"""


def test_every_module_of_the_session_and_its_door_loads_with_what_windows_has() -> None:
    modules = ("session", "warm", "preparing", "broker", "outside", "behind", "look", "memory_used")
    code = f"LACKING = {_LACKING.split()}\n{_AS_ON_WINDOWS}\nfrom importlib import import_module\n"
    code += f"for name in {modules}: import_module('sandbox.running.' + name)\n"
    code += "from sandbox.running.memory_used import MemoryUsed\nfrom sandbox.jail.thread_count import ThreadCount\n"
    code += "assert (MemoryUsed.of(0).megabytes(), ThreadCount.of(0).now()) == (0, 0)\n"
    code += "os.sysconf"  # the code above can tell what is missing
    done = subprocess.run([sys.executable, "-I", "-c", code], capture_output=True, text=True, check=False)
    assert done.stderr.strip().splitlines()[-1] == "AttributeError: module 'os' has no attribute 'sysconf'"


def _children(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def _command(pid: int) -> list[str]:
    return Path(f"/proc/{pid}/cmdline").read_text().split("\0")


def _ticks(pid: int) -> int:
    return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[11])
