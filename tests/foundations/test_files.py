"""Writing so that a crash, a full disk or another process loses nothing that was acknowledged."""

from __future__ import annotations

import errno
import os
import random
import shutil
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from sandbox import files
from sandbox.errors import StorageFault
from sandbox.files import locked, replace_file, storage_fault, write_at

WRITER = str(Path(__file__).with_name("file_writer.py"))


def writer(what: str, path: Path, argument: int) -> subprocess.Popen[str]:
    return subprocess.Popen([sys.executable, WRITER, what, str(path), str(argument)], stdout=subprocess.PIPE, text=True)


def test_a_file_is_there_whole_with_nothing_beside_it(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "folder" / "file.json"
    for data in (b"first", b"", b"x" * 3_000_000):
        replace_file(path, data)
        assert path.read_bytes() == data
    assert [entry.name for entry in path.parent.iterdir()] == ["file.json"]


def test_only_the_owner_can_read_unless_said_otherwise(tmp_path: Path) -> None:
    replace_file(tmp_path / "secret", b"x")
    replace_file(tmp_path / "public", b"x", mode=0o644)
    assert (tmp_path / "secret").stat().st_mode & 0o777 == 0o600
    assert (tmp_path / "public").stat().st_mode & 0o777 == 0o644


def test_a_write_that_fails_leaves_the_old_file_and_nothing_beside_it(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "file").write_bytes(b"old")
    with pytest.raises(StorageFault, match="folder could not be written"):
        replace_file(tmp_path / "folder", b"new")
    with pytest.raises(StorageFault, match="below could not be written"):
        replace_file(tmp_path / "file" / "below", b"new")
    assert sorted(entry.name for entry in tmp_path.iterdir()) == ["file", "folder"]
    assert (tmp_path / "file").read_bytes() == b"old"


def test_a_file_that_may_not_grow_leaves_the_old_one(tmp_path: Path) -> None:
    said = writer("limited", tmp_path / "file", 10_000).communicate()[0].splitlines()
    assert said == ["file could not be written because the operating system said EFBIG.", "b'old'", "['file']"]


def test_a_full_disk_leaves_the_old_file(tmp_path: Path) -> None:
    """On a real disk of 64 KiB, in a mount namespace of its own."""
    mount = f"mount -t tmpfs -o size=64k none '{tmp_path}'"
    if shutil.which("unshare") is None or subprocess.run(["unshare", "-rm", "sh", "-c", mount], check=False).returncode:
        pytest.skip("no small disk can be mounted here")
    script = f"{mount} && exec '{sys.executable}' '{WRITER}' full '{tmp_path / 'file'}' 1000000"
    ended = subprocess.run(["unshare", "-rm", "sh", "-c", script], capture_output=True, text=True, check=True)
    assert ended.stdout.splitlines() == [
        "file could not be written because the disk is full.",
        "b'old'",
        "['file']",
    ]


def test_a_kill_at_any_moment_leaves_a_whole_file(tmp_path: Path) -> None:
    moments = random.Random(20260102)
    for _ in range(4):
        process = writer("forever", tmp_path / "file", 300_000)
        assert process.stdout is not None
        assert process.stdout.readline() == "up\n"
        time.sleep(moments.uniform(0, 0.05))
        process.kill()
        process.communicate()
        data = (tmp_path / "file").read_bytes()
        assert len(data) == 300_000
        assert len(set(data)) == 1


def test_a_lock_is_held_by_one_and_freed_by_death(tmp_path: Path) -> None:
    process = writer("holding", tmp_path / "lock", 600)
    assert process.stdout is not None
    assert process.stdout.readline() == "held\n"
    entered = threading.Event()

    def enter() -> None:
        with locked(tmp_path / "lock"):
            entered.set()

    waiting = threading.Thread(target=enter)
    waiting.start()
    assert not entered.wait(0.2)
    process.kill()
    process.communicate()
    assert entered.wait(60)
    waiting.join()


def test_a_lock_that_cannot_be_made_is_a_storage_fault(tmp_path: Path) -> None:
    with pytest.raises(StorageFault, match="lock could not be written"), locked(tmp_path / "nowhere" / "lock"):
        pass


@pytest.mark.parametrize(
    "number, reason",
    [
        (errno.ENOSPC, "the disk is full"),
        (errno.EDQUOT, "your quota is used up"),
        (errno.EROFS, "the disk is read-only"),
        (errno.EACCES, "you have no permission there"),
        (errno.EIO, "the operating system said EIO"),
    ],
)
def test_a_fault_names_the_file_and_the_reason_and_not_the_folder(number: int, reason: str) -> None:
    fault = storage_fault(Path("/home/someone/study/audit.log"), OSError(number, "text of the system"))
    assert fault.sentence == f"audit.log could not be written because {reason}."
    assert fault.advice


@pytest.mark.parametrize("positioned", [True, False])  # Windows has no writing at a place
def test_bytes_are_written_where_they_belong(positioned: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    if not positioned:
        monkeypatch.delattr(os, "pwrite")
    path = tmp_path / "log"
    path.write_bytes(b"0123456789")
    fd = os.open(path, os.O_RDWR)
    try:
        for offset, data in ((8, b"abc"), (2, b"xy"), (11, b"")):
            write_at(fd, data, offset)
    finally:
        os.close(fd)
    assert path.read_bytes() == b"01xy4567abc"


def test_a_file_is_opened_so_that_windows_leaves_line_ends_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[int] = []
    real = os.open
    monkeypatch.setattr(files, "BINARY", os.O_SYNC)  # a flag that can be seen
    monkeypatch.setattr(os, "open", lambda path, flags, *rest: (opened.append(flags), real(path, flags, *rest))[1])
    replace_file(tmp_path / "signed.json", b"a\nb")
    assert opened[0] & os.O_SYNC == os.O_SYNC
