"""The signed record of one file that left the desk."""

from __future__ import annotations

import msgspec

from sandbox.records._keys import ReviewerKey
from sandbox.records.kinds import Kind


def record_export(file: str, sha256: str, exported: msgspec.Struct, key: ReviewerKey) -> bytes:
    """The reviewer's envelope over what left: the file by its hash, audience, recipient, authority. No value of it."""
    return key.sign({file: sha256}, Kind.EXPORT, exported)
