"""Records that were written once: valid ones stay readable, tampered ones refused, outdated ones told apart."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
import rebuild

from sandbox.dictionary.model import Dictionary
from sandbox.errors import ApprovalRefused, RecordRefused, WorkspaceRefused
from sandbox.keystore import ThrowawayStore
from sandbox.records import (
    AuditLog,
    Head,
    ReviewerKey,
    Trust,
    check_may_run,
    fingerprint_of,
    prove_pack,
    read_approval,
    read_revocation,
    read_run,
    read_table,
    sha256,
    signed_payload,
)
from sandbox.records._bundle_layout import LogHead
from sandbox.records._exclusions import read_exclusions
from sandbox.records.kinds import Kind
from sandbox.workspace import Workspace

HERE = Path(__file__).parent
HEAD = Head.read("6:" + rebuild._root(rebuild.log_lines()))

TAMPERED = {
    "approval-with-one-byte-of-its-payload-changed": "not written the way|does not fit its contents",
    "approval-with-one-byte-of-its-signature-changed": "does not fit its contents",
    "approval-with-a-space-added": "not written the way",
    "approval-with-two-signatures": "exactly one signature",
    "approval-with-no-signature": "exactly one signature",
    "approval-cut-short": "damaged",
    "approval-signed-by-a-stranger": "not trusted here",
    "approval-signed-by-the-workstation": "workstation's key, which may not sign one",
    "approval-about-another-program": "about another program",
    "approval-in-another-reviewers-name": "names another reviewer",
    "approval-that-grants-a-table-it-does-not-bind": "grants other tables",
    "table-in-place-of-an-approval": "a signed table, not an approval",
    "run-signed-by-the-reviewer": "reviewer's key, which may not sign one",
    "exclusions-with-one-byte-of-their-payload-changed": "not written the way|does not fit its contents",
    "pack-with-one-byte-of-its-payload-changed": "not written the way|does not fit its contents",
    "pack-signed-for-another-file": "changed after it was signed",
    "exclusions-signed-by-the-workstation": "workstation's key, which may not sign one",
    "exclusions-about-others-than-their-fields-say": "about others than their fields say",
    "audit-log-with-entry-3-changed": "Entry 3 .* changed",
    "audit-log-without-entry-3": "Entry 3 .* missing",
    "audit-log-without-its-end": "entry 5 and all later ones are missing",
}


def valid(name: str) -> bytes:
    return (HERE / "valid" / name).read_bytes()


@pytest.fixture
def trust(tmp_path: Path) -> Trust:
    """What a workspace with the golden keys and their pin trusts."""
    workspace = Workspace.create(tmp_path / "workspace", store="throwaway")
    shutil.copytree(HERE / "valid", workspace.keys)
    return Trust.from_pin(workspace, fingerprint_of(valid("reviewer.pub.pem")))


def test_valid_records_stay_readable(trust: Trust) -> None:
    envelope = valid("approval.json")
    assert read_approval(envelope, trust) == rebuild.approval()
    assert read_approval(valid("approval-for-some-rows.json"), trust) == rebuild.scoped_approval()
    assert prove_pack(rebuild.PACK, valid("pack.toml.sig"), trust).trusted
    assert read_exclusions(valid("exclusions.json"), trust) == rebuild.exclusions()
    assert read_table(valid("table.json"), trust).table == rebuild.TABLE
    assert read_run(valid("run.json"), trust).approval == sha256(envelope)
    assert read_revocation(valid("revocation.json"), trust).approval == rebuild.approval().id
    head = trust.predicate(valid("log-head.json"), Kind.LOG_HEAD, LogHead)[1]
    assert (head.size, head.root) == (HEAD.size, HEAD.root)


def test_an_approval_without_row_scopes_says_nothing_of_rows(trust: Trust) -> None:
    """What was signed before there were any still reads, and grants every row, as its words said then."""
    envelope = valid("approval.json")
    assert b'"rows"' not in signed_payload(envelope)
    assert read_approval(envelope, trust).grant.rows == {}
    assert b'"exclusions"' not in signed_payload(valid("run.json"))


def test_a_valid_log_stays_readable(tmp_path: Path) -> None:
    shutil.copy(HERE / "valid" / "audit.log", tmp_path)
    log = AuditLog(tmp_path / "audit.log")
    assert log.check(HEAD) == HEAD
    assert log.append("selftest.passed").n == 7


def test_a_valid_key_file_still_opens(tmp_path: Path) -> None:
    workspace = Workspace.create(tmp_path / "workspace", store="throwaway")
    shutil.copytree(HERE / "valid", workspace.keys)
    store = ThrowawayStore(workspace.throwaway_store)
    store.put("pin/reviewer", rebuild.REVIEWER.fingerprint)
    assert ReviewerKey.unlock(workspace, store, rebuild.PASSPHRASE).fingerprint == rebuild.REVIEWER.fingerprint


@pytest.mark.parametrize("name", TAMPERED)
def test_a_tampered_record_is_refused_for_its_flaw(trust: Trust, tmp_path: Path, name: str) -> None:
    path = next((HERE / "tampered").glob(f"{name}.*"))
    with pytest.raises(RecordRefused, match=TAMPERED[name]):
        reader(path, trust, tmp_path)()


def reader(path: Path, trust: Trust, tmp_path: Path) -> Callable[[], object]:
    if path.suffix == ".log":
        shutil.copy(path, tmp_path / "audit.log")
        return lambda: AuditLog(tmp_path / "audit.log").check(HEAD)
    readers: dict[str, Callable[[bytes, Trust], object]] = {
        "run": read_run,
        "exclusions": read_exclusions,
        "pack": lambda untrusted, trust: prove_pack(rebuild.PACK, untrusted, trust),
    }
    read = readers.get(path.name.partition("-")[0], read_approval)
    return lambda: read(path.read_bytes(), trust)


def test_an_expired_approval_is_readable_and_does_not_run(trust: Trust, tmp_path: Path) -> None:
    approval = read_approval((HERE / "outdated" / "approval-that-expired.json").read_bytes(), trust)
    dictionary = Dictionary(tables=(rebuild.TABLE,), dialects={"ehr": "duckdb"})
    log = AuditLog(tmp_path / "audit.log")
    with pytest.raises(ApprovalRefused, match="expired on 2026-01-03"):
        check_may_run(approval, program=rebuild.PROGRAM, dictionary=dictionary, log=log, now="2026-01-04T00:00:00.000Z")


def test_what_a_newer_version_wrote_says_so(trust: Trust, tmp_path: Path) -> None:
    with pytest.raises(RecordRefused, match="newer Preceptor"):
        read_approval((HERE / "outdated" / "approval-of-a-newer-version.json").read_bytes(), trust)
    shutil.copy(HERE / "outdated" / "workspace-of-a-newer-version.json", tmp_path / "workspace.json")
    with pytest.raises(WorkspaceRefused, match="newer Preceptor"):
        Workspace.open(tmp_path)


def test_today_s_code_writes_the_same_bytes() -> None:
    """A record that changes its bytes without a new version would make old ones unreadable."""
    kept = {
        path.relative_to(HERE).as_posix(): path.read_bytes()
        for folder in ("valid", "tampered", "outdated")
        for path in (HERE / folder).iterdir()
    }
    kept.pop("valid/reviewer.json")  # its salt is random
    assert kept == rebuild.records()


def test_every_tampered_file_is_tested() -> None:
    assert {path.stem for path in (HERE / "tampered").iterdir()} == set(TAMPERED)
