"""What may go back to the agent after a real run failed: class, line, at most one word of the program."""

from __future__ import annotations

from sandbox.errors import BadInput
from sandbox.keystore import Keystore
from sandbox.messages.desk import FailureReport
from sandbox.records import AuditLog, RunRecord, Trust, read_approval, read_run
from sandbox.workspace import Workspace

EVENT = "failure.reported"


def failure_report(workspace: Workspace, keystore: Keystore, question: str, number: int) -> FailureReport:
    """The report of the newest failed run of that draft; once per approval, since every report is a channel.

    At most 13 bits for a program of 100 lines, 21 with a name: less than a medical record number has.
    """
    trust = Trust.open(workspace, keystore)
    approvals = {
        approval.id
        for path in workspace.approvals.glob("a-*.json")
        if not path.stem.endswith("-revoked")
        and (approval := read_approval(path.read_bytes(), trust)).question == question
        and approval.draft == number
    }
    records = [read_run(path.read_bytes(), trust) for path in workspace.runs.glob("*/record.json")]
    failed = [one for one in records if one.approval_id in approvals and one.outcome == "failed" and one.exception]
    if not failed:
        raise BadInput(f"No run of draft {number} failed with an exception.", "There is nothing to report.")
    newest = max(failed, key=lambda one: one.ended_at)
    _reserve(AuditLog(workspace.audit_log), newest)
    return FailureReport(draft=number, exception=newest.exception, line=newest.line, name=newest.name)


def _reserve(log: AuditLog, record: RunRecord) -> None:
    if any(one.event == EVENT and one.details.get("approval") == record.approval_id for one in log.entries()):
        raise BadInput(
            "A failure of this approval was reported already.", "Describe in your own words what should change."
        )
    log.append(EVENT, approval=record.approval_id, run=record.id)
