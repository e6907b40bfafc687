"""Rebuild the golden records: `python tests/golden/rebuild.py`. Same code, same bytes.

`valid/` must stay readable by every later version: when a format gets a new version, its old files stay here
and their rebuilding is taken out. `tampered/` are named for their flaw, `outdated/` for why they no longer do.
The keys are published here and sign nothing else. Only `valid/reviewer.json` is not rebuilt: its salt is random.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from sandbox.checks.facts import Exclusion, Flag, Grant, KeyList, RowScope
from sandbox.dictionary.model import Column, Table
from sandbox.files import replace_file
from sandbox.records import (
    Approval,
    Entry,
    Exclusions,
    QueryRun,
    ReviewerKey,
    Revocation,
    RunRecord,
    approve,
    columns_hash,
    commitment,
    patients_hash,
    revoke,
    sha256,
    sign_pack,
    sign_table,
)
from sandbox.records._bundle_layout import LogHead
from sandbox.records._envelope import Statement, seal
from sandbox.records._exclusions import sign_exclusions
from sandbox.records._keys import SigningKey
from sandbox.records._log_entries import encode_line
from sandbox.records._merkle import Frontier, leaf_hash
from sandbox.records._passphrase import lock
from sandbox.records._trust import WorkstationCertificate
from sandbox.records.kinds import Kind
from sandbox.workspace import readable_json

HERE = Path(__file__).parent
NAME = "Dr. Golden Example"
PASSPHRASE = "a published golden passphrase"
REVIEWER_SECRET = bytes(range(32))
PROGRAM = b'"""Stays."""\n\n\ndef main(data, report):\n    report.value("stays", 12)\n'
PACK = b'name = "golden"\nversion = "1"\ntitle = "Golden"\nabout = "An example."\nfacts_from = "Nowhere."\n'
GRANT = Grant(tables={"ehr.encounters": ("admit_dt", "pat_id")})
TABLE = Table(
    source="ehr",
    name="encounters",
    physical=("src", "main", "enc_adm"),
    columns=(
        Column(name="pat_id", type="BIGINT", column_class="patient_key", told="name", given="token", domain="patient"),
        Column(name="admit_dt", type="TIMESTAMP", column_class="date", told="name", given="full"),
    ),
)


class _Workstation(SigningKey):
    role = "workstation"


REVIEWER = ReviewerKey(Ed25519PrivateKey.from_private_bytes(REVIEWER_SECRET), NAME)
WORKSTATION = _Workstation(Ed25519PrivateKey.from_private_bytes(bytes(range(32, 64))))
STRANGER = ReviewerKey(Ed25519PrivateKey.from_private_bytes(bytes(range(64, 96))), NAME)


def records() -> dict[str, bytes]:
    """Every golden file that is rebuilt, by its path below this folder."""
    return {**_valid(), **_tampered(), **_outdated()}


def approval(**changes: Any) -> Approval:
    signed = Approval(
        id="a-20260102-000001",
        question="q-20260102-000001",
        draft=2,
        author="agent",
        kind="full",
        reviewer=NAME,
        fingerprint=REVIEWER.fingerprint,
        meaning="I reviewed this program and approve that it runs.",
        signed_at="2026-01-02T09:00:00.000Z",
        expires_at="2026-02-02T09:00:00.000Z",
        purpose="Quality improvement",
        program_sha256=sha256(PROGRAM),
        patients_sha256=patients_hash([]),
        grant=GRANT,
        columns={name: columns_hash(TABLE, columns) for name, columns in GRANT.tables.items()},
        parameters={"start": "2022-01-01", "codes": ["I50.21", "I50.23"], "days": 30},
        runs=2,
        self_reviewed=True,
        flags=(Flag(line=5, severity="note", rule="literal", reason="A number that no query gave."),),
        libraries={"pandas": "3.1.1"},
        sent_head="0" * 64,
        dictionary={"ehr.encounters": sha256(sign_table(TABLE, (), REVIEWER))},
    )
    return msgspec.structs.replace(signed, **changes)


def scoped_approval() -> Approval:
    """The same for some rows only: by a condition, and by a list."""
    keys = KeyList(name="l-0000000000000001", count=40, commitment="hmac-sha256:" + "0" * 64)
    scopes = (
        RowScope(words="since 2022", condition="admit_dt >= '2022-01-01'", columns=("admit_dt",)),
        RowScope(words="this cohort", columns=("pat_id",), key="pat_id", keys=keys),
    )
    return approval(grant=msgspec.structs.replace(GRANT, rows={"ehr.encounters": scopes}))


def exclusions() -> Exclusions:
    keys = KeyList(name="l-0000000000000002", count=3, commitment="hmac-sha256:" + "1" * 64)
    return Exclusions(
        number=2,
        reviewer=NAME,
        fingerprint=REVIEWER.fingerprint,
        signed_at="2026-01-02T08:00:00.000Z",
        exclusions=(
            Exclusion(
                words="test patients", table="ehr.patients", key="pat_id", condition="test = 1", columns=("test",)
            ),
            Exclusion(
                words="opted out", table="ehr.patients", key="pat_id", columns=("mrn",), identifier="mrn", keys=keys
            ),
        ),
        replaces="2" * 64,
    )


def log_lines() -> list[bytes]:
    """Six entries as they are written, at fixed times."""
    frontier, lines = Frontier(), []
    for number in range(1, 7):
        entry = Entry(
            n=number,
            time=f"2026-01-02T09:0{number}:00.000Z",
            event="request.sent",
            details={"question": "q-20260102-000001", "number": number},
            tree=frontier.root().hex(),
        )
        lines.append(encode_line(entry))
        frontier.append(leaf_hash(lines[-1][:-1]))
    return lines


def _valid() -> dict[str, bytes]:
    envelope = approve(approval(), REVIEWER)
    certificate = WorkstationCertificate(
        fingerprint=WORKSTATION.fingerprint,
        public_key=WORKSTATION.public.pem.decode(),
        certified_at="2026-01-01T09:00:00.000Z",
    )
    revocation = Revocation(approval=approval().id, reason="Wrong ward.", revoked_at="2026-01-03T09:00:00.000Z")
    head = LogHead(size=6, root=_root(log_lines()), taken_at="2026-01-02T10:00:00.000Z")
    return {
        "valid/reviewer.pub.pem": REVIEWER.public.pem,
        "valid/approval.json": envelope,
        "valid/approval-for-some-rows.json": approve(scoped_approval(), REVIEWER),
        "valid/exclusions.json": sign_exclusions(exclusions(), REVIEWER),
        "valid/table.json": sign_table(TABLE, (), REVIEWER),
        "valid/pack.toml": PACK,
        "valid/pack.toml.sig": sign_pack("golden", "1", PACK, REVIEWER, "2026-01-02T08:30:00.000Z"),
        "valid/run.json": _run(envelope, WORKSTATION),
        "valid/workstation.json": REVIEWER.sign({"key": WORKSTATION.fingerprint}, Kind.WORKSTATION, certificate),
        "valid/revocation.json": revoke(revocation, sha256(envelope), REVIEWER),
        "valid/log-head.json": WORKSTATION.sign({"audit.log": head.root}, Kind.LOG_HEAD, head),
        "valid/audit.log": b"".join(log_lines()),
    }


def _run(envelope: bytes, key: SigningKey) -> bytes:
    record = RunRecord(
        id="r-20260103-000001",
        approval=sha256(envelope),
        approval_id=approval().id,
        started_at="2026-01-03T09:00:00.000Z",
        ended_at="2026-01-03T09:00:04.000Z",
        outcome="finished",
        sentence="It finished.",
        program_sha256=sha256(PROGRAM),
        queries=(QueryRun(narrowed_sha256=sha256(b"SELECT 1")),),
        steps=("adults",),
        results={"stays": sha256(b"12")},
        results_sha256=sha256(b"encrypted"),
        parameters={"start": "2022-01-01", "patient": commitment("made up", bytes(16))},
        jail={"seccomp": "on"},
        libraries={"pandas": "3.1.1"},
        log_head="6:" + "0" * 64,
    )
    return seal(Statement.about(record.subjects, Kind.RUN, record), key._signer)


def _tampered() -> dict[str, bytes]:
    good = approve(approval(), REVIEWER)
    signature = json.loads(good)["signatures"][0]
    lines = log_lines()
    forged = approval(fingerprint=WORKSTATION.fingerprint)
    subjects = forged.subjects
    out = sign_exclusions(exclusions(), REVIEWER)
    fewer = msgspec.structs.replace(exclusions(), exclusions=exclusions().exclusions[:1])
    statement = Statement.about(exclusions().subjects, Kind.EXCLUSIONS, exclusions())
    pack = sign_pack("golden", "1", PACK, REVIEWER, "2026-01-02T08:30:00.000Z")
    files = {
        "pack-with-one-byte-of-its-payload-changed.sig": pack.replace(b"A", b"B", 1),
        "pack-signed-for-another-file.sig": sign_pack("golden", "1", b"", REVIEWER, "2026-01-02T08:30:00.000Z"),
        "approval-with-one-byte-of-its-payload-changed.json": good.replace(b"A", b"B", 1),
        "approval-with-one-byte-of-its-signature-changed.json": _with(good, signatures=[_flipped(signature)]),
        "approval-with-a-space-added.json": good.replace(b":", b": ", 1),
        "approval-with-two-signatures.json": _with(good, signatures=[signature, signature]),
        "approval-with-no-signature.json": _with(good, signatures=[]),
        "approval-cut-short.json": good[: len(good) // 2],
        "approval-signed-by-a-stranger.json": approve(approval(fingerprint=STRANGER.fingerprint), STRANGER),
        "approval-signed-by-the-workstation.json": _sealed(forged, subjects, WORKSTATION),
        "approval-about-another-program.json": _sealed(approval(), {"program.py": "0" * 64}, REVIEWER),
        "approval-in-another-reviewers-name.json": _sealed(
            approval(fingerprint="0" * 64), approval().subjects, REVIEWER
        ),
        "approval-that-grants-a-table-it-does-not-bind.json": _sealed(
            approval(columns={}), approval().subjects, REVIEWER
        ),
        "table-in-place-of-an-approval.json": sign_table(TABLE, (), REVIEWER),
        "run-signed-by-the-reviewer.json": _run(good, REVIEWER),
        "exclusions-with-one-byte-of-their-payload-changed.json": out.replace(b"A", b"B", 1),
        "exclusions-signed-by-the-workstation.json": seal(statement, WORKSTATION._signer),
        "exclusions-about-others-than-their-fields-say.json": seal(
            Statement.about(exclusions().subjects, Kind.EXCLUSIONS, fewer), REVIEWER._signer
        ),
        "audit-log-with-entry-3-changed.log": b"".join(lines).replace(b'"number":3', b'"number":4'),
        "audit-log-without-entry-3.log": b"".join(lines[:2] + lines[3:]),
        "audit-log-without-its-end.log": b"".join(lines[:4]),
    }
    return {f"tampered/{name}": data for name, data in files.items()}


def _outdated() -> dict[str, bytes]:
    statement = Statement.about(approval().subjects, Kind.APPROVAL, approval())
    newer = msgspec.structs.replace(statement, predicateType=Kind.APPROVAL.value.replace("/v1", "/v2"))
    workspace = {"version": 2, "id": "0" * 16, "created": "2027-01-01T00:00:00.000Z", "store": "os", "settings": {}}
    return {
        "outdated/approval-of-a-newer-version.json": seal(newer, REVIEWER._signer),
        "outdated/approval-that-expired.json": approve(approval(expires_at="2026-01-03T09:00:00.000Z"), REVIEWER),
        "outdated/workspace-of-a-newer-version.json": readable_json(workspace),
    }


def _sealed(record: Approval, subjects: dict[str, str], key: SigningKey) -> bytes:
    return seal(Statement.about(subjects, Kind.APPROVAL, record), key._signer)


def _with(envelope: bytes, **changes: Any) -> bytes:
    return msgspec.json.encode(json.loads(envelope) | changes, order="sorted") + b"\n"


def _flipped(signature: dict[str, str]) -> dict[str, str]:
    first = "A" if signature["sig"][0] != "A" else "B"
    return signature | {"sig": first + signature["sig"][1:]}


def _root(lines: list[bytes]) -> str:
    frontier = Frontier()
    for line in lines:
        frontier.append(leaf_hash(line[:-1]))
    return frontier.root().hex()


if __name__ == "__main__":
    for name, data in records().items():
        replace_file(HERE / name, data, mode=0o644)
    if not (HERE / "valid/reviewer.json").exists():
        locked = lock(REVIEWER_SECRET, PASSPHRASE, name=NAME, fingerprint=REVIEWER.fingerprint)
        replace_file(HERE / "valid/reviewer.json", readable_json(locked), mode=0o644)
