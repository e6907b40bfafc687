"""A Windows door has its files and nothing else, for as long as it lives, whichever call fails and however it ends."""

from __future__ import annotations

import os
import struct
from pathlib import Path

import msgspec
import pytest
from fake_lists import SOMEBODY, FakeDisk
from fake_windows import CONTAINER_SID
from test_windows_confirmation import Inside

from sandbox.errors import JailRefused
from sandbox.jail import DoorRules
from sandbox.jail.backend import Started
from sandbox.jail.windows import backend, door, grants, job
from sandbox.jail.windows import constants as c
from sandbox.jail.windows.api import SIGNATURES, CallFailed, _never

LAUNCHER, ENTRY = Path("launcher.py"), "sandbox.running.behind"


@pytest.fixture(autouse=True)
def _a_windows_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("LOCALAPPDATA", str(tmp_path / "local"))
    monkeypatch.setenv("SystemRoot", "C:\\Windows")


@pytest.fixture
def rules(tmp_path: Path) -> DoorRules:
    (tmp_path / "hospital.duckdb").write_bytes(b"rows")
    (tmp_path / "folder").mkdir()
    (tmp_path / "run").mkdir()
    (tmp_path / "audit.log").write_bytes(b"")
    read = (tmp_path / "hospital.duckdb", tmp_path / "folder", tmp_path / "hospital.duckdb.wal")
    return DoorRules(read=read, write=(tmp_path / "run", tmp_path / "audit.log"))


def notes() -> list[Path]:
    return sorted(Path(os.environ["LOCALAPPDATA"], "Preceptor", "granted").glob("*.json"))


def start(disk: FakeDisk, rules: DoorRules) -> Started:
    return door.started(disk.library, rules, ENTRY, (), LAUNCHER)


def finish(disk: FakeDisk, started: Started) -> None:
    disk.exit_code = 0
    started.process.wait(1)
    started.channel.close()
    os.close(started.stderr)


def test_a_door_has_its_files_while_it_lives_and_not_longer(rules: DoorRules) -> None:
    disk = FakeDisk()
    started = start(disk, rules)
    below = c.SUB_CONTAINERS_AND_OBJECTS_INHERIT
    assert disk.named() == {
        "hospital.duckdb": (0x120089, 0),
        "folder": (0x1200A9, below),
        "run": (0x1301BF, below),
        "audit.log": (0x12019F, 0),
    }
    assert len(notes()) == 1 and SOMEBODY in (disk.lists[str(rules.write[0])] or [])
    finish(disk, started)
    assert disk.named() == {} and notes() == []
    assert all(entries == [SOMEBODY] for entries in disk.lists.values() if entries is not None)
    assert disk.leaked() == []


def test_its_files_are_open_before_the_process_is_there_and_it_has_every_wall_of_a_jail(rules: DoorRules) -> None:
    disk = FakeDisk()
    finish(disk, start(disk, rules))
    steps = [
        disk.names.index(name) for name in ("CreateAppContainerProfile", "SetNamedSecurityInfoW", "CreateProcessW")
    ]
    assert steps == sorted(steps) and disk.names[: steps[2]].count("SetNamedSecurityInfoW") == 4
    _, capabilities, number, _ = struct.unpack("=QQII", disk.attributes[c.PROC_THREAD_ATTRIBUTE_SECURITY_CAPABILITIES])
    assert not capabilities and number == 0
    assert disk.attributes[c.PROC_THREAD_ATTRIBUTE_CHILD_PROCESS_POLICY] == struct.pack("=I", 1)
    assert disk.names.index("AssignProcessToJobObject") < disk.names.index("ResumeThread")
    assert disk.job[c.JobObjectExtendedLimitInformation] == bytes(job.wanted(door.LIMITS))
    assert '"door"' in disk.arguments("CreateProcessW")[1].raw.decode("utf-16-le").replace("\\", "")


def test_the_note_is_on_the_disk_before_the_first_list_is_changed(
    rules: DoorRules, monkeypatch: pytest.MonkeyPatch
) -> None:
    disk, noted = FakeDisk(), []
    change = grants._change
    monkeypatch.setattr(grants, "_change", lambda *rest: (noted.append(len(notes())), change(*rest))[1])
    finish(disk, start(disk, rules))
    assert noted[:4] == [1, 1, 1, 1]


def _calls() -> list[str]:
    """The names of the calls of one start; how many there are does not depend on where the files are."""
    return [
        *["GetDriveTypeW"] * 4,
        *["GetNamedSecurityInfoW", "SetEntriesInAclW", "SetNamedSecurityInfoW", "LocalFree", "LocalFree"] * 4,
    ]


@pytest.mark.parametrize("number", range(len(_calls())), ids=lambda number: f"{number}-{_calls()[number]}")
def test_whichever_call_fails_no_entry_stays_and_no_process_starts(number: int, rules: DoorRules) -> None:
    whole = FakeDisk()
    finish(whole, start(whole, rules))
    first = whole.names.index("GetDriveTypeW")
    assert whole.names[first : first + len(_calls())] == _calls()
    if SIGNATURES[_calls()[number]].failed is _never:
        return
    disk = FakeDisk(fail_at=first + number)
    with pytest.raises(JailRefused) as refused:
        start(disk, rules)
    assert disk.failed == _calls()[number]
    assert "can't be opened" in refused.value.sentence and f"{disk.failed} failed with error" in refused.value.sentence
    assert refused.value.advice
    assert disk.named() == {} and notes() == [] and disk.leaked() == []
    assert "CreateProcessW" not in disk.names


def test_whichever_call_of_the_start_fails_no_entry_stays(rules: DoorRules) -> None:
    whole = FakeDisk()
    started = start(whole, rules)
    last, names = len(whole.names), list(whole.names)
    finish(whole, started)
    begin = names.index("CreateDesktopW")
    for number in range(begin, last):
        if SIGNATURES[names[number]].failed is _never:
            continue
        disk = FakeDisk(fail_at=number)
        with pytest.raises(JailRefused):
            start(disk, rules)
        assert disk.failed == names[number]
        assert (disk.named(), notes(), disk.leaked()) == ({}, [], [])


def test_a_file_that_is_not_ours_to_open_is_refused_by_name_with_a_next_step(rules: DoorRules) -> None:
    disk = FakeDisk()
    disk.refuse_change = c.ERROR_ACCESS_DENIED
    with pytest.raises(JailRefused, match=r"who may read hospital\.duckdb.*error 5") as refused:
        start(disk, rules)
    assert "Full control" in refused.value.advice and "no run is used up" in refused.value.advice
    assert "CreateProcessW" not in disk.names


def test_a_network_drive_is_refused_before_anything_is_opened(rules: DoorRules) -> None:
    disk = FakeDisk()
    disk.drive = c.DRIVE_REMOTE
    with pytest.raises(JailRefused, match=r"hospital\.duckdb lies on a network drive") as refused:
        start(disk, rules)
    assert "Copy it to a disk of this computer" in refused.value.advice
    assert disk.history == [] and notes() == []


def test_a_disk_without_permissions_is_refused_and_gets_no_list(rules: DoorRules) -> None:
    disk = FakeDisk()
    disk.lists[str(rules.read[1])] = None
    with pytest.raises(JailRefused, match="folder lies on a disk that keeps no permissions"):
        start(disk, rules)
    assert disk.lists[str(rules.read[1])] is None and disk.named() == {} and disk.leaked() == []


def _left(tmp_path: Path, pid: int, *paths: str) -> Path:
    note = Path(os.environ["LOCALAPPDATA"], "Preceptor", "granted", f"Preceptor.01234567.{pid}.89ab.json")
    note.parent.mkdir(parents=True, exist_ok=True)
    note.write_bytes(msgspec.json.encode(grants.Granted("S-1-15-2-9", paths)))
    return note


def test_what_a_killed_process_left_is_closed_by_the_next(tmp_path: Path) -> None:
    disk, path = FakeDisk(), str(tmp_path / "hospital.duckdb")
    disk.lists[path] = [SOMEBODY, ("S-1-15-2-9", 0x120089, 0), (CONTAINER_SID, 0x120089, 0)]
    dead = _left(tmp_path, 999999, path, str(tmp_path / "gone"))
    living = _left(tmp_path, os.getpid(), path)
    grants.forget_left(disk.library)
    assert disk.lists[path] == [SOMEBODY, (CONTAINER_SID, 0x120089, 0)]  # nobody else's entry is touched
    assert not dead.exists() and living.exists() and disk.leaked() == []


def test_an_entry_that_can_not_be_removed_now_is_tried_again(tmp_path: Path) -> None:
    disk, path = FakeDisk(), str(tmp_path / "hospital.duckdb")
    disk.lists[path] = [SOMEBODY, ("S-1-15-2-9", 0x120089, 0)]
    note = _left(tmp_path, 999999, path)
    disk.refuse_change = 32  # another program has it open
    grants.forget_left(disk.library)
    assert note.exists()
    disk.refuse_change = 0
    grants.forget_left(disk.library)
    assert not note.exists() and disk.lists[path] == [SOMEBODY]


def test_whichever_call_fails_while_closing_what_was_left_it_is_kept_or_refused(tmp_path: Path) -> None:
    path = str(tmp_path / "hospital.duckdb")
    whole = FakeDisk()
    _left(tmp_path, 999999, path)
    grants.forget_left(whole.library)
    kept: list[bool] = []
    assert whole.names[0] == "OpenProcess" and "SetNamedSecurityInfoW" in whole.names
    for number in range(1, len(whole.names)):
        disk, note = FakeDisk(fail_at=number), _left(tmp_path, 999999, path)
        disk.lists[path] = [SOMEBODY, ("S-1-15-2-9", 0x120089, 0)]
        try:
            finish(disk, start(disk, DoorRules()))
        except JailRefused as refused:
            assert refused.advice and f"{disk.failed} failed" in refused.sentence
            assert "CreateProcessW" not in disk.names
        assert disk.failed and disk.leaked() == []
        assert note.exists() or disk.named("S-1-15-2-9") == {}  # the next door tries again
        kept.append(note.exists())
    assert True in kept


def test_a_damaged_note_is_no_crash(tmp_path: Path) -> None:
    note = _left(tmp_path, 999999)
    note.write_bytes(b"{")
    with pytest.raises(JailRefused, match="note of what was opened") as refused:
        grants.forget_left(FakeDisk().library)
    assert "Delete this file" in refused.value.advice


@pytest.mark.parametrize(
    "more", [{"inet": True}, {"connect_ports": (443,)}, {"unix_sockets": True}, {"start_processes": True}]
)
def test_no_door_gets_a_network_or_processes(more: dict[str, object]) -> None:
    disk = FakeDisk()
    for attempt in (lambda: start(disk, DoorRules(**more)), lambda: door.confirm(disk.library, DoorRules(**more))):  # type: ignore[arg-type]
        with pytest.raises(JailRefused, match="no door with a network"):
            attempt()
    assert disk.names == []


@pytest.fixture
def inside() -> Inside:
    windows = Inside()
    windows.job[c.JobObjectExtendedLimitInformation] = bytes(job.wanted(door.LIMITS))
    return windows


def test_the_inner_part_reports_every_wall_and_its_files(inside: Inside, rules: DoorRules) -> None:
    layers = door.confirm(inside.library, rules)
    assert set(layers) == {*backend.FIXES, "files"}
    assert all(state.startswith(("on", "none held")) for state in layers.values()), layers
    assert layers["files"] == "on: 3 to read, 2 to write"
    assert list(rules.write[0].iterdir()) == []  # what was tried there is gone


@pytest.mark.parametrize("wall", ["appcontainer", "capabilities", "job", "screen", "desktop", "mitigations"])
def test_a_wall_that_does_not_stand_around_the_door_is_seen(wall: str, inside: Inside, rules: DoorRules) -> None:
    inside.in_container, inside.capabilities, inside.desktop, inside.policy = (
        int(wall != "appcontainer"),
        int(wall == "capabilities"),
        "Default" if wall == "desktop" else "preceptor-1",
        0 if wall == "mitigations" else 0b111,
    )
    if wall == "job":
        inside.job[c.JobObjectExtendedLimitInformation] = bytes(len(bytes(job.wanted(door.LIMITS))))
    if wall == "screen":
        inside.job[c.JobObjectBasicUIRestrictions] = bytes(4)
    layers = door.confirm(inside.library, rules)
    assert {name for name, state in layers.items() if not state.startswith(("on", "none held"))} == {wall}


@pytest.mark.parametrize(("which", "how"), [("hospital.duckdb", "read"), ("folder", "read"), ("run", "written")])
def test_a_file_that_stays_out_of_reach_is_refused_by_name(
    which: str, how: str, inside: Inside, rules: DoorRules, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(path: Path, *rest: object, **more: object) -> None:
        if Path(path).name == which or Path(path).parent.name == which:
            raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(os, "listdir", refused)
    real = Path.open
    monkeypatch.setattr(Path, "open", lambda path, *rest: refused(path) or real(path, *rest))
    with pytest.raises(JailRefused, match=f"{which} was opened .* but can't be {how} there") as problem:
        door.confirm(inside.library, rules)
    assert "no run is used up" in problem.value.advice


def test_a_file_to_write_that_is_gone_is_no_door(inside: Inside, rules: DoorRules) -> None:
    rules.write[1].unlink()
    with pytest.raises(FileNotFoundError):
        door.confirm(inside.library, rules)


def test_a_descriptor_is_given_as_a_handle_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    from contextlib import ExitStack

    disk = FakeDisk()
    monkeypatch.setattr(door, "library", lambda: disk.library)
    with ExitStack() as stack, open(os.devnull, "rb") as file:
        handle = door.to_inherit(stack, file.fileno())
        assert disk.arguments("DuplicateHandle")[5] == 1 and handle == disk.arguments("DuplicateHandle")[3].value
        assert disk._open[handle] == "duplicate of file"
    assert "duplicate of file" not in disk.leaked()
    with pytest.raises(CallFailed), ExitStack() as stack, open(os.devnull, "rb") as file:
        disk._fail_at = len(disk.names) + 1
        door.to_inherit(stack, file.fileno())
