"""Signed records and the audit log: what was decided, by whom, what ran, and the proof.

    reviewer = ReviewerKey.create(workspace, keystore, name, passphrase)
    WorkstationKey.open(workspace, keystore).certify_with(reviewer)

    envelope = approve(approval, reviewer)
    log = AuditLog(workspace.audit_log)
    log.append("approval.signed", approval=approval.id, envelope=sha256(envelope))

    trust = Trust.open(workspace, keystore)
    approval = read_approval(envelope, trust)
    check_may_run(approval, program=program, dictionary=load_dictionary(workspace, trust), log=log, now=now())
    reserve_run(approval, log, run, in_force)

    make_bundle(workspace, keystore, approval.id, Path("for-the-board"))
    verify_bundle(Path("for-the-board"), trusted=(fingerprint,)).sentence

What this rests on: the reviewer's fingerprint and the newest log head are pinned in the keyring. The owner
of a machine can rewrite what nobody else has seen; heads and bundles given to others are what prevents it.
"""

from sandbox.records._approval import (
    Approval,
    ApprovalKind,
    Revocation,
    approve,
    patients_hash,
    patients_json,
    read_approval,
    read_revocation,
    revoke,
)
from sandbox.records._bundle import make_bundle
from sandbox.records._envelope import sha256, signed_payload
from sandbox.records._exclusions import Exclusions, InForce, exclusions_in_force, keep_exclusions
from sandbox.records._export import record_export
from sandbox.records._keys import ReviewerKey, WorkstationKey
from sandbox.records._log import AuditLog, pin_head, pinned_head
from sandbox.records._log_entries import Entry, Head
from sandbox.records._may_run import Uses, check_in_force, check_may_run, reserve_run, runs_used
from sandbox.records._packs import PackProof, SignedPack, prove_pack, sign_pack
from sandbox.records._public_key import fingerprint_named, fingerprint_of
from sandbox.records._run import QueryRun, RunRecord, commitment, read_run, record_run
from sandbox.records._tables import (
    SignedTable,
    columns_hash,
    load_dictionary,
    load_signed,
    newest_tables,
    read_signed_table,
    read_table,
    sign_table,
    signed_path,
    signed_tables,
    table_envelopes,
)
from sandbox.records._times import read_time
from sandbox.records._trust import Trust
from sandbox.records._verify import Check, Verdict, verify_bundle

__all__ = [
    "Approval",
    "ApprovalKind",
    "AuditLog",
    "Check",
    "Entry",
    "Exclusions",
    "Head",
    "Head",
    "InForce",
    "PackProof",
    "QueryRun",
    "ReviewerKey",
    "Revocation",
    "RunRecord",
    "SignedPack",
    "SignedTable",
    "Trust",
    "Uses",
    "Verdict",
    "WorkstationKey",
    "approve",
    "check_in_force",
    "check_may_run",
    "columns_hash",
    "commitment",
    "exclusions_in_force",
    "fingerprint_named",
    "fingerprint_of",
    "keep_exclusions",
    "load_dictionary",
    "load_signed",
    "make_bundle",
    "newest_tables",
    "patients_hash",
    "patients_json",
    "pin_head",
    "pinned_head",
    "prove_pack",
    "read_approval",
    "read_revocation",
    "read_run",
    "read_signed_table",
    "read_table",
    "read_time",
    "record_export",
    "record_run",
    "reserve_run",
    "revoke",
    "runs_used",
    "sha256",
    "sign_pack",
    "sign_table",
    "signed_path",
    "signed_payload",
    "signed_tables",
    "table_envelopes",
    "verify_bundle",
]
