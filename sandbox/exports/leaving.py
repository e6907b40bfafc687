"""A table or figure of a run leaves the desk: allowed by its approval, made safe, signed for, noted in the log.

exported = export_table(workspace, keystore, key, "r-1", "By month", Path("by_month.csv"), release)
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec

from sandbox.errors import BadInput, ExportRefused
from sandbox.files import replace_file
from sandbox.keystore import Keystore
from sandbox.records import AuditLog, ReviewerKey, RunRecord, Trust, read_approval, read_run, record_export
from sandbox.running.results import open_results
from sandbox.workspace import Workspace

from ._release import Exported, Release, export_csv, export_png


def export_table(
    workspace: Workspace, keystore: Keystore, key: ReviewerKey, run: str, label: str, to: Path, release: Release
) -> Exported:
    """Write one table of a run as CSV.

    1. The run finished, under an approval that allows exports (a first look does not).
    2. The file is written after disclosure control, with its label beside it.
    3. The reviewer signs what left, for whom and on whose authority; the log names it.
    """
    record = _allowed_run(workspace, keystore, run)  # (1)
    table = _labelled(open_results(workspace, keystore, run).tables, run, label, "table")
    exported = export_csv(table, to, msgspec.structs.replace(release, run=record.id))  # (2)
    return _signed(workspace, key, run, exported)  # (3)


def export_figure(
    workspace: Workspace, keystore: Keystore, key: ReviewerKey, run: str, label: str, to: Path, release: Release
) -> Exported:
    """Write one figure of a run as the PNG that it is; the steps are those of `export_table`."""
    record = _allowed_run(workspace, keystore, run)  # (1)
    figure = _labelled(open_results(workspace, keystore, run).figures, run, label, "figure")
    exported = export_png(figure, to, msgspec.structs.replace(release, run=record.id))  # (2)
    return _signed(workspace, key, run, exported)  # (3)


def export_refused(workspace: Workspace, keystore: Keystore, run: str) -> str:
    """Why nothing of a run may be exported, and what to do about it; empty when it may."""
    try:
        _allowed_run(workspace, keystore, run)
    except ExportRefused as refusal:
        return f"{refusal.sentence} {refusal.advice}"
    return ""


def _labelled(found: dict[str, Any], run: str, label: str, kind: str) -> Any:
    if label not in found:
        names = ", ".join(repr(name) for name in found) or "none"
        raise BadInput(f"Run {run} has no {kind} {label!r}.", f"Its {kind}s: {names}.")
    return found[label]


def _signed(workspace: Workspace, key: ReviewerKey, run: str, exported: Exported) -> Exported:
    envelope = record_export(exported.file, exported.sha256, exported, key)
    replace_file(workspace.run(run) / f"export-{exported.sha256[:12]}.json", envelope)
    details = {"run": run, "file": exported.file, "sha256": exported.sha256, "audience": str(exported.audience)}
    AuditLog(workspace.audit_log).append("export.made", **details)
    return exported


def _allowed_run(workspace: Workspace, keystore: Keystore, run: str) -> RunRecord:
    trust = Trust.open(workspace, keystore)
    try:
        record = read_run((workspace.run(run) / "record.json").read_bytes(), trust)
    except FileNotFoundError as problem:
        raise BadInput(f"There is no finished run {run!r}.", "See `preceptor run --list`.") from problem
    approval = read_approval(workspace.approval(record.approval_id).read_bytes(), trust)
    if record.outcome != "finished":
        raise ExportRefused(f"Run {run} did not finish, so nothing of it is exported.", "Run it again.")
    if approval.kind == "first_look":
        raise ExportRefused("A first look is for your screen only.", "Sign the draft in full, then run it again.")
    return record
