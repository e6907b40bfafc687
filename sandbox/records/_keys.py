"""The two private keys: the reviewer's decides, the workstation's attests.

The reviewer's key is a file under a passphrase and is unlocked for a signature; the workstation's key is in
the keyring and is certified by the reviewer when the workspace is set up.
"""

from __future__ import annotations

import base64
import binascii

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from securesystemslib.signer import CryptoSigner  # type: ignore[attr-defined]  # it has no __all__

from sandbox.errors import BadInput, CredentialMissing, RecordRefused, StoreUnavailable
from sandbox.files import replace_file
from sandbox.keystore import Keystore
from sandbox.records._envelope import Statement, seal, sha256
from sandbox.records._passphrase import LockedSecret, lock, unlock
from sandbox.records._public_key import PublicKey
from sandbox.records._trust import PIN, REVIEWER_PUBLIC, WorkstationCertificate
from sandbox.records.kinds import MAY_SIGN, WORDS, Kind, Signer
from sandbox.workspace import Workspace, now, readable_json

REVIEWER_PRIVATE = "reviewer.json"
WORKSTATION_PUBLIC = "workstation.pub.pem"
WORKSTATION_CERTIFICATE = "workstation.json"
WORKSTATION_SECRET = "key/workstation"


class SigningKey:
    """A private key that signs only the kinds of record that its holder may sign."""

    role: Signer

    def __init__(self, private: Ed25519PrivateKey) -> None:
        self.public = PublicKey.of(private.public_key())
        self._signer = CryptoSigner(private, self.public.verifier)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.fingerprint[:12]}>"

    @property
    def fingerprint(self) -> str:
        return self.public.fingerprint

    def sign(self, subjects: dict[str, str], kind: Kind, predicate: msgspec.Struct) -> bytes:
        """An envelope with a statement of `kind`, or `RecordRefused` when this key may not sign one."""
        if MAY_SIGN[kind] != self.role:
            raise RecordRefused(f"The {self.role}'s key may not sign a {WORDS[kind]}.")
        return seal(Statement.about(subjects, kind, predicate), self._signer)


class ReviewerKey(SigningKey):
    """What a person signs with. `name` is the printed name that every signature carries."""

    role = "reviewer"

    def __init__(self, private: Ed25519PrivateKey, name: str) -> None:
        super().__init__(private)
        self.name = name

    @classmethod
    def create(cls, workspace: Workspace, keystore: Keystore, name: str, passphrase: str) -> ReviewerKey:
        """Make the workspace's reviewer's key and pin its fingerprint; refuses when there is one."""
        path = workspace.keys / REVIEWER_PRIVATE
        if path.exists():
            raise BadInput("This workspace has a reviewer's key already.", "Unlock it instead.")
        if not name.strip():
            raise BadInput("A signature needs the signer's printed name.", "Give the reviewer's full name.")
        _refuse_pinned(keystore)
        private = Ed25519PrivateKey.generate()
        key = cls(private, name)
        locked = lock(private.private_bytes_raw(), passphrase, name=name, fingerprint=key.fingerprint)
        replace_file(workspace.keys / REVIEWER_PUBLIC, key.public.pem, mode=0o644)
        replace_file(path, readable_json(locked))
        try:
            keystore.put(PIN, key.fingerprint)
        except StoreUnavailable:
            path.unlink()  # never pinned, so it never signed anything: the next attempt may make another
            raise
        return key

    @classmethod
    def unlock(cls, workspace: Workspace, keystore: Keystore, passphrase: str) -> ReviewerKey:
        """The key, or `WrongPassphrase`; `RecordRefused` when it is not the one that the keyring pins."""
        locked = _read_locked(workspace)
        try:
            pinned = keystore.get(PIN)
        except CredentialMissing as problem:
            raise RecordRefused("The keyring pins no reviewer's key for this workspace.") from problem
        if locked.fingerprint != pinned:
            raise RecordRefused(
                "The reviewer's key in this workspace is not the one that the keyring pins.",
                "Someone replaced keys/reviewer.json. Restore it from a backup before signing anything.",
            )
        key = cls(Ed25519PrivateKey.from_private_bytes(unlock(locked, passphrase)), locked.name)
        if key.fingerprint != pinned:
            raise RecordRefused("The reviewer's key file holds another key than it says.")
        return key


class WorkstationKey(SigningKey):
    """What the machine attests with: run records, log heads, bundle manifests."""

    role = "workstation"

    def __init__(self, private: Ed25519PrivateKey, workspace: Workspace) -> None:
        super().__init__(private)
        self._folder = workspace.keys

    @classmethod
    def open(cls, workspace: Workspace, keystore: Keystore) -> WorkstationKey:
        """The key in the keyring, made there when this workspace has none yet."""
        try:
            return cls(_private_from(keystore.get(WORKSTATION_SECRET)), workspace)
        except CredentialMissing:
            return cls._create(workspace, keystore)

    def certify_with(self, reviewer: ReviewerKey) -> bytes:
        """Have the reviewer vouch for this key; keeps the certificate (an older key's one stays readable)."""
        certificate = WorkstationCertificate(
            fingerprint=self.fingerprint, public_key=self.public.pem.decode(), certified_at=now()
        )
        envelope = reviewer.sign({"workstation.pub.pem": sha256(self.public.pem)}, Kind.WORKSTATION, certificate)
        path = self._folder / WORKSTATION_CERTIFICATE
        if path.exists():
            earlier = path.read_bytes()
            replace_file(self._folder / f"workstation-{sha256(earlier)[:12]}.json", earlier)
        replace_file(self._folder / WORKSTATION_PUBLIC, self.public.pem, mode=0o644)
        replace_file(path, envelope)
        return envelope

    @classmethod
    def _create(cls, workspace: Workspace, keystore: Keystore) -> WorkstationKey:
        private = Ed25519PrivateKey.generate()
        key = cls(private, workspace)
        replace_file(workspace.keys / WORKSTATION_PUBLIC, key.public.pem, mode=0o644)
        keystore.put(WORKSTATION_SECRET, base64.b64encode(private.private_bytes_raw()).decode())
        return key


def _refuse_pinned(keystore: Keystore) -> None:
    try:
        keystore.get(PIN)
    except CredentialMissing:
        return
    raise RecordRefused(
        "The keyring pins a reviewer's key for this workspace, but its file is gone.",
        "Restore keys/reviewer.json from a backup: what it signed can't be signed again by another key.",
    )


def _read_locked(workspace: Workspace) -> LockedSecret:
    try:
        return msgspec.json.decode((workspace.keys / REVIEWER_PRIVATE).read_bytes(), type=LockedSecret)
    except OSError as problem:
        raise RecordRefused("This workspace has no reviewer's key.", "Set the workspace up first.") from problem
    except (msgspec.MsgspecError, UnicodeDecodeError) as problem:
        raise RecordRefused(
            "The reviewer's key file is damaged.", "Restore keys/reviewer.json from a backup."
        ) from problem


def _private_from(secret: str) -> Ed25519PrivateKey:
    try:
        return Ed25519PrivateKey.from_private_bytes(base64.b64decode(secret, validate=True))
    except (binascii.Error, ValueError) as problem:
        raise StoreUnavailable(
            "The workstation's key in the keyring is damaged.", "Remove it and certify a new one."
        ) from problem
