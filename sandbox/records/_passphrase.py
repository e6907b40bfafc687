"""A secret in a file, encrypted under a passphrase, with every parameter stated beside it.

Argon2id (RFC 9106, the second recommended setting: 64 MiB, 3 passes, 4 lanes) makes a key from the
passphrase; AES-256-GCM encrypts, and vouches for the stated parameters and the owner's name as well.
"""

from __future__ import annotations

import os

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

from sandbox.errors import BadInput, RecordRefused, WrongPassphrase

SHORTEST = 8
MEMORY_KIB = 64 * 1024
PASSES = 3
LANES = 4
# A key file is untrusted until it is opened: it must not make us allocate what it likes, nor settle for less.
BOUNDS = {"memory_kib": (MEMORY_KIB, 1024 * 1024), "passes": (PASSES, 20), "lanes": (1, 16)}


class Argon2(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How the key was made from the passphrase; every parameter is written out."""

    salt: bytes
    memory_kib: int = MEMORY_KIB
    passes: int = PASSES
    lanes: int = LANES
    algorithm: str = "argon2id"


class LockedSecret(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The file: all of it but `secret` is also authenticated."""

    name: str
    fingerprint: str
    kdf: Argon2
    nonce: bytes
    secret: bytes = b""
    cipher: str = "AES-256-GCM"
    format: int = 1


def lock(secret: bytes, passphrase: str, *, name: str, fingerprint: str) -> LockedSecret:
    """`secret` encrypted; `BadInput` for a passphrase shorter than 8 characters."""
    if len(passphrase) < SHORTEST:
        raise BadInput(f"The passphrase is too short: it needs {SHORTEST} characters at least.", "Choose a longer one.")
    empty = LockedSecret(name=name, fingerprint=fingerprint, kdf=Argon2(salt=os.urandom(16)), nonce=os.urandom(12))
    encrypted = AESGCM(_derive(passphrase, empty.kdf)).encrypt(empty.nonce, secret, _vouched(empty))
    return msgspec.structs.replace(empty, secret=encrypted)


def unlock(locked: LockedSecret, passphrase: str) -> bytes:
    """The secret, or `WrongPassphrase`; `RecordRefused` for parameters that we did not write."""
    if (locked.format, locked.cipher, locked.kdf.algorithm) != (1, "AES-256-GCM", "argon2id"):
        raise RecordRefused(
            "The reviewer's key file is of a kind that this version does not know.", "Update Preceptor."
        )
    for parameter, (least, most) in BOUNDS.items():
        if not least <= getattr(locked.kdf, parameter) <= most:
            raise RecordRefused("The reviewer's key file was changed.", "Restore it from a backup.")
    try:
        return AESGCM(_derive(passphrase, locked.kdf)).decrypt(locked.nonce, locked.secret, _vouched(locked))
    except (InvalidTag, ValueError) as problem:
        # An authenticated cipher can't tell a wrong key from a changed file; the first is far likelier.
        raise WrongPassphrase("This passphrase does not open the reviewer's key.") from problem


def _derive(passphrase: str, kdf: Argon2) -> bytes:
    argon2 = Argon2id(salt=kdf.salt, length=32, iterations=kdf.passes, lanes=kdf.lanes, memory_cost=kdf.memory_kib)
    return argon2.derive(passphrase.encode())


def _vouched(locked: LockedSecret) -> bytes:
    return msgspec.json.encode(msgspec.structs.replace(locked, secret=b""), order="sorted")
