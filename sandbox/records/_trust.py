"""Which keys are trusted, and for what: the only way into a signed record.

trust = Trust.open(workspace, keystore)          # the reviewer's fingerprint pinned in the keyring
statement = trust.statement(untrusted, Kind.APPROVAL)
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeVar

import msgspec

from sandbox.errors import CredentialMissing, RecordRefused
from sandbox.keystore import Keystore
from sandbox.records._envelope import Envelope, Record, Statement
from sandbox.records._public_key import PublicKey
from sandbox.records.kinds import MAY_SIGN, WORDS, Kind, Signer
from sandbox.workspace import Workspace

PIN = "pin/reviewer"
REVIEWER_PUBLIC = "reviewer.pub.pem"
CERTIFICATES = "workstation*.json"

T = TypeVar("T", bound=msgspec.Struct)


class WorkstationCertificate(Record, frozen=True):
    """The reviewer's word that this key belongs to the workstation the reviewer works at."""

    fingerprint: str
    public_key: str
    certified_at: str


class Trust:
    """The keys a verifier accepts, by what they may sign."""

    def __init__(self, reviewers: Iterable[PublicKey], workstations: Iterable[PublicKey] = ()) -> None:
        self._keys: dict[Signer, dict[str, PublicKey]] = {
            "reviewer": {key.fingerprint: key for key in reviewers},
            "workstation": {key.fingerprint: key for key in workstations},
        }

    @classmethod
    def open(cls, workspace: Workspace, keystore: Keystore) -> Trust:
        """Trust as this workspace's keyring pins it, or `RecordRefused` when the key file is another one."""
        try:
            pin = keystore.get(PIN)
        except CredentialMissing as problem:
            raise RecordRefused(
                "The keyring pins no reviewer's key for this workspace.", "Set the workspace up first."
            ) from problem
        return cls.from_pin(workspace, pin)

    @classmethod
    def from_pin(cls, workspace: Workspace, pin: str) -> Trust:
        """The same for a process that fetched `pin/reviewer` before it gave up the keyring."""
        reviewer = read_reviewer(workspace)
        if reviewer.fingerprint != pin:
            raise RecordRefused(
                "The reviewer's public key in this workspace is not the one that the keyring pins.",
                "Someone replaced keys/reviewer.pub.pem. Restore it from a backup before signing or running anything.",
            )
        trust = cls((reviewer,))
        certificates = sorted(workspace.keys.glob(CERTIFICATES))
        return trust.with_workstations(path.read_bytes() for path in certificates)

    @property
    def reviewers(self) -> tuple[str, ...]:
        """The fingerprints of the reviewers whose decisions count here."""
        return tuple(self._keys["reviewer"])

    def with_workstations(self, untrusted_certificates: Iterable[bytes]) -> Trust:
        """The same reviewers, and the workstations whose certificates they signed."""
        certified = [self.workstation(certificate) for certificate in untrusted_certificates]
        return Trust(self._keys["reviewer"].values(), [*self._keys["workstation"].values(), *certified])

    def workstation(self, untrusted_certificate: bytes) -> PublicKey:
        """The workstation's key that a certificate names."""
        certificate = self.predicate(untrusted_certificate, Kind.WORKSTATION, WorkstationCertificate)[1]
        key = PublicKey.read(certificate.public_key.encode())
        if key.fingerprint != certificate.fingerprint:
            raise RecordRefused("A workstation certificate names another fingerprint than its key has.")
        return key

    def statement(self, untrusted: bytes, kind: Kind) -> tuple[Envelope, Statement]:
        """The envelope and the statement of `kind` in it, or `RecordRefused`.

        1. The bytes are one of our envelopes, with exactly one signature.
        2. The key that is said to have signed is known, and may sign this kind of record.
        3. That key signed these exact payload bytes.
        4. Only then are they parsed, and must be of this kind, in a version we know.
        """
        envelope = Envelope.read(untrusted)  # (1)
        key = self._key_for(envelope.keyid, kind)  # (2)
        envelope.check(key)  # (3)
        statement = envelope.statement()  # (4)
        if statement.predicateType != kind.value:
            raise RecordRefused(_other_kind(statement.predicateType, kind))
        return envelope, statement

    def predicate(self, untrusted: bytes, kind: Kind, fact: type[T]) -> tuple[Statement, T]:
        """The statement and what it says, as `fact`."""
        _, statement = self.statement(untrusted, kind)
        try:
            return statement, msgspec.json.decode(statement.predicate, type=fact)
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as problem:
            raise RecordRefused(f"A signed {WORDS[kind]} does not hold what its version should.") from problem

    def _key_for(self, keyid: str, kind: Kind) -> PublicKey:
        signer = MAY_SIGN[kind]
        key = self._keys[signer].get(keyid)
        if key is not None:
            return key
        other: Signer = "workstation" if signer == "reviewer" else "reviewer"
        if keyid in self._keys[other]:
            raise RecordRefused(f"This {WORDS[kind]} is signed by the {other}'s key, which may not sign one.")
        raise RecordRefused(f"This {WORDS[kind]} is signed by a key that is not trusted here.")


def read_reviewer(workspace: Workspace) -> PublicKey:
    """The reviewer's public key as the workspace has it (compare it with the pin)."""
    try:
        return PublicKey.read((workspace.keys / REVIEWER_PUBLIC).read_bytes())
    except OSError as problem:
        raise RecordRefused("This workspace has no reviewer's key.", "Set the workspace up first.") from problem


def _other_kind(found: str, wanted: Kind) -> str:
    stem, _, version = found.rpartition("/")
    if stem == wanted.value.rpartition("/")[0] and version.removeprefix("v").isdigit():
        return f"This {WORDS[wanted]} was written by a newer Preceptor (format {version}); update to read it."
    known = WORDS[Kind(found)] if found in set(Kind) else "record of an unknown kind"
    return f"This is {_one(known)}, not {_one(WORDS[wanted])}."


def _one(words: str) -> str:
    return f"an {words}" if words[0] in "aeo" else f"a {words}"
