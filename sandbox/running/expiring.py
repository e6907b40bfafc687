"""Results are kept for as long as the reviewer set; then the encrypted files go and the log says so. Records stay.

expired = drop_expired_results(workspace, now=datetime.now(UTC))
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from sandbox.files import storage_fault
from sandbox.records import AuditLog
from sandbox.workspace import Workspace

from .results import FILE


def drop_expired_results(workspace: Workspace, *, now: datetime) -> tuple[str, ...]:
    """The runs whose results were deleted. A run's day stands in its name; what has another name is left alone."""
    oldest = now - timedelta(days=workspace.settings.results_keep_days)
    dropped = []
    for path in sorted(workspace.runs.glob(f"r-*/{FILE}")):
        day = _day(path.parent.name)
        if day is None or day + timedelta(days=1) > oldest:
            continue
        try:
            path.unlink()
        except OSError as problem:
            raise storage_fault(path, problem) from problem
        AuditLog(workspace.audit_log).append("results.expired", run=path.parent.name)
        dropped.append(path.parent.name)
    return tuple(dropped)


def _day(run: str) -> datetime | None:
    """The beginning of the day of a run named like `r-20260102-1a2b3c`."""
    try:
        return datetime.strptime(run.split("-")[1], "%Y%m%d").replace(tzinfo=UTC)
    except (IndexError, ValueError):
        return None
