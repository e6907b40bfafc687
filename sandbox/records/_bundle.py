"""Making an audit bundle: an approval with its evidence, in a folder that a stranger can check.

    make_bundle(workspace, keystore, approval.id, Path("for-the-board"))

Results are not in it, nor rows; what the program was given stands there as commitments.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec

from sandbox.checks.grant import columns_read
from sandbox.dictionary.model import Table
from sandbox.errors import BadInput, RecordRefused
from sandbox.files import replace_file, storage_fault, sync_folder
from sandbox.keystore import Keystore
from sandbox.records import _bundle_layout as layout
from sandbox.records._approval import Approval, patients_json, read_approval
from sandbox.records._bundle_scan import Inspect, scan
from sandbox.records._bundle_text import changes_text, may_read_text, verify_text
from sandbox.records._envelope import Envelope, sha256
from sandbox.records._keys import WorkstationKey
from sandbox.records._log import AuditLog, pinned_head
from sandbox.records._log_entries import Entry, Head
from sandbox.records._run import read_run
from sandbox.records._tables import columns_hash, signed_tables
from sandbox.records._trust import CERTIFICATES, REVIEWER_PUBLIC, Trust
from sandbox.records.kinds import Kind
from sandbox.workspace import Workspace, now, readable_json


def make_bundle(
    workspace: Workspace, keystore: Keystore, approval_id: str, to: Path, *, inspect: Inspect | None = None
) -> Path:
    """Write the bundle of an approval into the new folder `to`, and note it in the audit log.

    Everything is verified before it is put in, and the whole is scanned for identifiers (`PatientRecognised`).
    """
    if to.exists():
        raise BadInput("The folder for the bundle exists already.", "Choose a new one.")
    trust = Trust.open(workspace, keystore)
    key = WorkstationKey.open(workspace, keystore)
    envelope, approval = _approval(workspace, trust, approval_id)
    runs = dict(_runs(workspace, trust, approval_id))
    files = {
        layout.APPROVAL: envelope,
        **_program(workspace, trust, approval),
        **_tables(workspace, trust, approval),
        **{layout.run_file(name): record for name, record in runs.items()},
        **_log(AuditLog(workspace.audit_log), pinned_head(keystore), key, approval_id, sha256(envelope), set(runs)),
    }
    files |= _keys(workspace, trust, files, key)
    files |= _sealed(files, approval, key)
    scan(dict(_texts(files)), inspect)
    _write(files, to)
    AuditLog(workspace.audit_log).append("bundle.made", approval=approval_id, manifest=sha256(files[layout.MANIFEST]))
    return to


def _approval(workspace: Workspace, trust: Trust, approval_id: str) -> tuple[bytes, Approval]:
    try:
        envelope = workspace.approval(approval_id).read_bytes()
    except FileNotFoundError as problem:
        raise BadInput(f"There is no approval named {approval_id!r}.") from problem
    approval = read_approval(envelope, trust)
    if approval.id != approval_id:
        raise RecordRefused("The file of this approval holds another one.")
    return envelope, approval


class _About(msgspec.Struct):
    made_up_patients: list[dict[str, Any]] = []


def _program(workspace: Workspace, trust: Trust, approval: Approval) -> dict[str, bytes]:
    folder = workspace.draft(approval.question, approval.draft)
    try:
        program = (folder / "program.py").read_bytes()
        about = msgspec.json.decode((folder / "about.json").read_bytes(), type=_About)
    except (OSError, msgspec.MsgspecError, UnicodeDecodeError) as problem:
        raise RecordRefused("The draft that was approved can't be read.", "Restore it from a backup.") from problem
    patients = patients_json(about.made_up_patients)
    if sha256(program) != approval.program_sha256 or sha256(patients) != approval.patients_sha256:
        raise RecordRefused("The draft was changed after it was approved.", "Restore it from a backup.")
    name, earlier = _earlier(workspace, trust, approval)
    changes = changes_text(earlier.decode("utf-8", "replace"), name, program.decode("utf-8", "replace"))
    return {layout.PROGRAM: program, layout.PATIENTS: patients, layout.CHANGES: changes.encode()}


def _earlier(workspace: Workspace, trust: Trust, approval: Approval) -> tuple[str, bytes]:
    """Name and program of what the diff starts from: the draft signed last before, or the one before, or nothing."""
    signed = []
    for path in workspace.approvals.glob("*.json"):
        untrusted = path.read_bytes()
        if _kind(untrusted) == Kind.APPROVAL:
            other = read_approval(untrusted, trust)
            if other.question == approval.question and other.draft < approval.draft:
                signed.append(other.draft)
    number = max(signed, default=approval.draft - 1)
    path = workspace.draft(approval.question, number) / "program.py"
    if number < 1 or not path.exists():
        return "/dev/null", b""
    return f"draft {number} ({'signed' if signed else 'not signed'})", path.read_bytes()


def _tables(workspace: Workspace, trust: Trust, approval: Approval) -> dict[str, bytes]:
    files: dict[str, bytes] = {}
    tables: dict[str, Table] = {}
    for source in sorted({name.partition(".")[0] for name in approval.grant.tables}):
        for _, envelope, record in signed_tables(workspace, trust, source):
            if record.table.full_name in approval.grant.tables:
                files[layout.table_file(record.table.full_name)] = envelope
                tables[record.table.full_name] = record.table
    for name in approval.grant.tables:
        columns = columns_read(approval.grant, name)
        if name not in tables or columns_hash(tables[name], columns) != approval.columns[name]:
            raise RecordRefused(
                f"The columns of {name} have changed since the approval was signed.",
                "Restore the signed table from a backup to make this bundle.",
            )
    return files | {layout.MAY_READ: may_read_text(approval, tables).encode()}


def _runs(workspace: Workspace, trust: Trust, approval_id: str) -> Iterator[tuple[str, bytes]]:
    for path in sorted(workspace.runs.glob("*/record.json")):
        envelope = path.read_bytes()
        record = read_run(envelope, trust)
        if record.approval_id == approval_id:
            yield record.id, envelope


def _log(
    log: AuditLog, pinned: Head | None, key: WorkstationKey, approval_id: str, envelope: str, runs: set[str]
) -> dict[str, bytes]:
    """The log's head, signed, and proofs for every entry about this approval and its runs."""
    head = log.check(pinned)
    entries = [entry for entry in log.entries()[: head.size] if _is_about(entry, approval_id, runs)]
    if not any(entry.event == "approval.signed" and entry.details.get("envelope") == envelope for entry in entries):
        raise RecordRefused("The audit log has no entry for the signature under this approval.")
    lines = log.lines()
    proofs = [
        layout.EntryProof(number=entry.n, line=lines[entry.n - 1].decode(), proof=tuple(log.proof(entry.n, head.size)))
        for entry in entries
    ]
    signed = layout.LogHead(size=head.size, root=head.root, taken_at=now())
    return {
        layout.HEAD: key.sign({"audit.log": head.root}, Kind.LOG_HEAD, signed),
        layout.PROOFS: readable_json(proofs),
    }


def _is_about(entry: Entry, approval_id: str, runs: set[str]) -> bool:
    about = entry.event.startswith(("approval.", "run."))
    return about and (entry.details.get("approval") == approval_id or entry.details.get("run") in runs)


def _keys(workspace: Workspace, trust: Trust, files: dict[str, bytes], key: WorkstationKey) -> dict[str, bytes]:
    """The reviewer's public key, and those of the workstations that signed something here, with certificates."""
    signers = {Envelope.read(files[name]).keyid for name in files if layout.is_envelope(name)} | {key.fingerprint}
    found = {layout.REVIEWER: (workspace.keys / REVIEWER_PUBLIC).read_bytes()}
    for path in sorted(workspace.keys.glob(CERTIFICATES)):
        certificate = path.read_bytes()
        public = trust.workstation(certificate)
        if public.fingerprint in signers:
            found[layout.certificate_file(public.fingerprint)] = certificate
            found[layout.public_key_file(public.fingerprint)] = public.pem
    if layout.certificate_file(key.fingerprint) not in found:
        raise RecordRefused("The workstation's key is not certified by the reviewer.", "Set the workspace up again.")
    return found


def _sealed(files: dict[str, bytes], approval: Approval, key: WorkstationKey) -> dict[str, bytes]:
    """What is made from all the rest: detached signatures, the guide, the checksums, the signed manifest."""
    envelopes = {name: data for name, data in files.items() if layout.is_envelope(name)}
    made: dict[str, bytes] = {}
    for name, envelope in envelopes.items():
        made |= layout.detached(name, envelope)
    made[layout.VERIFY] = verify_text(approval, envelopes, key.fingerprint).encode()
    sums = layout.checksums(files | made)
    manifest = layout.Manifest(approval=approval.id, made_at=now(), files=len(files | made))
    made[layout.SUMS] = sums
    made[layout.MANIFEST] = key.sign({layout.SUMS: sha256(sums)}, Kind.MANIFEST, manifest)
    return made | layout.detached(layout.MANIFEST, made[layout.MANIFEST])


def _texts(files: dict[str, bytes]) -> Iterator[tuple[str, str]]:
    """What a person wrote or a run gave, as text. Tables are left out: their values were decided one by one."""
    for name, data in files.items():
        if name in (layout.PROGRAM, layout.PATIENTS, layout.MAY_READ, layout.CHANGES, layout.PROOFS):
            yield name, data.decode("utf-8", "replace")
        if name == layout.APPROVAL:
            yield name, _without_signer(Envelope.read(data).payload)
        if name.startswith("runs/"):
            yield name, Envelope.read(data).payload.decode("utf-8", "replace")


def _without_signer(payload: bytes) -> str:
    """An approval's text but for the signer's printed name, which looks like a person's because it is one."""
    statement = msgspec.json.decode(payload)
    statement["predicate"]["reviewer"] = ""
    return msgspec.json.encode(statement).decode()


def _write(files: dict[str, bytes], to: Path) -> None:
    """All of the bundle, or no folder of that name."""
    beside = to.with_name(f".{to.name}.part")
    try:
        shutil.rmtree(beside, ignore_errors=True)
        for name, data in sorted(files.items()):
            replace_file(beside / name, data, mode=0o644)
        beside.rename(to)
        sync_folder(to.parent)
    except OSError as problem:
        raise storage_fault(to, problem) from problem
    finally:
        shutil.rmtree(beside, ignore_errors=True)


def _kind(untrusted: bytes) -> str:
    return Envelope.read(untrusted).statement().predicateType
