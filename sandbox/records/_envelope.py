"""Statements in in-toto form inside DSSE envelopes, read more strictly than either format asks.

    envelope = seal(Statement.about({"program.py": sha256}, Kind.APPROVAL, approval), signer)
    opened = Envelope.read(untrusted)          # shape only
    opened.check(public_key)                   # the signature, over payload type and payload
    statement = opened.statement()             # only now is the payload parsed

A file holds the one spelling of its envelope that we write, so a changed byte anywhere in it is found, in
the parts that no signature covers as well (spaces, the key's name, the base64 alphabet).
"""

from __future__ import annotations

import base64
import binascii
import functools
import hashlib
from dataclasses import dataclass

import msgspec
from securesystemslib import dsse
from securesystemslib.exceptions import UnverifiedSignatureError
from securesystemslib.signer import CryptoSigner, Signature  # type: ignore[attr-defined]  # it has no __all__

from sandbox.errors import RecordRefused
from sandbox.records._public_key import PublicKey
from sandbox.records.kinds import PAYLOAD_TYPE, STATEMENT_TYPE, Kind

LIMIT = 64 * 1024 * 1024


class _Shape(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Base: unknown fields refused."""


class _SignatureShape(_Shape, frozen=True):
    keyid: str
    sig: str


class _EnvelopeShape(_Shape, frozen=True):
    payload: str
    payloadType: str
    signatures: tuple[_SignatureShape, ...]


class Record(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Base of what a statement says. Defaults are written out too: what was signed must not change with them."""


class Subject(_Shape, frozen=True):
    """A thing the statement is about, by SHA-256."""

    name: str
    digest: dict[str, str]


class Statement(_Shape, frozen=True):
    """An in-toto Statement v1."""

    type: str = msgspec.field(name="_type")
    subject: tuple[Subject, ...]
    predicateType: str
    predicate: msgspec.Raw

    @classmethod
    def about(cls, subjects: dict[str, str], kind: Kind, predicate: msgspec.Struct) -> Statement:
        """A statement of `kind` about `subjects` (name to SHA-256 in hexadecimal)."""
        return cls(
            type=STATEMENT_TYPE,
            subject=tuple(Subject(name, {"sha256": digest}) for name, digest in sorted(subjects.items())),
            predicateType=kind.value,
            predicate=msgspec.Raw(msgspec.json.encode(predicate, order="sorted")),
        )

    @property
    def subjects(self) -> dict[str, str]:
        return {subject.name: subject.digest.get("sha256", "") for subject in self.subject}


@dataclass(frozen=True)
class Envelope:
    """One payload with one signature. `keyid` is the fingerprint of the key that is said to have signed."""

    payload: bytes
    keyid: str
    signature: bytes

    @classmethod
    def read(cls, untrusted: bytes) -> Envelope:
        """The envelope in these bytes, or `RecordRefused`; nothing about it is trusted yet.

        1. It is not absurdly large, and JSON of exactly an envelope's fields.
        2. It holds an in-toto statement and exactly one signature.
        3. These bytes are the one spelling of what they say.
        """
        if len(untrusted) > LIMIT:  # (1)
            raise RecordRefused("A record is too large to be one of ours.")
        try:
            shape = msgspec.json.decode(untrusted, type=_EnvelopeShape)
            payload = base64.b64decode(shape.payload, validate=True)
            signatures = [base64.b64decode(signature.sig, validate=True) for signature in shape.signatures]
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError, binascii.Error, ValueError) as problem:
            raise RecordRefused("A record is damaged: it can't be read as a signed envelope.") from problem
        if shape.payloadType != PAYLOAD_TYPE or len(signatures) != 1:  # (2)
            raise RecordRefused("A record is not a statement with exactly one signature.")
        envelope = cls(payload=payload, keyid=shape.signatures[0].keyid, signature=signatures[0])
        if envelope.to_bytes() != untrusted:  # (3)
            raise RecordRefused("A record was changed: it is not written the way we write records.")
        return envelope

    def to_bytes(self) -> bytes:
        """The one spelling of this envelope."""
        return msgspec.json.encode(self._dsse().to_dict(), order="sorted") + b"\n"

    @property
    def signed_bytes(self) -> bytes:
        """What the signature is over: DSSE's pre-authentication encoding of payload type and payload."""
        return self._dsse().pae()

    def check(self, key: PublicKey) -> None:
        """Return when `key` signed exactly these payload bytes, or raise `RecordRefused`."""
        try:
            _verify(self, key)
        except UnverifiedSignatureError as problem:
            raise RecordRefused("A record's signature does not fit its contents: one of them was changed.") from problem

    def statement(self) -> Statement:
        """The payload as a statement. Call `check` first: bytes are verified before they are parsed."""
        try:
            statement = msgspec.json.decode(self.payload, type=Statement)
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as problem:
            raise RecordRefused("A signed record is not an in-toto statement.") from problem
        if statement.type != STATEMENT_TYPE:
            raise RecordRefused("A signed record is of an unknown version of in-toto.")
        return statement

    def _dsse(self) -> dsse.Envelope:
        signature = Signature(self.keyid, self.signature.hex())
        return dsse.Envelope(self.payload, PAYLOAD_TYPE, {self.keyid: signature})


@functools.lru_cache(maxsize=128)
def _verify(envelope: Envelope, key: PublicKey) -> None:
    """What fits once fits always: a run that was prepared reads its records again, and these bytes and this key are in
    the question. What does not fit raises, and is asked anew.
    """
    envelope._dsse().verify([key.verifier], 1)


def seal(statement: Statement, signer: CryptoSigner) -> bytes:
    """The bytes of an envelope with the statement, signed."""
    envelope = dsse.Envelope(msgspec.json.encode(statement), PAYLOAD_TYPE, {})
    signature = envelope.sign(signer)
    return Envelope(envelope.payload, signature.keyid, bytes.fromhex(signature.signature)).to_bytes()


def sha256(data: bytes) -> str:
    """SHA-256 in hexadecimal, as everywhere in our records."""
    return hashlib.sha256(data).hexdigest()


def signed_payload(envelope: bytes) -> bytes:
    """The statement in an envelope as the bytes that were signed; whoever shows it has verified it."""
    return Envelope.read(envelope).payload
