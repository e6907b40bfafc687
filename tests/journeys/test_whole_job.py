"""The whole job, unattended, and what a stranger can do with what it leaves."""

from __future__ import annotations

import json
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from sandbox.keystore import open_keystore
from sandbox.records import AuditLog, Trust, pinned_head, read_run, verify_bundle
from sandbox.workspace import Workspace

PRECEPTOR = [sys.executable, "-m", "sandbox.cli"]
ROOT = Path(__file__).parents[2]
KILLS = int(os.environ.get("PRECEPTOR_KILLS", "20"))


def preceptor(*arguments: str | Path, **more: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*PRECEPTOR, *map(str, arguments)], capture_output=True, text=True, cwd=ROOT, check=False, **more  # type: ignore[call-overload]
    )


def with_passphrase(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    reading, writing = os.pipe()
    os.write(writing, b"correct horse battery staple\n")
    os.close(writing)
    try:
        return preceptor(*arguments, "--passphrase-fd", str(reading), pass_fds=(reading,))
    finally:
        os.close(reading)


@pytest.fixture(scope="module")
def toured(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A finished tour; its folder."""
    out = tmp_path_factory.mktemp("tour") / "out"
    done = with_passphrase("tour", "--out", out, "--json")
    assert done.returncode == 0, done.stdout + done.stderr
    told = json.loads(done.stdout.splitlines()[-1])
    assert len(told["steps"]) == 18
    return out


def test_the_bundle_of_the_tour_verifies(toured: Path) -> None:
    done = preceptor("verify", toured / "bundle")
    assert done.returncode == 0, done.stderr
    assert "signer unknown" in done.stdout


def test_a_flipped_byte_in_any_file_of_the_bundle_is_found_and_named(toured: Path, tmp_path: Path) -> None:
    assert verify_bundle(toured / "bundle").ok
    randomly = random.Random(7)
    for path in sorted(p for p in (toured / "bundle").rglob("*") if p.is_file()):
        name = path.relative_to(toured / "bundle")
        copy = tmp_path / "bundle"
        shutil.rmtree(copy, ignore_errors=True)
        shutil.copytree(toured / "bundle", copy)
        data = bytearray((copy / name).read_bytes())
        data[randomly.randrange(len(data))] ^= 1 << randomly.randrange(8)
        (copy / name).write_bytes(data)
        verdict = verify_bundle(copy)
        assert not verdict.ok, name
        assert str(name) in verdict.sentence, (name, verdict.sentence)


@pytest.mark.needs("openssl", "sha256sum")
def test_the_commands_in_the_bundle_work_as_written(toured: Path) -> None:
    text = (toured / "bundle" / "VERIFY.txt").read_text("utf-8")
    commands = re.findall(r"^\s+((?:openssl|sha256sum) .+)$", text, re.MULTILINE)
    assert any(one.startswith("openssl") for one in commands) and any(one.startswith("sha256sum") for one in commands)
    for command in commands:
        done = subprocess.run(["sh", "-c", command], cwd=toured / "bundle", capture_output=True, text=True, check=False)
        assert done.returncode == 0, (command, done.stdout, done.stderr)


def test_records_of_the_tour_are_files_a_person_can_read(toured: Path) -> None:
    workspace = toured / "workspace"
    assert json.loads((workspace / "workspace.json").read_text())["version"] == 1
    for line in (workspace / "audit.log").read_text("utf-8").splitlines():
        assert {"n", "time", "event", "details", "tree"} <= set(json.loads(line))


def descendants(pid: int) -> Iterator[int]:
    """Every process below `pid`, by /proc."""
    for children in Path(f"/proc/{pid}/task").glob("*/children"):
        try:
            found = [int(one) for one in children.read_text().split()]
        except OSError:
            continue
        for child in found:
            yield child
            yield from descendants(child)


def check_workspace(root: Path, acknowledged: set[str]) -> None:
    """It opens, its log is whole and continues the pinned head, and nothing acknowledged is gone."""
    workspace = Workspace.open(root)
    keystore = open_keystore(workspace)
    AuditLog(workspace.audit_log).check(pinned_head(keystore))
    trust = Trust.open(workspace, keystore)
    for run in acknowledged:
        assert read_run((workspace.run(run) / "record.json").read_bytes(), trust).id == run


@pytest.mark.timeout(1200)
def test_killing_any_process_at_any_moment_loses_nothing_acknowledged(toured: Path, tmp_path: Path) -> None:
    root = tmp_path / "workspace"
    shutil.copytree(toured / "workspace", root)
    approval = _sign_for_many_runs(root)
    randomly = random.Random(11)
    acknowledged: set[str] = set()
    killed = 0
    for _ in range(KILLS):
        process = subprocess.Popen(
            [*PRECEPTOR, "run", approval, "--json", "--workspace", str(root)],
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, cwd=ROOT, start_new_session=True,
        )  # fmt: skip
        time.sleep(randomly.uniform(0.1, 5.0))
        victims = [process.pid, *descendants(process.pid)]
        try:
            os.kill(randomly.choice(victims), signal.SIGKILL)
            killed += 1
        except ProcessLookupError:
            pass
        stdout, _ = process.communicate(timeout=120)
        if process.returncode == 0 and stdout.strip():
            acknowledged.add(json.loads(stdout.splitlines()[-1])["run"])
        check_workspace(root, acknowledged)
    assert killed >= KILLS // 2
    done = preceptor("run", approval, "--json", "--workspace", root)
    assert done.returncode == 0, done.stdout


def _sign_for_many_runs(root: Path) -> str:
    """The tour's newest draft, signed again for a thousand runs through the command line; the approval's name."""
    question = json.loads(preceptor("ask", "--list", "--json", "--workspace", root).stdout)[-1]["name"]
    terms = ["--runs", "1000", "--purpose", "Kill test", "--json", "--workspace", root]
    done = with_passphrase("sign", question, *terms)
    assert done.returncode == 0, done.stdout + done.stderr
    return str(json.loads(done.stdout)["id"])
