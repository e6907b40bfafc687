"""Everything holds for an ordinary user too: the installation is copied and run without privileges."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from sandbox.jail.profile import ROOT

NOBODY = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"]

HERE = Path(__file__).parent
# The tests' own parts by which every setting of the matrix is made.
PARTS = ("attack_matrix.py", "jailed_code.py", "machine_code.py")

# At most 200, so that nobody else on the machine is short of any.
SCRIPT = """
THREADS = '''
import _thread, time
started = 0
try:
    while started < 200:
        _thread.start_new_thread(time.sleep, (600,))
        started += 1
except RuntimeError:
    pass
answer(started)
'''
import dataclasses, json, os, sys
from pathlib import Path
from sandbox.jail import Limits, Role, self_test, spawn
from sandbox.jail.linux.landlock import kernel_abi
from sandbox.jail.probes import ALLOWED, MAY_BE_ABSENT, PROBES
from sandbox.jail.proving_ground import proving_ground, try_outside_or_behind
from attack_matrix import door_leaks, door_settings, leaks, settings
from jailed_code import answer_of

rows = {*settings(abis=(kernel_abi(),)), *settings((Role.PROGRAM,))}
folder, doors = Path(sys.argv[1]), tuple(door_settings())
with proving_ground() as targets:
    wrong = {str(row): leak for row in rows if (leak := leaks(row, targets, folder))}
    outside = try_outside_or_behind(None, tuple(PROBES), targets)[1]
    absent = frozenset(name for name in MAY_BE_ABSENT if outside[name] != ALLOWED)
    wrong |= {str(door): leak for door in doors if (leak := door_leaks(door, targets, folder, absent))}
threads = {}
for without in ((), ("threads",), ("namespaces",)):
    threads[str(without)] = answer_of(THREADS, folder, *without, limits=Limits(threads=40))
test = self_test()
child = spawn(Role.PROBE, limits=Limits(memory_mb=4096))
try:
    Path(f"/proc/{child.pid}/environ").read_bytes()
    peek = "read"
except PermissionError:
    peek = "refused"
child.close()
print(json.dumps({
    "user": os.getuid(),
    "passed": test.passed,
    "failures": [[probe.role, probe.name, probe.outside, probe.inside] for probe in test.failures()],
    "probes": len(test.probes),
    "settings": len(rows),
    "doors": len(doors),
    "threads": threads,
    "leaks": wrong,
    "layers": test.layers["program"],
    "environment of a jail": peek,
}))
"""


def _readable_by_others(path: Path) -> bool:
    return all(step.stat().st_mode & 0o005 == 0o005 for step in (path, *path.parents))


def _python() -> str:
    """An interpreter of our version that another user can run."""
    own = Path(os.path.realpath(sys.executable))
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    for candidate in (own, Path("/usr/bin") / version, Path("/usr/local/bin") / version):
        if candidate.exists() and _readable_by_others(candidate):
            return str(candidate)
    pytest.skip(f"there is no {version} that other users can run")


@pytest.fixture
def installation() -> Iterator[Path]:
    """A venv of its own with our packages and the one library that the jail's own code needs."""
    folder = Path(tempfile.mkdtemp(prefix="preceptor-copy-"))
    try:
        subprocess.run([_python(), "-m", "venv", "--without-pip", str(folder / "venv")], check=True)
        site = next((folder / "venv" / "lib").glob("python3*")) / "site-packages"
        for source in (ROOT / "sandbox", ROOT / "resources", Path(msgspec.__file__).parent):
            shutil.copytree(source, site / source.name, ignore=shutil.ignore_patterns("__pycache__"))
        for part in PARTS:
            shutil.copy(HERE / part, site)
        (folder / "launchers").mkdir()
        for path in (folder, *folder.rglob("*")):
            if not path.is_symlink():
                path.chmod(path.stat().st_mode | (0o055 if path.is_dir() else 0o044))
        (folder / "launchers").chmod(0o777)
        yield folder
    finally:
        shutil.rmtree(folder)


def test_an_ordinary_user_has_every_layer_and_every_probe_blocked(installation: Path) -> None:
    """As root in a container and in CI, privileges are given up first; otherwise we are that user already."""
    command = [str(installation / "venv" / "bin" / "python"), "-I", "-c", SCRIPT, str(installation / "launchers")]
    if os.getuid() == 0:
        command = [*NOBODY, *command]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False, cwd="/", env={"HOME": "/"})
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert told["user"] != 0
    assert told["failures"] == []
    assert told["leaks"] == {} and told["settings"] > 20 and told["doors"] >= 2
    assert told["passed"] and told["probes"] > 1500
    assert told["layers"]["landlock"].startswith("on") and told["layers"]["seccomp"].startswith("on")
    assert told["environment of a jail"] == "refused"
    with_namespaces = told["layers"]["namespaces"].startswith("on")
    assert told["layers"]["threads"].startswith("on: at most" if with_namespaces else "not here: without namespaces")
    assert told["threads"] == {"()": 39 if with_namespaces else 200, "('threads',)": 200, "('namespaces',)": 200}
