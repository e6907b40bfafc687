"""A door keeps the one thing it is for: each test confines a process of its own."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

HERE = Path(__file__).parent
ROOT = HERE.parents[1]

_START = f"""
import json, os, sys
sys.path[:0] = [{str(ROOT)!r}]
from pathlib import Path
from sandbox.errors import JailRefused
from sandbox.jail import DoorRules, Limits, Role, confine_door, spawn

def refused(action, *arguments):
    try:
        action(*arguments)
    except OSError as problem:
        return type(problem).__name__
    return "allowed"
"""


def behind_a_door(code: str, **given: Any) -> Any:
    """What the text prints as JSON, in a process of its own; `given` are names in it."""
    names = "".join(f"{name} = {value!r}\n" for name, value in given.items())
    command = [sys.executable, "-I", "-c", _START + names + code]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_a_broker_writes_its_run_and_reads_its_database_and_nothing_else(tmp_path: Path) -> None:
    run, other = tmp_path / "run", tmp_path / "other"
    run.mkdir()
    other.mkdir()
    for name in ("data.db", "other/secret", "audit.log"):
        (tmp_path / name).write_text("rows")
    code = """
from sandbox.files import locked, replace_file
folder = Path(folder)
report = confine_door(DoorRules(read=(folder / "data.db",), write=(folder / "run", folder / "audit.log")))
replace_file(folder / "run" / "record.json", b"1")
replace_file(folder / "run" / "deeper" / "results", b"2")
replace_file(folder / "run" / "record.json", b"3")
with locked(folder / "run" / "lock"):
    pass
with open(folder / "audit.log", "ab") as log:
    log.write(b"!")
    os.fsync(log.fileno())
print(json.dumps({
    "database": (folder / "data.db").read_text(),
    "write database": refused(open, folder / "data.db", "r+b"),
    "other": refused((folder / "other" / "secret").read_bytes),
    "list": refused(os.listdir, folder),
    "new beside the log": refused(open, folder / "audit.log.tree", "wb"),
    "escape by rename": refused(os.rename, folder / "run" / "record.json", folder / "other" / "record.json"),
    "escape by link": refused(os.symlink, "/etc", folder / "run" / "etc"),
    "process": refused(os.posix_spawn, sys.executable, ["python"], {}),
    "layers": sorted(report.layers),
}))
"""
    assert behind_a_door(code, folder=str(tmp_path)) == {
        "database": "rows",
        "write database": "PermissionError",
        "other": "PermissionError",
        "list": "PermissionError",
        "new beside the log": "PermissionError",
        "escape by rename": "PermissionError",
        "escape by link": "PermissionError",
        "process": "PermissionError",
        "layers": ["capabilities", "landlock", "limits", "no_new_privs", "not_dumpable", "seccomp"],
    }
    assert (run / "record.json").read_bytes() == b"3"
    assert (tmp_path / "audit.log").read_bytes() == b"rows!"


def test_a_gate_reaches_its_port_and_no_other(tmp_path: Path) -> None:
    code = """
import socket
model, other = socket.create_server(("127.0.0.1", 0)), socket.create_server(("127.0.0.1", 0))
port, closed = model.getsockname()[1], other.getsockname()[1]
confine_door(DoorRules(inet=True, connect_ports=(port,), start_processes=True))
def knock(port):
    with socket.create_connection(("localhost", port), timeout=5):
        pass
import ssl
print(json.dumps({
    "its port": refused(knock, port),
    "another": refused(knock, closed),
    "listen": refused(socket.create_server, ("127.0.0.1", 0)),
    "unix": refused(socket.socket, socket.AF_UNIX),
    "raw": refused(socket.socket, socket.AF_INET, socket.SOCK_RAW, 1),
    "shell": refused(os.posix_spawn, "/bin/sh", ["sh", "-c", "exit"], {}),
    "certificates": isinstance(ssl.create_default_context(), ssl.SSLContext),
}))
"""
    assert behind_a_door(code) == {
        "its port": "allowed",
        "another": "PermissionError",
        "listen": "PermissionError",
        "unix": "PermissionError",
        "raw": "PermissionError",
        "shell": "PermissionError",
        "certificates": True,
    }


def test_jails_can_be_started_from_behind_a_door(tmp_path: Path) -> None:
    """And again, one after the other, as trials are; they see no more than the door does.

    Namespaces can't be had there: who is confined by Landlock may mount nothing.
    """
    code = """
from sandbox.jail.probes import ALLOWED, NAMES_ONLY, PROBES, Targets, Tried, Try
confine_door(DoorRules(write=(Path(folder),), inet=True, connect_ports=(443,), start_processes=True))
targets = Targets(home="/", file="/etc/passwd", folder=folder, pid=os.getpid(), port=443, unix="/x", abstract="x")
seen = []
for _ in range(2):
    with spawn(Role.PROBE, limits=Limits(memory_mb=4096, cpu_seconds=60)) as child:
        child.channel.send(Try(names=tuple(PROBES), targets=targets))
        outcomes = child.channel.receive(Tried, timeout=60)[0].outcomes
        seen += [name for name, outcome in outcomes.items() if outcome == ALLOWED and name not in NAMES_ONLY]
        child.kill()
        child.wait(30)
        seen.append(child.how_it_ended())
print(json.dumps(seen))
"""
    assert behind_a_door(code, folder=str(tmp_path)) == ["was stopped by Preceptor"] * 2


@pytest.mark.parametrize("processes", [True, False])
def test_a_door_can_kill_the_jails_it_started_before(processes: bool) -> None:
    code = """
child = spawn(Role.PROBE)
confine_door(DoorRules(start_processes=processes))
child.kill()
child.wait(30)
print(json.dumps([child.how_it_ended(), refused(os.kill, os.getppid(), 15 if not processes else 10)]))
"""
    assert behind_a_door(code, processes=processes) == ["was stopped by Preceptor", "PermissionError"]


def test_a_door_counts_the_threads_of_the_jails_it_started_before_and_of_no_other() -> None:
    code = """
from sandbox.jail.thread_count import ThreadCount
child = spawn(Role.PROBE)
before = ThreadCount.of(os.getppid()).known
confine_door(DoorRules())
print(json.dumps([before, child.threads(), ThreadCount.of(child.pid).known, ThreadCount.of(os.getppid()).known]))
"""
    assert behind_a_door(code) == [True, 1, False, False]


def test_duckdb_reads_an_allowed_file_behind_a_door(tmp_path: Path) -> None:
    import duckdb

    with duckdb.connect(str(tmp_path / "data.db")) as made:
        made.execute("CREATE TABLE stays AS SELECT range AS id FROM range(1000)")
    code = """
confine_door(DoorRules(read=(Path(file),)))
import duckdb
connection = duckdb.connect()
connection.execute(f"ATTACH '{file}' AS source (READ_ONLY)")
print(json.dumps(connection.execute("SELECT count(*) FROM source.stays").fetchone()))
"""
    assert behind_a_door(code, file=str(tmp_path / "data.db")) == [1000]


def test_a_door_refuses_to_be_confined_beside_a_running_thread() -> None:
    code = """
import threading
stop = threading.Event()
threading.Thread(target=stop.wait).start()
try:
    confine_door(DoorRules())
except JailRefused as problem:
    print(json.dumps(problem.sentence))
stop.set()
"""
    assert "1 threads were running" in behind_a_door(code)


def test_a_path_to_write_that_is_not_there_is_refused_by_name(tmp_path: Path) -> None:
    code = """
try:
    confine_door(DoorRules(write=(Path(folder) / "tokens.enc",)))
except JailRefused as problem:
    print(json.dumps(problem.sentence))
"""
    assert "tokens.enc does not exist" in behind_a_door(code, folder=str(tmp_path))


def test_what_was_not_imported_before_can_be_imported_after() -> None:
    code = """
confine_door(DoorRules())
import pyarrow, pandas, cryptography.hazmat.primitives.ciphers.aead, sqlite3
import sandbox.checks.facts
print(json.dumps(pandas.DataFrame({"a": [1, 2]}).a.sum().item()))
"""
    assert behind_a_door(code) == 3


@pytest.mark.parametrize("abi", [1, 2, 3])
def test_a_door_on_an_older_kernel_says_that_it_can_not_limit_ports_and_keeps_the_rest(
    abi: int, tmp_path: Path
) -> None:
    (tmp_path / "secret").write_text("rows")
    code = """
from sandbox.jail.linux import landlock
landlock.kernel_abi = lambda: abi
report = confine_door(DoorRules(write=(Path(folder, "own"),), inet=True, connect_ports=(443,)))
secret = os.path.join(folder, "secret")
open(os.path.join(folder, "own", "file"), "w").close()
print(json.dumps([
    report.layers["landlock"],
    refused(open, secret),
    refused(open, secret, "w"),
    refused(os.open, secret, os.O_RDONLY | os.O_TRUNC),
    refused(os.truncate, secret, 0),
]))
"""
    (tmp_path / "own").mkdir()
    told, *rest = behind_a_door(code, folder=str(tmp_path), abi=abi)
    assert told == f"on: ABI {abi}, too old to limit ports"
    assert rest == ["PermissionError"] * 4
    assert (tmp_path / "secret").read_text() == "rows"
