"""Results go after the time that the reviewer set; records and what is younger stay."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from sandbox.records import AuditLog
from sandbox.running.expiring import drop_expired_results
from sandbox.running.results import FILE
from sandbox.workspace import Settings, Workspace

NOW = datetime(2026, 4, 10, 12, tzinfo=UTC)


def workspace_with(tmp_path: Path, *runs: str) -> Workspace:
    workspace = Workspace.create(tmp_path / "study", settings=Settings(results_keep_days=30))
    for run in runs:
        workspace.run(run).mkdir(parents=True)
        (workspace.run(run) / FILE).write_bytes(b"sealed")
        (workspace.run(run) / "record.json").write_bytes(b"signed")
    return workspace


def test_old_results_go_and_their_records_stay(tmp_path: Path) -> None:
    workspace = workspace_with(tmp_path, "r-20260301-aaaaaa", "r-20260401-bbbbbb")
    assert drop_expired_results(workspace, now=NOW) == ("r-20260301-aaaaaa",)
    assert not (workspace.run("r-20260301-aaaaaa") / FILE).exists()
    assert (workspace.run("r-20260301-aaaaaa") / "record.json").exists()
    assert (workspace.run("r-20260401-bbbbbb") / FILE).exists()
    assert [entry.event for entry in AuditLog(workspace.audit_log).entries()] == ["results.expired"]


def test_the_last_day_counts_whole(tmp_path: Path) -> None:
    workspace = workspace_with(tmp_path, "r-20260311-aaaaaa")
    assert drop_expired_results(workspace, now=NOW) == ()


def test_what_has_another_name_is_left_alone(tmp_path: Path) -> None:
    workspace = workspace_with(tmp_path, "r-of-somebody", "r-99999999-aaaaaa")
    assert drop_expired_results(workspace, now=NOW) == ()
