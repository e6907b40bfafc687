"""A disk that fills up during a run costs its results at most: the signed record and the log entry are written."""

from __future__ import annotations

import errno
import os
import resource
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from study import Study

from sandbox.errors import PreceptorError, StorageFault
from sandbox.files import replace_file
from sandbox.jail.profile import ROOT
from sandbox.messages.desk import Cancel, FromRunning, Ready, Run, RunBegan, RunEnded
from sandbox.messages.report_limits import LABEL_CHARACTERS, REPORTS
from sandbox.records import QueryRun, WorkstationKey, read_run, record_run, runs_used
from sandbox.running.limits import QUERIES
from sandbox.running.room import FILE, RECORD_BYTES, ROOM_BYTES, Room
from sandbox.sessions import Session

sys.path.insert(0, str(Path(__file__).parents[1] / "jail"))
from filtering_container import behind_filter

RESULTS = {"ehr.results": ("code", "pat_id", "value")}
STAYS = {"ehr.encounters": ("enc_id",)}
VALUE = "def main(data, report):\n    report.value('n', 1)\n"
WAITS = "def main(data, report):\n    report.value('n', 1)\n    while True:\n        pass\n"
KEYS = "def main(data, report):\n    report.value('n', len(data.sql('SELECT enc_id FROM ehr.encounters')))\n"
LARGE = (
    "import numpy as np\nimport pandas as pd\n\ndef main(data, report):\n"
    "    report.table('t', pd.DataFrame(np.arange(800_000).reshape(-1, 4)))\n"
)
PAGES = 64 * 1024
# The session as it would be without the room: it sets nothing aside and ends a run just the same.
WITHOUT_ROOM = """
import sys
sys.path.insert(0, sys.argv[2])
from sandbox.running import room, session
room.Room.__init__.__defaults__ = (0,)
sys.exit(session.main([sys.argv[1]]))
"""
TAKE_ROOM = """
import json, os, sys
from pathlib import Path
from sandbox.running.room import FILE, Room

folder = Path(sys.argv[1])
with Room(folder.parent) as room:
    room.set_aside(folder)
    found = os.stat(folder / FILE)
    head = (folder / FILE).read_bytes()[:4096]
    print(json.dumps({"size": found.st_size, "owned": found.st_blocks * 512, "zeros": not any(head)}))
"""


class SmallDisk:
    """A disk of 24 MB of which a file takes whatever a test says."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._filler = root / "filler"

    def fill(self, leaving: int = 0) -> None:
        self.empty()
        with self._filler.open("wb") as out:
            os.posix_fallocate(out.fileno(), 0, self.free() - leaving)
        assert self.free() == leaving

    def free(self) -> int:
        found = os.statvfs(self.root)
        return found.f_bavail * found.f_frsize

    def empty(self) -> None:
        self._filler.unlink(missing_ok=True)


@pytest.fixture(scope="module")
def mounted(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SmallDisk]:
    root = tmp_path_factory.mktemp("small-disk")
    command = ["mount", "-t", "tmpfs", "-o", "size=24m", "tmpfs", str(root)]
    if os.getuid() != 0 or subprocess.run(command, capture_output=True, check=False).returncode != 0:
        pytest.skip("mounting a small disk takes root")
    yield SmallDisk(root)
    subprocess.run(["umount", str(root)], check=True)


@pytest.fixture
def disk(mounted: SmallDisk) -> Iterator[SmallDisk]:
    yield mounted
    mounted.empty()


@pytest.fixture(scope="module")
def there(mounted: SmallDisk, hospital: Path) -> Study:
    """A workspace, log, kept self-test and all, on the small disk."""
    study = Study(mounted.root / "workspace", hospital, program_seconds=60)
    study.approve_and_run(VALUE, RESULTS)
    return study


def without_room(study: Study) -> Session:
    return Session([sys.executable, "-c", WITHOUT_ROOM, str(study.workspace.root), str(ROOT)], FromRunning)


def cancelled_on_a_disk_filled_meanwhile(session: Session, approval: str, disk: SmallDisk) -> tuple[str, Any]:
    """The run's name and how its session told the end, with not a byte free from its beginning on."""
    with session:
        session.send(Run(approval=approval))
        *_, began = session.until(RunBegan, timeout=120)
        disk.fill()
        session.send(Cancel())
        try:
            *_, last = session.until(RunEnded, timeout=60)
        except PreceptorError as problem:
            return began.run, problem
    return began.run, last


def events_of(study: Study, run: str) -> list[str]:
    return [entry.event for entry in study.log.entries() if entry.details.get("run") == run]


def files_of(study: Study, run: str) -> list[str]:
    return sorted(path.name for path in study.workspace.run(run).iterdir())


def newest_run(study: Study) -> str:
    return next(str(e.details["run"]) for e in reversed(study.log.entries()) if e.event == "run.reserved")


def test_without_room_set_aside_a_disk_that_is_full_leaves_no_record(there: Study, disk: SmallDisk) -> None:
    approval = there.approve(WAITS, RESULTS)
    run, told = cancelled_on_a_disk_filled_meanwhile(without_room(there), approval, disk)
    assert isinstance(told, PreceptorError) and "the disk is full" in told.sentence
    disk.empty()
    assert runs_used(there.log, approval) == 1
    assert files_of(there, run) == []
    assert events_of(there, run) == ["run.reserved"]


def test_with_room_set_aside_not_a_byte_free_still_leaves_a_signed_record_and_its_entry(
    there: Study, disk: SmallDisk
) -> None:
    approval = there.approve(WAITS, RESULTS)
    run, told = cancelled_on_a_disk_filled_meanwhile(Session.running(there.workspace), approval, disk)
    assert isinstance(told, RunEnded) and told.outcome == "cancelled"
    assert there.record(run).outcome == "cancelled"
    assert files_of(there, run) == ["record.json"]
    assert events_of(there, run) == ["run.reserved", "run.ended"]


def test_results_that_find_no_room_make_a_failed_run_that_says_so(there: Study, disk: SmallDisk) -> None:
    approval = there.approve(LARGE, RESULTS)
    disk.fill(leaving=blocks(ROOM_BYTES) + 4 * PAGES)
    last = there.run(approval).last
    check_failed_without_results(there, last)
    assert "results.enc could not be written because the disk is full" in last.sentence


def test_tokens_that_find_no_room_make_a_failed_run_that_says_so(there: Study, disk: SmallDisk) -> None:
    """The keys of the stays come to some 60 KB of tokens, and half of that is free."""
    approval = there.approve(KEYS, STAYS)
    before = there.workspace.tokens.stat().st_size
    disk.fill(leaving=blocks(ROOM_BYTES) + PAGES // 2)
    last = there.run(approval).last
    assert last.outcome == "failed" and there.record(last.run).sentence == last.sentence
    assert "tokens.enc could not be written because the disk is full" in last.sentence
    assert events_of(there, last.run) == ["run.reserved", "run.ended"]
    assert there.workspace.tokens.stat().st_size == before
    disk.empty()
    assert there.results(there.approve_and_run(KEYS, STAYS)).values == {"n": 4000}


def test_a_disk_too_full_for_the_room_refuses_the_run_and_uses_nothing_up(there: Study, disk: SmallDisk) -> None:
    approval = there.approve(VALUE, RESULTS)
    disk.fill(leaving=blocks(ROOM_BYTES) - PAGES)
    with pytest.raises(PreceptorError, match="no room for the record of a run because the disk is full") as refused:
        there.run(approval)
    assert "3 MB" in refused.value.advice and "no run is used up" in refused.value.advice
    assert runs_used(there.log, approval) == 0
    assert disk.free() >= blocks(ROOM_BYTES) - PAGES
    assert not list(there.workspace.runs.rglob(FILE))


def test_the_room_is_written_over_and_not_given_to_a_disk_that_others_fill(disk: SmallDisk) -> None:
    """An open file keeps its blocks when its name goes: as if somebody took them in the moment they are free."""
    folder = disk.root / "runs" / "r-1"
    folder.mkdir(parents=True)
    with Room(folder.parent) as room:
        room.set_aside(folder)
        disk.fill()
        with (folder / FILE).open("rb"):
            (folder / FILE).rename(folder / "given back")
            (folder / "given back").unlink()
            with pytest.raises(StorageFault, match="the disk is full"):
                replace_file(folder / "record.json", b"x" * 100_000)
    disk.empty()
    with Room(folder.parent) as room:
        room.set_aside(folder)
        disk.fill()
        with (folder / FILE).open("rb"):
            room.put(folder / "record.json", b"x" * 100_000)
    assert (folder / "record.json").read_bytes() == b"x" * 100_000
    assert disk.free() >= ROOM_BYTES - 100_000 - PAGES


def limited(study: Study, approval: str, size: int) -> RunEnded:
    """The end of a run whose session may write no file larger than `size`; takes no root."""
    with Session.running(study.workspace) as session:
        list(session.until(Ready, timeout=120))
        hard = resource.prlimit(session.pid, resource.RLIMIT_FSIZE)[1]
        resource.prlimit(session.pid, resource.RLIMIT_FSIZE, (size, hard))
        session.send(Run(approval=approval))
        *_, last = session.until(RunEnded, timeout=120)
    assert isinstance(last, RunEnded)
    return last


def test_results_larger_than_a_file_may_be_make_a_failed_run_with_a_record(study: Study) -> None:
    last = limited(study, study.approve(LARGE, RESULTS), ROOM_BYTES + 1_000_000)
    check_failed_without_results(study, last)
    assert "EFBIG" in last.sentence


def test_no_room_for_a_record_within_a_limit_on_files_refuses_the_run(study: Study) -> None:
    approval = study.approve(LARGE, RESULTS)
    with pytest.raises(PreceptorError, match="no room for the record of a run"):
        limited(study, approval, ROOM_BYTES - 1)
    assert runs_used(study.log, approval) == 0
    assert not list(study.workspace.runs.rglob(FILE))


def check_failed_without_results(study: Study, last: RunEnded) -> None:
    record = study.record(last.run)
    assert (last.outcome, last.results, record.outcome) == ("failed", 0, "failed")
    assert record.sentence == last.sentence
    assert record.sentence.startswith("The program ran to its end, but its results were not kept: results.enc ")
    assert "Free some space" in record.sentence
    assert (record.results, record.results_sha256, record.steps) == ({}, "", ())
    assert files_of(study, last.run) == ["record.json"]
    assert events_of(study, last.run) == ["run.reserved", "run.ended"]
    assert newest_run(study) == last.run


@pytest.fixture(scope="module")
def finished(study: Study) -> str:
    return study.approve_and_run(VALUE, RESULTS).last.run


def test_a_run_that_goes_well_leaves_nothing_of_its_room(study: Study, finished: str) -> None:
    assert files_of(study, finished) == ["record.json", "results.enc"]
    assert (study.workspace.run(finished) / "record.json").stat().st_blocks * 512 < ROOM_BYTES // 10


@pytest.mark.parametrize(
    ("calls", "code", "zeros"),
    [(("swapon",), errno.EPERM, True), (("fallocate",), errno.ENOSYS, False)],
    ids=["asked for", "written"],
)
def test_the_room_owns_its_blocks_however_it_was_taken(
    tmp_path: Path, calls: tuple[str, ...], code: int, zeros: bool
) -> None:
    folder = tmp_path / "r-1"
    folder.mkdir()
    taken = behind_filter(calls, code, TAKE_ROOM, str(folder))
    assert taken["size"] == ROOM_BYTES and taken["owned"] >= ROOM_BYTES
    assert taken["zeros"] is zeros
    assert list(folder.iterdir()) == []


def test_the_next_run_removes_the_room_of_one_that_was_killed(tmp_path: Path) -> None:
    folder = tmp_path / "r-1"
    folder.mkdir()
    Room(tmp_path).set_aside(folder)
    assert (folder / FILE).exists()
    with Room(tmp_path):
        assert not (folder / FILE).exists()


def test_a_room_that_was_taken_away_does_not_stop_a_record(tmp_path: Path) -> None:
    with Room(tmp_path) as room:
        room.set_aside(tmp_path)
        (tmp_path / FILE).unlink()
        room.put(tmp_path / "record.json", b"record")
    assert [(path.name, path.read_bytes()) for path in tmp_path.iterdir()] == [("record.json", b"record")]


def test_the_largest_record_fits_into_the_room(study: Study, finished: str) -> None:
    """Every limit reached at once: labels of the widest characters, each used again and again; all text escaped."""
    usual = study.record(finished)
    label = "\U00020000" * LABEL_CHARACTERS
    largest = msgspec.structs.replace(
        usual,
        results={f"{label} ({number})": "0" * 64 for number in range(REPORTS)},
        queries=tuple(QueryRun(narrowed_sha256=f"{number:064}") for number in range(QUERIES)),
        parameters={"p": "\0" * 99_900},
        sentence="x" * 2_000,
    )
    envelope = record_run(largest, WorkstationKey.open(study.workspace, study.keystore))
    assert read_run(envelope, study.trust) == largest
    assert 0.9 * RECORD_BYTES < len(envelope) <= RECORD_BYTES


def blocks(size: int) -> int:
    return -(-size // 4096) * 4096
