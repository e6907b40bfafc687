"""The frozen build, without making one: what it holds, what its description keeps, and how its executable begins."""

from __future__ import annotations

import errno
import json
import os
import runpy
import subprocess
import sys
import tomllib
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

from sandbox import start
from sandbox.cli import COMMANDS
from sandbox.jail import selftest
from sandbox.jail.backend import launcher_command
from sandbox.jail.linux import seccomp
from sandbox.jail.profile import ENTRY, readable, site_packages
from sandbox.jail.tried_door import TRIED_DOOR
from sandbox.running import two_parts
from sandbox.running.warm import _NEEDED

ROOT = Path(__file__).resolve().parents[2]
PACKAGING = ROOT / "packaging"
CONTENTS = SimpleNamespace(**runpy.run_path(str(PACKAGING / "contents.py")))


@pytest.fixture
def frozen(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """As if this process were the frozen executable."""
    executable = tmp_path / "preceptor"
    executable.write_bytes(b"one build")
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    monkeypatch.setattr(sys, "executable", str(executable))
    return executable


# What it holds.


def test_the_build_holds_every_module_that_is_started_by_name() -> None:
    by_name = {*ENTRY.values(), *start.DOORS.values(), *start.JAIL_WORDS.values(), TRIED_DOOR, two_parts.ENTRY}
    commands = {module for module, _ in COMMANDS.values()}
    assert by_name | commands | {"sandbox.jail.attacks.files", "desktop.app"} <= set(CONTENTS.modules(ROOT))


def test_the_build_holds_every_module_that_a_program_may_import() -> None:
    policy = tomllib.loads((ROOT / "resources/rules/language.toml").read_text("utf-8"))
    named = {module["name"] for module in policy["modules"]}
    assert named - set(CONTENTS.modules(ROOT)) == {"pandas.offsets"}  # an attribute of pandas, not a module


def test_the_build_holds_every_file_that_an_installation_holds() -> None:
    wanted = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["setuptools"]["package-data"]
    installed = {str(file) for pattern in wanted["resources"] for file in (ROOT / "resources").glob(pattern)}
    data = CONTENTS.data(ROOT)
    assert {file for file, _ in data} == installed
    assert all(Path(file).parent == ROOT / folder for file, folder in data)


def test_what_a_run_needs_is_not_left_out() -> None:
    needed = {name.split(".")[0] for name in (*_NEEDED, *CONTENTS.modules(ROOT))}
    assert not needed & set(CONTENTS.LEFT_OUT)


def test_a_library_that_nothing_needs_any_more_goes_and_so_do_links_to_it() -> None:
    needs = {"/x/plugin": [("libone.so", "/x/one")], "/x/one": [("libtwo.so", None)], "/x/python": []}
    binaries = [
        ("plugins/plugin.so", "/x/plugin", "BINARY"),
        ("libpython3.11.so.1.0", "/x/python", "BINARY"),
        *((f"lib{name}.so", f"/x/{name}", "BINARY") for name in ("one", "two", "three")),
        ("PySide6/Qt/lib/libQt6Four.so", "/x/four", "BINARY"),
        ("libQt6Four.so", "PySide6/Qt/lib/libQt6Four.so", "SYMLINK"),
    ]
    kept = CONTENTS.without_orphans(binaries, lambda file: needs.get(file, []))
    kept = CONTENTS.without_dangling(kept, {place for place, _, _ in kept})
    assert {place for place, _, _ in kept} == {"plugins/plugin.so", "libpython3.11.so.1.0", "libone.so", "libtwo.so"}


def test_no_runtime_hook_and_no_file_that_does_harm_gets_into_the_build(monkeypatch: pytest.MonkeyPatch) -> None:
    built = _run_spec(monkeypatch)
    assert [name for name, _, _ in built["scripts"]] == ["pyiboot01_bootstrap", "frozen_entry"]
    assert built["places"] == {"pandas.so"}
    assert built["entry"] == PACKAGING / "frozen_entry.py"


def _run_spec(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """Run PyInstaller's description of the build with a PyInstaller that only listens."""
    built: dict[str, Any] = {}

    def analysis(scripts: list[str], **told: Any) -> SimpleNamespace:
        built.update(entry=Path(scripts[0]), hidden=told["hiddenimports"])
        hooks = ("pyiboot01_bootstrap", "pyi_rth_mplconfig", "pyi_rth_pyside6", "frozen_entry")
        files = ("pandas.so", "PySide6/Qt/plugins/platforms/libqvnc.so", "pyarrow/libarrow_flight.so.2600")
        return SimpleNamespace(
            scripts=[(name, name, "PYSOURCE") for name in hooks],
            binaries=[(place, place, "EXTENSION") for place in files],
            datas=[],
            pure=[],
        )

    def executable(archive: object, scripts: list[Any], *rest: object, **told: object) -> None:
        built["scripts"] = scripts

    def collect(program: object, binaries: list[Any], datas: list[Any], **told: object) -> None:
        built["places"] = {place for place, _, _ in (*binaries, *datas)}

    late = {name: lambda *_, **__: [] for name in ("collect_data_files", "collect_submodules", "copy_metadata")}
    for name, holds in {"utils.hooks": late, "depend.bindepend": {"get_imports": lambda file: []}}.items():
        module = ModuleType(f"PyInstaller.{name}")
        vars(module).update(holds)
        for dotted in ("PyInstaller", f"PyInstaller.{name.split('.')[0]}"):
            monkeypatch.setitem(sys.modules, dotted, ModuleType(dotted))
        monkeypatch.setitem(sys.modules, f"PyInstaller.{name}", module)
    monkeypatch.setattr(sys, "path", [*sys.path])
    monkeypatch.delitem(sys.modules, "contents", raising=False)
    words = {"Analysis": analysis, "PYZ": lambda pure: None, "EXE": executable, "COLLECT": collect}
    runpy.run_path(str(PACKAGING / "preceptor.spec"), {**words, "SPECPATH": str(PACKAGING)})
    return built


def test_a_build_inside_the_project_is_refused() -> None:
    done = subprocess.run(
        [sys.executable, str(PACKAGING / "freeze.py"), str(ROOT / "dist")], capture_output=True, text=True
    )
    assert done.returncode == 2
    assert "inside the project" in done.stderr


# How it begins.


def test_every_process_is_started_as_the_executable_with_a_word_that_it_knows(frozen: Path) -> None:
    commands = [
        *(start.door_command(role, "x") for role in start.DOORS),
        start.probe_command("{}"),
        start.waiting_command(),
        launcher_command(Path("launcher.py"), "{}"),
    ]
    assert {command[0] for command in commands} == {str(frozen)}
    known = {*(f"_{role}" for role in start.DOORS), *start.JAIL_WORDS, start.WAIT_WORD}
    assert {command[1] for command in commands} == known


# Stands where the layers would be applied, and tells what had been imported until then.
_LISTENER = """
import json, os, sys
sys.path += sys.argv[1:]
sys.frozen = True
from sandbox import start
import sandbox.jail.launcher as launcher
class Listener:
    def confine(self, order):
        files = [str(getattr(module, "__file__", "") or "") for module in sys.modules.values()]
        print(json.dumps({"files": files, "threads": len(os.listdir("/proc/self/task")), "environ": dict(os.environ)}))
        sys.stdout.flush()
        os._exit(0)
launcher.backend = Listener
start.frozen(["_jail", json.dumps({"site": []})])
"""


def test_the_jails_word_leads_to_confinement_before_anything_of_others_is_imported() -> None:
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-c", _LISTENER, str(ROOT), *site_packages()],
        env={"_PYI_ARCHIVE_FILE": "/x", "LD_LIBRARY_PATH": "/x"},
        capture_output=True,
        text=True,
        check=True,
    )
    told = json.loads(done.stdout)
    assert not [file for file in told["files"] if "site-packages" in file and not file.startswith(str(ROOT))]
    assert told["threads"] == 1
    assert not [name for name in told["environ"] if name.startswith("_PYI") or name == "LD_LIBRARY_PATH"]


def test_what_the_bootloader_wrote_into_the_environment_is_not_handed_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LD_LIBRARY_PATH", "/bundle:/before")
    monkeypatch.setenv("LD_LIBRARY_PATH_ORIG", "/before")
    monkeypatch.setenv("_PYI_PARENT_PROCESS_LEVEL", "1")
    start._forget_the_bundle()
    assert os.environ["LD_LIBRARY_PATH"] == "/before"
    assert not [name for name in os.environ if name.startswith("_PYI") or name.endswith("_ORIG")]


def test_an_unknown_hidden_word_starts_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    assert start.frozen(["_nothing"]) == 2
    assert capsys.readouterr().err == "This word starts nothing.\n"


# What changes in the walls.


def test_a_frozen_jail_reads_the_bundle_and_the_system_and_nothing_else(frozen: Path) -> None:
    site = site_packages()
    assert site == ()
    places = [place for place in readable(site) if not place.startswith(("/usr/", "/lib", "/etc/ld.so", "/dev/"))]
    assert places == [str(ROOT), str(frozen)]  # the bundle's folder is where our modules seem to lie


def test_another_build_asks_for_another_self_test(frozen: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = selftest.code_hash()
    other = frozen.with_name("other")
    other.write_bytes(b"another build")
    monkeypatch.setattr(sys, "executable", str(other))
    assert selftest.code_hash() != before


def test_a_frozen_door_tells_of_no_attribute_and_others_refuse_to_say(monkeypatch: pytest.MonkeyPatch) -> None:
    def answers() -> list[seccomp.Rule]:
        rules = seccomp.door_rules(processes=True, inet=False, unix=False, children=())
        return [rule for rule in rules if rule.call == "getxattr"]

    assert answers() == []  # closed by default
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    (rule,) = answers()
    assert rule.otherwise == errno.ENODATA
    assert [condition.values for condition in rule.conditions] == [()]  # it never holds: the kernel is never asked
