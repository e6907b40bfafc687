"""A real workspace around the small hospital: keys, signed tables, drafts and approvals, and runs in real sessions."""

from __future__ import annotations

import base64
import hashlib
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec

from sandbox.checks.facts import Grant
from sandbox.checks.grant import columns_read
from sandbox.dictionary.model import Column, Table
from sandbox.files import replace_file
from sandbox.keystore import Keystore, open_keystore
from sandbox.messages.desk import Run, RunEnded
from sandbox.records import (
    Approval,
    AuditLog,
    ReviewerKey,
    RunRecord,
    Trust,
    WorkstationKey,
    approve,
    columns_hash,
    patients_hash,
    read_run,
    sign_table,
    signed_path,
)
from sandbox.running.results import Results, open_results
from sandbox.sessions import Session
from sandbox.workspace import Settings, SourceSettings, Workspace, new_name

PASSPHRASE = "four unrelated words here"
SESSION_SECONDS = 120


def column(name: str, type: str, **facts: Any) -> Column:
    return Column(name=name, type=type, **({"column_class": "plain", "told": "name", "given": "full"} | facts))


PATIENT = {"column_class": "patient_key", "given": "token", "domain": "patient"}
ENCOUNTER = {"column_class": "event_key", "given": "token", "domain": "encounter"}
HIDDEN = {"column_class": "direct_identifier", "told": "nothing", "given": "nothing"}
TABLES = (
    Table(
        source="ehr",
        name="patients",
        physical=("src", "main", "patients"),
        columns=(
            column("pat_id", "BIGINT", **PATIENT),
            column("pat_name", "VARCHAR", **HIDDEN),
            column("mrn", "VARCHAR", **HIDDEN),
            column("phone", "VARCHAR", **HIDDEN),
            column("sex", "VARCHAR"),
            column(
                "birth_year", "DATE", column_class="date", given="derived", derivation="year", physical="birth_date"
            ),
        ),
    ),
    Table(
        source="ehr",
        name="encounters",
        physical=("src", "main", "encounters"),
        columns=(
            column("enc_id", "VARCHAR", **ENCOUNTER),
            column("pat_id", "BIGINT", **PATIENT),
            column("enc_class", "VARCHAR"),
            column("admit_dt", "DATE", column_class="date"),
            column("charge", "DECIMAL(18,1)"),
        ),
    ),
    Table(
        source="ehr",
        name="results",
        physical=("src", "main", "results"),
        columns=(
            column("pat_id", "BIGINT", **PATIENT),
            column("value", "INTEGER"),
            column("code", "BIGINT"),
        ),
    ),
)


class Ended(msgspec.Struct):
    """A run as the desk saw it: every line, and the last one."""

    lines: list[Any]
    last: RunEnded


class Study:
    """A workspace with its reviewer, who signs and runs what a test writes."""

    def __init__(self, root: Path, hospital: Path, *, tables: tuple[Table, ...] = TABLES, **settings: Any) -> None:
        self.tables = tables
        self.workspace = Workspace.create(root, store="throwaway", settings=Settings(reviewer="Dr. Test", **settings))
        self.keystore: Keystore = open_keystore(self.workspace)
        self.reviewer = ReviewerKey.create(self.workspace, self.keystore, "Dr. Test", PASSPHRASE)
        WorkstationKey.open(self.workspace, self.keystore).certify_with(self.reviewer)
        for name in ("key/results", "key/known", "key/tokens"):
            self.keystore.put(name, base64.b64encode(os.urandom(32)).decode())
        self.log = AuditLog(self.workspace.audit_log)
        self.log.append("workspace.created", reviewer="Dr. Test")
        self.workspace.save_source(SourceSettings(name="ehr", kind="duckdb", location=str(hospital)))
        for table in tables:
            replace_file(signed_path(self.workspace, "ehr", table.name), sign_table(table, (), self.reviewer))

    @property
    def trust(self) -> Trust:
        return Trust.open(self.workspace, self.keystore)

    def approve(
        self, program: str, grant: dict[str, tuple[str, ...]], *, hours: float = 1, runs: int = 1, **fields: Any
    ) -> str:
        """Write the program as a draft and sign it; the approval's name."""
        question, name = new_name("q"), new_name("a")
        replace_file(self.workspace.draft(question, 1) / "program.py", program.encode())
        signed = datetime.now(UTC) + timedelta(hours=min(0, hours - 1))
        tables = {table.full_name: table for table in self.tables}
        granted = Grant(tables=grant, rows=fields.pop("rows", {}))
        approval = Approval(
            id=name,
            question=question,
            draft=1,
            author="agent",
            kind="full",
            reviewer="Dr. Test",
            fingerprint=self.reviewer.fingerprint,
            meaning="I approve.",
            signed_at=_time(signed),
            expires_at=_time(signed + timedelta(hours=1)),
            purpose="a test",
            program_sha256=hashlib.sha256(program.encode()).hexdigest(),
            patients_sha256=patients_hash([]),
            grant=granted,
            columns={table: columns_hash(tables[table], columns_read(granted, table)) for table in grant},
            parameters=fields.pop("parameters", {}),
            runs=runs,
            self_reviewed=True,
        )
        approval = msgspec.structs.replace(approval, **fields)
        replace_file(self.workspace.approval(name), approve(approval, self.reviewer))
        self.log.append("approval.signed", approval=name)
        return name

    def run(self, approval: str, **parameters: Any) -> Ended:
        """Run it in a session of its own, as the desk does."""
        with Session.running(self.workspace) as session:
            session.send(Run(approval=approval, parameters=parameters))
            lines = list(session.until(RunEnded, timeout=SESSION_SECONDS))
        return Ended(lines, lines[-1])

    def approve_and_run(self, program: str, grant: dict[str, tuple[str, ...]], **more: Any) -> Ended:
        return self.run(self.approve(program, grant, **more))

    def results(self, ended: Ended) -> Results:
        return open_results(self.workspace, self.keystore, ended.last.run)

    def record(self, run: str) -> RunRecord:
        return read_run((self.workspace.run(run) / "record.json").read_bytes(), self.trust)

    def plain_bytes(self) -> bytes:
        """Everything that lies in the workspace as it lies there, one file after the other."""
        return b"\0".join(path.read_bytes() for path in sorted(self.workspace.root.rglob("*")) if path.is_file())


def _time(moment: datetime) -> str:
    return moment.isoformat(timespec="seconds").replace("+00:00", "Z")
