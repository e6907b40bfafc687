"""The doctor: what holds on this workstation, each with a sentence and what to do when it does not."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest
from desk_talk import Desk

from sandbox.records import AuditLog
from sandbox.reviewing import checkup
from sandbox.reviewing.handlers import handler_of
from sandbox.reviewing.orders.settings import DoctorReport, Finding, ReadDoctor, RunDoctor
from sandbox.reviewing.orders.starting import Open
from sandbox.reviewing.room import Room

linux = pytest.mark.skipif(sys.platform != "linux", reason="the jails are tried on Linux")


def read(room: Room) -> DoctorReport:
    return handler_of(ReadDoctor)(room, ReadDoctor())  # type: ignore[no-any-return]


def finding(report: DoctorReport, name: str) -> Finding:
    return next(one for one in report.findings if one.name == name)


@linux
def test_every_way_out_is_tried_told_and_kept_until_the_machine_changes(root: Path) -> None:
    """In the real session, which nobody may look into: that must not change what the probes find."""
    with Desk(root) as desk:
        desk.ask(Open())
        before = desk.ask(ReadDoctor())
        desk.progress.clear()
        report = desk.ask(RunDoctor())
        after = desk.ask(ReadDoctor())
    assert not before.ok and before.probes == ()
    assert finding(before, "Isolation").sentence.startswith("The isolation was not tried yet")
    assert report.ok and report.sentence == "Everything that Preceptor rests on holds on this computer."
    assert len(report.probes) > 200 and all(probe.held for probe in report.probes)
    assert report.landlock > 0 and report.layers["program"]["seccomp"].startswith("on")
    steps = [(step.done, step.of) for step in desk.progress if step.of]
    assert steps[0] == (0, 10) and len(steps) > 10
    assert (after.probes, after.ok, len(after.tested_at)) == (report.probes, True, len("2026-01-02T03:04:05Z"))


def test_without_a_workspace_the_rest_is_left_out(tmp_path: Path) -> None:
    report = read(Room(tmp_path / "new"))
    assert [one.name for one in report.findings] == ["Isolation", "Versions", "Start of programs"]


def test_libraries_that_are_not_compiled_bring_advice_and_no_failure(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert finding(read(room), "Start of programs").ok
    monkeypatch.setattr(checkup, "not_compiled", lambda: ("pandas",))
    report = read(room)
    slower = finding(report, "Start of programs")
    assert slower.ok and "pandas" in slower.sentence and "compileall" in slower.advice
    monkeypatch.setattr(checkup, "not_compiled", lambda: ())
    again = finding(read(room), "Start of programs")
    assert (again.sentence, again.advice) == ("The code that programs start with is compiled, as pip leaves it.", "")


def test_whatever_does_not_hold_says_what_to_do(room: Room) -> None:
    (room.root / "throwaway-keyring.json").write_bytes(b"broken")
    (room.root / "audit.log").write_bytes(b"")
    for one in read(room).findings:
        assert one.sentence.endswith(".")
        assert one.ok or one.advice.endswith(".")


def test_a_log_that_was_cut_short_is_found(room: Room) -> None:
    assert finding(read(room), "Audit log").ok
    log = AuditLog(room.workspace.audit_log)
    log.append("source.looked", source="ehr", tables=1, columns=1)
    room.settle()
    whole = room.workspace.audit_log.read_bytes()
    room.workspace.audit_log.write_bytes(whole[: whole.index(b"\n") + 1])
    assert not finding(read(room), "Audit log").ok


def test_a_signed_source_whose_patients_nobody_recognises_is_found(room: Room) -> None:
    folder = room.workspace.source_folder("ehr")
    assert not [one for one in read(room).findings if one.name == "Patients of ehr"]
    (folder / "signed").mkdir()
    (folder / "signed" / "patient.json").write_bytes(b"{}")
    missing = finding(read(room), "Patients of ehr")
    assert not missing.ok and "index" in missing.advice
    (folder / "known.enc").write_bytes(b"")
    assert finding(read(room), "Patients of ehr").ok
    os.utime(folder / "known.enc", (1_700_000_000, 1_700_000_000))
    old = finding(read(room), "Patients of ehr")
    assert not old.ok and "as of 2023-11-14; whoever came later is not" in old.sentence


def test_a_workspace_on_another_machines_disk_is_found(
    room: Room, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mounts = tmp_path / "mounts"
    monkeypatch.setattr(checkup, "_MOUNTS", mounts)
    mounts.write_text(f"/dev/a / ext4 rw 0 0\nserver:/x {tmp_path} nfs4 rw 0 0\n/dev/b {room.root} ext4 rw 0 0\n")
    assert not [one for one in read(room).findings if one.name == "Place"]
    mounts.write_text(f"/dev/a / ext4 rw 0 0\nserver:/x {tmp_path} nfs4 rw 0 0\n")
    place = finding(read(room), "Place")
    assert not place.ok and "(nfs4)" in place.sentence


def test_a_mount_with_a_space_in_its_name_is_read() -> None:
    assert checkup._is_in(Path("/media/my disk/study"), "/media/my\\040disk")


def test_a_disk_that_is_nearly_full_is_found(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    assert finding(read(room), "Disk").ok
    monkeypatch.setattr(checkup, "LEAST_FREE", 1 << 62)
    assert not finding(read(room), "Disk").ok
    assert not list(room.root.glob(".probe*"))


def test_a_library_of_another_version_than_reviewed_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    assert checkup.version_finding().ok
    monkeypatch.setattr(checkup, "version", lambda name: "0.1")
    wrong = checkup.version_finding()
    assert not wrong.ok and "sqlglot is 0.1, not" in wrong.sentence
