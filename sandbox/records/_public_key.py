"""A public Ed25519 key and its fingerprint.

The fingerprint is the SHA-256 of the key's DER form (SubjectPublicKeyInfo), in hexadecimal, so that anyone
can compute it: `openssl pkey -pubin -in reviewer.pub.pem -outform DER | sha256sum`.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from pathlib import Path

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_public_key
from securesystemslib.signer import SSlibKey  # type: ignore[attr-defined]  # it has no __all__

from sandbox.errors import BadInput, RecordRefused

_FINGERPRINT = re.compile(r"[0-9a-f]{64}", re.IGNORECASE)


@dataclass(frozen=True)
class PublicKey:
    """A key that signatures can be checked with; equal when the key is."""

    fingerprint: str
    pem: bytes

    @classmethod
    def of(cls, key: Ed25519PublicKey) -> PublicKey:
        der = key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        pem = key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
        return cls(fingerprint=hashlib.sha256(der).hexdigest(), pem=pem)

    @classmethod
    def read(cls, untrusted_pem: bytes) -> PublicKey:
        """The key in a PEM file, or `RecordRefused` when it is anything but one Ed25519 public key."""
        try:
            key = load_pem_public_key(untrusted_pem)
        except (ValueError, UnsupportedAlgorithm) as problem:
            raise RecordRefused("A public key file can't be read.") from problem
        if not isinstance(key, Ed25519PublicKey):
            raise RecordRefused("A public key is of another type than Ed25519.")
        return cls.of(key)

    @property
    def verifier(self) -> SSlibKey:
        """The key in the form that checks DSSE signatures."""
        return SSlibKey.from_crypto(load_pem_public_key(self.pem), keyid=self.fingerprint)


def fingerprint_of(untrusted_pem: bytes) -> str:
    """The fingerprint of the key in a PEM file, or `RecordRefused` when it holds none."""
    return PublicKey.read(untrusted_pem).fingerprint


def fingerprint_named(text: str) -> str:
    """What a person names a reviewer's key by: its fingerprint as it is, or the path of its public key file."""
    if _FINGERPRINT.fullmatch(text):
        return text.lower()
    try:
        data = Path(text).expanduser().read_bytes()
    except (OSError, ValueError, RuntimeError) as problem:  # RuntimeError: a home folder that nobody has
        raise BadInput(
            "A trusted key is named by its fingerprint of 64 hexadecimal digits, or by its public key file.",
            "Name one of the two; this is neither.",
        ) from problem
    return fingerprint_of(data)
