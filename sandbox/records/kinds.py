"""The kinds of signed record, their names in in-toto statements, and whose key may sign which.

The names are `tag:` URIs (RFC 4151) under a reserved domain: they name a format and lead nowhere. A new
version of a format gets a new name here; the old one stays readable.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Literal

Signer = Literal["reviewer", "workstation"]

AUTHORITY = "tag:preceptor.invalid,2026:"
STATEMENT_TYPE = "https://in-toto.io/Statement/v1"
PAYLOAD_TYPE = "application/vnd.in-toto+json"


class Kind(StrEnum):
    """What a statement says; the value is its in-toto predicate type."""

    TABLE = AUTHORITY + "dictionary-table/v1"
    APPROVAL = AUTHORITY + "approval/v1"
    REVOCATION = AUTHORITY + "revocation/v1"
    EXCLUSIONS = AUTHORITY + "exclusions/v1"
    PACK = AUTHORITY + "dictionary-pack/v1"
    EXPORT = AUTHORITY + "export/v1"
    WORKSTATION = AUTHORITY + "workstation-certificate/v1"
    RUN = AUTHORITY + "run/v1"
    LOG_HEAD = AUTHORITY + "log-head/v1"
    MANIFEST = AUTHORITY + "bundle-manifest/v1"


# What a person decides is signed by the reviewer, what the machine saw by the workstation. Never both:
# a process that holds the workstation's key must not be able to decide anything.
MAY_SIGN: dict[Kind, Signer] = {
    Kind.TABLE: "reviewer",
    Kind.APPROVAL: "reviewer",
    Kind.REVOCATION: "reviewer",
    Kind.EXCLUSIONS: "reviewer",
    Kind.PACK: "reviewer",
    Kind.EXPORT: "reviewer",
    Kind.WORKSTATION: "reviewer",
    Kind.RUN: "workstation",
    Kind.LOG_HEAD: "workstation",
    Kind.MANIFEST: "workstation",
}

WORDS: dict[Kind, str] = {
    Kind.TABLE: "signed table",
    Kind.APPROVAL: "approval",
    Kind.REVOCATION: "revocation",
    Kind.EXCLUSIONS: "exclusions",
    Kind.PACK: "signed pack",
    Kind.EXPORT: "export record",
    Kind.WORKSTATION: "workstation certificate",
    Kind.RUN: "run record",
    Kind.LOG_HEAD: "log head",
    Kind.MANIFEST: "bundle manifest",
}
