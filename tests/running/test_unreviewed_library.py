"""A library that nobody reviewed against the language policy runs nothing on real data, and costs no run."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import pytest
from study import Study

from sandbox.errors import Refusal
from sandbox.messages.desk import FromRunning, Run, RunEnded
from sandbox.sessions import Session

ROOT = Path(__file__).parents[2]
GRANT: dict[str, tuple[str, ...]] = {"ehr.encounters": ("enc_id",)}
QUICK = 'def main(data, report):\n    report.value("rows", len(data.sql("SELECT enc_id FROM ehr.encounters")))\n'


def installation(folder: Path, reviewed: str) -> Path:
    """Preceptor in `folder`, with a policy that was read against `reviewed` of pandas."""
    for name in ("sandbox", "resources"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    policy = folder / "resources" / "rules" / "language.toml"
    before = policy.read_text("utf-8")
    after = before.replace('\npandas = ["3.1.1"]', f'\npandas = ["{reviewed}"]')
    assert after != before
    policy.write_text(after, "utf-8")
    return folder


def test_an_unreviewed_pandas_refuses_the_run_and_uses_none_up(study: Study, tmp_path: Path) -> None:
    approval = study.approve(QUICK, GRANT)
    install = installation(tmp_path, "3.1.0")
    command = [sys.executable, "-I", str(install / "sandbox" / "start.py"), "_running", str(study.workspace.root)]
    with Session(command, FromRunning) as session:
        session.send(Run(approval=approval))
        with pytest.raises(Refusal, match=r"pandas 3\.1\.1 \(reviewed: 3\.1\.0\)") as refused:
            list(session.until(RunEnded, timeout=300))
    assert "Install Preceptor again" in refused.value.advice and "made-up data go on" in refused.value.advice
    assert study.run(approval).last.outcome == "finished"  # its one run was not used up
