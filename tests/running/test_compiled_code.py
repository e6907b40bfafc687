"""Code that a jail would have to compile again at every start is found and named."""

from __future__ import annotations

import compileall
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from sandbox.cli.setup import _slow_start
from sandbox.running.compiled import PACKAGES, advice, not_compiled, sentence


def test_a_package_without_compiled_files_is_named_until_it_is_compiled(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(str(tmp_path))
    package = tmp_path / "a_library_of_ours"
    package.mkdir()
    for name in ("__init__", "one", "two"):
        (package / f"{name}.py").write_text("n = 1\n")
    assert not_compiled(("a_library_of_ours",)) == ("a_library_of_ours",)
    assert "a_library_of_ours" in sentence(("a_library_of_ours",))
    assert "compileall" in advice(("a_library_of_ours",))
    assert compileall.compile_dir(package, quiet=1)
    assert not_compiled(("a_library_of_ours",)) == ()
    assert advice(()) == ""
    assert sentence(()) == "The code that programs start with is compiled, as pip leaves it."


def test_pip_compiles_what_it_installs_and_setup_says_when_another_installer_did_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def installed(*options: str) -> Path:
        into = tmp_path / "-".join(("installed", *options))
        command = [sys.executable, "-m", "pip", "install", "--no-index", "--no-deps", "--quiet", *options]
        subprocess.run([*command, "--target", str(into), str(_wheel(tmp_path))], check=True)
        return into

    def told_by_setup(libraries: Path) -> str:
        with monkeypatch.context() as here:
            here.syspath_prepend(str(libraries))
            here.setattr("sandbox.running.compiled.not_compiled", lambda: not_compiled(("a_library",)))
            return _slow_start()

    assert told_by_setup(installed()) == ""
    told = told_by_setup(installed("--no-compile"))
    assert told.startswith("Not compiled, so that every program starts slower: a_library. Have")


def _wheel(folder: Path) -> Path:
    wheel, info = folder / "a_library-1-py3-none-any.whl", "a_library-1.dist-info"
    with zipfile.ZipFile(wheel, "w") as packed:
        packed.writestr("a_library/__init__.py", "n = 1\n")
        packed.writestr(f"{info}/METADATA", "Metadata-Version: 2.1\nName: a-library\nVersion: 1\n")
        packed.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        packed.writestr(f"{info}/RECORD", "")
    return wheel


def test_what_programs_import_is_really_there_to_be_looked_at() -> None:
    assert set(not_compiled()) <= set(PACKAGES)
    assert not_compiled(("no_such_library",)) == ()
