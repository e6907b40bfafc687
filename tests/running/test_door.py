"""The door around the broker: after it has confined itself, its database and its own files are all there is."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from study import Study

PROBES = r"""
import json, os, socket, subprocess, sys
from pathlib import Path

sys.path.insert(0, sys.argv[1])
confined, root, home, port = sys.argv[2] == "confined", Path(sys.argv[3]), Path(sys.argv[4]), int(sys.argv[5])
from sandbox.running.warm import import_needed
import_needed()
import pyarrow
from sandbox.records import AuditLog
from sandbox.running.broker import confine, fetch_secrets
from sandbox.keystore import open_keystore
from sandbox.sources import connect
from sandbox.workspace import Workspace

workspace = Workspace.open(root)
source = workspace.source("ehr")
secrets = fetch_secrets(workspace, open_keystore(workspace), (source,))
run = "r-" + sys.argv[2]
left_open = socket.create_connection(("127.0.0.1", port), 2)
if confined:
    confine(workspace, run, (source,), secrets.tokens)
else:
    workspace.run(run).mkdir()

def rows():
    with connect(source, None) as connected:
        return connected.read('SELECT count(*) AS n FROM "src"."main"."patients"').read_all().num_rows

probes = {
    "read its database": rows,
    "write its run": lambda: (workspace.run(run) / "record.json").write_bytes(b"x"),
    "append to the log": lambda: AuditLog(workspace.audit_log).append("run.ended"),
    "make tokens": lambda: secrets.tokens.hide("patient", pyarrow.array([1])),
    "read the keyring": lambda: open_keystore(workspace).get("key/results"),
    "read an approval": lambda: os.listdir(workspace.approvals),
    "write a dictionary": lambda: (workspace.source_folder("ehr") / "own.json").write_bytes(b"x"),
    "write another run": lambda: (workspace.runs / "r-other").mkdir(),
    "read home": lambda: (home / "letter.txt").read_text(),
    "write home": lambda: (home / "out.txt").write_text("x"),
    "write beside its database": lambda: Path(source.location).with_name("copy").write_text("x"),
    "read passwd": lambda: Path("/etc/passwd").read_text(),
    "connect by TCP": lambda: socket.create_connection(("127.0.0.1", port), 2).close(),
    "use what was left open": lambda: left_open.send(b"x"),
    "open a UDP socket": lambda: socket.socket(socket.AF_INET, socket.SOCK_DGRAM).close(),
    "open a local socket": lambda: socket.socket(socket.AF_UNIX).close(),
    "start a process": lambda: subprocess.run(["/bin/true"], check=True),
    "fork": lambda: os.waitpid(os.fork() or os._exit(0), 0),
    "see other processes": lambda: Path("/proc/1/status").read_text(),
}
outcomes = {}
for name, probe in probes.items():
    try:
        probe()
        outcomes[name] = "allowed"
    except Exception as problem:
        outcomes[name] = "blocked"
print(json.dumps(outcomes))
"""
KEPT = {"read its database", "write its run", "append to the log", "make tokens"}


@pytest.fixture
def listener() -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        thread = threading.Thread(target=lambda: [server.accept() for _ in range(9)], daemon=True)
        thread.start()
        yield server.getsockname()[1]


def outcomes(study: Study, how: str, home: Path, port: int) -> dict[str, str]:
    project = str(Path(__file__).parents[2])
    command = [sys.executable, "-I", "-c", PROBES, project, how, str(study.workspace.root), str(home), str(port)]
    done = subprocess.run(
        command, capture_output=True, check=False, env={"HOME": str(home), "PATH": os.environ["PATH"]}
    )
    assert done.returncode == 0, done.stderr.decode()
    found: dict[str, str] = json.loads(done.stdout)
    return found


def test_everything_works_outside_and_only_its_own_work_inside(hospital: Path, tmp_path: Path, listener: int) -> None:
    study = Study(tmp_path / "workspace", hospital)
    home = tmp_path / "home"
    home.mkdir()
    (home / "letter.txt").write_text("private")
    outside = outcomes(study, "open", home, listener)
    assert set(outside.values()) == {"allowed"}, outside
    inside = outcomes(study, "confined", home, listener)
    assert {name for name, outcome in inside.items() if outcome == "allowed"} == KEPT
