"""One interface, three back ends: each closed by default, and a missing layer is a refusal whatever the system."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from contextlib import nullcontext
from dataclasses import asdict
from pathlib import Path

import pytest

from sandbox.errors import JailRefused
from sandbox.jail import Limits, Role, backend, child, ensure_self_test, profile, selftest
from sandbox.jail.linux import backend as linux
from sandbox.jail.macos import backend as macos
from sandbox.jail.macos import system
from sandbox.jail.probes import ALLOWED, PROBES, probes_here
from sandbox.jail.proving_ground import PROVED_DOORS
from sandbox.jail.report import JailReport
from sandbox.jail.windows import backend as windows

BACKENDS = {"linux": linux, "darwin": macos, "win32": windows}
LAYERS = [(platform, layer) for platform, walls in BACKENDS.items() for layer in walls.FIXES]

# The real launcher on a system of another name: every layer holds but one, and the entry would say so if it ran.
LAUNCHER = """
import importlib.util, json, os, sys
spec = importlib.util.spec_from_file_location("real", {launcher!r})
real = importlib.util.module_from_spec(spec); sys.modules["real"] = real; spec.loader.exec_module(real)
read, write = (json.loads(sys.argv[1])[end] for end in ("read", "write"))
sys.platform = {platform!r}

class Entry:
    def main(channel, inherited):
        os.write(2, b"the entry ran")

real.import_module = lambda name: Entry
real.backend().confine = lambda order: {{
    name: "not this one" if name == {missing!r} else "on" for name in real.backend().FIXES
}}
real.main(sys.argv[1])
"""


def started_on(folder: Path, platform: str, missing: str) -> child.Child:
    launcher = folder / "launcher.py"
    launcher.write_text(LAUNCHER.format(launcher=str(child.LAUNCHER), platform=platform, missing=missing))
    return child.start(Role.PROBE, Limits(), launcher=launcher)


@pytest.mark.parametrize("platform", BACKENDS)
def test_the_back_end_is_that_of_the_system(platform: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.platform", platform)
    assert backend.backend() is BACKENDS[platform]
    assert backend.backend().VERIFIED is (platform == "linux")
    assert all(fix.endswith(".") for fix in backend.backend().FIXES.values())


@pytest.mark.parametrize("platform", BACKENDS)
def test_a_launcher_with_every_layer_reaches_its_entry(platform: str, tmp_path: Path) -> None:
    """The control of the next test."""
    with started_on(tmp_path, platform, "") as started:
        assert started.wait(30) == 0
        assert started.stderr_tail() == "the entry ran"


@pytest.mark.parametrize(("platform", "layer"), LAYERS)
def test_a_launcher_without_a_layer_runs_nothing_and_is_refused_by_name(
    platform: str, layer: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with started_on(tmp_path, platform, layer) as started:
        assert started.wait(30) == profile.EXIT_NOT_CONFINED
        assert "the entry ran" not in started.stderr_tail()
        monkeypatch.setattr("sys.platform", platform)
        with pytest.raises(JailRefused, match=f"'{layer}'.*not this one") as refused:
            started.report.check_mandatory()
    assert refused.value.advice == BACKENDS[platform].FIXES[layer]


@pytest.mark.parametrize(("platform", "layer"), LAYERS)
def test_a_layer_that_was_not_attempted_is_refused(platform: str, layer: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.platform", platform)
    others = {name: "on" for name in BACKENDS[platform].FIXES if name != layer}
    with pytest.raises(JailRefused, match=f"'{layer}'.*not attempted"):
        JailReport(role="program", layers=others).check_mandatory()


def test_a_back_end_that_is_not_installed_is_a_refusal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(backend._MODULES, sys.platform, "sandbox.jail.not_there.backend")
    with pytest.raises(JailRefused, match="not part of this installation") as refused:
        child.start(Role.PROBE, Limits())
    assert "Reinstall" in refused.value.advice


@pytest.mark.parametrize("platform", BACKENDS)
def test_every_system_tries_probes_that_exist(platform: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.platform", platform)
    walls = BACKENDS[platform]
    assert set(walls.PROBES or PROBES) <= set(PROBES)
    assert set(probes_here()) == {*(walls.PROBES or PROBES), *walls.MORE_PROBES}
    assert {"read_home", "read_file", "write_file", "tcp"} <= set(probes_here())


@pytest.mark.parametrize("platform", ["darwin", "win32"])
def test_nothing_of_linux_is_loaded_elsewhere(platform: str) -> None:
    """What only Linux has is taken away first: names of the standard library, and functions of the C library."""
    code = f"""
import ctypes, json, os, socket, sys
from types import SimpleNamespace
import resource
sys.platform = {platform!r}
linux_only = ((os, "memfd_create sched_getaffinity pidfd_open eventfd"), (socket, "AF_NETLINK AF_VSOCK"),
              (resource, "prlimit RLIMIT_MSGQUEUE"))
for module, names in linux_only:
    for name in names.split():
        if hasattr(module, name):
            delattr(module, name)
if sys.platform == "win32":
    sys.modules["resource"] = sys.modules["fcntl"] = None
    for name in "fork getuid readv pread posix_spawn".split():
        delattr(os, name)
def library(name, **options):
    if name is None:
        raise OSError("loaded too early")
    return SimpleNamespace()
ctypes.CDLL = library
from sandbox.jail import backend, child, doors, probe_host, probes, selftest
backend.backend()
probes.probes_here()
print(json.dumps([name for name in sys.modules if name.startswith("sandbox.jail.linux")]))
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, cwd=profile.ROOT)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == []


@pytest.mark.parametrize("leak", [False, True])
def test_the_self_test_runs_on_another_system_with_its_own_probes(
    leak: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tried: list[tuple[str, tuple[str, ...]]] = []

    def outside(door, names, targets):
        if door is None:
            tried.append(("outside", names))
            return {}, dict.fromkeys(names, ALLOWED)
        tried.append((next(one.name for one in PROVED_DOORS if one.rules is door), names))
        return {"seatbelt": "on"}, dict.fromkeys(names, "blocked: EPERM")

    def inside(role, limits, names, targets):
        tried.append((role, names))
        outcomes = dict.fromkeys(names, "blocked: EPERM")
        return {"seatbelt": "on"}, {**outcomes, "keychain": ALLOWED} if leak and role == Role.AGENT else outcomes

    monkeypatch.setattr("sys.platform", "darwin")
    monkeypatch.setattr(system, "text_of", lambda name: f"this boot, says {name}")
    monkeypatch.setattr(selftest, "proving_ground", lambda: nullcontext())
    monkeypatch.setattr(selftest, "try_outside_or_behind", outside)
    monkeypatch.setattr(selftest, "try_in_jail", inside)
    if leak:
        with pytest.raises(JailRefused, match=r"keychain \(agent\)"):
            ensure_self_test(tmp_path / "self-test.json")
    else:
        test = ensure_self_test(tmp_path / "self-test.json")
        assert test.passed and test.abi == 0
        assert set(test.layers) == {*Role, *(door.name for door in PROVED_DOORS)}
    doors = [door.name for door in PROVED_DOORS]
    assert [who for who, _ in tried] == ["outside", *Role, *doors]
    assert {names for who, names in tried if who not in doors} == {tuple(probes_here())}
    assert [set(probes_here()) - set(names) for who, names in tried if who in doors] == [set(), {"fork"}]
    if not leak:  # on Windows there is a door for real runs, and none with a network
        monkeypatch.setattr("sys.platform", "win32")
        monkeypatch.setattr(selftest, "_key", lambda: "another system")
        tried.clear()
        selftest.self_test()
        assert [who for who, _ in tried] == ["outside", *Role, "door without network"]
        assert tried[-1][1] == tuple(probes_here())  # nothing is left to it


def test_an_order_says_everything_once() -> None:
    order = backend.Order(role=Role.AGENT, entry="a.b", limits=Limits(cpu_seconds=3), site=("/s",), parent=7)
    assert json.loads(order.text(4, 5, (6, 8))) == {
        "role": "agent",
        "entry": "a.b",
        "limits": asdict(Limits(cpu_seconds=3)),
        "site": ["/s"],
        "parent": 7,
        "read": 4,
        "write": 5,
        "inherited": [6, 8],
    }


def test_a_process_that_can_not_be_started_leaves_nothing_open(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(backend, "interpreter", lambda: "/nonexistent/python")
    before = os.listdir("/proc/self/fd")
    with pytest.raises(JailRefused):
        child.start(Role.PROBE, Limits())
    assert os.listdir("/proc/self/fd") == before


@pytest.mark.parametrize(("platform", "limit"), [("linux", 1024), ("darwin", sys.maxsize), ("darwin", -1)])
def test_descriptors_that_were_not_ordered_are_closed(platform: str, limit: int) -> None:
    """Also where the system says that there is no limit."""
    code = f"""
import os, sys
from sandbox.jail.descriptors import close_others
kept, forgotten = os.dup(1), [os.dup(1) for _ in range(20)]
high = os.dup2(1, 700)
sys.platform, os.sysconf = {platform!r}, lambda name: {limit}
close_others({{0, 1, 2, kept}})
open_still = []
for fd in (kept, high, *forgotten):
    try:
        os.fstat(fd)
        open_still.append(fd)
    except OSError:
        pass
print(open_still == [kept])
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, cwd=profile.ROOT)
    assert (done.stdout, done.stderr) == ("True\n", "")


def test_the_end_of_standard_error_is_read_without_moving_where_the_child_writes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As on Windows, where no read names a place."""
    with (tmp_path / "stderr").open("wb+") as file:
        file.write(b"one two")
        file.flush()
        assert child._read_at(file.fileno(), 3, 4) == b"two"
        monkeypatch.delattr(os, "pread")
        assert child._read_at(file.fileno(), 3, 4) == b"two"
        file.write(b" three")
        file.flush()
        assert (tmp_path / "stderr").read_bytes() == b"one two three"
