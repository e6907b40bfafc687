"""The audit log among processes that die, race each other, and run out of disk."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from sandbox.records import AuditLog

WRITER = str(Path(__file__).with_name("log_writer.py"))
KILLS = int(os.environ.get("PRECEPTOR_KILLS", "20"))


def writer(what: str, log: AuditLog, argument: int) -> subprocess.Popen[str]:
    command = [sys.executable, WRITER, what, str(log.files[0]), str(argument)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


def said_by(process: subprocess.Popen[str]) -> list[str]:
    """The lines that a process said before it ended well."""
    lines = process.communicate()[0].splitlines()
    assert process.returncode == 0
    return lines


def test_a_kill_at_any_moment_loses_no_acknowledged_entry(log: AuditLog) -> None:
    said = [int(line) for line in said_by(writer("killed", log, KILLS))]
    assert len(said) >= KILLS
    assert said == sorted(set(said))
    entries = log.entries()
    assert {entry.n for entry in entries}.issuperset(said)
    assert [entry.n for entry in entries] == list(range(1, len(entries) + 1))
    assert log.append("selftest.passed").n == len(entries) + 1
    assert log.check().size == len(entries) + 1


def test_processes_that_append_at_once_leave_one_log(log: AuditLog) -> None:
    processes = [writer(f"writer-{number}", log, 60) for number in range(3)]
    said = [[int(line) for line in said_by(process)] for process in processes]
    assert all(len(numbers) == 60 and numbers == sorted(numbers) for numbers in said)
    assert sorted(number for numbers in said for number in numbers) == list(range(1, 181))
    assert log.check().size == 180
    for writer_number, numbers in enumerate(said):
        own = [entry.n for entry in log.entries() if entry.details["writer"] == f"writer-{writer_number}"]
        assert own == numbers


def test_an_append_waits_for_whoever_holds_the_log(log: AuditLog) -> None:
    with log.held() as held:
        process = writer("patient", log, 1)
        held.append("selftest.passed", {})
        held.append("selftest.passed", {})
    assert said_by(process) == ["3"]


def test_a_file_that_may_not_grow_leaves_the_log_as_it_was(log: AuditLog) -> None:
    check_refusal(said_by(writer("limited", log, 40_000)), "the operating system said EFBIG")
    assert log.check().size == len(log.entries())


def test_a_full_disk_is_said_and_harms_nothing(log: AuditLog, tmp_path: Path) -> None:
    """On a real disk of 256 KiB, in a mount namespace of its own."""
    mount = f"mount -t tmpfs -o size=256k none '{tmp_path}'"
    if shutil.which("unshare") is None or subprocess.run(["unshare", "-rm", "sh", "-c", mount], check=False).returncode:
        pytest.skip("no small disk can be mounted here")
    script = f"{mount} && exec '{sys.executable}' '{WRITER}' full '{log.files[0]}' 262144"
    process = subprocess.Popen(["unshare", "-rm", "sh", "-c", script], stdout=subprocess.PIPE, text=True)
    check_refusal(said_by(process), "the disk is full")


def check_refusal(lines: list[str], reason: str) -> None:
    """One refusal with its reason, and every other line the number of an entry, without a gap."""
    assert lines[-4] == f"audit.log could not be written because {reason}."
    numbers = [int(line) for line in lines[:-4] + lines[-3:]]
    assert len(numbers) > 6
    assert numbers == list(range(1, len(numbers) + 1))
