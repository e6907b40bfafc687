"""What is where in an audit bundle, and the list of checksums that the manifest's signature covers."""

from __future__ import annotations

import re
from pathlib import PurePosixPath

from sandbox.errors import RecordRefused
from sandbox.records._envelope import Envelope, Record, sha256

APPROVAL = "approval.json"
PROGRAM = "program.py"
PATIENTS = "patients.json"
MAY_READ = "may-read.txt"
CHANGES = "changes.diff"
HEAD = "log/head.json"
PROOFS = "log/proofs.json"
REVIEWER = "keys/reviewer.pub.pem"
SUMS = "SHA256SUMS"
MANIFEST = "manifest.json"
VERIFY = "VERIFY.txt"

# The list can't hold its own checksum, nor that of the signature over it: these are checked by that signature.
UNLISTED = frozenset({SUMS, MANIFEST, "openssl/manifest.signed", "openssl/manifest.sig"})

_LINE = re.compile(r"([0-9a-f]{64})  ([A-Za-z0-9_./ -]+)")


class Manifest(Record, frozen=True):
    """The workstation's word on what the bundle holds. Its subject is SHA256SUMS."""

    approval: str
    made_at: str
    files: int


class LogHead(Record, frozen=True):
    """The audit log's head when the bundle was made. Its subject is the log, by the tree's root."""

    size: int
    root: str
    taken_at: str


class EntryProof(Record, frozen=True):
    """One entry of the log as the bytes that the tree is over, and the way from it to the root (RFC 6962)."""

    number: int
    line: str
    proof: tuple[str, ...]


def table_file(table: str) -> str:
    plain = all(c.isascii() and (c.isalnum() or c in "-_. ") for c in table)
    return f"tables/{table if plain else sha256(table.encode())[:16]}.json"


def run_file(run: str) -> str:
    return f"runs/{run}.json"


def certificate_file(fingerprint: str) -> str:
    return f"keys/workstation-{fingerprint[:12]}.json"


def public_key_file(fingerprint: str) -> str:
    return f"keys/workstation-{fingerprint[:12]}.pub.pem"


def is_envelope(name: str) -> bool:
    """Whether a file of a bundle is a signed envelope."""
    return name in (APPROVAL, HEAD, MANIFEST) or (
        name.endswith(".json") and name.split("/")[0] in ("tables", "runs", "keys")
    )


def detached_names(name: str) -> tuple[str, str]:
    """Where the bytes that were signed in envelope `name` are, and where the signature."""
    stem = f"openssl/{name.removesuffix('.json').replace('/', '-')}"
    return f"{stem}.signed", f"{stem}.sig"


def detached(name: str, untrusted: bytes) -> dict[str, bytes]:
    """The two files by which OpenSSL checks envelope `name`."""
    envelope = Envelope.read(untrusted)
    signed, signature = detached_names(name)
    return {signed: envelope.signed_bytes, signature: envelope.signature}


def checksums(files: dict[str, bytes]) -> bytes:
    """SHA256SUMS over `files`, as `sha256sum --check` reads it."""
    return "".join(f"{sha256(files[name])}  {name}\n" for name in sorted(files)).encode()


def read_checksums(untrusted: bytes) -> dict[str, str]:
    """The checksums by file, or `RecordRefused` when it is not exactly what `checksums` writes."""
    found: dict[str, str] = {}
    for line in untrusted.decode("ascii", "replace").split("\n")[:-1]:
        match = _LINE.fullmatch(line)
        if match is None or ".." in PurePosixPath(match[2]).parts or match[2] in found or match[2] in UNLISTED:
            raise RecordRefused(f"{SUMS} was changed: a line of it can't be read.")
        found[match[2]] = match[1]
    return found
