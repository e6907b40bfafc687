"""Any process killed at any moment: nothing that was acknowledged is lost, and the workspace opens."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from process_tree import descendants

from sandbox.keystore import open_keystore
from sandbox.records import AuditLog, Trust, pinned_head, read_run
from sandbox.workspace import Workspace

ROOT = Path(__file__).parents[2]
KILLS = int(os.environ.get("PRECEPTOR_KILLS", "20"))
Preceptor = Callable[..., subprocess.CompletedProcess[str]]


def check_workspace(root: Path, acknowledged: set[str]) -> None:
    """It opens, its log is whole and continues the pinned head, and nothing acknowledged is gone."""
    workspace = Workspace.open(root)
    keystore = open_keystore(workspace)
    AuditLog(workspace.audit_log).check(pinned_head(keystore))
    trust = Trust.open(workspace, keystore)
    for run in acknowledged:
        assert read_run((workspace.run(run) / "record.json").read_bytes(), trust).id == run


@pytest.mark.timeout(60 * KILLS + 300)
def test_kill_of_any_process_at_any_moment_loses_nothing_acknowledged(
    workspace: Path, approval: str, preceptor: Preceptor
) -> None:
    randomly = random.Random(11)
    acknowledged: set[str] = set()
    killed = 0
    command = [
        str(Path(sys.executable).with_name("preceptor")),
        "run",
        approval,
        "--json",
        "--workspace",
        str(workspace),
    ]
    for _ in range(KILLS):
        process = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, cwd=ROOT, start_new_session=True
        )
        time.sleep(randomly.uniform(0.1, 5.0))
        victims = [process.pid, *descendants(process.pid)]
        if process.poll() is None:
            os.kill(randomly.choice(victims), signal.SIGKILL)
            killed += 1
        stdout, _ = process.communicate(timeout=120)
        if process.returncode == 0 and stdout.strip():
            acknowledged.add(json.loads(stdout.splitlines()[-1])["run"])
        check_workspace(workspace, acknowledged)
    assert killed >= KILLS // 2
    done = preceptor("run", approval, "--json", "--workspace", workspace)
    assert done.returncode == 0, done.stdout
