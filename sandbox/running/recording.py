"""What remains of a run: encrypted results, a signed record that commits to them, an entry in the log."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import Any

import msgspec

from sandbox.errors import StorageFault
from sandbox.messages.desk import RunEnded
from sandbox.records import AuditLog, Entry, QueryRun, RunRecord, WorkstationKey, record_run, sha256
from sandbox.workspace import now

from .approved import Approved
from .collected import Collected
from .queries import Queries
from .results import FILE, Report, public_label, write_report
from .room import Room
from .serving import Ending

RECORD = "record.json"


class Kept(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of a run before it starts. `reserved` is its entry in the log."""

    run: str
    folder: Path
    reserved: Entry
    parameters: dict[str, Any]
    jail: dict[str, Any]
    libraries: dict[str, str]


def keep(
    kept: Kept,
    approved: Approved,
    ending: Ending,
    queries: Queries,
    collected: Collected,
    log: AuditLog,
    workstation: WorkstationKey,
    results_key: bytes,
    room: Room,
) -> RunEnded:
    """Write results, then the record that commits to them, then the log entry that names the record.

    Only a run that finished leaves results: half an analysis looks like a whole one. A run whose results can't be
    written has failed; its record goes into the room that was set aside for it.
    """
    text = approved.program.decode()
    report, results_sha256 = Report(run=kept.run, salt=b""), ""
    if ending.outcome == "finished":
        whole = msgspec.structs.replace(collected.report(), rows_read=queries.rows, bytes_read=queries.bytes)
        try:
            results_sha256 = write_report(kept.folder, results_key, whole)
            report = whole
        except StorageFault as problem:
            ending = _without_results(kept.folder, problem)
    steps = tuple(public_label(step.label, "step", number, text) for number, step in enumerate(report.steps, 1))
    # Each signed query once and in a fixed order: how often and when it ran is the program's to choose.
    narrowed = sorted({ran.narrowed_sha256 for ran in queries.ran})
    record = RunRecord(
        id=kept.run,
        approval=approved.envelope_sha256,
        approval_id=approved.approval.id,
        started_at=kept.reserved.time,
        ended_at=now(),
        outcome=ending.outcome,
        sentence=ending.sentence,
        program_sha256=approved.approval.program_sha256,
        queries=tuple(QueryRun(narrowed_sha256=digest) for digest in narrowed),
        steps=steps,
        results=report.commitments(text),
        results_sha256=results_sha256,
        parameters=kept.parameters,
        jail=kept.jail,
        libraries=kept.libraries,
        log_head=kept.reserved.tree,
        exception=ending.exception,
        line=ending.line,
        name=ending.name,
        exclusions=approved.in_force.sha256 or msgspec.UNSET,
    )
    envelope = record_run(record, workstation)
    room.put(kept.folder / RECORD, envelope)
    log.append(
        "run.ended", run=kept.run, approval=approved.approval.id, outcome=ending.outcome, record=sha256(envelope)
    )
    return RunEnded(run=kept.run, outcome=ending.outcome, sentence=ending.sentence, results=len(report.items))


def _without_results(folder: Path, problem: StorageFault) -> Ending:
    with suppress(OSError):  # it is there when its name could not be made durable; no record says so of it
        (folder / FILE).unlink()
    return Ending(
        "failed",
        f"The program ran to its end, but its results were not kept: {problem.sentence} {problem.advice}",
    )
