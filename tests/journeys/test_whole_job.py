"""The whole job, unattended, and what a stranger can do with what it leaves."""

from __future__ import annotations

import json
import random
import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from resources.demo.canaries import present
from sandbox.records import verify_bundle

Preceptor = Callable[..., subprocess.CompletedProcess[str]]


def test_the_tour_proves_every_step(toured: Path) -> None:
    told = json.loads((toured / "told.json").read_text("utf-8"))
    assert len(told["steps"]) == 18
    assert all(step["proves"] for step in told["steps"])
    assert "bundle/VERIFY.txt" in told["left"]


def test_the_search_for_canaries_finds_a_planted_one(toured: Path) -> None:
    text = (toured / "workspace" / "audit.log").read_bytes()
    assert present(["Wilhelmina Oyelaran"], text) == []
    assert present(["Wilhelmina Oyelaran"], text + b" Wilhelmina Oyelaran ") == ["Wilhelmina Oyelaran"]


def test_the_bundle_verifies_without_a_workspace(toured: Path, preceptor: Preceptor) -> None:
    done = preceptor("verify", toured / "bundle")
    assert done.returncode == 0, done.stderr
    assert "signer unknown" in done.stdout


def test_the_bundle_verifies_against_a_trusted_key_and_not_against_another(toured: Path, preceptor: Preceptor) -> None:
    key = next((toured / "bundle").rglob("reviewer.pub.pem"))
    assert preceptor("verify", toured / "bundle", "--trust", key).returncode == 0
    other = preceptor("verify", toured / "bundle", "--trust", "0" * 64)
    assert other.returncode == 1
    assert "key" in other.stderr


def test_a_flipped_byte_in_any_file_of_the_bundle_is_found_and_named(toured: Path, tmp_path: Path) -> None:
    assert verify_bundle(toured / "bundle").ok
    randomly = random.Random(7)
    names = sorted(path.relative_to(toured / "bundle") for path in (toured / "bundle").rglob("*") if path.is_file())
    assert len(names) > 10
    for name in names:
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
    commands = re.findall(r"^ +\$ (.+)$", text, re.MULTILINE)
    assert sum("openssl pkeyutl -verify" in one for one in commands) >= 5
    assert any(one.startswith("sha256sum --check") for one in commands)
    for command in commands:
        done = subprocess.run(["sh", "-c", command], cwd=toured / "bundle", capture_output=True, text=True, check=False)
        assert done.returncode == 0, (command, done.stdout, done.stderr)


def test_plain_records_of_the_tour_are_files_a_person_can_read(toured: Path) -> None:
    workspace = toured / "workspace"
    assert json.loads((workspace / "workspace.json").read_text("utf-8"))["version"] == 1
    for line in (workspace / "audit.log").read_text("utf-8").splitlines():
        assert {"n", "time", "event", "details", "tree"} <= set(json.loads(line))
