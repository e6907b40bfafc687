"""Code that a jail would have to compile again at every start is found and named."""

from __future__ import annotations

import compileall
from pathlib import Path

import pytest

from sandbox.running.compiled import PACKAGES, advice, not_compiled


def test_a_package_without_compiled_files_is_named_until_it_is_compiled(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(str(tmp_path))
    package = tmp_path / "a_library_of_ours"
    package.mkdir()
    for name in ("__init__", "one", "two"):
        (package / f"{name}.py").write_text("n = 1\n")
    assert not_compiled(("a_library_of_ours",)) == ("a_library_of_ours",)
    assert "a_library_of_ours" in advice(("a_library_of_ours",))
    assert compileall.compile_dir(package, quiet=1)
    assert not_compiled(("a_library_of_ours",)) == ()
    assert advice(()) == ""


def test_what_programs_import_is_really_there_to_be_looked_at() -> None:
    assert set(not_compiled()) <= set(PACKAGES)
    assert not_compiled(("no_such_library",)) == ()
