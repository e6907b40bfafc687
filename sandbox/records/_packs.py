"""Dictionary packs with a reviewer's signature, so that a department can share them.

    envelope = sign_pack("omop-cdm", "5.4", toml, reviewer_key, now())      # kept beside the pack's file
    proof = prove_pack(toml, envelope, trust)
    proof.trusted, proof.reviewer, proof.fingerprint

The signature is over the bytes of the file. It carries the signer's public key, so that a stranger's can be checked
as well: it then proves that the file is as that key left it, and the reviewer here says whether that key counts.
"""

from __future__ import annotations

from typing import NamedTuple

import msgspec

from sandbox.errors import RecordRefused
from sandbox.records._envelope import Envelope, Record, sha256
from sandbox.records._keys import ReviewerKey
from sandbox.records._public_key import PublicKey
from sandbox.records._trust import Trust
from sandbox.records.kinds import Kind


class SignedPack(Record, frozen=True):
    """What a reviewer signs of a pack: which one, the SHA-256 of its file, and by whom."""

    name: str
    version: str
    sha256: str
    reviewer: str
    fingerprint: str
    public_key: str
    signed_at: str


class PackProof(NamedTuple):
    """What is known of a pack's signer. `trusted`: a reviewer of this workspace."""

    reviewer: str
    fingerprint: str
    signed_at: str
    trusted: bool


def sign_pack(name: str, version: str, toml: bytes, key: ReviewerKey, signed_at: str) -> bytes:
    """The envelope to keep beside the pack's file."""
    record = SignedPack(
        name=name,
        version=version,
        sha256=sha256(toml),
        reviewer=key.name,
        fingerprint=key.fingerprint,
        public_key=key.public.pem.decode(),
        signed_at=signed_at,
    )
    return key.sign({f"{name}-{version}.toml": record.sha256}, Kind.PACK, record)


def prove_pack(toml: bytes, untrusted: bytes, trust: Trust) -> PackProof:
    """Who signed exactly these bytes, or `RecordRefused`.

    1. The envelope is one of ours. A signer whom this workspace trusts must be one who may sign packs.
    2. A stranger's signature is held against the key that it carries, which must be the one that it names.
    3. What it says is about this file, and names the reviewer whose key signed.
    """
    envelope = Envelope.read(untrusted)  # (1)
    trusted = envelope.keyid in trust.reviewers
    judge = trust if trusted else Trust((_carried_key(envelope),))  # (2)
    statement, record = judge.predicate(untrusted, Kind.PACK, SignedPack)
    if record.fingerprint != envelope.keyid:  # (3)
        raise RecordRefused("A signed pack names another reviewer than the one who signed it.")
    if statement.subjects != {f"{record.name}-{record.version}.toml": record.sha256}:
        raise RecordRefused("A signed pack is about another file than its fields say.")
    if record.sha256 != sha256(toml):
        raise RecordRefused("The pack was changed after it was signed.")
    return PackProof(record.reviewer, record.fingerprint, record.signed_at, trusted)


def _carried_key(envelope: Envelope) -> PublicKey:
    """The public key that an envelope carries, when it is the one that its signature names; proves nothing yet."""
    try:
        record = msgspec.json.decode(envelope.statement().predicate, type=SignedPack)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as problem:
        raise RecordRefused("This is not a signed pack.") from problem
    key = PublicKey.read(record.public_key.encode())
    if key.fingerprint != envelope.keyid:
        raise RecordRefused("A signed pack carries another key than the one that signed it.")
    return key
