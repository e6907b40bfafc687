"""The published schemas of the signed records, as JSON Schema, for other people's verifiers.

    document = schema_of_kind(Kind.APPROVAL)

`resources/schemas/` holds them as files; a test keeps files and code together. A format that changes gets a
new version and a new file; the old file stays.
"""

from __future__ import annotations

from inspect import cleandoc
from pathlib import Path
from typing import Any

import msgspec

from sandbox.records._approval import Approval, Revocation
from sandbox.records._bundle_layout import LogHead, Manifest
from sandbox.records._exclusions import Exclusions
from sandbox.records._packs import SignedPack
from sandbox.records._run import RunRecord
from sandbox.records._tables import SignedTable
from sandbox.records._trust import WorkstationCertificate
from sandbox.records.kinds import Kind

FOLDER = Path(__file__).resolve().parents[2] / "resources" / "schemas"
PREDICATES: dict[Kind, type[msgspec.Struct]] = {
    Kind.TABLE: SignedTable,
    Kind.APPROVAL: Approval,
    Kind.REVOCATION: Revocation,
    Kind.EXCLUSIONS: Exclusions,
    Kind.PACK: SignedPack,
    Kind.WORKSTATION: WorkstationCertificate,
    Kind.RUN: RunRecord,
    Kind.LOG_HEAD: LogHead,
    Kind.MANIFEST: Manifest,
}


def schema_of_kind(kind: Kind) -> dict[str, Any]:
    """JSON Schema 2020-12 of the predicate of this kind of statement."""
    schema = msgspec.json.schema(PREDICATES[kind])
    for part in schema["$defs"].values():
        if "description" in part:  # a docstring, which the compiler unindents only from Python 3.13 on
            part["description"] = cleandoc(part["description"])
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "$id": str(kind), **schema}


def schema_file(kind: Kind) -> Path:
    """Where the schema of this kind is published: `approval-v1.json` and so on."""
    return FOLDER / f"{kind.value.rpartition(':')[2].replace('/', '-')}.json"


def publish() -> None:
    """Write all files anew, after a new kind or version was added."""
    for kind in PREDICATES:
        schema_file(kind).write_bytes(msgspec.json.format(msgspec.json.encode(schema_of_kind(kind)), indent=2) + b"\n")
