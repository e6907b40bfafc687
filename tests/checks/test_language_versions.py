"""The policy is bound to the versions it was read against: drafting is warned, real runs are refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from sandbox.checks.language import LibraryNotReviewed, _versions, check_program, check_reviewed
from sandbox.checks.language._rules import rules
from sandbox.program.runner import LIBRARIES

PROGRAM = '"""T."""\ndef main(data, report):\n    report.text("x")\n'
REVIEWED = {name: versions[0] for name, versions in rules().reviewed.items()}


def test_reviewed_versions_may_run() -> None:
    check_reviewed(REVIEWED | {"python": "3.12.4"})


@pytest.mark.parametrize("name", [name for name in REVIEWED if name != "RestrictedPython"])
def test_every_library_is_looked_at(name: str) -> None:
    for wrong in (REVIEWED | {name: "99.0"}, {other: found for other, found in REVIEWED.items() if other != name}):
        with pytest.raises(LibraryNotReviewed, match=name) as refused:
            check_reviewed(wrong)
        assert "Install Preceptor again" in refused.value.advice


def test_a_program_s_process_names_every_library_that_is_looked_at() -> None:
    assert rules().reviewed.keys() - {"RestrictedPython", "python"} <= set(LIBRARIES)


def test_drafting_goes_on_with_a_warning(monkeypatch: pytest.MonkeyPatch) -> None:
    assert not [flag for flag in check_program(PROGRAM).flags if flag.rule == "versions"]
    monkeypatch.setattr(_versions, "_installed", lambda: REVIEWED | {"numpy": "9.9"})
    check = check_program(PROGRAM)
    (flag,) = [flag for flag in check.flags if flag.rule == "versions"]
    assert check.may_run and flag.severity == "warn" and "numpy 9.9" in flag.reason and flag.instead


def test_the_reviewed_versions_are_those_that_are_installed_with_preceptor() -> None:
    wanted = Path(__file__).parents[2].joinpath("pyproject.toml").read_text("utf-8")
    for name in ("pandas", "numpy", "scipy", "statsmodels", "matplotlib", "pyarrow"):
        assert f'"{name}~={REVIEWED[name]}"' in wanted or f'"{name}=={REVIEWED[name]}"' in wanted
