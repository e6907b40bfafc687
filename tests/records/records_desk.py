"""A small made-up desk for the tests of records: keys, a signed table, a draft, an approval, a run, a log."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from sandbox.checks.facts import Flag, Grant
from sandbox.dictionary.model import Column, Dictionary, ReferenceRows, Table
from sandbox.files import replace_file
from sandbox.keystore import Keystore, open_keystore
from sandbox.records import (
    Approval,
    AuditLog,
    InForce,
    QueryRun,
    ReviewerKey,
    RunRecord,
    Trust,
    WorkstationKey,
    approve,
    columns_hash,
    patients_hash,
    record_run,
    reserve_run,
    sha256,
    sign_table,
    signed_path,
    table_envelopes,
)
from sandbox.workspace import SourceSettings, Workspace, readable_json

PASSPHRASE = "four unrelated plain words"
PROGRAM = b'"""Stays by month."""\n\n\ndef main(data, report):\n    report.value("stays", 12)\n'
EARLIER = PROGRAM.replace(b"12", b"11")
PATIENTS: list[dict[str, Any]] = [
    {"name": "readmitted on day 30", "says": "day 30 counts", "rows": {"ehr.encounters": [{"pat_id": "p1"}]}}
]
STAYS = Table(
    source="ehr",
    name="encounters",
    physical=("src", "main", "enc_adm"),
    description="One row per stay.",
    columns=(
        Column(name="pat_id", type="BIGINT", column_class="patient_key", told="name", given="token", domain="patient"),
        Column(name="admit_dt", type="TIMESTAMP", column_class="date", told="name", given="full"),
        Column(name="birth_dt", type="DATE", column_class="date", given="derived", derivation="year"),
        Column(name="ssn", type="VARCHAR", column_class="direct_identifier", given="nothing"),
    ),
)
CODES = Table(
    source="ehr",
    name="codes",
    reference=True,
    columns=(Column(name="code", type="VARCHAR", column_class="plain", told="values", given="full"),),
)
CODE_ROWS = ReferenceRows(table="ehr.codes", columns=("code",), rows=(("I50.21",), ("I50.23",)))
GRANT = Grant(tables={"ehr.encounters": ("pat_id", "admit_dt", "birth_dt")})


@dataclass(frozen=True)
class Desk:
    """Everything a test may want to look at or break."""

    workspace: Workspace
    keystore: Keystore
    reviewer: ReviewerKey
    workstation: WorkstationKey

    @property
    def trust(self) -> Trust:
        return Trust.open(self.workspace, self.keystore)

    @property
    def log(self) -> AuditLog:
        return AuditLog(self.workspace.audit_log)

    @property
    def dictionary(self) -> Dictionary:
        return Dictionary(tables=(CODES, STAYS), dialects={"ehr": "duckdb"}, references=(CODE_ROWS,))


def make_desk(root: Path) -> Desk:
    """A workspace with keys, a source with two signed tables, and two drafts."""
    workspace = Workspace.create(root, store="throwaway")
    keystore = open_keystore(workspace)
    reviewer = ReviewerKey.create(workspace, keystore, "Dr. Jane Example", PASSPHRASE)
    workstation = WorkstationKey.open(workspace, keystore)
    workstation.certify_with(reviewer)
    workspace.save_source(SourceSettings(name="ehr", kind="duckdb", location="/nowhere/ehr.duckdb"))
    for table, references in ((STAYS, ()), (CODES, (CODE_ROWS,))):
        replace_file(signed_path(workspace, "ehr", table.name), sign_table(table, references, reviewer))
    for number, program in ((1, EARLIER), (2, PROGRAM)):
        folder = workspace.draft("q-1", number)
        replace_file(folder / "program.py", program)
        replace_file(folder / "about.json", readable_json({"author": "agent", "made_up_patients": PATIENTS}))
    log = AuditLog(workspace.audit_log)
    log.append("workspace.created", reviewer=reviewer.name)
    log.append("table.signed", table="ehr.encounters", envelope="0" * 64)
    return Desk(workspace, keystore, reviewer, workstation)


def make_approval(desk: Desk, **changes: Any) -> Approval:
    """An approval of draft 2, as it would be signed now; `changes` are fields to set otherwise."""
    approval = Approval(
        id="a-1",
        question="q-1",
        draft=2,
        author="agent",
        kind="full",
        reviewer=desk.reviewer.name,
        fingerprint=desk.reviewer.fingerprint,
        meaning="I reviewed this program and approve that it runs.",
        signed_at="2026-01-02T09:00:00.000Z",
        expires_at="2026-02-02T09:00:00.000Z",
        purpose="Quality improvement",
        program_sha256=sha256(PROGRAM),
        patients_sha256=patients_hash(PATIENTS),
        grant=GRANT,
        columns={name: columns_hash(STAYS, columns) for name, columns in GRANT.tables.items()},
        parameters={"start": "2022-01-01", "codes": ["I50.21"]},
        runs=2,
        self_reviewed=True,
        flags=(Flag(line=1, severity="note", rule="title", reason="It has one."),),
        libraries={"pandas": "3.1.1"},
        dictionary=table_envelopes(desk.workspace, desk.trust, GRANT.tables),
    )
    return msgspec.structs.replace(approval, **changes)


def sign_off(desk: Desk, approval: Approval) -> bytes:
    """Sign, keep and log an approval."""
    envelope = approve(approval, desk.reviewer)
    replace_file(desk.workspace.approval(approval.id), envelope)
    desk.log.append("approval.signed", approval=approval.id, envelope=sha256(envelope))
    return envelope


def make_run(desk: Desk, envelope: bytes, approval: Approval, run: str = "r-1") -> RunRecord:
    """A finished run of the approval, reserved, recorded, kept and logged."""
    reserved = reserve_run(approval, desk.log, run, InForce())
    record = RunRecord(
        id=run,
        approval=sha256(envelope),
        approval_id=approval.id,
        started_at="2026-01-03T09:00:00.000Z",
        ended_at="2026-01-03T09:00:04.000Z",
        outcome="finished",
        sentence="It finished.",
        program_sha256=approval.program_sha256,
        queries=(QueryRun(narrowed_sha256=sha256(b"SELECT 1")),),
        steps=("adults",),
        results={"stays": sha256(b"12")},
        results_sha256=sha256(b"encrypted"),
        parameters={"start": "2022-01-01"},
        jail={"seccomp": "on"},
        libraries={"pandas": "3.1.1"},
        log_head=f"{reserved.n}",
    )
    sealed = record_run(record, desk.workstation)
    replace_file(desk.workspace.run(run) / "record.json", sealed)
    desk.log.append("run.ended", run=run, approval=approval.id, record=sha256(sealed))
    return record
