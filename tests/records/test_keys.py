"""Keys: made once, opened by the passphrase alone, bound to the pin in the keyring, and each for its own kinds."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import msgspec
import pytest
from records_desk import CODES, PASSPHRASE, Desk, make_approval

from sandbox.errors import BadInput, RecordRefused, StoreUnavailable, WrongPassphrase
from sandbox.keystore import ThrowawayStore
from sandbox.records import ReviewerKey, Trust, WorkstationKey, approve, fingerprint_of, read_run, sign_table
from sandbox.records._passphrase import LockedSecret, lock, unlock
from sandbox.records.kinds import MAY_SIGN, WORDS, Kind
from sandbox.workspace import Workspace, readable_json


def test_the_passphrase_opens_the_key_that_was_made(desk: Desk) -> None:
    opened = ReviewerKey.unlock(desk.workspace, desk.keystore, PASSPHRASE)
    assert (opened.name, opened.fingerprint) == (desk.reviewer.name, desk.reviewer.fingerprint)


@pytest.mark.parametrize("wrong", ["", "four unrelated plain word", PASSPHRASE + " ", PASSPHRASE.upper()])
def test_a_wrong_passphrase_opens_nothing(desk: Desk, wrong: str) -> None:
    with pytest.raises(WrongPassphrase):
        ReviewerKey.unlock(desk.workspace, desk.keystore, wrong)


def test_a_second_key_is_refused_and_the_first_kept(desk: Desk) -> None:
    before = (desk.workspace.keys / "reviewer.json").read_bytes()
    with pytest.raises(BadInput, match="already"):
        ReviewerKey.create(desk.workspace, desk.keystore, "Someone Else", PASSPHRASE)
    assert (desk.workspace.keys / "reviewer.json").read_bytes() == before


def test_a_lost_key_file_is_not_replaced_by_a_new_key(desk: Desk) -> None:
    (desk.workspace.keys / "reviewer.json").unlink()
    with pytest.raises(RecordRefused, match="its file is gone"):
        ReviewerKey.create(desk.workspace, desk.keystore, "Dr. Jane Example", PASSPHRASE)


@pytest.mark.parametrize("name, passphrase", [("  ", PASSPHRASE), ("Dr. Jane Example", "short")])
def test_a_key_needs_a_name_and_a_passphrase_worth_its_name(tmp_path: Path, name: str, passphrase: str) -> None:
    workspace = Workspace.create(tmp_path / "workspace", store="throwaway")
    store = ThrowawayStore(workspace.throwaway_store)
    with pytest.raises(BadInput):
        ReviewerKey.create(workspace, store, name, passphrase)
    assert not workspace.keys.exists()


def test_the_key_file_states_its_parameters_and_not_its_secret(desk: Desk) -> None:
    path = desk.workspace.keys / "reviewer.json"
    text = path.read_text()
    for stated in ('"algorithm": "argon2id"', '"memory_kib": 65536', '"passes": 3', '"lanes": 4', '"AES-256-GCM"'):
        assert stated in text
    assert path.stat().st_mode & 0o077 == 0
    locked = msgspec.json.decode(text, type=LockedSecret)
    assert unlock(locked, PASSPHRASE) not in path.read_bytes()


def test_a_changed_key_file_does_not_open() -> None:
    locked = lock(bytes(32), PASSPHRASE, name="Dr. Jane Example", fingerprint="ab")
    for changes in ({"name": "Dr. Mallory"}, {"secret": bytes(48)}):
        with pytest.raises(WrongPassphrase):
            unlock(msgspec.structs.replace(locked, **changes), PASSPHRASE)


@pytest.mark.parametrize("parameter, value", [("memory_kib", 8), ("memory_kib", 1 << 31), ("passes", 1), ("lanes", 99)])
def test_weaker_or_absurd_parameters_are_refused(parameter: str, value: int) -> None:
    locked = lock(bytes(32), PASSPHRASE, name="Dr. Jane Example", fingerprint="ab")
    kdf = msgspec.structs.replace(locked.kdf, **{parameter: value})
    with pytest.raises(RecordRefused, match="was changed"):
        unlock(msgspec.structs.replace(locked, kdf=kdf), PASSPHRASE)


@pytest.mark.parametrize("field, value", [("format", 2), ("cipher", "ROT13")])
def test_a_key_file_of_another_kind_is_refused(field: str, value: object) -> None:
    locked = lock(bytes(32), PASSPHRASE, name="Dr. Jane Example", fingerprint="ab")
    with pytest.raises(RecordRefused, match="does not know"):
        unlock(msgspec.structs.replace(locked, **{field: value}), PASSPHRASE)


def test_a_replaced_key_pair_is_refused_because_of_the_pin(desk: Desk, tmp_path: Path) -> None:
    """Whoever can write the workspace, but not the keyring, can put another reviewer's key there."""
    other = Workspace.create(tmp_path / "other", store="throwaway")
    ReviewerKey.create(other, ThrowawayStore(other.throwaway_store), "Dr. Jane Example", PASSPHRASE)
    shutil.rmtree(desk.workspace.keys)
    shutil.copytree(other.keys, desk.workspace.keys)
    with pytest.raises(RecordRefused, match="not the one that the keyring pins"):
        ReviewerKey.unlock(desk.workspace, desk.keystore, PASSPHRASE)
    with pytest.raises(RecordRefused, match="not the one that the keyring pins"):
        Trust.open(desk.workspace, desk.keystore)


def test_without_a_pin_nothing_is_trusted(desk: Desk) -> None:
    desk.keystore.delete("pin/reviewer")
    with pytest.raises(RecordRefused, match="pins no reviewer"):
        Trust.open(desk.workspace, desk.keystore)
    with pytest.raises(RecordRefused, match="pins no reviewer"):
        ReviewerKey.unlock(desk.workspace, desk.keystore, PASSPHRASE)


def test_a_key_that_could_not_be_pinned_is_not_left_behind(tmp_path: Path) -> None:
    class Locked(ThrowawayStore):
        def put(self, name: str, secret: str) -> None:
            raise StoreUnavailable("The keyring is locked.")

    workspace = Workspace.create(tmp_path / "workspace", store="throwaway")
    with pytest.raises(StoreUnavailable):
        ReviewerKey.create(workspace, Locked(workspace.throwaway_store), "Dr. Jane Example", PASSPHRASE)
    store = ThrowawayStore(workspace.throwaway_store)
    assert ReviewerKey.create(workspace, store, "Dr. Jane Example", PASSPHRASE).name == "Dr. Jane Example"


def test_openssl_computes_the_same_fingerprint(desk: Desk) -> None:
    pem = desk.workspace.keys / "reviewer.pub.pem"
    der = subprocess.run(["openssl", "pkey", "-pubin", "-in", pem, "-outform", "DER"], capture_output=True, check=True)
    digest = subprocess.run(["sha256sum"], input=der.stdout, capture_output=True, check=True).stdout.split()[0]
    assert digest.decode() == desk.reviewer.fingerprint == fingerprint_of(pem.read_bytes())


def test_a_key_of_another_type_is_none(tmp_path: Path) -> None:
    subprocess.run(
        "openssl ecparam -name prime256v1 -genkey -noout | openssl ec -pubout -out ec.pem 2>/dev/null",
        shell=True,
        cwd=tmp_path,
        check=True,
        stderr=subprocess.DEVNULL,
    )
    with pytest.raises(RecordRefused, match="another type"):
        fingerprint_of((tmp_path / "ec.pem").read_bytes())
    with pytest.raises(RecordRefused, match="can't be read"):
        fingerprint_of(b"-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n")


def test_the_workstation_keeps_its_key_in_the_keyring_only(desk: Desk) -> None:
    assert WorkstationKey.open(desk.workspace, desk.keystore).fingerprint == desk.workstation.fingerprint
    secret = desk.keystore.get("key/workstation").encode()
    files = [path for path in desk.workspace.root.rglob("*") if path.is_file()]
    assert [path.name for path in files if secret in path.read_bytes()] == ["throwaway-keyring.json"]


def test_a_damaged_workstation_key_is_not_quietly_replaced(desk: Desk) -> None:
    desk.keystore.put("key/workstation", "not base64!")
    with pytest.raises(StoreUnavailable, match="damaged"):
        WorkstationKey.open(desk.workspace, desk.keystore)


def test_a_workstation_that_the_reviewer_did_not_certify_is_not_trusted(desk: Desk) -> None:
    from records_desk import make_run, sign_off

    approval = make_approval(desk)
    envelope = sign_off(desk, approval)
    desk.keystore.delete("key/workstation")
    newcomer = WorkstationKey.open(desk.workspace, desk.keystore)
    stranger = Desk(desk.workspace, desk.keystore, desk.reviewer, newcomer)
    make_run(stranger, envelope, approval)
    record = (desk.workspace.run("r-1") / "record.json").read_bytes()
    with pytest.raises(RecordRefused, match="not trusted here"):
        read_run(record, desk.trust)


def test_records_of_an_earlier_workstation_key_stay_readable(desk: Desk) -> None:
    from records_desk import make_run, sign_off

    approval = make_approval(desk)
    make_run(desk, sign_off(desk, approval), approval)
    desk.keystore.delete("key/workstation")
    WorkstationKey.open(desk.workspace, desk.keystore).certify_with(desk.reviewer)
    assert read_run((desk.workspace.run("r-1") / "record.json").read_bytes(), desk.trust).id == "r-1"


@pytest.mark.parametrize("kind", Kind)
def test_each_key_signs_its_own_kinds_only(desk: Desk, kind: Kind) -> None:
    keys = {"reviewer": desk.reviewer, "workstation": desk.workstation}
    right = keys.pop(MAY_SIGN[kind])
    (wrong,) = keys.values()
    assert right.sign({"x": "0" * 64}, kind, CODES)
    with pytest.raises(RecordRefused, match=f"may not sign a {WORDS[kind]}"):
        wrong.sign({"x": "0" * 64}, kind, CODES)


def test_a_reviewer_signs_in_their_own_name_only(desk: Desk) -> None:
    with pytest.raises(RecordRefused, match="another reviewer"):
        approve(make_approval(desk, reviewer="Dr. Mallory"), desk.reviewer)
    with pytest.raises(RecordRefused, match="another reviewer"):
        approve(make_approval(desk, fingerprint="0" * 64), desk.reviewer)


def test_a_key_shows_nothing_of_its_secret(desk: Desk) -> None:
    assert repr(desk.reviewer) == f"<ReviewerKey {desk.reviewer.fingerprint[:12]}>"


def test_signing_is_deterministic(desk: Desk) -> None:
    assert sign_table(CODES, (), desk.reviewer) == sign_table(CODES, (), desk.reviewer)


def test_a_damaged_key_file_is_named(desk: Desk) -> None:
    (desk.workspace.keys / "reviewer.json").write_bytes(readable_json({"name": "Dr. Jane Example"}))
    with pytest.raises(RecordRefused, match="key file is damaged"):
        ReviewerKey.unlock(desk.workspace, desk.keystore, PASSPHRASE)
