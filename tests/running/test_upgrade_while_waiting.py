"""A process that waits for a run is not used after what it was started from has changed."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from study import Study

from sandbox.errors import Refusal
from sandbox.messages.desk import FromRunning, Ready, Run, RunEnded
from sandbox.messages.installed import installed, stamp
from sandbox.sessions import Session

ROOT = Path(__file__).parents[2]
GRANT: dict[str, tuple[str, ...]] = {"ehr.encounters": ("enc_id",)}
QUICK = 'def main(data, report):\n    report.value("rows", len(data.sql("SELECT enc_id FROM ehr.encounters")))\n'


@pytest.fixture
def install(tmp_path: Path) -> Path:
    """An installation of Preceptor that may be changed; libraries are where they were."""
    for name in ("sandbox", "resources"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    return tmp_path


@pytest.fixture
def waiting(install: Path, study: Study) -> Iterator[Session]:
    command = [sys.executable, "-I", str(install / "sandbox" / "start.py"), "_running", str(study.workspace.root)]
    with Session(command, FromRunning) as session:
        list(session.until(Ready, timeout=300))
        yield session


def test_what_was_not_changed_is_used(waiting: Session, study: Study) -> None:
    waiting.send(Run(approval=study.approve(QUICK, GRANT)))
    assert list(waiting.until(RunEnded, timeout=120))[-1].outcome == "finished"


@pytest.mark.parametrize("file", ["sandbox/checks/language/__init__.py", "sandbox/program/contract.py"])
def test_a_changed_policy_refuses_what_waited_and_a_fresh_start_runs(
    waiting: Session, study: Study, install: Path, file: str
) -> None:
    approval = study.approve(QUICK, GRANT)
    changed = install / file
    changed.write_text(changed.read_text() + "\n# another version\n")
    waiting.send(Run(approval=approval))
    with pytest.raises(Refusal, match="was changed on this computer while") as refused:
        list(waiting.until(RunEnded, timeout=120))
    assert "starts afresh" in refused.value.advice
    assert study.run(approval).last.outcome == "finished"  # the one run of the approval was not used up


def library(site: Path, record: str) -> Path:
    folder = site / "pandas-3.1.1.dist-info"
    folder.mkdir(exist_ok=True)
    (folder / "RECORD").write_text(record)
    return site


def test_an_upgraded_library_has_another_hash(tmp_path: Path) -> None:
    before = installed(ROOT, [str(library(tmp_path, "pandas/core.py,sha256=aa,1\n"))])
    touched = stamp(ROOT, [str(tmp_path)])
    assert installed(ROOT, [str(library(tmp_path, "pandas/core.py,sha256=aa,1\n"))]) == before  # written again
    assert stamp(ROOT, [str(tmp_path)]) != touched  # which the stamp can't know; the hash decides
    after = installed(ROOT, [str(library(tmp_path, "pandas/core.py,sha256=bb,1\n"))])
    assert (after["libraries"] != before["libraries"], after["policy"] == before["policy"]) == (True, True)
    other = tmp_path / "unused-1.dist-info"
    other.mkdir()
    (other / "RECORD").write_text("x")
    assert installed(ROOT, [str(tmp_path)]) == after


def test_a_folder_that_is_searched_twice_counts_once() -> None:
    """Installed without `-e`, Preceptor lies where the libraries do, and each of its processes starts differently."""
    assert installed(site=[*sys.path, *sys.path]) == installed(site=sys.path)
    assert stamp(site=[*sys.path, *sys.path]) == stamp(site=sys.path)


def test_the_libraries_of_programs_are_really_found() -> None:
    assert installed(ROOT)["libraries"] != installed(ROOT, [])["libraries"]
    assert stamp(ROOT) == stamp(ROOT)
